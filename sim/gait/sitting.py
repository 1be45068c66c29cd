"""Sitting down, sitting, and standing up again: what the heel and the shank do while the walk pauses.

A sit lies inside a pause. After half a second the patient sits down (1.5 s); before the pause ends the patient leans
forward and stands up (2 s, the trunk's lean and the rise about equal: Schenkman 1990, from memory). The feet stay where
they stand. A seated foot carries only the leg: about a tenth of the standing load (design choice), which a heel switch
may or may not show, so the scenario says which:

- `open`: the heel carries nothing from the moment of sitting until the trunk leans forward to rise;
- `closed`: it stays loaded;
- `shifting`: weight shifts close and open it at random, closed 3 s and open 4 s on average (design choice).

The shank leans forward over the foot by up to 18 deg at the moment of leaving and of meeting the seat (10-20 deg in
young and older people, from memory) and by none while seated and standing.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing
from sim.timebase import TimeNs, ns_from_s

SeatedHeel: TypeAlias = Literal["open", "closed", "shifting"]
BEFORE_S: Final = 0.5
DOWN_S: Final = 1.5
RISE_S: Final = 2.0
SHORTEST_S: Final = 6.0
"""Shortest pause that a sit fits into: down, at least 2 s seated, up."""
OPEN_MEAN_S: Final = 4.0
CLOSED_MEAN_S: Final = 3.0
SHORTEST_SHIFT_S: Final = 0.2
SHANK_LEAN_RAD: Final = float(np.radians(18.0))


@dataclass(frozen=True, slots=True)
class Sit:
    """A patient who sits for a while in the stance of a stride.

    Attributes:
        stride: number of the stride whose stance is prolonged, from 1.
        duration_s: from standing still to walking on, s.
        heel: what the heel does while seated.
    """

    stride: int
    duration_s: float
    heel: SeatedHeel = "open"


def heel_free_ns(
    start_ns: TimeNs, end_ns: TimeNs, heel: SeatedHeel, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Spans [from, to) without load on the heel in a pause with a sit, (n, 2), ns.

    Args:
        start_ns: the pause begins.
        end_ns: the pause ends.
        heel: what the heel does while seated.
        generator: draws the weight shifts.
    """
    first, last = start_ns + ns_from_s(BEFORE_S + DOWN_S), end_ns - ns_from_s(RISE_S)
    if heel == "closed":
        return np.zeros((0, 2), np.int64)
    if heel == "open":
        return np.array([[first, last]], np.int64)
    spans: list[tuple[int, int]] = []
    t = first
    while t < last:
        closes = t + ns_from_s(SHORTEST_SHIFT_S + generator.exponential(OPEN_MEAN_S - SHORTEST_SHIFT_S))
        spans.append((t, min(closes, last)))
        t = closes + ns_from_s(SHORTEST_SHIFT_S + generator.exponential(CLOSED_MEAN_S - SHORTEST_SHIFT_S))
    return np.array(spans, np.int64)


@borrowing
def shank_lean_rad(t_ns: int, seated_ns: NDArray[np.int64]) -> float:
    """Forward lean of the shank at an instant, rad; 0 where nobody sits down or stands up.

    A raised cosine of sitting down and one of standing up, each as long as that movement.

    Args:
        t_ns: instant.
        seated_ns: (S, 2) pauses with a sit.
    """
    for i in range(seated_ns.shape[0]):
        if seated_ns[i, 0] <= t_ns < seated_ns[i, 1]:
            down = ((t_ns - seated_ns[i, 0]) * 1e-9 - BEFORE_S) / DOWN_S
            rise = 1.0 - (seated_ns[i, 1] - t_ns) * 1e-9 / RISE_S
            part = down if 0.0 < down < 1.0 else max(rise, 0.0)
            return 0.5 * SHANK_LEAN_RAD * (1.0 - math.cos(2.0 * math.pi * part)) if 0.0 < part < 1.0 else 0.0
    return 0.0
