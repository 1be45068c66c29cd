"""Manners of walking: how a stride differs from level walking at the pace of the walk.

A stride schedule names the manner of every stride; a patient is prepared once for each of them. A manner changes what
the stride aims at and the ground it is walked on; the patient's own ratios to the healthy law stay. The swing offset
is solved anew for every manner on the healthy twin who walks in it, so that clearance is calibrated on the healthy and
predicted for the patient there too (model.md section 0, point 4).
"""

from dataclasses import dataclass
from typing import Final

MANNERS: Final = (
    *("level", "speed", "short step", "turn", "shuffle", "late heel-off"),
    *("uphill", "downhill", "upstairs", "downstairs"),
)
"""Names of the manners; the place of one is its number in `strides.parquet`."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What is changed while a stride is walked; the defaults are level walking.

    Attributes:
        name: one of `MANNERS`.
        speed_ratio: speed whose gait law holds, relative to that of the walk.
        step_ratio: step length relative to that law.
        time_ratio: stride time relative to that law.
        path_change_m: longer way of this leg than of the body in a stride, m (the outer leg of a turn).
        stance_change_ratio: added to the toe-off phase, 0..1 of the cycle.
        knee_ratio: knee peak in swing relative to that law.
        clearance_ratio: minimum toe clearance of the healthy twin relative to its own in level walking.
        slope_rad: slope of the ground, rad, uphill positive.
        riser_m: height of a stair, m, upstairs positive; 0 = no stairs.
        tread_m: depth of a stair, m.
        heel_off_lead_s: heel-off this long before toe-off, s; None = as the law has it.
        heel_rises: False where the heel never leaves the floor in stance.
    """

    name: str = "level"
    speed_ratio: float = 1.0
    step_ratio: float = 1.0
    time_ratio: float = 1.0
    path_change_m: float = 0.0
    stance_change_ratio: float = 0.0
    knee_ratio: float = 1.0
    clearance_ratio: float = 1.0
    slope_rad: float = 0.0
    riser_m: float = 0.0
    tread_m: float = 0.0
    heel_off_lead_s: float | None = None
    heel_rises: bool = True

    @property
    def number(self) -> int:
        """Place of its name in `MANNERS`."""
        return MANNERS.index(self.name)


@dataclass(frozen=True, slots=True)
class Passage:
    """Strides that are walked in a manner of their own.

    Attributes:
        first: number of the first stride, from 1.
        strides: how many.
        manner: how they are walked.
    """

    first: int
    strides: int
    manner: Manner

    @property
    def last(self) -> int:
        """Number of the last stride."""
        return self.first + self.strides - 1


LEVEL: Final = Manner()
