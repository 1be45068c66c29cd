"""Everything that the chapter measures, then and there."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.credibility.floor import FloorCheck, floor_check, speeds_of
from reports.credibility.row import Finding
from reports.credibility.rows_numerics import rows as numerical_rows
from reports.credibility.sensitivity import Sensitivity, sensitivity
from reports.credibility.table import all_rows, measured
from reports.credibility.walks import CLASSES, shipped


@dataclass(frozen=True, slots=True)
class Evidence:
    """Findings of one chapter.

    Attributes:
        validation: against published numbers.
        numerics: that the equations are solved right.
        floor: name of the class -> its checks over speed.
        sensitivity: of the class that was asked for.
    """

    validation: tuple[Finding, ...]
    numerics: tuple[Finding, ...]
    floor: dict[str, tuple[FloorCheck, ...]]
    sensitivity: Sensitivity

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Rows outside their tolerance."""
        return tuple(f for f in (*self.validation, *self.numerics) if f.outcome == "FAIL")


def gather(patient: str, say: Callable[[str], object]) -> Evidence:
    """Measure every row.

    Args:
        patient: class whose sensitivity is shown.
        say: hears what is measured next.
    """
    validation = tuple(measured(all_rows(), lambda name: say(f"validation, row {name}")))
    numerics = tuple(measured(numerical_rows(), lambda name: say(f"numerical verification, {name}")))
    floor: dict[str, tuple[FloorCheck, ...]] = {}
    for name in CLASSES:
        say(f"checks of the walk, {name}")
        floor[name] = tuple(floor_check(shipped(name), speed) for speed in speeds_of(shipped(name)))
    say(f"sensitivity, {patient}")
    return Evidence(validation, numerics, floor, sensitivity(patient))
