"""Which verdict of many runs stands: the newest of each case at each level, and how often it was tried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.evidence import Evidence
from reports.verdict import Outcome
from reports.verdicts_read import cases_and_pools


@dataclass(frozen=True, slots=True)
class RunVerdicts:
    """The verdicts of one run.

    Attributes:
        name: of its folder; names sort by time.
        complete: False where it was cut off: it shows nothing, but it was an attempt.
        document: its `verdicts.json`.
    """

    name: str
    complete: bool
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands after all attempts.

    Attributes:
        evidence: verdicts of the newest complete run of each case at each hardware stamp.
        attempts: (case, hardware) -> verdict of the case in each attempt, oldest first; "incomplete" among them.
    """

    evidence: tuple[Evidence, ...]
    attempts: Mapping[tuple[str, str], tuple[str, ...]]


def standing(runs: Iterable[RunVerdicts]) -> Standing:
    """The newest complete run of a case stands, whether it is better or worse; every attempt is counted.

    A case that failed once and passed later is not the same as one that always passed, so the row says how often it was
    tried.
    """
    newest: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    attempts: dict[tuple[str, str], list[str]] = {}
    for run in sorted(runs, key=lambda each: each.name):
        for case in cases_and_pools(run.document):
            key = (case["id"], case["hardware"])
            attempts.setdefault(key, []).append(case["verdict"] if run.complete else "incomplete")
            if run.complete:
                newest[key] = run.name, case
    evidence = tuple(
        Evidence(
            case["id"],
            check["id"],
            Outcome(check["verdict"]),
            check["quantity"],
            case["hardware"],
            tuple(check["verifies"]),
            name,
            bool(case.get("defects")),
            (case.get("firmware") or {}).get("level", ""),
        )
        for name, case in newest.values()
        for check in case["checks"]
    )
    return Standing(evidence, {key: tuple(words) for key, words in attempts.items()})
