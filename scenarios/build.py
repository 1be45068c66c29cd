"""Builds the concrete case of one row of a scenario's matrix: files found, names resolved, everything in SI."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from scenarios.case import Case, Check, DeviceDescription, PlannedEvent, Requirement
from scenarios.case_document import concrete_document
from scenarios.catalogue import Catalogue, MeasureSpec
from scenarios.channels import check_channels, check_event_channels, with_defaults_of
from scenarios.check_reader import CheckWords, read_checks
from scenarios.device_file import DeviceFile, describe_device, is_any, read_device
from scenarios.electrode_reader import SHIFT, electrodes_for
from scenarios.event_reader import read_events
from scenarios.fields import as_text, one_or_list
from scenarios.firmware_of_device import device_of_firmware, is_firmware
from scenarios.item import Item
from scenarios.item_file import item_values
from scenarios.item_that_runs import item_that_runs
from scenarios.limit_applies import Situation, already_left_out, applying, has_no_check
from scenarios.limit_expand import Expanded
from scenarios.patient_file import draws_by_seed, read_patient
from scenarios.problems import Problems
from scenarios.requirements import requirement
from scenarios.roles import command_roles
from scenarios.schema import CASE_SCHEMA, Scenario
from scenarios.sensor_events import RADIO
from scenarios.sensor_fault_events import PACKETS, SENSOR_FAULT_EVENTS, TURNED
from scenarios.sensor_reader import ReplayRequest, read_recording
from scenarios.text import Node, Table, Text, Where, plain
from sim.electrode.placement import CENTRED
from sim.errors import ScenarioError
from sim.gait.walk import Walk
from sim.sensor.recording import Recording
from sim.sensor.sensor import SensorDescription

NOBODY: Final = "none"
"""Name of the patient of a recording."""
UNWALKED: Final = Walk(float("nan"), 0)
"""The walk of a recording: its strides are counted when it is replayed."""
WALKED_EVENTS: Final = frozenset({"terrain", "walk", "light", "sensor"})
"""Kinds of events that happen to somebody who walks, or to the sensor that is worn."""

_NEEDED_SENSOR: Final = {RADIO: "wireless_switch", PACKETS: "wireless_switch", TURNED: "foot_imu"}
_ANY_SENSOR: Final = frozenset(spec.name for spec in SENSOR_FAULT_EVENTS) - set(_NEEDED_SENSOR)
"""Faults of the line, which every sensor has."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a case stems from.

    Attributes:
        file: as verdicts show it, relative to the folder of the nearest `stimrig.toml`, else the bare name.
        lines: check -> line there, where the case was read from a `case.yaml`.
        event_lines: the same of events.
    """

    file: str
    lines: Mapping[str, int]
    event_lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a case is built with, beside its scenario.

    Attributes:
        catalogue: every name that may be used.
        beside: folders that are searched before the shipped ones, nearest first.
        device: device that takes the place of the scenario's, or "".
        fallback_device: device where the scenario says `any` and nobody else names one, or "".
        requirements: rows of `requirements.csv`; None where there is none.
        origin: where the case stems from.
        expanded: what limit sets gave to its checks.
        item: the specimen under test, or None.
        board: that a firmware named as `device` runs on, or "".
    """

    catalogue: Catalogue
    beside: tuple[Path, ...]
    device: str
    fallback_device: str
    requirements: dict[str, Requirement] | None
    origin: Origin
    expanded: Expanded | None = None
    item: Item | None = None
    board: str = ""


@dataclass(frozen=True, slots=True)
class CaseLabel:
    """What tells one case from another: id, number, seed, axes."""

    id: str
    number: int
    seed: int
    axes: tuple[tuple[str, str], ...]


def build_case(scenario: Scenario, label: CaseLabel, around: Surroundings, problems: Problems) -> Case | None:
    """The case, or None where problems were noted."""
    inner = Problems()
    case: Case | None = None
    with inner.gathered():
        case = _build(scenario, label, around, inner)
    with problems.gathered():
        inner.raise_any()
    return case if not inner else None


