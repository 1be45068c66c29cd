"""Attributes of counter channels."""

from collections.abc import Callable
from typing import Any, Final

from rig.simulated.daq.attribute import Attribute
from rig.simulated.daq.channels import Channel
from rig.simulated.daq.counter_out import LOW, Pulses
from rig.simulated.daq.counter_terminals import INPUTS, OUTPUTS, SECOND, number_of
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.names import device_of
from rig.simulated.daq.products import TIMEBASE_HZ
from rig.simulated.daq.trigger import RISING
from sim.timebase import NS_PER_S

_TYPES: Final = {
    "edges": 10125,
    "frequency": 10179,
    "period": 10256,
    "pulse_width": 10359,
    "semi_period": 10289,
    "pulse_frequency": 15864,
    "pulse_time": 15865,
    "pulse_ticks": 15866,
    "two_edges": 10267,
}
_PULSE_TIME: Final = 10269


def _of(channel: Channel, *measures: str) -> Channel:
    if channel.measures not in measures:
        raise not_simulated(f"an attribute of {' or '.join(measures)} of channel {channel.name}")
    return channel


def _terminal(measures: str, key: str, defaults: tuple[str, ...]) -> tuple[Any, Any]:
    def get(channel: Channel) -> str:
        asked = _of(channel, measures).settings.get(key)
        return asked or f"/{device_of(channel.physical)}/{defaults[number_of(channel.physical)]}"

    def put(channel: Channel, value: Any) -> None:
        _of(channel, measures).settings[key] = value

    return get, put


def _terminals(number: int, measures: str) -> tuple[int, Attribute]:
    get, put = _terminal(measures, "terminal", INPUTS[measures])
    return number, Attribute(f"CI.{measures}.Term", get, put, "")


def _edge(number: int, measures: str, key: str = "edge") -> tuple[int, Attribute]:
    def put(channel: Channel, value: Any) -> None:
        _of(channel, measures).settings[key] = value

    return number, Attribute(
        f"CI.{measures}.{key}", lambda channel: _of(channel, measures).settings.get(key, RISING), put, RISING
    )


def _train(read: Callable[[Pulses], Any]) -> Callable[[Channel], Any]:
    return lambda channel: read(_of(channel, "pulses").settings["pulses"])


_SECOND_GET, _SECOND_PUT = _terminal("two_edges", "second_terminal", SECOND)
_OUT_GET, _ = _terminal("pulses", "terminal", OUTPUTS)
_TICK_NS: Final = NS_PER_S // TIMEBASE_HZ

COUNTER: Final = {
    0x18A0: Attribute("CI.MeasType", lambda channel: _TYPES[_of(channel, *_TYPES).measures]),
    0x18B2: Attribute("CI.CtrTimebaseRate", lambda _channel: float(TIMEBASE_HZ)),
    0x0698: Attribute("CI.CountEdges.InitialCnt", lambda channel: _of(channel, "edges").settings["initial_count"]),
    **dict(
        (
            _terminals(0x18C7, "edges"),
            _terminals(0x18AA, "pulse_width"),
            _terminals(0x18A4, "period"),
            _terminals(0x18A2, "frequency"),
            _terminals(0x18B0, "semi_period"),
            _terminals(0x18AD, "two_edges"),
            _terminals(0x2F0C, "pulse_time"),
            _terminals(0x2F04, "pulse_frequency"),
            _terminals(0x2F14, "pulse_ticks"),
            _edge(0x0697, "edges"),
            _edge(0x0825, "pulse_width"),
            _edge(0x0852, "period"),
            _edge(0x0799, "frequency"),
            _edge(0x0833, "two_edges"),
            _edge(0x0834, "two_edges", "second_edge"),
        )
    ),
    0x18AE: Attribute("CI.TwoEdgeSep.SecondTerm", _SECOND_GET, _SECOND_PUT, ""),
    0x18B5: Attribute("CO.OutputType", lambda channel: _of(channel, "pulses") and _PULSE_TIME),
    0x18E1: Attribute("CO.Pulse.Term", _OUT_GET),
    0x1170: Attribute("CO.Pulse.IdleState", _train(lambda train: train.idle_state), None, LOW),
    0x1178: Attribute("CO.Pulse.Freq", _train(lambda train: NS_PER_S / (train.active_ns + train.idle_ns))),
    0x1176: Attribute("CO.Pulse.DutyCyc", _train(lambda train: train.active_ns / (train.active_ns + train.idle_ns))),
    0x18BA: Attribute("CO.Pulse.HighTime", _train(lambda train: train.active_ns / NS_PER_S)),
    0x18BB: Attribute("CO.Pulse.LowTime", _train(lambda train: train.idle_ns / NS_PER_S)),
    0x1169: Attribute("CO.Pulse.HighTicks", _train(lambda train: train.active_ns // _TICK_NS)),
    0x1171: Attribute("CO.Pulse.LowTicks", _train(lambda train: train.idle_ns // _TICK_NS)),
}
"""Number -> attribute."""
