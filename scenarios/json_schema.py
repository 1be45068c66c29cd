"""JSON Schema of the files that people write, built from the catalogue: editors complete and check as one types.

The schema knows every key, every name of the catalogue and the shape of quantities. What needs arithmetic (bounds,
dimensions, events inside the walk) stays with the loader: whatever it accepts fits the schema.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from scenarios.catalogue import Catalogue
from scenarios.check_reader import VERDICT_WORDS
from scenarios.control_reader import schema_of_control
from scenarios.dataclass_reader import key_and_unit, settings_units
from scenarios.device_file import RATED
from scenarios.electrode_reader import electrode_schema
from scenarios.firmware_of_device import schema_of_firmware
from scenarios.json_schema_checks import PROFILE, check_schema, item_schema, limits_schema
from scenarios.json_schema_words import (
    COUNT,
    QUANTITY,
    SHARE,
    TEXT,
    load,
    one_or_list,
    parameters,
    table,
    words,
)
from scenarios.patient_class import SCHEMA as PATIENT_SCHEMA
from scenarios.patient_spread import KINDS
from scenarios.roles import FROM_DEVICE, ROLES
from scenarios.schema import CASE_SCHEMA, KEEP, SCENARIO_SCHEMA
from scenarios.sensor_reader import REPLAY
from scenarios.terrain_reader import OBSTACLE_UNITS
from sim.body.patient import Patient
from sim.body.regrowth import RegrowthPrior
from sim.body.training import TrainingPrior
from sim.gait.light import LIGHTS
from sim.gait.terrain import TERRAINS
from sim.sensor.kinds import SENSORS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: Final = ("scenario", "case", "device", "patient", "bench", "limits", "item")
"""What `json_schema` can give; each in its version 1."""


def json_schema(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """The JSON Schema of one of `SCHEMAS`.

    Raises:
        KeyError: no such schema.
    """
    builders = {
        "scenario": _scenario,
        "case": _case,
        "device": _device,
        "patient": _patient,
        "bench": _bench,
        "limits": limits_schema,
        "item": item_schema,
    }
    shared = {"$defs": {"distribution": _distribution()}} if name in {"case", "patient"} else {}
    return {"$schema": DIALECT, "title": f"stimrig {name}/1", **shared, **builders[name](catalogue)}


def file_name(name: str) -> str:
    """File of a schema in `scenarios/schemas`: `scenario-1.json`."""
    return f"{name}-1.json"


def _scenario(catalogue: Catalogue) -> dict[str, Any]:
    return table(
        {
            "schema": {"const": SCENARIO_SCHEMA},
            "id": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", "description": "stable name"},
            "title": TEXT | {"description": "one line for people"},
            "why": TEXT | {"description": "the hazard or the question behind it"},
            "seed": COUNT,
            "patient": _patient_choice(),
            "leg": words(("left", "right")),
            "sensor": _sensor(),
            "device": {"type": "string", "description": "a file of devices/, or any"},
            "settings": _settings(catalogue),
            "defects": _defects(catalogue),
            "electrodes": electrode_schema(QUANTITY, SHARE),
            "load": load(),
            "capture": _capture(),
            "walk": _walk(),
            "requires": one_or_list(words(ROLES)),
            "events": {"type": "object", "additionalProperties": _event(catalogue)},
            "profile": PROFILE,
            "checks": {"type": "object", "minProperties": 1, "additionalProperties": check_schema(catalogue)},
            "expect": {"type": "object", "additionalProperties": words(VERDICT_WORDS)},
            "matrix": _matrix(),
        },
        ("schema", "id", "seed", "device"),
        anyOf=[{"required": ["patient", "walk"]}, {"properties": {"sensor": _replay()}, "required": ["sensor"]}],
        allOf=[{"anyOf": [{"required": ["checks"]}, {"required": ["profile"]}]}],
    )


def _case(catalogue: Catalogue) -> dict[str, Any]:
    """A scenario without matrix, with everything that it names inlined."""
    scenario = _scenario(catalogue)
    properties: dict[str, Any] = dict(scenario["properties"])
    del properties["matrix"]
    lines = {"type": "object", "additionalProperties": COUNT}
    origin = table({"file": TEXT, "lines": lines, "events": lines}, ("file",))
    header = {"id": TEXT, "number": COUNT, "seed": COUNT, "axes": {"type": "object"}, "origin": origin}
    row = table({"id": TEXT, "title": TEXT, "text": TEXT, "risk": TEXT, "min_evidence": TEXT}, ("id",))
    properties |= {
        "schema": {"const": CASE_SCHEMA},
        "case": table(header, ("id", "number", "seed", "origin")),
        "patient": {"anyOf": [_patient_choice(), _patient(catalogue)]},
        "device": {"anyOf": [{"type": "string"}, _device(catalogue)]},
        "requirements": {"type": "array", "items": row},
        "inputs": {},
        "profile": {"type": "string"},
        "checks": {"type": "object", "minProperties": 1, "additionalProperties": check_schema(catalogue, is_case=True)},
        "item": item_schema(catalogue) | {"required": []},
        "not_applicable": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    return table(properties, ("case", *scenario["required"], "checks"), anyOf=scenario["anyOf"])


def _sensor() -> dict[str, Any]:
    tables = [
        table({"kind": {"const": kind}, **_quantities(description)}, ("kind",)) for kind, description in SENSORS.items()
    ]
    return {"anyOf": [words(SENSORS), *tables, _replay()]}


def _replay() -> dict[str, Any]:
    """A recording in the place of a sensor."""
    files = {REPLAY: {"type": "string"}, "description": {"type": "string"}}
    return table({**files, "start": QUANTITY, "duration": QUANTITY}, (REPLAY, "description"))


def _quantities(settings: type[Any]) -> dict[str, Any]:
    return {key: QUANTITY if unit else SHARE for key, unit in settings_units(settings).items()}


def _settings(catalogue: Catalogue) -> dict[str, Any]:
    """Any setting of any model, alone or as {value, source}: which device it will be is not known here."""
    names = sorted({key for spec in catalogue.models.values() for key in settings_units(spec.settings)})
    value = {"anyOf": [TEXT, table({"value": TEXT, "source": TEXT}, ("value",))]}
    return {"type": "object", "properties": dict.fromkeys(names, value), "additionalProperties": value}


def _defects(catalogue: Catalogue) -> dict[str, Any]:
    units = {name: defect.unit for spec in catalogue.models.values() for name, defect in spec.defects.items()}
    return table({name: QUANTITY if units[name] else SHARE for name in sorted(units)})


def _capture() -> dict[str, Any]:
    return table(
        {
            "rate": QUANTITY,
            "channels": one_or_list(words(FROM_DEVICE)),
            "keep": words(KEEP),
            "effects": {"enum": [True, False, "true", "false"], "description": "effect of the aid; default true"},
        }
    )


def _walk() -> dict[str, Any]:
    kind = words(("none", "afo"))
    aid = {"anyOf": [kind, table({"kind": kind, "stiffness": QUANTITY, "set_angle": QUANTITY}, ("kind",))]}
    return table(
        {
            "terrain": words(TERRAINS),
            "light": words(LIGHTS),
            "obstacles": table({key: QUANTITY if unit else SHARE for key, unit in OBSTACLE_UNITS.items()}),
            "speed": QUANTITY | {"description": "0.2 m/s to 2 m/s"},
            "strides": COUNT | {"minimum": 1},
            "compensation": words(("acute", "adapted", "none")),
            "aid": aid,
            "legs": words(("one", "both")),
        },
        ("speed", "strides"),
    )


def _event(catalogue: Catalogue) -> dict[str, Any]:
    at = table({"stride": COUNT | {"minimum": 1}, "phase": SHARE, "time": QUANTITY})
    kinds: list[dict[str, Any]] = []
    for name, spec in catalogue.events.items():
        properties, required = parameters(spec.parameters)
        do = {"const": name, "description": spec.summary}
        kinds.append(table({"at": at, "do": do, "why": TEXT, **properties}, ("at", "do", *required)))
    return {
        "type": "object",
        "properties": {"at": at, "do": words(catalogue.events)},
        "required": ["at", "do"],
        "oneOf": kinds,
    }


def _matrix() -> dict[str, Any]:
    step = table({"from": TEXT, "to": TEXT, "step": TEXT}, ("from", "to", "step"))
    rows = one_or_list({"type": "object"})
    pools = {"type": "object", "additionalProperties": one_or_list(TEXT)}
    return {
        "type": "object",
        "properties": {"seeds": COUNT | {"minimum": 1}, "exclude": rows, "include": rows, "pool": pools},
        "additionalProperties": {"anyOf": [{"type": "array", "minItems": 1}, step]},
    }


def _device(catalogue: Catalogue) -> dict[str, Any]:
    described = table(
        {
            "schema": {"const": "device/1"},
            "id": {"type": "string"},
            "title": TEXT,
            "why": TEXT,
            "note": TEXT,
            "source": {},
            "model": words(catalogue.models),
            "like": {"type": "string", "description": "device that this one is but for what it says itself"},
            "control": schema_of_control(),
            "firmware": schema_of_firmware(),
            "roles": one_or_list(words(ROLES)),
            "features": one_or_list({"type": "string"}),
            "channels": COUNT | {"minimum": 1},
            "load": load(),
            "max_current": QUANTITY,
            "settings": {"type": "object"},
            "allowed": {"type": "object"},
            "defects": _defects(catalogue),
            "modes": {"type": "object"},
            "rated": table({name: QUANTITY if unit else SHARE for name, unit in RATED.items()}),
        },
        ("schema", "id"),
    )
    settings = _settings(catalogue)
    modes = {"type": "object", "additionalProperties": settings}
    # the settings of a box without a model are those that its own file names
    return described | {
        "if": {"required": ["model"]},
        "then": {"properties": {"settings": settings, "modes": modes}},
        "else": {"anyOf": [{"required": [key]} for key in ("control", "firmware", "like")]},
        "anyOf": [{"required": ["max_current"]}, {"required": ["like"]}],
    }


def _patient_choice() -> dict[str, Any]:
    """A class, or one of its people, or the class with some parameters changed."""
    choice = {
        "class": {"type": "string", "description": "a class or file of patients/"},
        "sample": {"anyOf": [{"enum": [True, False, "true", "false"]}, COUNT], "description": "draw a person"},
        "training": table({"weeks": SHARE, "strides_per_day": SHARE}, ("weeks",)),
        "recovery": table({"months": SHARE, "of": {"type": "string"}}, ("months", "of")),
    }
    named = {"type": "string", "description": "a class or file of patients/"}
    return {"anyOf": [named, table({**choice, **_parameter_values()}, ("class",))]}


def _parameter_values() -> dict[str, Any]:
    """Key -> value of every field of `Patient` but its title."""
    values = _numbers_of(Patient) | {"drive": TEXT, "measured_cycle": TEXT}
    flags = {key_and_unit(field.name)[0] for field in fields(Patient) if isinstance(field.default, bool)}
    return values | {key: {"enum": [True, False, "true", "false"]} for key in sorted(flags)}


def _numbers_of(kind: type[Any]) -> dict[str, Any]:
    """Key -> quantity of every number of a dataclass, `none` allowed where that is its default."""
    optional = {key_and_unit(field.name)[0] for field in fields(kind) if field.default is None}
    values = {key: QUANTITY if unit else TEXT for key, unit in settings_units(kind).items()}
    return {key: {"anyOf": [each, {"const": "none"}]} if key in optional else each for key, each in values.items()}


def _sourced(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that stand alone or as {value, source, distribution}."""
    spread = {"$ref": "#/$defs/distribution"}
    return {
        key: {"anyOf": [each, table({"value": each, "source": TEXT, "distribution": spread, "note": TEXT}, ("value",))]}
        for key, each in values.items()
    }