def _build(scenario: Scenario, label: CaseLabel, around: Surroundings, problems: Problems) -> Case | None:
    table, origin = scenario.table, around.origin
    patient, device, sensor = None, None, None
    recorded = isinstance(scenario.sensor, ReplayRequest)
    with problems.gathered():
        sensor = _sensor(scenario, around)
    if not recorded:
        with problems.gathered():
            patient = read_patient(table.values["patient"], around.beside, label.seed)
    with problems.gathered():
        device = read_device(
            _device_node(table, around), around.catalogue.models, around.beside, tuple(around.catalogue.controls)
        )
    events: tuple[PlannedEvent, ...] = ()
    description: DeviceDescription | None = None
    if device is not None:
        scenario = with_defaults_of(scenario, device)
        with problems.gathered():
            description = describe_device(device, table.values.get("settings"), table.values.get("defects"))
        if sensor is not None:
            _check_sensor(scenario, sensor, device, problems)
        if "events" in table.values:
            events = read_events(
                table.values["events"], around.catalogue.events, scenario.walk, scenario.leg, device.words, problems
            )
    left_out = already_left_out(table, problems)
    if description is not None and around.expanded is not None and sensor is not None:
        kind = "" if recorded else sensor.kind
        situation = Situation(description, events, scenario.load_name, kind, walks=not recorded)
        table, more = applying(around.expanded, table, around.catalogue.measures, situation)
        scenario, left_out = replace(scenario, table=table), (*left_out, *more)
    checks: tuple[Check, ...] = ()
    if not (left_out and has_no_check(table)):
        checks = read_checks(table.values["checks"], _check_words(scenario, around), problems)
    rows = _requirements(table, checks, around, problems)
    electrodes, item = CENTRED, around.item
    if description is not None:
        with problems.gathered():
            item = item_that_runs(item, description.firmware)
        check_channels(scenario, checks, around.catalogue.measures, description.channels, problems)
        check_event_channels(events, table.values.get("events"), description.channels, problems)
        _check_features(events, description, table, problems)
        electrodes = electrodes_for(scenario.electrodes, description, events, table, problems)
    if recorded:
        _check_recorded_events(events, table, problems)
    elif sensor is not None:
        _check_sensor_events(events, sensor, table, problems)
    problems.raise_any()
    assert patient is not None or recorded
    assert sensor is not None
    assert device is not None
    assert description is not None
    kept, dropped = _applicable(checks, around.catalogue.measures, description)
    events = tuple(
        replace(event, file=origin.file, line=origin.event_lines.get(event.name, event.line)) for event in events
    )
    return Case(
        id=label.id,
        number=label.number,
        name=folder_name(label.id),
        scenario_id=scenario.id,
        title=scenario.title,
        seed=label.seed,
        patient_name=patient[0] if patient is not None else NOBODY,
        patient=patient[1] if patient is not None else None,
        leg=sensor.leg if isinstance(sensor, Recording) else scenario.leg,
        sensor=sensor,
        device=description,
        load=scenario.load,
        load_name=scenario.load_name,
        capture=scenario.capture,
        walk=scenario.walk if patient is not None else UNWALKED,
        events=events,
        checks=kept,
        not_applicable=(*left_out, *dropped),
        requires=_roles(scenario, sensor, device, events),
        requirements=rows,
        axes=label.axes,
        document=concrete_document(
            scenario, sensor, patient[2] if patient is not None else None, device.table, electrodes, rows, left_out
        )
        | ({"item": item_values(item)} if item is not None else {}),
        origin_file=origin.file,
        electrodes=electrodes,
        profile=str(plain(table.values["profile"])) if "profile" in table.values else "",
        item=item,
    )


def as_repeat(case: Case, label: CaseLabel, scenario: Scenario, around: Surroundings) -> Case:
    """The same case with another label; where its seed draws the patient, with another person.

    Raises:
        ScenarioError: nobody of the class can walk.
    """
    again = replace(case, id=label.id, name=folder_name(label.id), number=label.number, seed=label.seed)
    node = scenario.table.values.get("patient")
    if node is None or case.is_recorded or not draws_by_seed(node):
        return again
    name, patient, document = read_patient(node, around.beside, label.seed)
    return replace(again, patient_name=name, patient=patient, document={**case.document, "patient": document})


def _device_node(table: Table, around: Surroundings) -> Node:
    node = table.values["device"]
    if is_firmware(around.device):
        return device_of_firmware(around.device, around.board, Where("--device", 0, 0))
    if around.board:
        problem = f"a board is named, and `{around.device or 'no device'}` is no firmware"
        raise ScenarioError("--board", problem, "add --device fw.elf, or drop --board")
    if around.device:
        return Text(around.device, node.where)
    if not is_any(node):
        return node
    if around.fallback_device:
        return Text(around.fallback_device, node.where)
    mend = "choose one with --device, or in the bench file or stimrig.toml"
    raise ScenarioError(str(node.where), "the scenario takes any device and none is named", mend)


def _check_words(scenario: Scenario, around: Surroundings) -> CheckWords:
    events = scenario.table.values.get("events")
    names = tuple(events.values) if isinstance(events, Table) else ()
    file, lines = around.origin.file, around.origin.lines
    is_case = scenario.schema == CASE_SCHEMA
    return CheckWords(around.catalogue.measures, names, scenario.walk.strides, file, lines, scenario.expect, is_case)


def _sensor(scenario: Scenario, around: Surroundings) -> SensorDescription:
    """The sensor as described, or the recording that takes its place, read and checked."""
    request = scenario.sensor
    if not isinstance(request, ReplayRequest):
        return request
    folders, hashes = around.beside, {}
    if scenario.schema == CASE_SCHEMA:
        # a case file lies in a run folder somewhere below what it was made from
        folders = (*folders, *folders[0].parents, Path.cwd())
        inputs = plain(scenario.table.values["inputs"]) if "inputs" in scenario.table.values else {}
        hashes = {name: str(facts.get("sha256", "")) for name, facts in inputs.items()}
    recording = read_recording(request, folders, hashes)
    written = scenario.table.values.get("leg")
    if written is not None and scenario.leg != recording.leg:
        problem = f"the recording was made on the {recording.leg} leg"
        raise ScenarioError(str(written.where), problem, f"write `leg: {recording.leg}` or drop the key")
    return recording


