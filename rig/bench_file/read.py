"""Reads a `*.bench.yaml` of kind `laboratory` and refuses every contradiction in it, all of them together."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rig.bench_file.dates import today_of
from rig.bench_file.laboratory import Laboratory
from rig.bench_file.read_fixtures import read_fixtures
from rig.bench_file.read_instruments import read_instruments
from rig.bench_file.read_wiring import read_safe_state, read_wiring
from rig.bench_file.wiring import CardSettings, Expected, SimulatedParts
from scenarios.dataclass_reader import read_dataclass
from scenarios.fields import Key, as_table, as_text, flag, read_keys
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table, Text, Where, plain

if TYPE_CHECKING:
    from rig.bench_file.instruments import Instrument

KIND: Final = "laboratory"
_EMPTY: Final = Table({}, {}, Where("bench", 1, 1))


def read_laboratory(
    table: Table, profile: str = "", today: date | None = None, *, refuse_expired: bool = True
) -> Laboratory:
    """The laboratory that a bench file describes.

    Args:
        table: the file.
        profile: of `profiles:`; "" for the file as it stands.
        today: day against which calibrations are held; the present one, or that of `SOURCE_DATE_EPOCH`, by default.
        refuse_expired: False for one that tells itself what is behind its day.

    Raises:
        ScenarioError: what cannot be read, or every contradiction, with file:line:column and the mend.
    """
    from rig.bench_file.contradictions import refuse_contradictions

    laboratory = _read(table, profile)
    return refuse_contradictions(laboratory, today or today_of(), _addresses(table), refuse_expired=refuse_expired)


def _read(table: Table, profile: str) -> Laboratory:
    problems = Problems()
    keys: dict[str, Key] = {
        "schema": Key(as_text, required=True),
        "kind": Key(as_text, required=True),
        "id": Key(as_text, required=True),
        "title": Key(as_text),
        "note": Key(as_text),
        "why": Key(as_text),
        "device": Key(as_text),
        "simulated": Key(flag),
        "card": Key(lambda node: read_dataclass(CardSettings, node, "`card`")),
        "expects": Key(lambda node: read_dataclass(Expected, node, "`expects`")),
        "simulation": Key(lambda node: read_dataclass(SimulatedParts, node, "`simulation`")),
        "instruments": Key(read_instruments, required=True),
        "fixtures": Key(read_fixtures),
        "wiring": Key(lambda node: node, required=True),
        "safe_state": Key(lambda node: node, required=True),
        "profiles": Key(_profiles),
    }
    found: dict[str, Any] = read_keys(table, keys, "a bench file", problems)
    instruments: dict[str, Instrument] = found.get("instruments", {})
    fixtures = found.get("fixtures", {})
    wiring, safe_state = (), ()
    if "instruments" in found and ("fixtures" in found or "fixtures" not in table.values) and "wiring" in found:
        with problems.gathered():
            wiring = read_wiring(found["wiring"], instruments, fixtures)
        if wiring and "safe_state" in found:
            with problems.gathered():
                safe_state = read_safe_state(found["safe_state"], wiring, fixtures)
    profiles: Mapping[str, Profile] = found.get("profiles", {})
    for each in profiles.values():
        for name, node in each.addresses.items():
            if instruments and name not in instruments:
                problems.add(
                    node[1], f"profile `{each.name}` names unknown instrument `{name}`", nearest(name, instruments)
                )
    if profile and profile not in profiles:
        problems.add(table.where, f"the bench has no profile `{profile}`", nearest(profile, profiles))
    problems.raise_any()
    laboratory = Laboratory(
        id=found["id"],
        title=found.get("title", found["id"]),
        note=found.get("note", ""),
        instruments=instruments,
        fixtures=fixtures,
        wiring=wiring,
        safe_state=safe_state,
        card=found.get("card", CardSettings()),
        expects=found.get("expects", Expected()),
        simulated_parts=found.get("simulation", SimulatedParts()),
        simulated=found.get("simulated", False),
        device=found.get("device", ""),
        where=table.where,
        sha256=_sha256(table),
    )
    from rig.bench_file.accuracy import with_scales

    return _with_profile(with_scales(laboratory), profiles[profile] if profile else None)


class Profile:
    """Other addresses for the same bench."""

    def __init__(self, name: str, addresses: Mapping[str, tuple[str, Where]], *, simulated: bool | None) -> None:
        self.name, self.addresses, self.simulated = name, addresses, simulated


def _profiles(node: Node) -> dict[str, Profile]:
    table, problems = as_table(node, "`profiles`"), Problems()
    found: dict[str, Profile] = {}
    for name, each in table.values.items():
        with problems.gathered():
            found[name] = _profile(name, as_table(each, f"profile `{name}`"))
    problems.raise_any()
    return found


def _profile(name: str, table: Table) -> Profile:
    problems = Problems()
    allowed = ("addresses", "simulated", "note")
    for key in table.values:
        if key not in allowed:
            where = table.keys[key].where
            problem = f"profile `{name}` changes `{key}`: a profile changes addresses only"
            problems.add(where, problem, "move it to the bench itself, or write a second bench file")
    addresses: dict[str, tuple[str, Where]] = {}
    simulated = None
    with problems.gathered():
        inner = as_table(table.values.get("addresses", _EMPTY), "`addresses`")
        addresses = {key: (as_text(value), value.where) for key, value in inner.values.items()}
    if "simulated" in table.values:
        with problems.gathered():
            simulated = flag(table.values["simulated"])
    problems.raise_any()
    return Profile(name, addresses, simulated=simulated)


def _with_profile(laboratory: Laboratory, profile: Profile | None) -> Laboratory:
    if profile is None:
        return laboratory
    instruments = {
        name: replace(
            each,
            address=profile.addresses[name][0],
            places={**each.places, "address": profile.addresses[name][1]},
        )
        if name in profile.addresses
        else each
        for name, each in laboratory.instruments.items()
    }
    simulated = laboratory.simulated if profile.simulated is None else profile.simulated
    return replace(laboratory, instruments=instruments, profile=profile.name, simulated=simulated)


def _sha256(table: Table) -> str:
    path = Path(table.where.file)
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # a description that came from no file
        return hashlib.sha256(repr(plain(table)).encode()).hexdigest()


def _addresses(table: Table) -> Where:
    """Where a reader mends what concerns the whole file."""
    node = table.keys.get("instruments", Text("", table.where))
    return node.where
