"""`limit: ID` in a check and `profile: core` in a scenario become plain checks with everything inlined."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from scenarios.case import LimitBasis
from scenarios.fields import Key, as_table, as_text, one_or_list, read_keys
from scenarios.limit_basis import basis_values, read_basis
from scenarios.limit_set import JUDGING, LimitEntry, LimitSets, fingerprint, overridden
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table, Text, rooted
from sim.errors import ScenarioError

PROFILE: Final = "profile"


@dataclass(frozen=True, slots=True)
class Asked:
    """A check that a limit set had a part in.

    Attributes:
        entry: of the set.
        by_profile: True where the scenario asked for the whole profile: it is dropped where it does not apply.
    """

    entry: LimitEntry
    by_profile: bool


@dataclass(frozen=True, slots=True)
class Expanded:
    """A scenario without references to limit sets.

    Attributes:
        table: the scenario; `profile` is its bare name.
        asked: check -> what the sets gave.
        left_out: (id, reason) of what `except` leaves out of the profile.
    """

    table: Table
    asked: Mapping[str, Asked] = field(default_factory=dict[str, Asked])
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Profile:
    name: str
    only: tuple[Text, ...] = ()
    without: tuple[Text, ...] = ()


def refers(table: Table) -> bool:
    """True where a scenario needs the limit sets."""
    checks = table.values.get("checks")
    named = checks.values.values() if isinstance(checks, Table) else ()
    return PROFILE in table.values or any(isinstance(node, Table) and "limit" in node.values for node in named)


def expand_limits(table: Table, sets: LimitSets, problems: Problems) -> Expanded:
    """Write every check out; problems are noted.

    Args:
        table: the scenario, its matrix applied.
        sets: every limit.
        problems: takes every problem.
    """
    asked: dict[str, Asked] = {}
    checks = table.values.get("checks")
    if checks is None:
        checks = Table({}, {}, table.values[PROFILE].where if PROFILE in table.values else table.where)
    if isinstance(checks, Table):
        for name, node in checks.values.items():
            if isinstance(node, Table) and "limit" in node.values:
                with problems.gathered():
                    entry = _entry(node.values["limit"], sets)
                    checks = checks.replaced(checks.keys[name], merged(entry, node))
                    asked[name] = Asked(entry, by_profile=False)
    left_out: tuple[tuple[str, str], ...] = ()
    if PROFILE in table.values and isinstance(checks, Table):
        with problems.gathered():
            profile = _read_profile(table.values[PROFILE], sets)
            left_out = tuple(
                (name, f"left out of the profile `{profile.name}` by `except`")
                for name, entry in sets.items()
                if profile.name in entry.profiles and _named(name, profile.without)
            )
            where = table.keys[PROFILE].where
            already = {each.entry.id for each in asked.values()} | set(checks.values)
            for entry in _of_profile(profile, sets):
                if entry.id not in already:
                    checks = checks.replaced(Text(entry.id, where), merged(entry, Table({}, {}, where)))
                    asked[entry.id] = Asked(entry, by_profile=True)
            table = table.replaced(table.keys[PROFILE], Text(profile.name, where))
    key = table.keys.get("checks") or Text("checks", checks.where)
    return Expanded(table.replaced(key, checks), asked, left_out)


def _entry(node: Node, sets: LimitSets) -> LimitEntry:
    name = as_text(node)
    if name not in sets:
        raise ScenarioError(str(node.where), f"unknown limit `{name}`", nearest(name, sets))
    return sets[name]


def merged(entry: LimitEntry, own: Table) -> Table:
    """The entry's check with the scenario's keys in place of its own, its id and basis written out.

    A scenario that changes what is judged has a limit of its own: its basis says so, and a confirmation lapses.
    """
    check = overridden(entry.check, own.without("limit", "basis"))
    check = Table(check.keys, check.values, own.where)
    if "basis" in own.values:
        basis = read_basis(own.values["basis"])
    else:
        basis = _basis_of(entry, check, [name for name in JUDGING if name in own.values])
    written = {"limit": entry.id, "basis": basis_values(basis)}
    for name, value in written.items():
        node = rooted(value, entry.key.where)
        check = check.replaced(own.keys.get(name) or Text(name, entry.key.where), node)
    return check


def _basis_of(entry: LimitEntry, check: Table, changed: list[str]) -> LimitBasis:
    basis = entry.basis
    if fingerprint(check, basis) == fingerprint(entry.check, basis):
        return basis
    lapsed = basis.lapsed
    if basis.confirmed_by:
        lapsed = f"confirmed by {basis.confirmed_by} on {basis.confirmed_on}, but the scenario changes the limit"
    note = f"the scenario changes `{', '.join(changed)}` of {entry.id}"
    note = f"{note}; {basis.note}" if basis.note else note
    return replace(basis, kind="proposal", confidence="low", note=note, confirmed_by="", confirmed_on="", lapsed=lapsed)


def _read_profile(node: Node, sets: LimitSets) -> _Profile:
    names = {name for entry in sets.values() for name in entry.profiles}

    def name_of(value: Node) -> str:
        text = as_text(value)
        if text not in names:
            raise ScenarioError(str(value.where), f"unknown profile `{text}`", nearest(text, names))
        return text

    if isinstance(node, Text):
        return _Profile(name_of(node))
    problems = Problems()
    id_ = one_or_list(lambda value: Text(as_text(value), value.where))
    keys = {"name": Key(name_of, required=True), "only": Key(id_), "except": Key(id_)}
    found = read_keys(as_table(node, "`profile`"), keys, "`profile`", problems)
    name = found.get("name", "")
    for listed in (*found.get("only", ()), *found.get("except", ())) if name else ():
        own = [each for each, entry in sets.items() if name in entry.profiles]
        if not any(_is(each, listed) for each in own):
            families = dict.fromkeys(each.partition("/")[0] for each in own)
            problem = f"the profile `{name}` has no limit `{listed.text}`"
            problems.add(listed.where, problem, nearest(listed.text, (*families, *own)))
    problems.raise_any()
    return _Profile(name, found.get("only", ()), found.get("except", ()))


def _of_profile(profile: _Profile, sets: LimitSets) -> list[LimitEntry]:
    return [
        entry
        for name, entry in sets.items()
        if profile.name in entry.profiles
        and (not profile.only or _named(name, profile.only))
        and not _named(name, profile.without)
    ]


def _named(name: str, listed: Iterable[Text]) -> bool:
    return any(_is(name, each) for each in listed)


def _is(name: str, listed: Text) -> bool:
    """True where `TIM-07` or `TIM-07/max` names the limit `TIM-07/max`."""
    return name == listed.text or name.startswith(f"{listed.text}/")
