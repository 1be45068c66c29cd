"""`case.yaml`: a fully concrete case as text, from which the same case is read again to the last bit."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from scenarios.case import Case, Requirement
from scenarios.dataclass_reader import write_dataclass
from scenarios.electrode_reader import electrode_values
from scenarios.load_reader import load_values
from scenarios.quantities import exact_quantity
from scenarios.schema import CASE_SCHEMA, Scenario
from scenarios.sensor_reader import input_values, sensor_values
from scenarios.terrain_reader import terrain_values
from scenarios.text import plain
from sim.electrode.placement import Electrodes
from sim.gait.walk import Walk
from sim.sensor.sensor import SensorDescription

_PLAIN: Final = re.compile(r"[A-Za-z0-9_±µΩ/.+-][\w ±µΩ%/.,;()=<>°²*+'-]*")
"""Scalars that need no quotes; whatever else is written as a JSON string, which YAML reads too."""


def concrete_document(
    scenario: Scenario,
    sensor: SensorDescription,
    patient: Mapping[str, Any] | None,
    device: Mapping[str, Any],
    electrodes: Electrodes,
    requirements: tuple[Requirement, ...],
    left_out: tuple[tuple[str, str], ...] = (),
) -> dict[str, Any]:
    """The scenario as plain texts, all that it names inlined and defaults written out.

    Inlined are patient, device, load, limits with their basis, and requirement rows; `left_out` are the checks of its
    profile that do not apply.
    """
    written = plain(scenario.table)
    capture, walk = scenario.capture, scenario.walk
    document: dict[str, Any] = {
        "schema": CASE_SCHEMA,
        "id": scenario.id,
        "title": scenario.title,
        "why": written.get("why"),
        "seed": str(scenario.seed),
        "patient": dict(patient) if patient is not None else None,
        "leg": scenario.leg,
        "sensor": sensor_values(sensor),
        "device": dict(device),
        "settings": written.get("settings"),
        "defects": written.get("defects"),
        "electrodes": electrode_values(electrodes) if patient is not None else None,
        "load": load_values(scenario.load_name, scenario.load),
        "capture": {
            "rate": exact_quantity(capture.rate_hz, "Hz"),
            "channels": list(capture.channels),
            "keep": capture.keep,
            "effects": "true" if capture.effects else "false",
        },
        "walk": _walk(walk) if patient is not None else None,
        "requires": list(scenario.requires) or None,
        "events": written.get("events"),
        "profile": written.get("profile"),
        "checks": written["checks"],
        "not_applicable": dict(left_out) or None,
        "expect": _announced(written.get("expect"), written["checks"]),
        "requirements": [_row(each) for each in requirements] or None,
        "inputs": input_values(sensor),
    }
    return {key: value for key, value in document.items() if value is not None}


def _announced(expect: Mapping[str, str] | None, checks: Mapping[str, Any]) -> dict[str, str] | None:
    """Announced verdicts of the checks that are left."""
    return {name: word for name, word in expect.items() if name in checks} if expect is not None else None


def _walk(walk: Walk) -> dict[str, Any]:
    return {
        **terrain_values(walk),
        "speed": exact_quantity(walk.speed_m_s, "m/s"),
        "strides": str(walk.strides),
        "compensation": walk.compensation,
        "aid": {"kind": "afo", **write_dataclass(walk.orthosis)} if walk.orthosis else "none",
        "legs": walk.legs,
    }


def _row(row: Requirement) -> dict[str, str]:
    values = {"id": row.id, "title": row.title, "text": row.text, "risk": row.risk, "min_evidence": row.min_evidence}
    return {key: value for key, value in values.items() if value}


def case_document(case: Case) -> str:
    """The text of `case.yaml`: schema `case/1`, then `case` (id, number, seed, origin), then the concrete scenario."""
    lines = {check.id: str(check.line) for check in case.checks}
    origin: dict[str, Any] = {"file": case.origin_file, "lines": lines}
    if case.events:
        origin["events"] = {event.name: str(event.line) for event in case.events}
    header: dict[str, Any] = {"id": case.id, "number": str(case.number), "seed": str(case.seed)}
    if case.axes:
        header["axes"] = dict(case.axes)
    pools = {check.id: check.pool for check in case.checks if check.pool}
    if pools:
        header["pools"] = pools
    document = dict(case.document)
    top = {"schema": document.pop("schema"), "case": header | {"origin": origin}, **document}
    return "\n".join(document_lines(top)) + "\n"


def document_lines(table: Mapping[str, Any], depth: int = 0) -> list[str]:
    """A table of plain texts as lines of YAML."""
    found: list[str] = []
    indent = "  " * depth
    for key, value in table.items():
        if isinstance(value, Mapping) and value and not _is_flow(value):
            found += [f"{indent}{_scalar(str(key))}:", *document_lines(value, depth + 1)]
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            found.append(f"{indent}{_scalar(str(key))}:")
            found += [f"{indent}  - {_flow(item)}" for item in value]
        else:
            found.append(f"{indent}{_scalar(str(key))}: {_flow(value)}")
    return found


def _is_flow(value: Mapping[str, Any]) -> bool:
    """Short tables of plain values stand on one line."""
    short = all(isinstance(item, str) for item in value.values())
    return short and len(_flow(value)) <= 72


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(str(value))


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text == text.strip() and "," not in text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda match: f"\\u{ord(match[0]):04x}", quoted)