def _patient(_: Catalogue) -> dict[str, Any]:
    """Every field of `Patient`, alone or as {value, source, distribution}."""
    properties = _sourced({**_parameter_values(), "title": TEXT})
    header = {
        "schema": {"const": PATIENT_SCHEMA},
        "name": {"type": "string"},
        "why": TEXT,
        "note": TEXT,
        "source": {},
        "origin": {"type": "object"},
        "training": table(_sourced(_numbers_of(TrainingPrior))),
        "recovery": {"type": "object", "additionalProperties": table(_sourced(_numbers_of(RegrowthPrior)))},
    }
    return table({**header, **properties}, ("schema", "title", "speed"))


def _distribution() -> dict[str, Any]:
    """Of any kind: which words go together is the loader's."""
    numbers = dict.fromkeys(("value", "mean", "sd", "cv", "from", "to", "low", "high", "with", "correlation"), TEXT)
    part = {"kind": words(KINDS[:-1]), "share": SHARE, **numbers}
    parts = {"type": "array", "minItems": 2, "items": table(part, ("kind", "share"))}
    return table({"kind": words(KINDS), "parts": parts, **numbers}, ("kind",))


def _bench(catalogue: Catalogue) -> dict[str, Any]:
    """A header; what follows depends on the kind of bench."""
    properties = {"schema": {"const": "bench/1"}, "kind": words(catalogue.benches), "id": {"type": "string"}}
    kinds: list[dict[str, Any]] = []
    shared: dict[str, Any] = {}
    for name, spec in catalogue.benches.items():
        if spec.schema is not None:
            own = spec.schema()
            shared |= own.pop("$defs", {})
            kinds.append({"if": {"properties": {"kind": {"const": name}}}, "then": own})
    defs = {"$defs": shared} if shared else {}
    return {**defs, "type": "object", "properties": properties, "required": ["schema", "kind"], "allOf": kinds}
