"""JSON Schema of a bench file of kind `laboratory`: editors complete and check it as one types.

It knows every key, driver, kind of fixture and role; what needs more than one place of the file stays with the loader.
"""

from typing import Any, Final

from rig.bench_file.drivers import DRIVERS, FIXTURES, PRODUCTS
from rig.bench_file.instruments import InputRange, OutputLimit
from rig.bench_file.read_wiring import WORDS
from rig.bench_file.wiring import CardSettings, Expected, SimulatedParts
from scenarios.json_schema_dataclass import dataclass_schema, noted
from scenarios.json_schema_words import COUNT, QUANTITY, SHARE, TEXT, load, one_or_list, table, words

DAY: Final = {"pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "year-month-day"}
"""No type: some YAML parsers make a date of it before the schema sees it."""
_NAME: Final = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*$"}
_TERMINAL: Final = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.\S+)?$", "description": "instrument.port"}
_FLAG: Final = {"enum": [True, False, "true", "false"]}
_EXPIRED: Final = words(("refuse", "warn"), "what happens behind the day it was due")


def laboratory_schema() -> dict[str, Any]:
    """Every key of a laboratory."""
    named = {"type": "object", "propertyNames": _NAME}
    safe = {"type": "object", "propertyNames": words(WORDS), "additionalProperties": TEXT}
    return table(
        {
            "schema": {"const": "bench/1"},
            "kind": {"const": "laboratory"},
            "id": {"type": "string"},
            **dict.fromkeys(("title", "note", "why"), TEXT),
            "device": {"type": "string", "description": "device that is connected, for scenarios that take any"},
            "simulated": _FLAG,
            "card": dataclass_schema(CardSettings),
            "expects": dataclass_schema(Expected),
            "simulation": dataclass_schema(SimulatedParts),
            "instruments": {**named, "additionalProperties": _instrument()},
            "fixtures": {**named, "additionalProperties": _fixture()},
            "wiring": table({role: {"$ref": "#/$defs/wire"} for role in WORDS}),
            "safe_state": safe,
            "profiles": {"type": "object", "additionalProperties": _profile()},
        },
        ("schema", "kind", "id", "instruments", "wiring", "safe_state"),
        **{"$defs": {"wire": _wire()}},
    )


def _instrument() -> dict[str, Any]:
    calibration = {
        "done": DAY,
        "due": DAY,
        "on_expired": _EXPIRED,
        **dict.fromkeys(("certificate", "by", "note"), TEXT),
    }
    drivers = words(DRIVERS, "; ".join(f"{name}: {driver.summary}" for name, driver in DRIVERS.items()))
    return table(
        {
            "driver": drivers,
            "address": {
                "type": "string",
                "description": "local, grpc://HOST:PORT, sim, a VISA resource, a serial port",
            },
            "identity": TEXT | {"description": f"beginning of *IDN?; of a card one of {', '.join(PRODUCTS)}"},
            "serial": TEXT,
            "device": TEXT | {"description": "name of a card in its driver"},
            "calibration": table(calibration, ("due",)),
            "ranges": {"type": "array", "items": dataclass_schema(InputRange)},
            "timebase": noted(SHARE),
            "filter_tau": noted(QUANTITY),
            "limits": {"type": "object", "additionalProperties": dataclass_schema(OutputLimit)},
            "timeout": QUANTITY,
            "settings": {"type": "object", "additionalProperties": TEXT},
            "note": TEXT,
        },
        ("driver", "address"),
    )


def _fixture() -> dict[str, Any]:
    value: dict[str, Any] = {"anyOf": [QUANTITY, SHARE]}
    position = table({"value": value, "bound": value, "select": COUNT, "load": load(), "note": TEXT})
    return table(
        {
            "kind": words(FIXTURES, "; ".join(f"{name}: {kind.summary}" for name, kind in FIXTURES.items())),
            "value": noted(value),
            "bound": noted(value),
            "offset_bound": QUANTITY,
            "isolated": _FLAG,
            "rating": QUANTITY,
            "rating_voltage": QUANTITY,
            "load": load(),
            "positions": {"type": "object", "additionalProperties": {"anyOf": [TEXT, position]}},
            "pieces": COUNT,
            "measured": DAY,
            "due": DAY,
            "on_expired": _EXPIRED,
            **dict.fromkeys(("certificate", "serial", "by", "note"), TEXT),
        },
        ("kind",),
    )


def _wire() -> dict[str, Any]:
    whole = table(
        {
            "to": _TERMINAL,
            "from": _TERMINAL,
            "through": one_or_list(_NAME),
            "range": QUANTITY,
            "full_scale": {"anyOf": [QUANTITY, SHARE]},
            "reference": words(("differential", "rse", "nrse")),
            "invert": _FLAG,
            **dict.fromkeys(("level", "level_bound", "width_bound"), QUANTITY),
            "gate": {"type": "string", "pattern": r"^PFI\d+$", "description": "where a comparator is led to the card"},
            "note": TEXT,
        },
        ("to",),
    )
    return {"anyOf": [_TERMINAL, whole]}


def _profile() -> dict[str, Any]:
    addresses = {"type": "object", "propertyNames": _NAME, "additionalProperties": {"type": "string"}}
    return table({"addresses": addresses, "simulated": _FLAG, "note": TEXT})
