"""Examination: is everything that was calibrated or measured still inside its day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from rig.doctor.finding import Finding, failed, not_here, not_shown, passed

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

_SOON: Final = timedelta(days=30)
"""Before the day: then it is said (design choice: what a calibration house takes)."""
_PASSIVE: Final = frozenset({"relay", "contact"})
_UNCALIBRATED: Final = "device."


def calibrations(laboratory: "Laboratory", today: date) -> Iterator[Finding]:
    """One finding for each instrument and fixture that measures, or one for a bench of which nothing is real."""
    name = "calibration"
    dated = [(each.name, each.calibration) for each in laboratory.instruments.values() if _measures(each.driver)]
    dated += [(each.name, each.measured) for each in laboratory.fixtures.values() if each.kind not in _PASSIVE]
    stated = [(thing, calibration) for thing, calibration in dated if calibration.due is not None]
    if laboratory.simulated and not stated:
        yield not_here(name, "nothing of this bench is real, nothing of it expires")
        return
    for thing, calibration in dated:
        due = calibration.due
        if due is None and not laboratory.simulated:
            yield not_shown(name, f"{thing}: nobody stated until when it holds", "add its dates to the bench file")
        elif due is not None and calibration.overdue(today):
            late = (today - due).days
            yield failed(
                name,
                f"{thing}: was due on {due}, {late} days ago",
                "have it calibrated; write the new dates",
                late_d=late,
            )
        elif due is not None and due - today <= _SOON:
            yield passed(name, f"{thing}: holds until {due}; that is soon")
    if stated and not any(calibration.overdue(today) for _, calibration in stated):
        first = min(due for _, calibration in stated if (due := calibration.due) is not None)
        yield passed(name, f"{len(stated)} instruments and fixtures hold, the first until {first}")


def _measures(driver: str) -> bool:
    return not driver.startswith(_UNCALIBRATED)
