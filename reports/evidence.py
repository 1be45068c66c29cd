"""What a verdict is worth: its two stamps against the `min_evidence` of a requirement (formats.md section 2)."""

from dataclasses import dataclass
from typing import Final

from reports.verdict import CaseResult, Outcome, RunResult, Verdict
from scenarios.case import Requirement

LEVELS: Final = ("virtual", "firmware-host", "firmware-image", "bench")
"""Rising. A simulated bench counts as what runs behind it, a recording as the level it was recorded at."""

DEFAULT_EVIDENCE: Final = "measured@virtual"


@dataclass(frozen=True, slots=True)
class RequirementState:
    """A requirement after a run.

    Attributes:
        requirement: its row; only the id where no requirements.csv names it.
        known: True where a requirements.csv names it.
        closed: True where every verifying check passed and one has the evidence it asks for.
        reason: why it is open, or what closed it.
        checks: (case id, check id, outcome, evidence stamp) of the verifying checks.
    """

    requirement: Requirement
    known: bool
    closed: bool
    reason: str
    checks: tuple[tuple[str, str, Outcome, str], ...]


def level_of(result: CaseResult) -> str:
    """The level that a case counts as; where it cannot be known, the lowest."""
    return result.hardware if result.hardware in LEVELS else LEVELS[0]


def suffices(quantity: str, level: str, min_evidence: str) -> bool:
    """True where a verdict on a `quantity`, gained at `level`, may close what asks for `min_evidence`.

    An unknown word in `min_evidence` asks for something that nothing fulfils.
    """
    asked = (min_evidence or DEFAULT_EVIDENCE).strip()
    kind, _, asked_level = asked.partition("@")
    kind, asked_level = kind.strip(), asked_level.strip() or LEVELS[0]
    if kind not in {"measured", "modelled"} or asked_level not in LEVELS or level not in LEVELS:
        return False
    good_kind = kind == "modelled" or quantity == "measured"
    return good_kind and LEVELS.index(level) >= LEVELS.index(asked_level)


def requirement_states(run: RunResult) -> tuple[RequirementState, ...]:
    """Every requirement that the run names, sorted by id."""
    rows = {row.id: row for case in run.cases for row in case.case.requirements}
    verifying: dict[str, list[tuple[CaseResult, Verdict]]] = {name: [] for name in rows}
    for case in run.cases:
        for verdict in case.verdicts:
            for name in verdict.check.verifies:
                verifying.setdefault(name, []).append((case, verdict))
    return tuple(
        _state(rows.get(name, Requirement(name)), name in rows, found) for name, found in sorted(verifying.items())
    )


def _state(requirement: Requirement, known: bool, found: list[tuple[CaseResult, Verdict]]) -> RequirementState:
    checks = tuple(
        (case.case.id, verdict.check.id, verdict.outcome, f"{verdict.quantity}@{case.hardware}")
        for case, verdict in found
    )
    asked = requirement.min_evidence or DEFAULT_EVIDENCE
    enough = [v for case, v in found if suffices(v.quantity, level_of(case), asked)]
    unmet = [verdict for _, verdict in found if verdict.outcome is not Outcome.PASS]
    if not found:
        closed, reason = False, "no check of this run verifies it"
    elif unmet:
        closed, reason = False, f"{len(unmet)} of {len(found)} verifying checks did not pass"
    elif not enough:
        closed, reason = False, f"passed, but the evidence does not reach {asked}"
    else:
        closed, reason = True, f"{len(found)} verifying check{'s' if len(found) != 1 else ''} passed"
    return RequirementState(requirement, known, closed, reason, checks)