def _check_sensor_events(
    events: tuple[PlannedEvent, ...], sensor: SensorDescription, table: Table, problems: Problems
) -> None:
    """A switch sticks and gets wet, a radio loses its link, a motion sensor has axes; no other sensor does."""
    nodes = table.values.get("events")
    for event in events:
        if not event.kind.startswith("sensor.") or event.kind in _ANY_SENSOR:
            continue
        needs = _NEEDED_SENSOR.get(event.kind, "heel_switch")
        fits = sensor.kind == needs if event.kind in _NEEDED_SENSOR else sensor.thresholds_v is not None
        if not fits and isinstance(nodes, Table):
            problem = f"event `{event.name}`: {event.kind} happens to a {needs}, the sensor is a {sensor.kind}"
            problems.add(nodes.keys[event.name].where, problem, "drop it, or take another sensor")


def _check_recorded_events(events: tuple[PlannedEvent, ...], table: Table, problems: Problems) -> None:
    """What happens to a recording can be placed by its time only, and cannot change what was recorded."""
    nodes = table.values.get("events")
    for event in events:
        assert isinstance(nodes, Table)
        where = nodes.keys[event.name].where
        if event.kind.partition(".")[0] in WALKED_EVENTS or event.kind == SHIFT:
            problem = f"event `{event.name}`: {event.kind} cannot happen to a recording"
            problems.add(where, problem, "drop it: what was recorded is done")
        elif event.stride is not None:
            problem = f"event `{event.name}`: a recording has no prescribed strides"
            problems.add(where, problem, "write `at: {time: 12 s}`")


def _check_sensor(scenario: Scenario, sensor: SensorDescription, device: DeviceFile, problems: Problems) -> None:
    given = sensor.roles
    if device.roles and not set(device.roles).intersection(given):
        place = scenario.table.values.get("sensor", scenario.table).where
        needed = ", ".join(device.roles)
        problems.add(place, f"device `{device.id}` does not listen to {', '.join(given)}", f"it needs {needed}")


def _check_features(
    events: tuple[PlannedEvent, ...], device: DeviceDescription, table: Table, problems: Problems
) -> None:
    node = table.values.get("events")
    for event in events:
        for need in event.spec.requires:
            feature = need.removeprefix("feature:")
            if feature != need and feature not in device.features and isinstance(node, Table):
                problem = f"event `{event.name}` ({event.kind}) needs the feature `{feature}`"
                mend = f"device `{device.id}` has: {', '.join(device.features) or 'none'}"
                problems.add(node.keys[event.name].where, problem, mend)


def _requirements(
    table: Table, checks: tuple[Check, ...], around: Surroundings, problems: Problems
) -> tuple[Requirement, ...]:
    """Rows that the checks verify, in the order of their first mention."""
    if around.requirements is None:
        return ()
    nodes = table.values["checks"]
    rows: dict[str, Requirement] = {}
    for check in checks:
        node = nodes.values[check.id] if isinstance(nodes, Table) else nodes
        named = node.values.get("verifies") if isinstance(node, Table) else None
        if named is None:
            continue
        places = one_or_list(lambda item: (as_text(item), item.where))(named)
        for name, where in places:
            with problems.gathered():
                rows[name] = requirement(around.requirements, name, where)
    return tuple(rows.values())


def _applicable(
    checks: tuple[Check, ...], measures: Mapping[str, MeasureSpec], device: DeviceDescription
) -> tuple[tuple[Check, ...], tuple[tuple[str, str], ...]]:
    """Checks that this device can be asked, and (check, reason) of the others."""
    kept: list[Check] = []
    dropped: list[tuple[str, str]] = []
    for check in checks:
        needed = (
            need.removeprefix("feature:") for need in measures[check.measure].requires if need.startswith("feature:")
        )
        lacking = [feature for feature in needed if feature not in device.features]
        if lacking:
            dropped.append((check.id, f"not applicable: device `{device.id}` has no {', '.join(lacking)}"))
        else:
            kept.append(check)
    return tuple(kept), tuple(dropped)


def _roles(
    scenario: Scenario, sensor: SensorDescription, device: DeviceFile, events: tuple[PlannedEvent, ...]
) -> tuple[str, ...]:
    """Every role that the case cannot do without; of a sensor with many, those that the device listens to."""
    given = sensor.roles
    heard = [role for role in given if not device.roles or role in device.roles]
    named: list[Any] = [*heard, *scenario.capture.channels, *scenario.requires]
    for event in events:
        word = str(event.parameters.get("channel", "all"))
        channel = int(word) if word.isdecimal() else 0
        needs = (need for need in event.spec.requires if ":" not in need)
        named += [role for need in needs for role in command_roles(need, channel, device.channels)]
    return tuple(dict.fromkeys(named))


def folder_name(case_id: str) -> str:
    """A case id as part of a folder's name: lower case, safe on every file system, at most 60 characters."""
    words = re.sub(r"[^a-z0-9.]+", "-", case_id.lower()).strip("-.")
    return words[:60].rstrip("-.") or "case"
