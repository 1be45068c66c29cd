"""Limit sets: `limits/*.yaml`, the limits of the checks as data with their basis, shipped or a project's own.

```yaml
schema: limits/1
limits:
  TIM-01:
    title: Width of phase 1
    measure: {pulse_width: {phase: 1}}
    within: ±20 % of set
    needs: 200 samples
    profile: core
    applies: {features: [surface], lacks: [implanted], sensors: [heel_switch], channels: 2}
    scenario: SCN-CORE-PULSES
    basis: {kind: standard, standard: IEC 60601-2-10, edition: "2:2012", clause: 201.12.1.102, confidence: medium}
```

An entry is a check, with every word of a scenario's check. A set beside the scenario or beside `stimrig.toml` adds ids
or replaces keys of shipped ones; where it changes what is judged it states its own `basis`.
"""

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from scenarios.case import LimitBasis
from scenarios.check_reader import CHECK_KEYS, STATISTICS
from scenarios.fields import Key, as_table, as_text, integer, one_or_list, read_keys, word
from scenarios.limit_basis import read_basis
from scenarios.limit_confirmations import CONFIRMED_FILE, Confirmation, read_confirmations
from scenarios.limit_reader import LIMIT_WORDS
from scenarios.matrix import canonical_text, shown_text
from scenarios.places import SHIPPED
from scenarios.problems import Problems
from scenarios.text import Node, Table, Text, plain, read_document
from sim.errors import ScenarioError
from sim.sensor.kinds import SENSORS

SCHEMA: Final = "limits/1"
FOLDER: Final = "limits"
JUDGING: Final = ("measure", *LIMIT_WORDS, *STATISTICS, "confidence", "decision")
"""Keys that say what is judged: a confirmation holds for these, and a changed limit states its own basis."""
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)?")


@dataclass(frozen=True, slots=True)
class Applies:
    """What a device must be for a limit to mean anything.

    Attributes:
        features: of `features` of the device file, all of them.
        lacks: features that it must not have.
        sensors: kinds of sensor, one of them; empty for any.
        channels: fewest stimulation channels.
    """

    features: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    channels: int = 1


@dataclass(frozen=True, slots=True)
class LimitEntry:
    """One limit.

    Attributes:
        id: `TIM-01`, or `TIM-07/max` where a check of the catalogue has several limits.
        key: the id with its place.
        check: the check that it is, with places.
        profiles: it belongs to.
        applies: to which devices.
        scenario: id of the library scenario whose procedure does it, or "".
        basis: where it comes from, and who confirmed it.
    """

    id: str
    key: Text
    check: Table
    profiles: tuple[str, ...]
    applies: Applies
    scenario: str
    basis: LimitBasis

    @property
    def title(self) -> str:
        """For people."""
        return str(plain(self.check.values["title"])) if "title" in self.check.values else self.id


LimitSets = Mapping[str, LimitEntry]
"""Every limit by its id, in the order of the files."""


def limit_folders(beside: Iterable[Path]) -> tuple[Path, ...]:
    """The folders `limits` that are read, the shipped one first, the nearest last."""
    near = [folder.resolve() / FOLDER for folder in beside]
    return (SHIPPED / FOLDER, *(folder for folder in reversed(list(dict.fromkeys(near))) if folder.is_dir()))


def read_limit_sets(beside: Iterable[Path] = ()) -> dict[str, LimitEntry]:
    """Every limit that holds for a scenario, confirmations applied.

    Args:
        beside: folders whose folder `limits` is read before the shipped one, nearest first.

    Raises:
        ScenarioError: a file does not read, or an id stands twice in a folder; with file:line:column.
    """
    problems = Problems()
    found: dict[str, LimitEntry] = {}
    confirmations: dict[str, Confirmation] = {}
    for folder in limit_folders(beside):
        own: dict[str, LimitEntry] = {}
        for path in sorted(folder.glob("*.yaml")):
            with problems.gathered():
                if path.name == CONFIRMED_FILE:
                    confirmations |= read_confirmations(path)
                else:
                    _add_file(path, own, found, problems)
        found |= own
    problems.raise_any()
    return {name: _confirmed(entry, confirmations.get(name)) for name, entry in found.items()}


def _add_file(path: Path, own: dict[str, LimitEntry], before: LimitSets, problems: Problems) -> None:
    """Read one file; `own` takes its entries, which may stand for some of `before` but not for each other."""
    facts = path.stat()
    table = _document(path, facts.st_mtime_ns, facts.st_size)
    inner = Problems()
    keys = {
        "schema": Key(word((SCHEMA,), "schema"), required=True),
        "title": Key(as_text),
        "note": Key(as_text),
        "limits": Key(lambda node: as_table(node, "`limits`"), required=True),
    }
    limits: Table = read_keys(table, keys, "a limit set", inner).get("limits", Table({}, {}, table.where))
    with problems.gathered():
        inner.raise_any()
    for name, node in limits.values.items():
        key = limits.keys[name]
        if name in own:
            first = own[name].key.where
            problems.add(key.where, f"the limit `{name}` stands twice", f"the first is in {first.file}:{first.line}")
            continue
        with problems.gathered():
            own[name] = _read_entry(key, as_table(node, f"limit `{name}`"), before.get(name))


