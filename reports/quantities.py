"""Numbers in words: SI values printed with a fitting prefix, and a value with its uncertainty to the same digit."""

import math
from dataclasses import dataclass
from typing import Final

_PREFIXES: Final = (
    (1e9, "G"),
    (1e6, "M"),
    (1e3, "k"),
    (1.0, ""),
    (1e-3, "m"),
    (1e-6, "µ"),
    (1e-9, "n"),
    (1e-12, "p"),
)
_PREFIXED: Final = {
    "s": "mµn",
    "A": "mµn",
    "V": "kmµ",
    "C": "mµnp",
    "Hz": "kMmµ",
    "W": "mµ",
    "J": "mµ",
    "N": "km",
    "m": "mµ",
    "Ω": "kM",
    "ohm": "kM",
    "F": "mµnp",
}
_SYMBOLS: Final = {"ohm": "Ω", "N m": "N·m", "m/s": "m/s"}
_SWAPPED: Final = {
    "rad": (math.pi / 180.0, "°"),
    "rad/s": (math.pi / 180.0, "°/s"),
    "C/m^2": (1e-2, "µC/cm²"),
    "A/m^2": (10.0, "mA/cm²"),
    "W/m^2": (10.0, "mW/cm²"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How a unit is shown: shown number = SI value / `factor`, in `unit`."""

    factor: float
    unit: str

    def number(self, value: float, digits: int = 4) -> str:
        """`value` (SI) as a bare number of `digits` significant digits in `unit`."""
        return significant(value / self.factor, digits)

    def text(self, value: float, digits: int = 4) -> str:
        """`value` (SI) with its unit."""
        return with_unit(self.number(value, digits), self.unit)


def scale_for(unit: str, magnitude: float) -> Scale:
    """The prefix under which `magnitude` (SI, in `unit`) reads as a number of one to three digits before the point.

    Angles are shown in degrees, densities per cm², as the field writes them.
    """
    if unit in _SWAPPED:
        return Scale(*_SWAPPED[unit])
    symbol = _SYMBOLS.get(unit, unit)
    allowed = _PREFIXED.get(unit)
    size = abs(magnitude)
    if allowed is None or not math.isfinite(size) or size == 0.0:
        return Scale(1.0, symbol)
    for factor, prefix in _PREFIXES:
        if (prefix == "" or prefix in allowed) and size >= factor * 0.99995:
            return Scale(factor, prefix + symbol)
    smallest = min((f, p) for f, p in _PREFIXES if p == "" or p in allowed)
    return Scale(smallest[0], smallest[1] + symbol)


def significant(value: float, digits: int = 4) -> str:
    """`value` with `digits` significant digits, without an exponent between 1e-4 and 1e7; no trailing zeros."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if not -5 < exponent < 7:
        mantissa, _, power = f"{value:.{max(digits - 1, 0)}e}".partition("e")
        return f"{_trim(mantissa)}e{int(power)}".replace("-", "−")
    return _fixed(value, max(digits - 1 - exponent, 0))


def with_unit(number: str, unit: str) -> str:
    """Number and unit with the space that SI asks for; none before a degree sign."""
    if not unit:
        return number
    return f"{number}°" if unit == "°" else f"{number} {unit}"


def quantity(value: float | None, unit: str, digits: int = 4) -> str:
    """One SI value in words: ``0.0412, "s"`` is ``41.2 ms``; a dash where there is none."""
    if value is None or math.isnan(value):
        return "–"
    return scale_for(unit, value).text(value, digits)


def quantity_with_uncertainty(value: float | None, expanded: float | None, unit: str) -> str:
    """``value ± U`` with U to two significant digits and the value to the same place."""
    if value is None or expanded is None or not math.isfinite(value) or not math.isfinite(expanded) or expanded <= 0.0:
        return quantity(value, unit)
    scale = scale_for(unit, max(abs(value), expanded))
    shown, spread = value / scale.factor, expanded / scale.factor
    exponent = math.floor(math.log10(spread))
    if float(f"{spread:.1e}") >= 10.0 ** (exponent + 1):
        exponent += 1
    places = max(1 - exponent, 0)
    if places > 9:
        return scale.text(value)
    number = f"{_fixed(shown, places, trim=False)} ± {_fixed(spread, places, trim=False)}"
    return f"({number}) {scale.unit}" if scale.unit else number


def _fixed(value: float, places: int, *, trim: bool = True) -> str:
    text = f"{value:.{places}f}"
    text = _trim(text) if trim else text
    return "0" if text in {"-0", "0"} else text.replace("-", "−")


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
