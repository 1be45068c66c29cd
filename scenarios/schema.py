"""What a scenario may say: its keys, their bounds and their defaults."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from scenarios.case import CaptureRequest, Keep
from scenarios.check_reader import VERDICT_WORDS
from scenarios.dataclass_reader import read_dataclass
from scenarios.electrode_reader import read_electrodes
from scenarios.fields import Key, Read, as_table, as_text, flag, integer, one_or_list, quantity, read_keys, word
from scenarios.load_reader import read_load
from scenarios.problems import Problems, nearest
from scenarios.roles import FROM_DEVICE, ROLES
from scenarios.sensor_reader import ReplayRequest, is_replay, read_sensor
from scenarios.terrain_reader import TERRAIN_KEYS, terrain_of
from scenarios.text import Node, Table, Text, plain
from sim.electrode.load import NAMED_LOADS
from sim.electrode.placement import Electrodes
from sim.errors import ScenarioError
from sim.gait.walk import Orthosis, Walk
from sim.sensor.heel_switch import HeelSwitch
from sim.sensor.sensor import SensorDescription
from sim.timebase import sample_period_ns

SCENARIO_SCHEMA: Final = "scenario/1"
CASE_SCHEMA: Final = "case/1"
SPEED_M_S: Final = (0.2, 2.0)
"""Walking speeds for which the gait law is fitted or extended (`sim.gait.walk.Walk`), m/s."""
MAX_STRIDES: Final = 100_000
"""Longest walk (design choice: a day of walking)."""
KEEP: Final[tuple[Keep, ...]] = ("full", "windows", "none")
"""How much of the waveform is kept."""
MAX_SEED: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario without its matrix; names of files and of the catalogue are not resolved yet.

    Attributes:
        schema: `scenario/1` or `case/1`.
        id: its id.
        title: for people.
        seed: of the scenario.
        leg: stimulated leg.
        sensor: description of the sensor.
        load_name: as the scenario names it.
        load: `sim.electrode.load.Load`.
        capture: what is recorded.
        keep_given: False where `capture.keep` is left to the bench.
        walk: the walk.
        requires: roles.
        expect: check -> announced verdict.
        electrodes: as the scenario places them, or None where the device decides.
        table: everything, with its places.
    """

    schema: str
    id: str
    title: str
    seed: int
    leg: Literal["left", "right"]
    sensor: SensorDescription | ReplayRequest
    load_name: str
    load: Any
    capture: CaptureRequest
    keep_given: bool
    walk: Walk
    requires: tuple[str, ...]
    expect: dict[str, str]
    electrodes: Electrodes | None
    table: Table


def scenario_keys(schema: str, *, recorded: bool = False) -> dict[str, Key]:
    """Every key of a scenario; values that need the catalogue or other files are taken as they are.

    Args:
        schema: `scenario/1` or `case/1`.
        recorded: the sensor is a recording, so nobody walks.
    """
    walks = not recorded
    keys = {
        "schema": Key(word((SCENARIO_SCHEMA, CASE_SCHEMA), "schema"), required=True),
        "id": Key(_identifier, required=True),
        "title": Key(as_text),
        "why": Key(as_text),
        "seed": Key(integer(0, MAX_SEED, "seed"), required=True),
        "patient": Key(plain, required=walks),
        "leg": Key(word(("left", "right"), "leg")),
        "sensor": Key(read_sensor),
        "device": Key(plain, required=True),
        "settings": Key(plain),
        "defects": Key(plain),
        "electrodes": Key(read_electrodes),
        "load": Key(read_load),
        "capture": Key(_read_capture),
        "walk": Key(_read_walk, required=walks),
        "requires": Key(one_or_list(word(ROLES, "role"))),
        "events": Key(plain),
        "profile": Key(plain),
        "checks": Key(plain, required=True),
        "expect": Key(plain),
    }
    if schema == CASE_SCHEMA:
        inlined = {name: Key(plain) for name in ("requirements", "inputs", "not_applicable", "item")}
        return keys | {"case": Key(plain, required=True), **inlined}
    return keys | {"matrix": Key(plain)}


def schema_of(table: Table) -> str:
    """`scenario/1` or `case/1`; anything else is refused."""
    node = table.values.get("schema")
    if node is None:
        raise ScenarioError(
            str(table.where), "a scenario lacks the key `schema`", f"begin with `schema: {SCENARIO_SCHEMA}`"
        )
    return word((SCENARIO_SCHEMA, CASE_SCHEMA), "schema")(node)


