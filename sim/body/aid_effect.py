"""What an aid is worth, three ways: without it, with it at once, with it when the patient has got used to it.

    without   no pulse, no orthosis; the patient adapted to that
    acute     pulses and orthosis, the compensation of every stride held at that of `without`: what the aid does alone
    adapted   pulses and orthosis after 60 strides or more of getting used to them: what is left of it

People lower their hip again when the foot comes up, so clearance alone shows a quarter of what an aid is worth
(Cruz & Dhaher 2009: orthosis off, hip hike +5.0 mm, clearance -1.2 mm). The three walks share their strides, their
noise and their floor, and both adapted ones walk equally long beforehand: an aid that does nothing shows an effect of
exactly zero.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.body.compensation import CompensationState
from sim.body.outcomes import Columns
from sim.body.patient import Patient
from sim.body.walker import Walker
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import Walk
from sim.timebase import NS_PER_S, TimeNs

ADAPTING_STRIDES: Final = 60
"""Strides after a change before a patient counts as adapted (model.md 5.3)."""
MOST_STRIDES: Final = 200
"""Of a longer walk only its beginning is walked three times (design choice: bounded cost)."""
OBSTACLE_MEAN_M: Final = 0.008
"""Mean height of unseen obstacles, exponentially distributed (design choice: pavement lips are up to 20 mm)."""

Begin: TypeAlias = Callable[[Patient, Walk, CompensationState], Walker]
"""Makes a fresh walker of the same schedule, floor and noise: ``(patient, walk, state at stride 1)``."""


@dataclass(frozen=True, slots=True, eq=False)
class ThreeWalks:
    """The strides of one patient without an aid, with it at once, and adapted to it.

    Attributes:
        without: gait columns, rows 1..n.
        acute: likewise.
        adapted: likewise.
        adapting_strides: strides walked before `without` and `adapted` each.
    """

    without: Columns
    acute: Columns
    adapted: Columns
    adapting_strides: int


def three_walks(
    begin: Begin,
    patient: Patient,
    walk: Walk,
    schedule: StrideSchedule,
    pulses: NDArray[Any],
    used_to: CompensationState,
) -> ThreeWalks:
    """Walk `schedule` three ways.

    Args:
        begin: makes the walkers.
        patient: who walks.
        walk: with the orthosis whose effect is asked, or None.
        schedule: prescribed strides of the walk.
        pulses: `PULSE_DTYPE`, in time order; as captured in this walk.
        used_to: state of the patient who walks without the aid (`sim.body.settle.settled_compensation`).

    Raises:
        ModelError: the foot left the domain of the model.
    """
    aided, bare = replace(walk, compensation="acute"), replace(walk, compensation="acute", orthosis=None)
    last, learning = min(schedule.strides, MOST_STRIDES), min(schedule.strides, ADAPTING_STRIDES)
    times = -(-ADAPTING_STRIDES // learning)
    end_ns = _end_ns(schedule, last)

    def fresh(how: Walk, state: CompensationState, given: NDArray[Any]) -> Walker:
        walker = begin(patient, how, state)
        walker.add_pulses(given[given["t_s"] * NS_PER_S < end_ns])
        return walker

    def adapted(how: Walk, given: NDArray[Any]) -> tuple[Walker, CompensationState]:
        state = used_to
        for _ in range(times):
            walker = fresh(how, state, given)
            walker.integrate(_end_ns(schedule, learning))
            state = walker.compensation
        walker = fresh(how, state, given)
        walker.integrate(end_ns)
        return walker, state

    without, state = adapted(bare, pulses[:0])
    acute = fresh(aided, state, pulses)
    for toe_off_ns, demand_m in zip(schedule.toe_off_ns, without.demand_m, strict=True):
        acute.integrate(min(int(toe_off_ns) - 1, end_ns))
        acute.hold(float(demand_m))
    acute.integrate(end_ns)
    used = adapted(aided, pulses)[0]
    return ThreeWalks(_first(without, last), _first(acute, last), _first(used, last), times * learning)


def _end_ns(schedule: StrideSchedule, strides: int) -> TimeNs:
    """When the outcomes of the first `strides` strides are known."""
    return schedule.end_ns if strides == schedule.strides else int(schedule.toe_off_ns[strides + 1])


def _first(walker: Walker, strides: int) -> Columns:
    return {name: values[:strides] for name, values in walker.strides().items()}


def exposure_ratio(clearance_m: NDArray[np.float64]) -> float:
    """Share of unseen obstacles that are higher than the toes: mean of exp(-clearance / 8 mm), 1 below the floor.

    The integral of p(h) F(h) over exponential heights h; comparative only (model.md 6.1).
    """
    known = clearance_m[np.isfinite(clearance_m)]
    return float(np.mean(np.exp(-np.maximum(known, 0.0) / OBSTACLE_MEAN_M))) if known.size else float("nan")
