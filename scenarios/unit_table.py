"""The units of this field: their dimension and their factor to SI, without any library."""

import math
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

Dimension: TypeAlias = tuple[int, int, int, int, int]
"""Exponents of kg, m, s, A and rad. An angle counts here, so that 5 Hz is not 5 rad/s."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit.

    Attributes:
        si: the SI unit it is a multiple of.
        decimal: the decimal part of its factor, exact, as text.
        factor: the rest of its factor (pi/180 of a degree), 1 for most.
        dimension: see `Dimension`.
    """

    si: str
    decimal: str
    factor: float
    dimension: Dimension


_BASE: Final[dict[str, Dimension]] = {
    "": (0, 0, 0, 0, 0),
    "s": (0, 0, 1, 0, 0),
    "m": (0, 1, 0, 0, 0),
    "A": (0, 0, 0, 1, 0),
    "C": (0, 0, 1, 1, 0),
    "V": (1, 2, -3, -1, 0),
    "ohm": (1, 2, -3, -2, 0),
    "F": (-1, -2, 4, 2, 0),
    "Hz": (0, 0, -1, 0, 0),
    "W": (1, 2, -3, 0, 0),
    "J": (1, 2, -2, 0, 0),
    "N": (1, 1, -2, 0, 0),
    "kg": (1, 0, 0, 0, 0),
    "rad": (0, 0, 0, 0, 1),
    "m/s": (0, 1, -1, 0, 0),
    "m/s^2": (0, 1, -2, 0, 0),
    "m^2": (0, 2, 0, 0, 0),
    "rad/s": (0, 0, -1, 0, 1),
    "N m": (1, 2, -2, 0, 0),
    "N m/rad": (1, 2, -2, 0, -1),
    "N m s/rad": (1, 2, -1, 0, -1),
    "kg m^2": (1, 2, 0, 0, 0),
    "A/V": (-1, -2, 3, 2, 0),
    "V/A": (1, 2, -3, -2, 0),
    "C/m^2": (0, -2, 1, 1, 0),
    "A/m^2": (0, -2, 0, 1, 0),
    "1/s": (0, 0, -1, 0, 0),
    "V/s": (1, 2, -4, -1, 0),
    "A/s": (0, 0, -1, 1, 0),
}

KINDS: Final = {
    "": "a pure number",
    "s": "a time",
    "m": "a length",
    "A": "a current",
    "C": "a charge",
    "V": "a voltage",
    "ohm": "a resistance",
    "F": "a capacitance",
    "Hz": "a rate",
    "W": "a power",
    "J": "an energy",
    "N": "a force",
    "kg": "a mass",
    "rad": "an angle",
    "m/s": "a speed",
    "m/s^2": "an acceleration",
    "m^2": "an area",
    "rad/s": "an angular velocity",
    "N m": "a torque",
    "N m/rad": "a rotational stiffness",
    "N m s/rad": "a rotational damping",
    "kg m^2": "a moment of inertia",
    "A/V": "a current per voltage",
    "V/A": "a voltage per current",
}
"""SI unit -> what it measures, for messages."""

EXAMPLES: Final = {
    "": "90 %",
    "s": "60 ms",
    "m": "5 mm",
    "A": "30 mA",
    "C": "100 nC",
    "V": "9 V",
    "ohm": "500 ohm",
    "Hz": "40 Hz",
    "F": "0.2 uF",
    "kg": "72 kg",
    "m/s": "0.9 m/s",
    "m/s^2": "0.1 m/s^2",
    "rad": "5 deg",
    "rad/s": "70 deg/s",
    "N m/rad": "0.4 N m/deg",
    "A/V": "2 mA/V",
}
"""SI unit -> a quantity as people write it."""

_PREFIXES: Final = {"p": "1e-12", "n": "1e-9", "u": "1e-6", "m": "1e-3", "": "1", "k": "1e3", "M": "1e6", "G": "1e9"}


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}

    def add(name: str, si: str, decimal: str = "1", factor: float = 1.0) -> None:
        table[name] = Unit(si, decimal, factor, _BASE[si])

    for si in _BASE:
        add(si, si)
    for prefix, decimal in _PREFIXES.items():
        for si in ("s", "m", "A", "C", "V", "ohm", "F", "Hz", "W", "J", "N"):
            add(prefix + si, si, decimal)
        add(prefix + "A/V", "A/V", decimal)
        add(prefix + "V/A", "V/A", decimal)
        add(prefix + "m/s", "m/s", decimal)
    degree = math.pi / 180.0
    add("cm", "m", "1e-2")
    add("cm/s", "m/s", "1e-2")
    add("km/h", "m/s", "1", 1.0 / 3.6)
    add("min", "s", "60")
    add("h", "s", "3600")
    add("%", "", "1e-2")
    add("ppm", "", "1e-6")
    add("deg", "rad", "1", degree)
    add("mrad", "rad", "1e-3")
    add("deg/s", "rad/s", "1", degree)
    add("N m/deg", "N m/rad", "1", 1.0 / degree)
    add("N m s/deg", "N m s/rad", "1", 1.0 / degree)
    add("cm^2", "m^2", "1e-4")
    add("mm^2", "m^2", "1e-6")
    add("uC/cm^2", "C/m^2", "1e-2")
    add("mA/cm^2", "A/m^2", "10")
    add("g", "kg", "1e-3")
    return table


UNITS: Final = _table()
"""Unit as `tidy` leaves it -> what it is."""

_WORDS: Final = {"Ohm": "ohm", "ohms": "ohm", "Ω": "ohm", "sec": "s", "second": "s", "seconds": "s", "°": "deg"}


def tidy(unit: str) -> str:
    """One spelling for a unit text: µ as u, Ω as ohm, `N*m` and `N·m` as `N m`, ² as ^2, single spaces."""
    text = unit.strip().replace("µ", "u").replace("μ", "u").replace("²", "^2").replace("**", "^")
    text = re.sub(r"\s*[*·]\s*", " ", text)
    text = re.sub(r"\s*/\s*", "/", re.sub(r"\s+", " ", text))
    text = re.sub(r"Ω|Ohms?\b|ohms\b", "ohm", text)
    if text in {"Nm", "Nm/rad", "Nm/deg"}:
        text = text.replace("Nm", "N m")
    return _WORDS.get(text, text)


def is_known(si: str) -> bool:
    """True where `si` is an SI unit of this table."""
    return si in _BASE


def dimension_of(si: str) -> Dimension:
    """Dimension of a known SI unit."""
    return _BASE[si]
