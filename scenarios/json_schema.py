"""JSON Schema of the files that people write, built from the catalogue: editors complete and check as one types.

The schema knows every key, every name of the catalogue and the shape of quantities. What needs arithmetic (bounds,
dimensions, events inside the walk) stays with the loader: whatever it accepts fits the schema.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from scenarios.catalogue import Catalogue, Parameter
from scenarios.check_reader import VERDICT_WORDS
from scenarios.dataclass_reader import key_and_unit, settings_units
from scenarios.electrode_reader import electrode_schema
from scenarios.patient_class import SCHEMA as PATIENT_SCHEMA
from scenarios.patient_spread import KINDS
from scenarios.roles import FROM_DEVICE, ROLES
from scenarios.schema import CASE_SCHEMA, KEEP, SCENARIO_SCHEMA
from scenarios.sensor_reader import REPLAY
from scenarios.terrain_reader import OBSTACLE_UNITS
from sim.body.patient import Patient
from sim.body.regrowth import RegrowthPrior
from sim.body.training import TrainingPrior
from sim.electrode.load import NAMED_LOADS
from sim.gait.light import LIGHTS
from sim.gait.terrain import TERRAINS
from sim.sensor.kinds import SENSORS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: Final = ("scenario", "case", "device", "patient", "bench")
"""What `json_schema` can give; each in its version 1."""

_NUMBER: Final = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_QUANTITY: Final = {"type": "string", "pattern": rf"^{_NUMBER}\s*\D.*$"}
_SHARE: Final = {"type": ["string", "number"], "pattern": rf"^{_NUMBER}\s*(%|ppm)?$"}
_PLUS_MINUS: Final = {"type": "string", "pattern": rf"^(±|\+/-|\+-)\s*{_NUMBER}\s*\S.*$"}
_COUNT: Final = {"type": ["integer", "string"], "pattern": r"^\d+$", "minimum": 0}
_TEXT: Final = {"type": ["string", "number", "integer", "boolean"]}
_TRUE: Final = {"enum": [True, "true"]}


def json_schema(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """The JSON Schema of one of `SCHEMAS`.

    Raises:
        KeyError: no such schema.
    """
    builders = {"scenario": _scenario, "case": _case, "device": _device, "patient": _patient, "bench": _bench}
    shared = {"$defs": {"distribution": _distribution()}} if name in {"case", "patient"} else {}
    return {"$schema": DIALECT, "title": f"stimrig {name}/1", **shared, **builders[name](catalogue)}


def file_name(name: str) -> str:
    """File of a schema in `scenarios/schemas`: `scenario-1.json`."""
    return f"{name}-1.json"


def _table(properties: Mapping[str, Any], required: Iterable[str] = (), **rest: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        **rest,
    }


def _words(words: Iterable[str], description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"enum": list(words)}
    return found | ({"description": description} if description else {})


def _one_or_list(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(item), {"type": "array", "items": dict(item)}]}


def _scenario(catalogue: Catalogue) -> dict[str, Any]:
    return _table(
        {
            "schema": {"const": SCENARIO_SCHEMA},
            "id": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", "description": "stable name"},
            "title": _TEXT | {"description": "one line for people"},
            "why": _TEXT | {"description": "the hazard or the question behind it"},
            "seed": _COUNT,
            "patient": _patient_choice(),
            "leg": _words(("left", "right")),
            "sensor": _sensor(),
            "device": {"type": "string", "description": "a file of devices/, or any"},
            "settings": _settings(catalogue),
            "defects": _defects(catalogue),
            "electrodes": electrode_schema(_QUANTITY, _SHARE),
            "load": _load(),
            "capture": _capture(),
            "walk": _walk(),
            "requires": _one_or_list(_words(ROLES)),
            "events": {"type": "object", "additionalProperties": _event(catalogue)},
            "checks": {"type": "object", "minProperties": 1, "additionalProperties": _check(catalogue)},
            "expect": {"type": "object", "additionalProperties": _words(VERDICT_WORDS)},
            "matrix": _matrix(),
        },
        ("schema", "id", "seed", "device", "checks"),
        anyOf=[{"required": ["patient", "walk"]}, {"properties": {"sensor": _replay()}, "required": ["sensor"]}],
    )


def _case(catalogue: Catalogue) -> dict[str, Any]:
    """A scenario without matrix, with everything that it names inlined."""
    scenario = _scenario(catalogue)
    properties: dict[str, Any] = dict(scenario["properties"])
    del properties["matrix"]
    lines = {"type": "object", "additionalProperties": _COUNT}
    origin = _table({"file": _TEXT, "lines": lines, "events": lines}, ("file",))
    header = {"id": _TEXT, "number": _COUNT, "seed": _COUNT, "axes": {"type": "object"}, "origin": origin}
    row = _table({"id": _TEXT, "title": _TEXT, "text": _TEXT, "risk": _TEXT, "min_evidence": _TEXT}, ("id",))
    properties |= {
        "schema": {"const": CASE_SCHEMA},
        "case": _table(header, ("id", "number", "seed", "origin")),
        "patient": {"anyOf": [_patient_choice(), _patient(catalogue)]},
        "device": {"anyOf": [{"type": "string"}, _device(catalogue)]},
        "requirements": {"type": "array", "items": row},
        "inputs": {},
    }
    return _table(properties, ("case", *scenario["required"]), anyOf=scenario["anyOf"])


def _sensor() -> dict[str, Any]:
    tables = [
        _table({"kind": {"const": kind}, **_quantities(description)}, ("kind",))
        for kind, description in SENSORS.items()
    ]
    return {"anyOf": [_words(SENSORS), *tables, _replay()]}


def _replay() -> dict[str, Any]:
    """A recording in the place of a sensor."""
    files = {REPLAY: {"type": "string"}, "description": {"type": "string"}}
    return _table({**files, "start": _QUANTITY, "duration": _QUANTITY}, (REPLAY, "description"))


def _quantities(settings: type[Any]) -> dict[str, Any]:
    return {key: _QUANTITY if unit else _SHARE for key, unit in settings_units(settings).items()}


def _settings(catalogue: Catalogue) -> dict[str, Any]:
    """Any setting of any model, alone or as {value, source}: which device it will be is not known here."""
    names = sorted({key for spec in catalogue.models.values() for key in settings_units(spec.settings)})
    value = {"anyOf": [_TEXT, _table({"value": _TEXT, "source": _TEXT}, ("value",))]}
    return {"type": "object", "properties": dict.fromkeys(names, value), "additionalProperties": value}


def _defects(catalogue: Catalogue) -> dict[str, Any]:
    units = {name: defect.unit for spec in catalogue.models.values() for name, defect in spec.defects.items()}
    return _table({name: _QUANTITY if units[name] else _SHARE for name in sorted(units)})


def _load() -> dict[str, Any]:
    values = _table({"r": _QUANTITY, "r_p": _QUANTITY, "c_p": _QUANTITY, "name": _TEXT}, ("r",))
    return {"anyOf": [_words(NAMED_LOADS), values]}


def _capture() -> dict[str, Any]:
    return _table(
        {
            "rate": _QUANTITY,
            "channels": _one_or_list(_words(FROM_DEVICE)),
            "keep": _words(KEEP),
            "effects": {"enum": [True, False, "true", "false"], "description": "effect of the aid; default true"},
        }
    )


def _walk() -> dict[str, Any]:
    kind = _words(("none", "afo"))
    aid = {"anyOf": [kind, _table({"kind": kind, "stiffness": _QUANTITY, "set_angle": _QUANTITY}, ("kind",))]}
    return _table(
        {
            "terrain": _words(TERRAINS),
            "light": _words(LIGHTS),
            "obstacles": _table({key: _QUANTITY if unit else _SHARE for key, unit in OBSTACLE_UNITS.items()}),
            "speed": _QUANTITY | {"description": "0.2 m/s to 2 m/s"},
            "strides": _COUNT | {"minimum": 1},
            "compensation": _words(("acute", "adapted", "none")),
            "aid": aid,
            "legs": _words(("one", "both")),
        },
        ("speed", "strides"),
    )


def _parameter(parameter: Parameter) -> dict[str, Any]:
    value: dict[str, Any]
    if parameter.of == "load":
        value = _load()
    elif parameter.choices:
        value = _words([*parameter.choices, *(int(word) for word in parameter.choices if word.isdecimal())])  # pyright: ignore[reportArgumentType]
    elif parameter.unit is None:
        value = dict(_TEXT)
    else:
        value = dict(_QUANTITY if parameter.unit else _SHARE)
    if parameter.ramp:
        value = {"anyOf": [value, _table({"from": value, "to": value, "over": _QUANTITY}, ("from", "to", "over"))]}
    if parameter.many:
        value = _one_or_list(value)
    return value | ({"description": parameter.summary} if parameter.summary else {})


def _parameters(parameters: tuple[Parameter, ...]) -> tuple[dict[str, Any], list[str]]:
    properties = {parameter.name: _parameter(parameter) for parameter in parameters}
    return properties, [parameter.name for parameter in parameters if parameter.default is None]


def _event(catalogue: Catalogue) -> dict[str, Any]:
    at = _table({"stride": _COUNT | {"minimum": 1}, "phase": _SHARE, "time": _QUANTITY})
    kinds: list[dict[str, Any]] = []
    for name, spec in catalogue.events.items():
        properties, required = _parameters(spec.parameters)
        do = {"const": name, "description": spec.summary}
        kinds.append(_table({"at": at, "do": do, "why": _TEXT, **properties}, ("at", "do", *required)))
    return {
        "type": "object",
        "properties": {"at": at, "do": _words(catalogue.events)},
        "required": ["at", "do"],
        "oneOf": kinds,
    }


def _check(catalogue: Catalogue) -> dict[str, Any]:
    names = {"type": "string"}
    except_ = _table({"event": names, "strides": _COUNT}, ("event",))
    limits: dict[str, Any] = {
        "at_most": _TEXT,
        "at_least": _TEXT,
        "within": _PLUS_MINUS,
        "between": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2},
        "equals": _TEXT,
        "never": _TRUE,
    }
    return _table(
        {
            "title": _TEXT,
            "why": _TEXT,
            "verifies": _one_or_list(_TEXT),
            "measure": _measure(catalogue),
            **limits,
            "share": _SHARE,
            "mean": _TRUE,
            "p95": _TRUE,
            "confidence": _SHARE,
            "marginal": _TEXT,
            "needs": {"type": ["integer", "string"], "pattern": r"^\d+(\s*samples?)?$"},
            "decision": _words(("guarded", "simple")),
            "during": _table({"from": names, "until": names, "except": _one_or_list(except_)}),
        },
        ("measure",),
        oneOf=[{"required": [word]} for word in limits],
        allOf=_limit_rules(catalogue),
    )


def _limit_rules(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Measures with a unit take quantities, measures of occurrences take `never`."""
    with_unit = [name for name, spec in catalogue.measures.items() if spec.unit]
    occurring = [name for name, spec in catalogue.measures.items() if spec.occurrences]
    values = {"at_most": _QUANTITY, "at_least": _QUANTITY, "equals": _QUANTITY, "marginal": _QUANTITY}
    between = {"type": "array", "items": _QUANTITY}
    return [
        {"if": _measures(with_unit), "then": {"properties": {**values, "between": between}}},
        {"if": _measures(occurring), "then": {"required": ["never"]}, "else": {"properties": {"never": False}}},
    ]


