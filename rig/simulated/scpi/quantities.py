"""Numbers as a controller writes them: `1.5`, `-2e3`, `10 ms`, `1MHZ`, `#HFF`, `INF`.

Source: IEEE 488.2-1992 sections 7.7.2 to 7.7.4, SCPI-1999 volume 1, chapters 7.2 and 7.5 (M is milli, but MHZ and MOHM
are mega).
"""

import math
import re

from rig.simulated.scpi.errors import ScpiError

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:\s*[eE]\s*[+-]?\d+)?)\s*([A-Za-z%]*)")
_RADIX = re.compile(r"#([HBQ])([0-9A-F]+)")
_PREFIX = {
    "EX": 1e18,
    "PE": 1e15,
    "T": 1e12,
    "G": 1e9,
    "MA": 1e6,
    "K": 1e3,
    "M": 1e-3,
    "U": 1e-6,
    "N": 1e-9,
    "P": 1e-12,
    "F": 1e-15,
    "A": 1e-18,
}
_WORDS = {"INF": math.inf, "INFINITY": math.inf, "NINF": -math.inf, "NINFINITY": -math.inf}


def read_number(text: str, unit: str = "") -> float:
    """A number in its unit.

    Args:
        text: as written.
        unit: the unit that may follow it, in capitals ("V", "HZ"); empty for a pure number.

    Raises ScpiError -104 where it is no number, -123 beyond the range of doubles, -131 for another unit, -138 for a
    unit where there is none, -148 for a word.
    """
    word = text.strip().upper()
    if word in _WORDS:
        return _WORDS[word]
    if radix := _RADIX.fullmatch(word):
        try:
            return float(int(radix[2], {"H": 16, "B": 2, "Q": 8}[radix[1]]))
        except (ValueError, OverflowError):
            raise ScpiError(-104) from None
    parted = _NUMBER.fullmatch(word)
    if parted is None:
        raise ScpiError(-148 if word[:1].isalpha() else -104)
    value = float(re.sub(r"\s", "", parted[1]))
    if not math.isfinite(value):
        raise ScpiError(-123)
    return value * _multiplier(parted[2], unit)


def _multiplier(suffix: str, unit: str) -> float:
    if suffix in ("", unit):
        return 1.0
    if not unit:
        raise ScpiError(-138)
    if suffix in ("MHZ", "MOHM") and suffix[1:] == unit:
        return 1e6
    prefix = suffix.removesuffix(unit)
    if prefix == suffix or prefix not in _PREFIX:
        raise ScpiError(-131)
    return _PREFIX[prefix]
