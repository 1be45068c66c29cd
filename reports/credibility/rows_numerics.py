"""The rows of the numerical verification: orders, steps, energy, exact sums, bits."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np

from reports.credibility import numerics
from reports.credibility.row import Control, Row
from reports.credibility.walks import CLASSES, Stimulation, shipped, strolled, walked
from sim.body import layout as at
from sim.body.outcomes import Columns

_SHARE: Final = 0.05
_OWN: Final = "own requirement"


def _foot_order(reference_passive_ratio: float = 1.0) -> float:
    return float(numerics.orders(numerics.foot_errors(_SHARE, reference_passive_ratio))[-1])


def _muscle_order(reference_factor: float | None = None) -> float:
    return float(numerics.orders(numerics.muscle_errors(0.0, reference_factor))[-1])


def _worst_halving_mm(share: float, step_ns: int = at.STEP_NS) -> float:
    return max(numerics.halving_mm(shipped(c), shipped(c).speed_m_s, share, step_ns) for c in CLASSES)


def _worst_balance(inertia_ratio: float = 1.0) -> float:
    patients = (shipped(name) for name in CLASSES)
    return max(
        numerics.energy_balance(p, p.speed_m_s, _SHARE, inertia_ratio=inertia_ratio).left_ratio for p in patients
    )


def _differing(one: Columns, other: Columns) -> float:
    """Values of two tables whose bits differ."""
    return float(sum(np.sum(one[key].view(np.int64) != other[key].view(np.int64)) for key in one))


def disconnected(contact_ratio: float = 0.0) -> float:
    """Values of 12 strides that strong pulses change when only a part of their current reaches the skin."""
    patient = shipped("stroke_moderate")
    hard = Stimulation(0.7, current_ratio=contact_ratio)
    bare, fed = (walked(patient, patient.speed_m_s, 12, stimulation=felt) for felt in (None, hard))
    return _differing(bare, fed)


def _cut(late_ns: int = 0) -> float:
    """Values that change when the walk is integrated in pieces of 7.3 ms, pulses `late_ns` late."""
    patient = shipped("stroke_moderate")
    hard = Stimulation(0.3)
    whole = walked(patient, patient.speed_m_s, 6, stimulation=hard)
    later = Stimulation(0.3, onset_s=hard.onset_s + late_ns * 1e-9)
    walker, _ = strolled(patient, patient.speed_m_s, 6, stimulation=later, cut_ns=7_300_000)
    return _differing(whole, walker.strides())


def _seeded(seed: int = 1) -> float:
    patient = shipped("stroke_moderate")
    one, other = (strolled(patient, patient.speed_m_s, 12, seed=s)[0].strides() for s in (1, seed))
    return _differing(one, other)


def rows() -> tuple[Row, ...]:
    """Everything that shows that the equations are solved right."""
    return tuple(_numbered(_checks()))


def _checks() -> Iterable[tuple[str, str, str, str, Callable[[], float], float, float, Control]]:
    yield (
        "order of the foot", "observed order of the foot's integrator, steps 2 and 1 ms", "4 (Runge-Kutta)", "",
        _foot_order, 3.7, 4.3,
        Control("a reference of another passive torque", partial(_foot_order, 1.001)),
    )  # fmt: skip
    yield (
        "order of the muscle", "observed order of the muscle's integrator, steps 2 and 1 ms", "4 (Runge-Kutta)", "",
        _muscle_order, 3.7, 4.3, Control("a reference that tires", partial(_muscle_order, 0.1)),
    )  # fmt: skip
    for share, how in ((0.0, "without stimulation"), (_SHARE, "with stimulation")):
        yield (
            f"step {how}", f"clearance moved by halving the step of 2 ms, {how}, worst class", "under 0.05 mm", "mm",
            partial(_worst_halving_mm, share), 0.0, 0.05,
            Control("steps of 32 ms", partial(_worst_halving_mm, share, 16 * at.STEP_NS)),
        )  # fmt: skip
    yield (
        "energy", "works less change of kinetic energy over the muscle's work, free swing, worst class", "0", "",
        _worst_balance, 0.0, 1e-5, Control("energy counted with 1 % more inertia", partial(_worst_balance, 1.01)),
    )  # fmt: skip
    yield (
        "pulse sum", "running sums against the explicit sum over all pulses, relative", "equal", "",
        numerics.pulse_sum_error, 0.0, 1e-12,
        Control("no facilitation by the pulse before", partial(numerics.pulse_sum_error, 0.0)),
    )  # fmt: skip
    yield (
        "disconnected", "values of 12 strides that pulses into an open lead change", "none", "", disconnected, 0.0, 0.0,
        Control("a lead that is whole", partial(disconnected, 1.0)),
    )  # fmt: skip
    yield (
        "cuts", "values that change when time is cut into other pieces", "none", "", _cut, 0.0, 0.0,
        Control("pulses 1 µs late", partial(_cut, 1000)),
    )  # fmt: skip
    yield (
        "seed", "values that change when the walk is repeated", "none", "", _seeded, 0.0, 0.0,
        Control("another seed", partial(_seeded, 2)),
    )  # fmt: skip


def _numbered(checks: Iterable[tuple[str, str, str, str, Callable[[], float], float, float, Control]]) -> Iterable[Row]:
    for number, (part, outcome, wanted, unit, measure, low, high, control) in enumerate(checks, 1):
        yield Row(number, part, outcome, wanted, _OWN, "P", unit, measure, low, high, controls=(control,), letter="N")
