"""Calibrations and measurements that are behind their day."""

from datetime import date
from typing import TYPE_CHECKING

from rig.bench_file.contradictions_of_ports import Found

if TYPE_CHECKING:
    from rig.bench_file.instruments import Calibration
    from rig.bench_file.laboratory import Laboratory
    from scenarios.text import Where


def date_problems(laboratory: "Laboratory", today: date) -> tuple[list[Found], list[Found]]:
    """What refuses a run, and what is worth a warning; nothing of a bench that is simulated.

    Args:
        laboratory: read.
        today: day against which they are held.
    """
    if laboratory.simulated:
        return [], []
    refused: list[Found] = []
    warned: list[Found] = []
    dated: list[tuple[Where, str, Calibration]] = [
        (each.at("calibration"), f"calibration of `{each.name}`", each.calibration)
        for each in laboratory.instruments.values()
    ]
    dated += [
        (each.at("due"), f"measurement of fixture `{each.name}`", each.measured)
        for each in laboratory.fixtures.values()
    ]
    for where, what, calibration in dated:
        if not calibration.overdue(today):
            continue
        found = (
            where,
            f"the {what} was due on {calibration.due}, today is {today}",
            "renew it and write the new dates",
        )
        (warned if calibration.on_expired == "warn" else refused).append(found)
    return refused, warned
