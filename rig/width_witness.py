"""A second witness of every pulse width: a counter behind a comparator on the current, held against the finder.

The counter gives widths in order, and no instants. So every way is followed in which widths and pulses may belong
together: a pulse well above the comparator's level has one width, one well below has none, one in between, or one whose
first phase is negative or was clipped, may have one. A way ends where a width is not that of its pulse. Where no way is
left, or widths are left over, one of the two instruments is wrong: the run is an ERROR of the rig, and nothing is
averaged.

Near the end of a capture the two need not have stopped with the same pulse: there a pulse may lack its width, and as
many further widths may have come as there were pulses in the last 0.1 s.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.bench import ChannelAccuracy, Comparator
from rig.pulse_uncertainty import combined, pulse_uncertainty
from rig.record import RigFault
from scenarios.quantities import format_quantity

_COVERAGE: Final = 6.0
"""Standard uncertainties by which a width may differ: of ten thousand pulses none does by chance (design choice)."""
_TAIL_S: Final = 0.1
"""How far apart capture and counter may stop (design choice: look-ahead and a block, three times over)."""
_SQRT3: Final = 3.0**0.5
_SQRT6: Final = 6.0**0.5


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the witness said.

    Attributes:
        widths: that the counter gave.
        held: how many were held against the width of the one pulse that they can belong to.
        largest_s: largest difference of these, s; NaN where there is none.
        fault: of the rig, or None.
    """

    widths: int
    held: int
    largest_s: float = float("nan")
    fault: RigFault | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """What the counter should have said of each pulse: arrays (n,)."""

    t_s: NDArray[np.float64]
    width_s: NDArray[np.float64]
    allowed_s: NDArray[np.float64]
    surely: NDArray[np.bool_]
    surely_not: NDArray[np.bool_]


def hear(
    comparator: Comparator,
    accuracy: ChannelAccuracy,
    pulses: NDArray[Any],
    counted_s: NDArray[np.float64],
    reached_s: float,
) -> Testimony:
    """Hold the widths that a counter gave against those of the finder.

    Args:
        comparator: in front of the counter.
        accuracy: of the captured current.
        pulses: `PULSE_DTYPE` of that current, in time order.
        counted_s: widths (m,) in time order, s.
        reached_s: end of the capture, s.
    """
    asked = _expected(comparator, accuracy, pulses, reached_s)
    first, ways = 0, np.ones(1, np.bool_)  # `ways[k]`: the pulses so far may have taken `first + k` widths
    largest_s, held = float("nan"), 0
    for i in np.flatnonzero(~asked.surely_not).tolist():
        apart_s = np.abs(counted_s[first : first + ways.size] - asked.width_s[i])
        fits = np.zeros(ways.size, np.bool_)
        fits[: apart_s.size] = apart_s <= asked.allowed_s[i]
        after = np.concatenate([[False], ways & fits])
        if not asked.surely[i]:
            after[:-1] |= ways
        possible = np.flatnonzero(after)
        if not possible.size:
            return Testimony(counted_s.size, held, fault=_disagreement(asked, i, counted_s, first))
        if ways.size == 1 and asked.surely[i]:
            held, largest_s = held + 1, float(np.fmax(largest_s, apart_s[0]))
        first, ways = first + int(possible[0]), after[possible[0] : possible[-1] + 1]
    left = counted_s.size - (first + ways.size - 1)
    further = int((asked.t_s > reached_s - _TAIL_S).sum())
    if left > further:
        told = f"the counter measured {left} pulses more than the waveform holds, {counted_s.size} in all"
        return Testimony(counted_s.size, held, fault=_fault(float("nan"), told))
    return Testimony(counted_s.size, held, largest_s)


def _expected(comparator: Comparator, accuracy: ChannelAccuracy, pulses: NDArray[Any], reached_s: float) -> _Expected:
    width_s, height_a = pulses["phase1_s"], pulses["phase1_a"]
    terms = pulse_uncertainty(
        accuracy,
        height_a,
        width_s,
        pulses["phase2_s"],
        pulses["gap_s"],
        phase2_a=pulses["phase2_a"],
        charge2_c=pulses["charge2_c"],
    )
    own_s = comparator.width_bound_s / _SQRT3, comparator.tick_s / _SQRT6
    # both tell time by one timebase on most cards; where they do not, its bound counts once more
    clock_s = accuracy.timebase_bound_ratio * np.abs(width_s) / _SQRT3
    counter_s = np.sqrt(clock_s**2 + own_s[0] ** 2 + own_s[1] ** 2)
    allowed_s = _COVERAGE * np.hypot(combined(terms["phase1_s"]), counter_s)
    height_u = _COVERAGE * combined(terms["phase1_a"])
    level, bound = comparator.level_a, comparator.level_bound_a
    known = np.isfinite(width_s) & np.isfinite(height_a)
    is_first = known & (height_a > 0.0)
    surely = is_first & (height_a - height_u > level + bound) & (pulses["t_s"] < reached_s - _TAIL_S)
    # where the first phase is negative the second may pass the level, over a width of its own
    highest_a = np.where(is_first, height_a + height_u, np.maximum(pulses["peak1_a"], pulses["peak2_a"]) + height_u)
    surely_not = known & (highest_a < level - bound)
    allowed_s = np.where(is_first, allowed_s, np.inf)
    return _Expected(pulses["t_s"], np.where(is_first, width_s, 0.0), allowed_s, surely, surely_not)


def _disagreement(asked: _Expected, i: int, counted_s: NDArray[np.float64], used: int) -> RigFault:
    width = format_quantity(float(asked.width_s[i]), "s", 6)
    if used >= counted_s.size:
        told = f"the waveform holds a pulse of {width}, the counter measured none after its {counted_s.size}"
    else:
        counted, allowed = (format_quantity(float(each), "s", 6) for each in (counted_s[used], asked.allowed_s[i]))
        told = f"the waveform holds a pulse of {width}, the counter measured {counted}, they may differ by {allowed}"
    return _fault(float(asked.t_s[i]), told)


def _fault(t_s: float, told: str) -> RigFault:
    mend = "look at the comparator's level and wire, and at both clocks"
    return RigFault(t_s, f"two witnesses of the pulse width disagree: {told}; {mend}")