def _measures(names: list[str]) -> dict[str, Any]:
    """Fits a check whose measure is one of `names`, written bare or with parameters."""
    table = {"type": "object", "propertyNames": {"enum": names}}
    return {"properties": {"measure": {"anyOf": [{"enum": names}, table]}}, "required": ["measure"]}


def _measure(catalogue: Catalogue) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    bare: list[str] = []
    for name, spec in catalogue.measures.items():
        properties, required = _parameters(spec.parameters)
        tables[name] = _table(properties, required, description=spec.summary)
        if not required:
            bare.append(name)
    return {"anyOf": [_words(bare), _table(tables, minProperties=1, maxProperties=1)]}


def _matrix() -> dict[str, Any]:
    step = _table({"from": _TEXT, "to": _TEXT, "step": _TEXT}, ("from", "to", "step"))
    rows = _one_or_list({"type": "object"})
    return {
        "type": "object",
        "properties": {"seeds": _COUNT | {"minimum": 1}, "exclude": rows, "include": rows},
        "additionalProperties": {"anyOf": [{"type": "array", "minItems": 1}, step]},
    }


def _device(catalogue: Catalogue) -> dict[str, Any]:
    return _table(
        {
            "schema": {"const": "device/1"},
            "id": {"type": "string"},
            "title": _TEXT,
            "why": _TEXT,
            "note": _TEXT,
            "source": {},
            "model": _words(catalogue.models),
            "roles": _one_or_list(_words(ROLES)),
            "features": _one_or_list({"type": "string"}),
            "channels": _COUNT | {"minimum": 1},
            "load": _load(),
            "max_current": _QUANTITY,
            "settings": _settings(catalogue),
            "allowed": {"type": "object"},
            "defects": _defects(catalogue),
        },
        ("schema", "id", "model", "max_current"),
    )


