"""JSON Schema of a check, of a limit set, of the profile that a scenario carries, and of the item under test."""

from typing import Any, Final

from scenarios.catalogue import Catalogue
from scenarios.item_file import LAB
from scenarios.item_file import SCHEMA as ITEM_SCHEMA
from scenarios.json_schema_words import (
    COUNT,
    PLUS_MINUS,
    QUANTITY,
    SHARE,
    TEXT,
    TRUE,
    one_or_list,
    parameters,
    table,
    words,
)
from scenarios.limit_basis import CONFIDENCES, KINDS
from scenarios.limit_set import SCHEMA
from sim.sensor.kinds import SENSORS

PROFILE: Final = {
    "anyOf": [
        {"type": "string", "description": "core, extended, or a profile of your own limit sets"},
        table({"name": TEXT, "only": one_or_list(TEXT), "except": one_or_list(TEXT)}, ("name",)),
    ]
}
"""The key `profile` of a scenario."""


def check_schema(catalogue: Catalogue, *, is_case: bool = False) -> dict[str, Any]:
    """A check of a scenario; in a `case.yaml` a confirmation of its limit may stand."""
    properties = _properties(catalogue) | {"limit": {"type": "string"}, "basis": _basis(confirmed=is_case)}
    own = {"required": ["measure"], "oneOf": [{"required": [word]} for word in _limits()]}
    return table(properties, (), anyOf=[own, {"required": ["limit"]}], allOf=_limit_rules(catalogue))


def limits_schema(catalogue: Catalogue) -> dict[str, Any]:
    """A limit set."""
    applies = {
        "features": one_or_list(TEXT),
        "lacks": one_or_list(TEXT),
        "sensors": one_or_list(words(SENSORS)),
        "channels": COUNT | {"minimum": 1},
    }
    properties = _properties(catalogue) | {
        "profile": one_or_list(TEXT),
        "applies": table(applies),
        "scenario": TEXT | {"description": "id of the library scenario whose procedure does it"},
        "basis": _basis(confirmed=False),
    }
    entry = table(properties, (), allOf=_limit_rules(catalogue))
    limits = {"type": "object", "additionalProperties": entry}
    header = {"schema": {"const": SCHEMA}, "title": TEXT, "note": TEXT, "limits": limits}
    return table(header, ("schema", "limits"))


def item_schema(_: Catalogue) -> dict[str, Any]:
    """The item under test."""
    sha = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    result = {"value": QUANTITY, "U": QUANTITY, "report": TEXT, "lab": TEXT, "on": TEXT}
    return table(
        {
            "schema": {"const": ITEM_SCHEMA},
            **dict.fromkeys(("maker", "model", "serial", "lot", "hardware", "operator", "condition", "note"), TEXT),
            "firmware": table({"version": TEXT, "file": TEXT, "sha256": sha}),
            "electrodes": table({"area": QUANTITY, "type": TEXT, "lot": TEXT}),
            "lab": table(dict.fromkeys(LAB, table(result, ("value", "U", "report")))),
        },
        ("schema",),
    )


def _basis(*, confirmed: bool) -> dict[str, Any]:
    texts = ("standard", "edition", "clause", "source", "note")
    texts = (*texts, "confirmed_by", "confirmed_on", "lapsed") if confirmed else texts
    keys = {"kind": words(KINDS), "confidence": words(CONFIDENCES), **dict.fromkeys(texts, TEXT)}
    return table(keys, ("kind", "confidence"))


def _limits() -> dict[str, Any]:
    part = {"type": "string", "pattern": r"^.*\S\s+of\s+\S+$"}
    return {
        "at_most": _one_or_several(TEXT),
        "at_least": _one_or_several(TEXT),
        "within": _one_or_several({"anyOf": [PLUS_MINUS, part]}),
        "between": {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2},
        "equals": TEXT,
        "never": TRUE,
    }


def _one_or_several(item: dict[str, Any]) -> dict[str, Any]:
    """A limit, or a list of which the wider stands."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 2}]}


def _properties(catalogue: Catalogue) -> dict[str, Any]:
    names = {"type": "string"}
    except_ = table({"event": names, "strides": COUNT}, ("event",))
    return {
        "title": TEXT,
        "why": TEXT,
        "verifies": one_or_list(TEXT),
        "measure": _measure(catalogue),
        **_limits(),
        "share": SHARE,
        "mean": TRUE,
        "p95": TRUE,
        "confidence": SHARE,
        "marginal": TEXT,
        "needs": {"type": ["integer", "string"], "pattern": r"^\d+(\s*samples?)?$"},
        "decision": words(("guarded", "simple")),
        "during": table({"from": names, "until": names, "except": one_or_list(except_)}),
    }


def _limit_rules(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Measures with a unit take quantities, measures of occurrences take `never`."""
    with_unit = [name for name, spec in catalogue.measures.items() if spec.unit]
    occurring = [name for name, spec in catalogue.measures.items() if spec.occurrences]
    others = [name for name, spec in catalogue.measures.items() if not spec.occurrences]
    listed = _one_or_several(QUANTITY)
    values = {"at_most": listed, "at_least": listed, "equals": QUANTITY, "marginal": QUANTITY}
    between = {"type": "array", "items": QUANTITY}
    return [
        {"if": _measures(with_unit), "then": {"properties": {**values, "between": between}}},
        {"if": _measures(occurring), "then": {"required": ["never"]}},
        {"if": _measures(others), "then": {"properties": {"never": False}}},
    ]


def _measures(names: list[str]) -> dict[str, Any]:
    """Fits a check whose measure is one of `names`, written bare or with parameters."""
    inner = {"type": "object", "propertyNames": {"enum": names}}
    return {"properties": {"measure": {"anyOf": [{"enum": names}, inner]}}, "required": ["measure"]}


def _measure(catalogue: Catalogue) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    bare: list[str] = []
    for name, spec in catalogue.measures.items():
        properties, required = parameters(spec.parameters)
        tables[name] = table(properties, required, description=spec.summary)
        if not required:
            bare.append(name)
    return {"anyOf": [words(bare), table(tables, minProperties=1, maxProperties=1)]}