@functools.lru_cache(maxsize=64)
def _document(path: Path, changed_ns: int, size: int) -> Table:
    """The tree of a file, parsed again only where the file has changed."""
    del changed_ns, size
    return read_document(path)


def _read_entry(key: Text, table: Table, before: LimitEntry | None) -> LimitEntry:
    if not _ID.fullmatch(key.text):
        raise ScenarioError(str(key.where), f"`{key.text}` is no id of a limit", "write `TIM-01` or `TIM-07/max`")
    problems = Problems()
    keys = {name: Key(plain) for name in CHECK_KEYS} | {
        "profile": Key(one_or_list(as_text)),
        "applies": Key(_read_applies),
        "scenario": Key(as_text),
        "basis": Key(read_basis, required=before is None),
    }
    found = read_keys(table, keys, f"limit `{key.text}`", problems)
    changed = [name for name in JUDGING if name in table.values]
    if before is not None and changed and "basis" not in table.values:
        problem = f"limit `{key.text}`: `{changed[0]}` is another than that of {before.key.where.file}"
        problems.add(key.where, problem, "state where it comes from: `basis: {kind: ..., confidence: ...}`")
    if before is None and "measure" not in table.values:
        problems.add(key.where, f"limit `{key.text}` lacks the key `measure`", "add `measure: {pulse_width: {}}`")
    problems.raise_any()
    check = Table(
        {name: word_ for name, word_ in table.keys.items() if name in CHECK_KEYS},
        {name: value for name, value in table.values.items() if name in CHECK_KEYS},
        table.where,
    )
    if before is not None:
        check = overridden(before.check, check)
        rest = {name: found[name] for name in ("applies", "scenario", "basis") if name in found}
        return replace(before, key=key, check=check, profiles=found.get("profile", before.profiles), **rest)
    return LimitEntry(
        key.text,
        key,
        check,
        found.get("profile", ()),
        found.get("applies", Applies()),
        found.get("scenario", ""),
        found["basis"],
    )


def overridden(base: Table, own: Table) -> Table:
    """`base` with the keys of `own` in place of its own; one limit and one statistic stand for the other."""
    for words in (LIMIT_WORDS, STATISTICS):
        if any(name in own.values for name in words):
            base = base.without(*words)
    for name, value in own.values.items():
        base = base.replaced(own.keys[name], value)
    return base


def _read_applies(node: Node) -> Applies:
    problems = Problems()
    words = one_or_list(as_text)
    keys = {
        "features": Key(words),
        "lacks": Key(words),
        "sensors": Key(one_or_list(word(SENSORS, "sensor"))),
        "channels": Key(integer(1, 8, "channels")),
    }
    found = read_keys(node, keys, "`applies`", problems)
    problems.raise_any()
    return Applies(**found)


def limit_as_written(check: Table) -> str:
    """The limit of a check with the statistic that meets it: ``at_most: 50 ms, p95``."""
    words = [f"{name}: {shown_text(check.values[name])}" for name in LIMIT_WORDS if name in check.values]
    told = {"share": "share: {}", "mean": "mean", "p95": "p95"}
    words += [told[name].format(shown_text(check.values[name])) for name in STATISTICS if name in check.values]
    return ", ".join(words)


def fingerprint(check: Table, basis: LimitBasis) -> str:
    """16 hex digits of what a confirmation holds for: what is judged, and the clause that it was compared with."""
    judged = {name: canonical_text(check.values[name]) for name in JUDGING if name in check.values}
    content = {**judged, "standard": basis.standard, "edition": basis.edition, "clause": basis.clause}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _confirmed(entry: LimitEntry, said: Confirmation | None) -> LimitEntry:
    return entry if said is None else replace(entry, basis=confirmed_basis(entry.check, entry.basis, said))


def confirmed_basis(check: Table, basis: LimitBasis, said: Confirmation) -> LimitBasis:
    """The basis with a confirmation, or with its lapse where what is judged has changed since."""
    if said.entry == fingerprint(check, basis):
        return replace(basis, confirmed_by=said.by, confirmed_on=said.on, lapsed="")
    lapsed = f"confirmed by {said.by} on {said.on}, but the limit has changed since"
    return replace(basis, confirmed_by="", confirmed_on="", lapsed=lapsed)