def _patient_choice() -> dict[str, Any]:
    """A class, or one of its people, or the class with some parameters changed."""
    choice = {
        "class": {"type": "string", "description": "a class or file of patients/"},
        "sample": {"anyOf": [{"enum": [True, False, "true", "false"]}, _COUNT], "description": "draw a person"},
        "training": _table({"weeks": _SHARE, "strides_per_day": _SHARE}, ("weeks",)),
        "recovery": _table({"months": _SHARE, "of": {"type": "string"}}, ("months", "of")),
    }
    named = {"type": "string", "description": "a class or file of patients/"}
    return {"anyOf": [named, _table({**choice, **_parameter_values()}, ("class",))]}


def _parameter_values() -> dict[str, Any]:
    """Key -> value of every field of `Patient` but its title."""
    values = _numbers_of(Patient) | {"drive": _TEXT, "measured_cycle": _TEXT}
    flags = {key_and_unit(field.name)[0] for field in fields(Patient) if isinstance(field.default, bool)}
    return values | {key: {"enum": [True, False, "true", "false"]} for key in sorted(flags)}


def _numbers_of(kind: type[Any]) -> dict[str, Any]:
    """Key -> quantity of every number of a dataclass, `none` allowed where that is its default."""
    optional = {key_and_unit(field.name)[0] for field in fields(kind) if field.default is None}
    values = {key: _QUANTITY if unit else _TEXT for key, unit in settings_units(kind).items()}
    return {key: {"anyOf": [each, {"const": "none"}]} if key in optional else each for key, each in values.items()}


