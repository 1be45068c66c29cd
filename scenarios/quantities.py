"""Texts such as `60 ms` and `±100 nC` as SI numbers, and back.

A table of the units of this field answers nearly always; pint, slow to import, decides the rest and only here. Powers
of ten are applied to the decimal text, so that `60 ms` is the same float as 0.06.
"""

import functools
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from scenarios.unit_table import EXAMPLES, KINDS, UNITS, Unit, dimension_of, is_known, tidy
from sim.errors import ScenarioError

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?")
_PLUS_MINUS: Final = re.compile(r"\s*(?:±|\+/-|\+-)\s*")
_LONGEST: Final = 100


def parse_quantity(text: str, unit: str, where: object = "") -> float:
    """The value of `text` in the SI unit `unit`.

    A leading ± (or `+/-`) is allowed and dropped; the value behind it is then a magnitude. Where `unit` is "" a pure
    number is asked for: `0.9`, `90 %` or `30 ppm`.

    Args:
        text: number and unit, as written: `60 ms`, `2 mA/V`, `1.2e-3 s`, `±20 %`.
        unit: SI unit whose dimension the value must have.
        where: place, for the message.

    Raises:
        ScenarioError: no number, no unit, an unknown unit, the wrong dimension, or a value that is not finite.
    """
    place, asked = str(where), _asked(unit)
    if len(text) > _LONGEST:
        raise ScenarioError(place, f"`{text[:20]}...` is no quantity", _mend_example(unit))
    sign = _PLUS_MINUS.match(text)
    body = text[sign.end() :].strip() if sign else text.strip()
    number = _NUMBER.match(body)
    if number is None:
        raise ScenarioError(place, _no_number(text, asked), _mend_number(body, unit))
    unit_text = tidy(body[number.end() :])
    if unit_text[:1] in {",", "."} or unit_text[:1].isdigit():
        raise ScenarioError(place, f"`{text}` is no number with a unit", _mend_number(body, unit))
    if not unit_text and unit:
        mend = f"write the unit: `{number.group()} {_example(unit).partition(' ')[2]}`?"
        raise ScenarioError(place, f"`{text}` has no unit, {asked} is asked for", mend)
    value = _value(number.group(), unit_text, unit, text, place)
    if not math.isfinite(value):
        raise ScenarioError(place, f"`{text}` is not a finite number", _mend_example(unit))
    if sign and value < 0:
        raise ScenarioError(place, f"`{text}`: a value behind ± cannot be negative", _mend_example(unit))
    return value


def is_plus_minus(text: str) -> bool:
    """True where `text` begins with ± or `+/-`."""
    return _PLUS_MINUS.match(text) is not None


def _value(number: str, unit_text: str, unit: str, text: str, place: str) -> float:
    known = UNITS.get(unit_text)
    if known is None or not is_known(unit):
        return _by_pint(number, unit_text, unit, text, place)
    if known.dimension != dimension_of(unit):
        kind = KINDS.get(known.si, known.si)
        mend = _mend_example(unit)
        raise ScenarioError(place, f"`{text}` is {kind}, {_asked(unit)} is asked for", mend)
    return _scaled(number, known)


def _scaled(number: str, unit: Unit) -> float:
    try:
        return float(Decimal(number) * Decimal(unit.decimal)) * unit.factor
    except (InvalidOperation, OverflowError):
        return math.inf


def _by_pint(number: str, unit_text: str, unit: str, text: str, place: str) -> float:
    import pint  # slow: 0.3 s and more

    if re.search(r"[^\w\s*/^·().%°Ωµμ²³⁻¹-]", unit_text) or re.search(r"\*\*|\d{3}", unit_text):
        raise ScenarioError(place, f"`{text}`: unknown unit `{unit_text}`", _mend_example(unit))
    registry = _registry()
    try:
        quantity = registry.Quantity(float(number), registry.Unit(unit_text.replace("·", "*").replace("^", "**")))
        _refuse_lost_angle(unit_text, unit, text, place)
        return float(quantity.to(registry.Unit(unit or "dimensionless")).magnitude)
    except pint.DimensionalityError as error:
        problem = f"`{text}` has dimension {error.dim1 or error.units1}, {_asked(unit)} is asked for"
        raise ScenarioError(place, problem, _mend_example(unit)) from None
    except ScenarioError:
        raise
    except Exception:  # noqa: BLE001  # pint lets AttributeError, TypeError, tokenize and offset errors through
        raise ScenarioError(place, f"`{text}`: unknown unit `{unit_text}`", _mend_example(unit)) from None


def _refuse_lost_angle(unit_text: str, unit: str, text: str, place: str) -> None:
    """Pint counts an angle as a pure number: 5 Hz would pass for rad/s."""
    angular = re.search(r"deg|rad|turn|rev|°|rpm", unit_text) is not None
    if angular != ("rad" in unit):
        raise ScenarioError(place, f"`{text}` is not {_asked(unit)}", _mend_example(unit))


@functools.cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


def _asked(unit: str) -> str:
    return KINDS.get(unit, f"a quantity in {unit}")


def _mend_example(unit: str) -> str:
    return f"write for example `{_example(unit)}`"


def _example(unit: str) -> str:
    return EXAMPLES.get(unit, f"1 {unit}")


def _no_number(text: str, asked: str) -> str:
    bare = text.strip().lower()
    if not bare:
        return f"nothing is written here, {asked} is asked for"
    if re.match(r"[+-]?\.?(nan|inf)", bare):
        return f"`{text}` is not a finite number"
    return f"`{text}` has no number, {asked} is asked for"


def _mend_number(body: str, unit: str) -> str:
    if body[:1] in {"<", ">", "="}:
        return "write the limit as a word: `at_most:`, `at_least:`, not an operator"
    if re.match(r"[+-]?\d+,\d", body):
        return "write a decimal point, not a comma"
    return _mend_example(unit)


_PREFIXES: Final = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
_PREFIXED: Final = frozenset({"s", "A", "C", "V", "m", "ohm", "F", "Hz", "W", "J"})


def format_quantity(value: float, unit: str, digits: int = 3) -> str:
    """`value` in the SI unit `unit` for people: `58.2 ms`, `-103 nC`, `5.73 deg`, `0.9 m/s`.

    Args:
        value: in `unit`.
        unit: SI unit; "" for counts and pure numbers.
        digits: significant digits.
    """
    if not math.isfinite(value):
        return "none" if math.isnan(value) else ("infinite" if value > 0 else "-infinite")
    if "rad" in unit:
        value, unit = (math.degrees(value), unit.replace("rad", "deg")) if not unit.startswith("N m") else (value, unit)
    if unit not in _PREFIXED or value == 0:
        return f"{_rounded(value, digits)} {unit}".strip()
    exponent = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))) + 1e-12)
    power = min(max(3 * (exponent // 3), -12), 9)
    return f"{_rounded(float(Decimal(repr(value)).scaleb(-power)), digits)} {_PREFIXES[power]}{unit}"


def _rounded(value: float, digits: int) -> str:
    """Like `g`, but 1234 stays 1234: nobody reads 1.23e+03."""
    rounded = float(f"{value:.{digits - 1}e}")
    if digits <= math.log10(abs(rounded) or 1.0) < 7:
        return f"{value:.0f}"
    return f"{rounded:.{digits}g}"


def exact_quantity(value: float, unit: str) -> str:
    """`value` as a text that `parse_quantity` reads back to the last bit: `0.0003 s`."""
    return f"{value!r} {unit}".strip()
