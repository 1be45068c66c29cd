"""Every contradiction in a bench file, told together, each with its place and its mend."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from rig.bench_file.contradictions_of_counters import counter_problems
from rig.bench_file.contradictions_of_dates import date_problems
from rig.bench_file.contradictions_of_ports import port_problems
from rig.bench_file.contradictions_of_safety import safety_problems
from rig.bench_file.contradictions_of_signals import signal_problems
from scenarios.problems import Problems
from scenarios.text import Where

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory


def refuse_contradictions(
    laboratory: "Laboratory", today: date, instruments_at: Where, *, refuse_expired: bool = True
) -> "Laboratory":
    """The laboratory with what is worth a warning.

    Args:
        laboratory: read, its parts consistent with themselves.
        today: day against which calibrations are held.
        instruments_at: where `instruments:` stands.
        refuse_expired: False where an expired calibration is a warning, whatever the file says.

    Raises:
        ScenarioError: every contradiction.
    """
    problems = Problems()
    for found in (
        *port_problems(laboratory),
        *signal_problems(laboratory),
        *counter_problems(laboratory),
        *safety_problems(laboratory, instruments_at),
    ):
        problems.add(*found)
    refused, warned = date_problems(laboratory, today)
    if not refuse_expired:
        refused, warned = [], [*refused, *warned]
    for found in refused:
        problems.add(*found)
    problems.raise_any()
    return replace(laboratory, warnings=tuple(f"{where}: {problem}; {mend}" for where, problem, mend in warned))
