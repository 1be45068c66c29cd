"""Verdicts: the words, their order, and what stands beside each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reports.samples import Samples
from rig.attempts import EarlierAttempt
from rig.record import Record
from scenarios.case import Case, Check


class Outcome(StrEnum):
    """The five words (design.md section 6)."""

    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"
    NOT_RUN = "NOT RUN"


_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.PASS)


def rank(outcome: Outcome) -> int:
    """Place of a word among the five, the worst first."""
    return _ORDER.index(outcome)


def worst(outcomes: list[Outcome]) -> Outcome:
    """FAIL > ERROR > INCONCLUSIVE > NOT RUN > PASS; nothing at all is NOT RUN."""
    return min(outcomes, key=rank) if outcomes else Outcome.NOT_RUN


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The judgement of one check.

    Attributes:
        check: what was asked.
        outcome: the word.
        marginal: True for a PASS beyond `marginal`.
        quantity: `measured` or `modelled`.
        value: the value that decided (worst sample, share, mean or percentile), SI; None where there is none.
        unit: SI unit of `value`.
        expanded: U of the deciding value, k = 2; None where it does not apply.
        interval95: 95 % interval of the deciding value, or None.
        margin: distance to the limit, positive inside; None where it does not apply.
        n: samples that were judged.
        effective_n: n corrected for correlation between strides; None where it does not apply.
        dropped: samples outside `during`.
        worst_stride: stride of the worst sample, or None.
        worst_t_s: instant of the worst sample, s, or None.
        reason: one sentence a reader can act on.
        low: lower limit in `unit` that the chart draws, or None.
        high: upper limit in `unit` that the chart draws, or None.
        samples: what was judged, for charts; None where nothing was measured.
        channel: channel that decided, where the device has several and the measure looks at each; else None.
        obstacle: what forbade a PASS beside the samples themselves (an event that never fired, a lost link), or "".
        tur: test-uncertainty ratio, (upper - lower limit)/(2 U); one-sided |limit|/U; None where it does not apply.
        miss_bound: upper bound of the share of samples beyond the limit, at the check's confidence; None where it does
            not apply.
    """

    check: Check
    outcome: Outcome
    marginal: bool
    quantity: str
    value: float | None
    unit: str
    expanded: float | None
    interval95: tuple[float, float] | None
    margin: float | None
    n: int
    effective_n: float | None
    dropped: int
    worst_stride: int | None
    worst_t_s: float | None
    reason: str
    low: float | None = None
    high: float | None = None
    samples: Samples | None = None
    channel: int | None = None
    tur: float | None = None
    obstacle: str = ""
    miss_bound: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CaseResult:
    """One case with its verdicts.

    Attributes:
        case: what was asked.
        outcome: worst of the checks, of a fault of the rig and of a processor that failed unprovoked.
        verdicts: in the order of the scenario.
        record: what happened; None where the case never started.
        hardware: evidence stamp.
        blocked_by: why it never started, or "".
        pooled: what this case contributes to checks that are judged over many cases; no verdicts of its own.
    """

    case: Case
    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    record: Record | None
    hardware: str
    blocked_by: str = ""
    pooled: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PoolResult:
    """A check judged once over many cases.

    Attributes:
        id: of the pool: the case id without the pooled axes.
        verdict: over all samples; the worst place lies in `worst_case`.
        cases: ids of the cases whose samples it holds.
        hardware: weakest evidence stamp among them.
        worst_case: case of the worst sample, or "".
        is_seeded: True where a device with seeded defects is among them.
    """

    id: str
    verdict: Verdict
    cases: tuple[str, ...]
    hardware: str
    worst_case: str = ""
    is_seeded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """A whole run: what the writers print.

    Attributes:
        run: 16 hex digits that name the content of the run.
        outcome: worst of the cases.
        cases: in order.
        started: the one start instant that reports print, ISO 8601 UTC.
        version: of stimrig.
        bench: name of the bench.
        identity: bench identity.
        interrupted: True where the run was cut short.
        unchecked_requirements: number of `verifies` ids without a requirements.csv to check them against.
        notes: lines for the reader (kernels compiled, model credibility, ...).
        pools: checks that were judged once over many cases.
        attempts: case id -> earlier attempts at the same thing.
        selftest: of the measuring chain (`reports.selftest`), as plain data; None where none was made.
    """

    run: str
    outcome: Outcome
    cases: tuple[CaseResult, ...]
    started: str
    version: str
    bench: str
    identity: dict[str, str]
    interrupted: bool = False
    unchecked_requirements: int = 0
    notes: tuple[str, ...] = field(default=())
    pools: tuple[PoolResult, ...] = ()
    attempts: Mapping[str, tuple[EarlierAttempt, ...]] = field(default_factory=dict[str, tuple[EarlierAttempt, ...]])
    selftest: Mapping[str, Any] | None = None

    @property
    def verdicts(self) -> list[Verdict]:
        """Every verdict: those of the cases in order, then those of the pools."""
        own = [verdict for case in self.cases for verdict in case.verdicts]
        return [*own, *(pool.verdict for pool in self.pools)]
