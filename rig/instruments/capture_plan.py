"""What an oscilloscope captures of a case: which inputs, and whether in one roll or in segments.

One roll over the whole record has no gap, and as many samples a second as the memory allows. Where that is too few to
measure a pulse, the memory is cut into segments, each begun by an edge of the sensor's line: then there are gaps, and
they are stated.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from rig.instruments.errors import InvalidCapture
from rig.instruments.opening import port_number
from rig.instruments.ports import Acquisition, Oscilloscope, ScopeChannel, Trigger
from sim.errors import BenchError
from sim.front_end_settings import quantity_of

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from rig.bench_file.wiring import Wire
    from scenarios.case import Case

BACK: Final = "heel_switch.back"
SAMPLES_A_PULSE: Final = 25.0
"""Samples on the first phase below which a pulse is not measured from a roll (design choice: its middle half, which is
its amplitude, then has 12 of them)."""
_USUAL_WIDTH_S: Final = 300e-6
_WINDOWS_S: Final = (0.8, 0.4, 0.2, 0.1, 0.05)
"""Lengths of a segment that are tried, s."""
_MOST_SEGMENTS: Final = 1000
_ROLL_LEAST_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class ScopeInput:
    """One role at one input.

    Attributes:
        role: of the scenario.
        channel: range and probe.
        volts_per_unit: signed V at the probe's tip per SI unit of the role.
    """

    role: str
    channel: ScopeChannel
    volts_per_unit: float


def inputs_of(laboratory: "Laboratory", case: "Case", scope: str) -> tuple[ScopeInput, ...]:
    """The inputs of `scope` that the case needs: the roles that it captures, and the sensor's line where it is wired.

    Raises:
        BenchError: a role whose scale is not known.
    """
    wanted = (*case.capture.channels, BACK)
    return tuple(
        _input(laboratory, wire)
        for wire in laboratory.wires_of(scope)
        if wire.role in wanted and wire.port.startswith("ch")
    )


def _input(laboratory: "Laboratory", wire: "Wire") -> ScopeInput:
    probes = [laboratory.fixtures[name] for name in wire.through if laboratory.fixtures[name].kind == "probe"]
    ratio = 1.0 / math.prod(probe.value for probe in probes)
    per_unit = wire.volts_per_unit or (1.0 if quantity_of(wire.role) not in {"current", "voltage"} else 0.0)
    if not per_unit > 0.0 or not wire.range_v > 0.0:
        problem = f"wire `{wire.role}` has no scale or no range"
        raise BenchError(laboratory.id, math.nan, problem, "give it a tap or a probe with a value, and `range:`")
    sign = -1.0 if wire.invert else 1.0
    channel = ScopeChannel(port_number(wire.port), wire.range_v * ratio, 0.0, ratio)
    return ScopeInput(wire.role, channel, sign * per_unit * ratio)


def needed_rate_hz(case: "Case") -> float:
    """Samples a second that a pulse of this case takes, Hz."""
    return SAMPLES_A_PULSE / case.device.programmed.get("pulse_width", _USUAL_WIDTH_S)


def configure(
    scope: Oscilloscope,
    inputs: tuple[ScopeInput, ...],
    span_s: float,
    rate_hz: float,
    trigger: Trigger | None,
    edges_s: NDArray[Any],
) -> Acquisition:
    """Prepare `scope` for a record: a roll if it is quick enough, else segments at the edges of the sensor's line.

    Args:
        scope: an opened one.
        inputs: what it captures.
        span_s: what has to be seen, s.
        rate_hz: samples a second that a pulse takes, Hz.
        trigger: edge of the sensor's line that begins a segment; None where the line is not wired back.
        edges_s: (n,) instants of such edges in the record, s.

    Raises:
        BenchError: its memory is too short either way, or the instrument complains.
    """
    channels = tuple(each.channel for each in inputs)
    roll = scope.configure(channels, max(span_s, _ROLL_LEAST_S), None)
    if roll.rate_hz >= rate_hz:
        return roll
    for window_s in _WINDOWS_S if trigger is not None else ():
        segments = _triggers(edges_s, window_s)
        if 2 <= segments <= _MOST_SEGMENTS:
            found = scope.configure(channels, window_s, trigger, segments)
            if found.rate_hz >= rate_hz:
                return found
    problem = f"{span_s:.1f} s at {roll.rate_hz:g} Hz are too few samples a pulse, {rate_hz:g} Hz are needed"
    raise InvalidCapture("oscilloscope", math.nan, problem, "fewer strides, or wire heel_switch.back to an input")


def _triggers(edges_s: NDArray[Any], window_s: float) -> int:
    """How many of the edges find the oscilloscope armed: a segment hides those that come while it lasts."""
    count, free_s = 0, -math.inf
    for edge_s in edges_s.tolist():
        if edge_s >= free_s:
            count, free_s = count + 1, edge_s + window_s
    return count
