"""Which scenarios of the library carry a profile: together they do every check of it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from scenarios.limit_expand import PROFILE
from scenarios.limit_set import read_limit_sets
from scenarios.places import named_files
from scenarios.plan import Plan, PlanWarning
from scenarios.problems import nearest
from scenarios.text import Table, Text, read_document
from sim.errors import NothingSelectedError, ScenarioError


def carrying(profile: str, beside: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Files of the library whose scenario carries `profile`.

    Raises:
        ScenarioError: no limit belongs to such a profile.
        NothingSelectedError: no scenario carries it.
    """
    known = {name for entry in read_limit_sets(beside).values() for name in entry.profiles}
    if profile not in known:
        raise ScenarioError("--profile", f"unknown profile `{profile}`", nearest(profile, known))
    found = tuple(path for path in named_files("library").values() if profile_of(path) == profile)
    if not found:
        raise NothingSelectedError(f"no scenario of the library carries the profile `{profile}`")
    return found


def profile_of(path: Path) -> str:
    """The profile that a scenario carries, or ""."""
    if f"\n{PROFILE}:" not in path.read_text(encoding="utf-8"):
        return ""
    node = read_document(path).values.get(PROFILE)
    name = node.values.get("name") if isinstance(node, Table) else node
    return name.text.strip() if isinstance(name, Text) else ""


def telling_unjudged(plan: Plan, profile: str, beside: Iterable[Path] = ()) -> Plan:
    """The plan with a warning that names the limits of the profile that none of its cases judges.

    A run in which most scenarios do not fit the device must not look like the whole profile.
    """
    if not profile:
        return plan
    every = [name for name, entry in read_limit_sets(beside).items() if profile in entry.profiles]
    cases = (*plan.cases, *(blocked.case for blocked in plan.blocked))
    judged = {check.limit_id for case in cases for check in case.checks}
    missing = [name for name in every if name not in judged]
    if not missing or not cases:
        return plan
    shown = ", ".join(missing[:20]) + (f" and {len(missing) - 20} more" if len(missing) > 20 else "")
    text = f"{len(missing)} of {len(every)} limits are judged by no case of this run: {shown}"
    return replace(plan, warnings=(*plan.warnings, PlanWarning(f"profile {profile}", "", "", text)))