def _sourced(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that stand alone or as {value, source, distribution}."""
    spread = {"$ref": "#/$defs/distribution"}
    return {
        key: {
            "anyOf": [each, _table({"value": each, "source": _TEXT, "distribution": spread, "note": _TEXT}, ("value",))]
        }
        for key, each in values.items()
    }


def _patient(_: Catalogue) -> dict[str, Any]:
    """Every field of `Patient`, alone or as {value, source, distribution}."""
    properties = _sourced({**_parameter_values(), "title": _TEXT})
    header = {
        "schema": {"const": PATIENT_SCHEMA},
        "name": {"type": "string"},
        "why": _TEXT,
        "note": _TEXT,
        "source": {},
        "origin": {"type": "object"},
        "training": _table(_sourced(_numbers_of(TrainingPrior))),
        "recovery": {"type": "object", "additionalProperties": _table(_sourced(_numbers_of(RegrowthPrior)))},
    }
    return _table({**header, **properties}, ("schema", "title", "speed"))


def _distribution() -> dict[str, Any]:
    """Of any kind: which words go together is the loader's."""
    numbers = dict.fromkeys(("value", "mean", "sd", "cv", "from", "to", "low", "high", "with", "correlation"), _TEXT)
    part = {"kind": _words(KINDS[:-1]), "share": _SHARE, **numbers}
    parts = {"type": "array", "minItems": 2, "items": _table(part, ("kind", "share"))}
    return _table({"kind": _words(KINDS), "parts": parts, **numbers}, ("kind",))


def _bench(catalogue: Catalogue) -> dict[str, Any]:
    """The header of a bench file; what follows depends on its kind."""
    properties = {"schema": {"const": "bench/1"}, "kind": _words(catalogue.benches), "id": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": ["schema", "kind"]}
