"""Builds the concrete case of one row of a scenario's matrix: files found, names resolved, everything in SI."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.case import Case, Check, DeviceDescription, PlannedEvent, Requirement
from scenarios.case_document import concrete_document
from scenarios.catalogue import Catalogue, MeasureSpec
from scenarios.channels import check_channels, check_event_channels, with_defaults_of
from scenarios.check_reader import CheckWords, read_checks
from scenarios.device_file import DeviceFile, describe_device, is_any, read_device
from scenarios.electrode_reader import electrodes_for
from scenarios.event_reader import read_events
from scenarios.fields import as_text, one_or_list
from scenarios.patient_file import draws_by_seed, read_patient
from scenarios.problems import Problems
from scenarios.requirements import requirement
from scenarios.schema import Scenario
from scenarios.text import Node, Table, Text
from sim.electrode.placement import CENTRED
from sim.errors import ScenarioError


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
    """

    catalogue: Catalogue
    beside: tuple[Path, ...]
    device: str
    fallback_device: str
    requirements: dict[str, Requirement] | None
    origin: Origin


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
    patient, device = None, None
    with problems.gathered():
        patient = read_patient(table.values["patient"], around.beside, label.seed)
    with problems.gathered():
        device = read_device(_device_node(table, around), around.catalogue.models, around.beside)
    events: tuple[PlannedEvent, ...] = ()
    description: DeviceDescription | None = None
    if device is not None:
        scenario = with_defaults_of(scenario, device)
        with problems.gathered():
            description = describe_device(device, table.values.get("settings"), table.values.get("defects"))
        _check_sensor(scenario, device, problems)
        if "events" in table.values:
            events = read_events(
                table.values["events"], around.catalogue.events, scenario.walk, scenario.leg, device.words, problems
            )
    checks = read_checks(table.values["checks"], _check_words(scenario, around), problems)
    rows = _requirements(table, checks, around, problems)
    electrodes = CENTRED
    if description is not None:
        check_channels(scenario, checks, around.catalogue.measures, description.channels, problems)
        check_event_channels(events, table.values.get("events"), description.channels, problems)
        _check_features(events, description, table, problems)
        electrodes = electrodes_for(scenario.electrodes, description, events, table, problems)
    problems.raise_any()
    assert patient is not None
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
        patient_name=patient[0],
        patient=patient[1],
        leg=scenario.leg,
        sensor=scenario.sensor,
        device=description,
        load=scenario.load,
        load_name=scenario.load_name,
        capture=scenario.capture,
        walk=scenario.walk,
        events=events,
        checks=kept,
        not_applicable=dropped,
        requires=_roles(scenario, device, events),
        requirements=rows,
        axes=label.axes,
        document=concrete_document(scenario, patient[2], device.table, electrodes, rows),
        origin_file=origin.file,
        electrodes=electrodes,
    )


def as_repeat(case: Case, label: CaseLabel, scenario: Scenario, around: Surroundings) -> Case:
    """The same case with another label; where its seed draws the patient, with another person.

    Raises:
        ScenarioError: nobody of the class can walk.
    """
    again = replace(case, id=label.id, name=folder_name(label.id), number=label.number, seed=label.seed)
    node = scenario.table.values["patient"]
    if not draws_by_seed(node):
        return again
    name, patient, document = read_patient(node, around.beside, label.seed)
    return replace(again, patient_name=name, patient=patient, document={**case.document, "patient": document})


def _device_node(table: Table, around: Surroundings) -> Node:
    node = table.values["device"]
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
    return CheckWords(around.catalogue.measures, names, scenario.walk.strides, file, lines, scenario.expect)


def _check_sensor(scenario: Scenario, device: DeviceFile, problems: Problems) -> None:
    given = scenario.sensor.roles
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


def _roles(scenario: Scenario, device: DeviceFile, events: tuple[PlannedEvent, ...]) -> tuple[str, ...]:
    """Every role that the case cannot do without; of a sensor with many, those that the device listens to."""
    given = scenario.sensor.roles
    heard = [role for role in given if not device.roles or role in device.roles]
    named: list[Any] = [*heard, *scenario.capture.channels, *scenario.requires]
    named += [need for event in events for need in event.spec.requires if ":" not in need]
    return tuple(dict.fromkeys(named))


def folder_name(case_id: str) -> str:
    """A case id as part of a folder's name: lower case, safe on every file system, at most 60 characters."""
    words = re.sub(r"[^a-z0-9.]+", "-", case_id.lower()).strip("-.")
    return words[:60].rstrip("-.") or "case"
