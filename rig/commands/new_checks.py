"""Other checks for an old record: those of a scenario that asks for the same walk."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.case import Case
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from scenarios.catalogue import Catalogue

_JUDGING: Final = frozenset({"schema", "title", "why", "checks", "expect", "requirements", "profile", "item", "pool"})
"""Keys of a scenario that change what is asked of a record, not what was done; everything else must be the same."""


def cases_asking(paths: Sequence[Path], device: str, catalogue: "Catalogue") -> dict[str, Case]:
    """Case id -> case, of scenarios whose checks are to be asked of an old record.

    Raises:
        ScenarioError: a scenario that cannot be used.
    """
    from scenarios.plan import PlanOptions, load_cases

    return {case.id: case for case in load_cases(paths, catalogue, PlanOptions(device=device)).cases}


def asked_anew(old: Case, asked: Mapping[str, Case]) -> Case:
    """The case of a record with the checks of the scenario's case of the same id.

    Raises:
        ScenarioError: there is none, or it asks for another walk: only a new run could answer.
    """
    if old.id not in asked:
        names = ", ".join(sorted(asked)[:5])
        raise ScenarioError("--scenario", f"has no case `{old.id}`, which the run holds", f"it has {names}")
    new = asked[old.id]
    before, after = (_done(case.document) for case in (old, new))
    other = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if old.seed != new.seed and "seed" not in other:
        other.append("seed")
    if other:
        problem = f"case `{old.id}`: {', '.join(f'`{key}`' for key in other)} differs from what was run"
        raise ScenarioError(
            "--scenario", problem, "a recheck walks nobody: run the scenario, or change its checks only"
        )
    return replace(
        new, number=old.number, name=old.name, capture=old.capture, document={**new.document, **_capture(old.document)}
    )


def _done(document: Mapping[str, Any]) -> dict[str, Any]:
    """What was done, without what was kept of it."""
    told = {key: value for key, value in document.items() if key not in _JUDGING}
    capture = {key: value for key, value in told.get("capture", {}).items() if key != "keep"}
    return told | {"capture": capture}


def _capture(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"capture": document["capture"]} if "capture" in document else {}
