"""Which scenarios of the library carry a profile: together they do every check of it."""

from collections.abc import Iterable
from pathlib import Path

from scenarios.limit_expand import PROFILE
from scenarios.limit_set import read_limit_sets
from scenarios.places import named_files
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