def read_scenario(table: Table, problems: Problems) -> Scenario | None:
    """The scenario of a table without `matrix`; None where no more problems can be found in it.

    Where problems were noted the scenario only serves to look for more of them.

    Args:
        table: the document, or the variant of it that one row of the matrix gives.
        problems: takes every problem.
    """
    schema = ""
    with problems.gathered():
        schema = schema_of(table)
    if not schema:
        return None
    inner = Problems()
    recorded = is_replay(table.values.get("sensor"))
    found = read_keys(table, scenario_keys(schema, recorded=recorded), "a scenario", inner)
    if recorded:
        _refuse_patient(table, inner)
    expect: dict[str, str] = {}
    if "expect" in table.values:
        with inner.gathered():
            expect = _read_expect(table.values["expect"], table.values.get("checks"))
    with problems.gathered():
        inner.raise_any()
    needed = ("device", "checks") if recorded else ("patient", "device", "checks")
    if any(name not in table.values for name in needed) or (recorded and "sensor" not in found):
        return None
    load_name, load = found.get("load") or ("skin", NAMED_LOADS["skin"])
    capture, keep_given = found.get("capture") or (CaptureRequest(), False)
    return Scenario(
        schema=schema,
        id=found.get("id", "?"),
        title=found.get("title", found.get("id", "?")),
        seed=found.get("seed", 0),
        leg=found.get("leg", "left"),
        sensor=found.get("sensor") or HeelSwitch(),
        load_name=load_name,
        load=load,
        capture=capture,
        keep_given=keep_given,
        walk=found.get("walk") or Walk(SPEED_M_S[1], MAX_STRIDES),
        requires=found.get("requires", ()),
        expect=expect,
        electrodes=found.get("electrodes"),
        table=table,
    )


def _refuse_patient(table: Table, problems: Problems) -> None:
    """A recording was walked by somebody else, who feels nothing of the stimulation."""
    patient = table.values.get("patient")
    if patient is not None and plain(patient) != "none":
        problems.add(patient.where, "a recording has no simulated patient", "drop `patient`, or write `patient: none`")
    for name in ("walk", "electrodes"):
        if name in table.values:
            mend = f"drop `{name}`; `start` and `duration` of the sensor choose a part of the recording"
            problems.add(table.keys[name].where, f"`{name}` says nothing about a recording", mend)


def _identifier(node: Node) -> str:
    text = as_text(node)
    if len(text) > 80 or not all(char.isalnum() or char in "-_." for char in text) or not text[0].isalnum():
        raise ScenarioError(str(node.where), f"`{text[:80]}` is no id", "use letters, digits, `-`, `_` and `.`")
    return text


def _read_capture(node: Node) -> tuple[CaptureRequest, bool]:
    problems = Problems()
    keys = {
        "rate": Key(_rate),
        "channels": Key(one_or_list(word(FROM_DEVICE, "role"))),
        "keep": Key(word(KEEP, "word for keep")),
        "effects": Key(flag),
    }
    found = read_keys(node, keys, "`capture`", problems)
    problems.raise_any()
    default = CaptureRequest()
    channels = tuple(dict.fromkeys(found.get("channels", default.channels)))
    keep, effects = found.get("keep", default.keep), found.get("effects", default.effects)
    request = CaptureRequest(found.get("rate", default.rate_hz), channels, keep, effects)
    return request, "keep" in found


def _rate(node: Node) -> float:
    rate_hz = quantity("Hz", 1e3, 1e7, "capture rate")(node)
    try:
        sample_period_ns(rate_hz)
    except ValueError as error:
        raise ScenarioError(str(node.where), str(error), "for example 100 kHz, 500 kHz or 1 MHz") from None
    return rate_hz


def _read_walk(node: Node) -> Walk:
    problems = Problems()
    keys = {
        **TERRAIN_KEYS,
        "speed": Key(quantity("m/s", *SPEED_M_S, "speed"), required=True),
        "strides": Key(integer(1, MAX_STRIDES, "strides"), required=True),
        "compensation": Key(word(("acute", "adapted", "none"), "compensation")),
        "aid": Key(_read_aid),
        "legs": Key(word(("one", "both"), "legs")),
    }
    found = read_keys(node, keys, "`walk`", problems)
    problems.raise_any()
    return Walk(
        found["speed"],
        found["strides"],
        found.get("compensation", "acute"),
        found.get("aid"),
        legs=found.get("legs", "one"),
        terrain=terrain_of(found, node),
        light=found.get("light", "normal"),
    )


def _read_aid(node: Node) -> Orthosis | None:
    kinds: Read[str] = word(("none", "afo"), "aid")
    if isinstance(node, Text):
        return Orthosis() if kinds(node) == "afo" else None
    table = as_table(node, "`aid`")
    if "kind" not in table.values:
        raise ScenarioError(
            str(node.where), "`aid` lacks the key `kind`", "write `{kind: afo, stiffness: 0.4 N m/deg}`"
        )
    if kinds(table.values["kind"]) == "none":
        return None
    stiffness = {"stiffness": (0.0, 600.0), "set_angle": (-0.8, 0.8)}
    return read_dataclass(Orthosis, table.without("kind"), "`aid`", Orthosis(), stiffness)


def _read_expect(node: Node, checks: Node | None) -> dict[str, str]:
    problems = Problems()
    table = as_table(node, "`expect`")
    names = tuple(checks.values) if isinstance(checks, Table) else ()
    found: dict[str, str] = {}
    for name, value in table.values.items():
        if name not in names:
            problems.add(table.keys[name].where, f"`expect` names an unknown check `{name}`", nearest(name, names))
            continue
        with problems.gathered():
            found[name] = word(VERDICT_WORDS, "verdict")(value)
    problems.raise_any()
    return found
