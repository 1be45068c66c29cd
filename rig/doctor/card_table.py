"""Examination: does the card have what the table of cards states, by which bench files are checked and plans made."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rig.bench_file.drivers import PRODUCTS, CardProduct
from rig.doctor.finding import Finding, failed, not_shown, passed
from scenarios.quantities import format_quantity

if TYPE_CHECKING:
    from rig.ni.card_numbers import CardNumbers

_ROUNDED: Final = 0.02
"""Rates closer than this are the same: data sheets write 3.33 MS/s as 3.3 (design choice)."""
_UNITS: Final = {
    "inputs": "inputs",
    "input_rate_hz": "Hz an input",
    "aggregate_rate_hz": "Hz of all inputs",
    "outputs": "outputs",
    "output_rate_hz": "Hz an output",
    "output_range_v": "V at an output",
    "lines": "lines",
    "counters": "counters",
}
_TABLE: Final = "rig/bench_file/drivers.py"


def card_table(name: str, product: str, numbers: "CardNumbers") -> Finding:
    """What the driver tells of a card against the table.

    Less than the table states is FAIL: a bench file or a plan that passes is then refused by the card in the run. More
    is told.

    Args:
        name: of the card on the bench.
        product: as the card tells it.
        numbers: as the driver tells them.
    """
    examination = "card"
    has = {key: float(value) for key, value in asdict(numbers).items() if value is not None}
    stated = PRODUCTS.get(product)
    if stated is None:
        text = f"{name}: the table knows no {product}; it has {_listed(has)}"
        return not_shown(examination, text, f"add these numbers to {_TABLE}")
    table = _stated(stated)
    less = [key for key in _UNITS if key in has and has[key] < table[key] * _least(key)]
    more = [key for key in _UNITS if key in has and has[key] * _least(key) > table[key]]
    other = "simultaneous" in has and bool(has["simultaneous"]) != stated.simultaneous
    if less or other:
        parts = [f"{_text(key, has[key])} (the table states {_number(key, table[key])})" for key in less]
        if other:
            parts.insert(0, "one converter for all inputs" if stated.simultaneous else "a converter an input")
        mend = f"what the card says holds: mend the row {product} of {_TABLE}, or a plan may be made that it refuses"
        return failed(examination, f"{name}: its driver tells {', '.join(parts)}", mend, **has)
    text = f"{name}: {_listed(has)}, as the table states"
    if more:
        text = f"{name}: all that the table states, and {', '.join(_beyond(key, has, table) for key in more)}"
    silent = [key for key in _UNITS if key not in has]
    if silent:
        text += f"; its driver does not tell {', '.join(_UNITS[key] for key in silent)}"
    return passed(examination, text, **has)


def _stated(product: CardProduct) -> dict[str, float]:
    return {
        "inputs": float(product.inputs),
        "input_rate_hz": product.input_rate_hz,
        "aggregate_rate_hz": product.aggregate_rate_hz,
        "outputs": float(product.outputs),
        "output_rate_hz": product.output_rate_hz,
        "output_range_v": product.output_range_v,
        "lines": float(sum(product.lines.values())),
        "counters": float(product.counters),
    }


def _least(key: str) -> float:
    """The part of a number that passes for it."""
    return 1.0 - _ROUNDED if key.endswith("_hz") else 1.0


def _number(key: str, value: float) -> str:
    unit = _UNITS[key].partition(" ")[0]
    return format_quantity(value, unit) if unit in {"Hz", "V"} else f"{value:g}"


def _text(key: str, value: float) -> str:
    unit, _, of = _UNITS[key].partition(" ")
    return f"{_number(key, value)} {of}" if unit in {"Hz", "V"} else f"{value:g} {unit}"


def _listed(has: dict[str, float]) -> str:
    return ", ".join(_text(key, has[key]) for key in _UNITS if key in has)


def _beyond(key: str, has: dict[str, float], table: dict[str, float]) -> str:
    return f"{_text(key, has[key])} for {_number(key, table[key])}"
