"""Calls that create counter channels, read measurements and change pulse trains."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rig.simulated.daq.calls import OK, Fields, Handler, raw
from rig.simulated.daq.channels import CI, CO, Channel
from rig.simulated.daq.counter_in import TICK_NS, CounterIn, Measurement
from rig.simulated.daq.counter_out import Pulses
from rig.simulated.daq.errors import NOT_SUPPORTED_VALUE, DaqmxError, not_simulated
from rig.simulated.daq.handlers_channels import labels
from rig.simulated.daq.names import expanded
from rig.simulated.daq.products import TIMEBASE_HZ

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_SECONDS, _TICKS, _HERTZ, _COUNT_DOWN = 10364, 10304, 10373, 10124


def _create(host: "CardHost", request: Any, kind: int, measures: str, settings: dict[Any, Any]) -> Fields:
    names = expanded(request.counter)
    card = host.card(names[0] if names else request.counter)
    made = [
        Channel(label, card.find(name, kind), kind, measures=measures, settings=dict(settings))
        for name, label in zip(names, labels(request.name_to_assign_to_channel, names), strict=True)
    ]
    card.adopt(host.task(request.task.name), made)
    return OK


def _units(request: Any, allowed: set[int]) -> int:
    if getattr(request, "custom_scale_name", "") or (units := raw(request, "units")) not in {0, *allowed}:
        raise not_simulated("scales of counter channels")
    return units


def _count_edges(host: "CardHost", request: Any) -> Fields:
    settings = {
        "edge": raw(request, "edge"),
        "initial_count": request.initial_count,
        "counts_down": raw(request, "count_direction") == _COUNT_DOWN,
    }
    return _create(host, request, CI, "edges", settings)


def _timed(measures: str, edge: str) -> Handler:
    """A handler that creates a channel which measures times at one terminal."""

    def create(host: "CardHost", request: Any) -> Fields:
        settings = {"units": _units(request, {_SECONDS, _TICKS, _HERTZ})}
        if edge:
            settings["edge"] = raw(request, edge)
        return _create(host, request, CI, measures, settings)

    return create


def _two_edges(host: "CardHost", request: Any) -> Fields:
    settings = {
        "units": _units(request, {_SECONDS, _TICKS}),
        "edge": raw(request, "first_edge"),
        "second_edge": raw(request, "second_edge"),
    }
    return _create(host, request, CI, "two_edges", settings)


def _pulse_ticks(host: "CardHost", request: Any) -> Fields:
    return _create(host, request, CI, "pulse_ticks", {"units": _TICKS})


def train(host: "CardHost", request: Any, delay_s: float, active_s: float, idle_s: float) -> Fields:
    """A channel that puts out pulses; times are rounded to ticks, two at least.

    Raises:
        DaqmxError: -200077, a time that is not positive.
    """
    if active_s <= 0.0 or idle_s <= 0.0 or delay_s < 0.0:
        raise DaqmxError(NOT_SUPPORTED_VALUE, f"Pulse times: {delay_s:g}, {active_s:g}, {idle_s:g} s")
    state = raw(request, "idle_state")
    active, idle = ticks_ns(active_s), ticks_ns(idle_s)
    return _create(host, request, CO, "pulses", {"pulses": Pulses(ticks_ns(delay_s, 0), active, idle, state)})


def ticks_ns(time_s: float, least: int = 2) -> int:
    """A time in whole ticks of the timebase, ns. Source: X Series User Manual, chapter 7: two ticks at least."""
    return max(least, round(time_s * TIMEBASE_HZ)) * TICK_NS


def _by_frequency(host: "CardHost", request: Any) -> Fields:
    if request.freq <= 0.0 or not 0.0 < request.duty_cycle < 1.0:
        raise DaqmxError(NOT_SUPPORTED_VALUE, f"Pulse train: {request.freq:g} Hz, duty cycle {request.duty_cycle:g}")
    period_s = 1.0 / request.freq
    return train(
        host, request, request.initial_delay, period_s * request.duty_cycle, period_s * (1.0 - request.duty_cycle)
    )


def _by_time(host: "CardHost", request: Any) -> Fields:
    return train(host, request, request.initial_delay, request.high_time, request.low_time)


def _by_ticks(host: "CardHost", request: Any) -> Fields:
    if request.source_terminal and not request.source_terminal.lower().endswith("100mhztimebase"):
        raise not_simulated(f"pulses in ticks of {request.source_terminal}")
    tick_s = 1.0 / TIMEBASE_HZ
    return train(host, request, request.initial_delay * tick_s, request.high_ticks * tick_s, request.low_ticks * tick_s)


def _work(host: "CardHost", request: Any) -> CounterIn:
    task = host.task(request.task.name)
    if not isinstance(task.does, CounterIn):
        raise not_simulated(f"a counter read of a task of kind {task.kind_name}")
    return task.does


def _scaled(work: CounterIn, found: list[Measurement]) -> list[float]:
    """Measurements in the unit of the channel: s, Hz or ticks."""
    if work.channel.settings.get("units") == _TICKS:
        return [float(ticks) for ticks, _ in found]
    if work.channel.measures == "frequency":
        return [TIMEBASE_HZ / ticks for ticks, _ in found]
    return [ticks / TIMEBASE_HZ for ticks, _ in found]


def _values(host: "CardHost", request: Any, count: int, *, as_ticks: bool) -> tuple[list[float], int]:
    work = _work(host, request)
    if work.channel.measures == "edges":
        counts, status = work.counts(count, request.timeout)
        return [float(n) for n in counts], status
    if work.channel.measures.startswith("pulse_") and work.channel.measures != "pulse_width":
        raise not_simulated("a read of pulses as single numbers")
    found, status = work.read(count, request.timeout)
    return ([float(ticks) for ticks, _ in found] if as_ticks else _scaled(work, found)), status


def _read_many(dtype: type[np.generic]) -> Handler:
    is_whole = dtype is np.uint32

    def read(host: "CardHost", request: Any) -> Fields:
        values, status = _values(host, request, request.num_samps_per_chan, as_ticks=is_whole)
        return {"status": status, "read_array": np.array(values).astype(dtype), "samps_per_chan_read": len(values)}

    return read


def _read_one(convert: Callable[[float], Any]) -> Handler:
    def read(host: "CardHost", request: Any) -> Fields:
        values, status = _values(host, request, 1, as_ticks=convert is int)
        if not values:
            raise DaqmxError(status, f"Task Name: {request.task.name}", read=0)
        return {"value": convert(values[0])}

    return read


def _pulse_fields(measures: str, found: list[Measurement]) -> tuple[list[float], list[float]]:
    """High and low time (s), frequency (Hz) and duty cycle, or high and low ticks."""
    if measures == "pulse_frequency":
        whole = [high + low for high, low in found]
        return [TIMEBASE_HZ / n for n in whole], [high / n for (high, _), n in zip(found, whole, strict=True)]
    unit = 1.0 if measures == "pulse_ticks" else 1.0 / TIMEBASE_HZ
    return [high * unit for high, _ in found], [low * unit for _, low in found]


def _read_pulses(measures: str, first: str, second: str, *, is_scalar: bool) -> Handler:
    def read(host: "CardHost", request: Any) -> Fields:
        work = _work(host, request)
        if work.channel.measures != measures:
            raise not_simulated(f"a read of {measures} from a channel of {work.channel.measures}")
        found, status = work.read(1 if is_scalar else request.num_samps_per_chan, request.timeout)
        values = _pulse_fields(measures, found)
        if is_scalar:
            if not found:
                raise DaqmxError(status, f"Task Name: {request.task.name}", read=0)
            whole = int if measures == "pulse_ticks" else float
            return {first: whole(values[0][0]), second: whole(values[1][0])}
        dtype = np.uint32 if measures == "pulse_ticks" else np.float64
        arrays = {
            f"read_array_{name}": np.array(each).astype(dtype)
            for name, each in zip((first, second), values, strict=True)
        }
        return {"status": status, **arrays, "samps_per_chan_read": len(found)}

    return read


HANDLERS: Final[dict[str, Handler]] = {
    "CreateCICountEdgesChan": _count_edges,
    "CreateCIPulseWidthChan": _timed("pulse_width", "starting_edge"),
    "CreateCIPeriodChan": _timed("period", "edge"),
    "CreateCIFreqChan": _timed("frequency", "edge"),
    "CreateCISemiPeriodChan": _timed("semi_period", ""),
    "CreateCITwoEdgeSepChan": _two_edges,
    "CreateCIPulseChanTime": _timed("pulse_time", ""),
    "CreateCIPulseChanFreq": _timed("pulse_frequency", ""),
    "CreateCIPulseChanTicks": _pulse_ticks,
    "CreateCOPulseChanFreq": _by_frequency,
    "CreateCOPulseChanTime": _by_time,
    "CreateCOPulseChanTicks": _by_ticks,
    "ReadCounterF64": _read_many(np.float64),
    "ReadCounterF64Ex": _read_many(np.float64),
    "ReadCounterU32": _read_many(np.uint32),
    "ReadCounterU32Ex": _read_many(np.uint32),
    "ReadCounterScalarF64": _read_one(float),
    "ReadCounterScalarU32": _read_one(int),
    "ReadCtrTime": _read_pulses("pulse_time", "high_time", "low_time", is_scalar=False),
    "ReadCtrFreq": _read_pulses("pulse_frequency", "frequency", "duty_cycle", is_scalar=False),
    "ReadCtrTicks": _read_pulses("pulse_ticks", "high_ticks", "low_ticks", is_scalar=False),
    "ReadCtrTimeScalar": _read_pulses("pulse_time", "high_time", "low_time", is_scalar=True),
    "ReadCtrFreqScalar": _read_pulses("pulse_frequency", "frequency", "duty_cycle", is_scalar=True),
    "ReadCtrTicksScalar": _read_pulses("pulse_ticks", "high_ticks", "low_ticks", is_scalar=True),
}
