"""What a verdict is worth: its two stamps against the `min_evidence` of a requirement (formats.md section 2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reports.verdict import Outcome, RunResult
from scenarios.case import DeviceDescription, Requirement

LEVELS: Final = ("virtual", "firmware-host", "firmware-image", "bench")
"""Rising. A simulated bench counts as what runs behind it, a recording as the level it was recorded at."""

SIMULATED: Final = "simulated-bench"
"""Stamp of a bench whose instruments are simulated."""

DEFAULT_EVIDENCE: Final = "measured@virtual"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verdict with its stamps.

    Attributes:
        case: case id.
        check: check id.
        outcome: the word.
        quantity: `measured` or `modelled`.
        hardware: stamp of the bench.
        verifies: requirement ids.
        run: run folder that it stems from, or "".
        is_seeded: True where defects were seeded into the device: such a verdict says something about the rig alone.
        behind: level of what runs behind a simulated bench, or "" where that is a model.
    """

    case: str
    check: str
    outcome: Outcome
    quantity: str
    hardware: str
    verifies: tuple[str, ...]
    run: str = ""
    is_seeded: bool = False
    behind: str = ""

    @property
    def level(self) -> str:
        """The level that its hardware counts as; where it cannot be known, the lowest."""
        counts = self.behind if self.hardware == SIMULATED else self.hardware
        return counts if counts in LEVELS else LEVELS[0]


@dataclass(frozen=True, slots=True)
class RequirementState:
    """A requirement after a run.

    Attributes:
        requirement: its row; only the id where no requirements.csv names it.
        known: True where a requirements.csv names it.
        closed: True where every verifying check of a device without seeded defects passed and one has the evidence it
            asks for.
        reason: why it is open, or what closed it.
        checks: (case id, check id, outcome, evidence stamp) of the verifying checks.
    """

    requirement: Requirement
    known: bool
    closed: bool
    reason: str
    checks: tuple[tuple[str, str, Outcome, str], ...]


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


def behind(device: DeviceDescription) -> str:
    """Level of what runs behind a simulated bench; "" for a simulated model."""
    return device.firmware.level if device.firmware is not None else ""


def evidence_of(run: RunResult) -> tuple[Evidence, ...]:
    """Every verdict of a run, of cases and of pools, that verifies something or nothing."""
    pooled = tuple(
        Evidence(
            pool.id,
            pool.verdict.check.id,
            pool.verdict.outcome,
            pool.verdict.quantity,
            pool.hardware,
            pool.verdict.check.verifies,
            is_seeded=pool.is_seeded,
        )
        for pool in run.pools
    )
    return pooled + tuple(
        Evidence(
            case.case.id,
            verdict.check.id,
            verdict.outcome,
            verdict.quantity,
            case.hardware,
            verdict.check.verifies,
            is_seeded=bool(case.case.device.defects),
            behind=behind(case.case.device),
        )
        for case in run.cases
        for verdict in case.verdicts
    )


def requirement_states(run: RunResult) -> tuple[RequirementState, ...]:
    """Every requirement that the run names, sorted by id."""
    rows = {row.id: row for case in run.cases for row in case.case.requirements}
    return states_of(rows, evidence_of(run))


def states_of(rows: Mapping[str, Requirement], evidence: Iterable[Evidence]) -> tuple[RequirementState, ...]:
    """Every requirement of `rows` and every id that the evidence names, sorted by id."""
    verifying: dict[str, list[Evidence]] = {name: [] for name in rows}
    for each in evidence:
        for name in each.verifies:
            verifying.setdefault(name, []).append(each)
    return tuple(
        _state(rows.get(name, Requirement(name)), name in rows, found) for name, found in sorted(verifying.items())
    )


def _state(requirement: Requirement, known: bool, found: list[Evidence]) -> RequirementState:
    checks = tuple((each.case, each.check, each.outcome, f"{each.quantity}@{each.hardware}") for each in found)
    asked = requirement.min_evidence or DEFAULT_EVIDENCE
    sound = [each for each in found if not each.is_seeded]
    enough = [each for each in sound if suffices(each.quantity, each.level, asked)]
    unmet = [each for each in sound if each.outcome is not Outcome.PASS]
    if not found:
        closed, reason = False, "no check of this run verifies it"
    elif not sound:
        closed, reason = False, "only a device with seeded defects was tried"
    elif unmet:
        closed, reason = False, f"{len(unmet)} of {len(sound)} verifying checks did not pass"
    elif not enough:
        closed, reason = False, f"passed, but the evidence does not reach {asked}"
    else:
        closed, reason = True, f"{len(sound)} verifying check{'s' if len(sound) != 1 else ''} passed"
    return RequirementState(requirement, known, closed, reason, checks)
