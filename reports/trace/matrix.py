"""Requirements against checks and verdicts, with the orphans of both sides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.evidence import LEVELS, Evidence, RequirementState, states_of
from reports.verdict import Outcome, worst
from scenarios.case import Requirement


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check as the scenarios have it, whether it was ever run or not.

    Attributes:
        scenario: scenario id.
        check: check id.
        verifies: requirement ids.
        place: file:line.
        is_seeded: True where the scenario seeds defects: its verdicts say nothing about the device.
    """

    scenario: str
    check: str
    verifies: tuple[str, ...]
    place: str
    is_seeded: bool = False


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One requirement.

    Attributes:
        state: what is asked, whether it is closed, and why.
        planned: checks of the scenarios that verify it, on a device without seeded defects.
        by_level: evidence level -> the worst verdict of the verifying checks there; levels without one are left out.
        counts: evidence level -> verdicts there.
        ran: how many of `planned` have a verdict.
    """

    state: RequirementState
    planned: tuple[PlannedCheck, ...]
    by_level: Mapping[str, Outcome]
    counts: Mapping[str, int]
    ran: int


@dataclass(frozen=True, slots=True)
class TraceMatrix:
    """Every requirement, and what belongs to none.

    Attributes:
        rows: sorted by id; known requirements only.
        unknown: id that checks verify and no requirement has -> the checks, in words.
        idle: planned checks that verify nothing.
    """

    rows: tuple[TraceRow, ...]
    unknown: Mapping[str, tuple[str, ...]]
    idle: tuple[PlannedCheck, ...]

    @property
    def unplanned(self) -> tuple[TraceRow, ...]:
        """Requirements that no check of a scenario verifies."""
        return tuple(row for row in self.rows if not row.planned)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Ids that are open, and ids that nobody knows; empty where everything is traced and shown."""
        open_ids = [row.state.requirement.id for row in self.rows if not row.state.closed]
        return (*open_ids, *self.unknown)


def trace_matrix(
    requirements: Mapping[str, Requirement], planned: Sequence[PlannedCheck], evidence: Iterable[Evidence]
) -> TraceMatrix:
    """Put the three beside each other; a pure function of what is given.

    Args:
        requirements: id -> row.
        planned: checks of the scenarios.
        evidence: verdicts that stand (`reports.trace.standing`).
    """
    shown = tuple(evidence)
    states = {state.requirement.id: state for state in states_of(requirements, shown)}
    rows = tuple(_row(states[name], planned, shown) for name in sorted(requirements))
    named = {name for each in (*planned, *shown) for name in each.verifies}
    unknown = {name: _who(name, planned, shown) for name in sorted(named - requirements.keys())}
    return TraceMatrix(rows, unknown, tuple(check for check in planned if not check.verifies))


def _row(state: RequirementState, planned: Sequence[PlannedCheck], evidence: tuple[Evidence, ...]) -> TraceRow:
    name = state.requirement.id
    asked = tuple(check for check in planned if name in check.verifies and not check.is_seeded)
    there: dict[str, list[Outcome]] = {}
    for each in evidence:
        if name in each.verifies and not each.is_seeded:
            there.setdefault(each.level, []).append(each.outcome)
    ordered = {level: there[level] for level in LEVELS if level in there}
    ran = {(each.case.partition("[")[0], each.check) for each in evidence if not each.is_seeded}
    missing = [check for check in asked if (check.scenario, check.check) not in ran]
    return TraceRow(
        _with_plan(state, asked, missing),
        asked,
        {level: worst(outcomes) for level, outcomes in ordered.items()},
        {level: len(outcomes) for level, outcomes in ordered.items()},
        len(asked) - len(missing),
    )


def _with_plan(
    state: RequirementState, asked: tuple[PlannedCheck, ...], missing: list[PlannedCheck]
) -> RequirementState:
    """A requirement whose checks were not all run is open, however many passed."""
    if not asked and not state.checks:
        return replace(state, reason="no check verifies it")
    if not missing:
        return state
    first = f"{missing[0].scenario}: {missing[0].check}"
    reason = f"{len(missing)} of {len(asked)} verifying checks never ran, first {first}"
    return replace(state, closed=False, reason=reason if state.closed or not state.checks else state.reason)


def _who(name: str, planned: Sequence[PlannedCheck], evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    checks = [f"{check.scenario}: {check.check} ({check.place})" for check in planned if name in check.verifies]
    ran = [f"{each.case}: {each.check} (run {each.run})" for each in evidence if name in each.verifies]
    return tuple(checks or dict.fromkeys(ran))
