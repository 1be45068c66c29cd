"""Ranges of the simulated multimeter and how well it reads in them."""

from dataclasses import dataclass
from typing import Final

OVER_RANGE: Final = 1.2
"""A range reads up to 120 % of its full scale."""


@dataclass(frozen=True, slots=True)
class MeterRange:
    """One range of one function.

    Attributes:
        full_value: full scale, in the unit of the function.
        reading_ratio: accuracy, share of the reading.
        range_ratio: and share of the range.
    """

    full_value: float
    reading_ratio: float
    range_ratio: float

    def holds(self, value: float) -> bool:
        """True where the range reads `value` without overload."""
        return abs(value) <= OVER_RANGE * self.full_value


def _ranges(*rows: tuple[float, float, float]) -> tuple[MeterRange, ...]:
    return tuple(MeterRange(full, of_reading * 1e-2, of_range * 1e-2) for full, of_reading, of_range in rows)


_RESISTANCE: Final = _ranges(
    (100.0, 0.006, 0.003),
    (1e3, 0.006, 0.0005),
    (10e3, 0.006, 0.0005),
    (100e3, 0.006, 0.0005),
    (1e6, 0.006, 0.001),
    (10e6, 0.025, 0.001),
    (100e6, 0.3, 0.001),
)
RANGES: Final = {
    "VOLT": _ranges(
        (0.1, 0.003, 0.003),
        (1.0, 0.003, 0.0006),
        (10.0, 0.003, 0.0004),
        (100.0, 0.0045, 0.0006),
        (1000.0, 0.0045, 0.001),
    ),
    "CURR": _ranges(
        (100e-6, 0.05, 0.025),
        (1e-3, 0.05, 0.006),
        (10e-3, 0.05, 0.02),
        (0.1, 0.05, 0.005),
        (1.0, 0.1, 0.01),
        (3.0, 0.2, 0.02),
    ),
    "RES": _RESISTANCE,
    "FRES": _RESISTANCE,
}
"""Function -> its ranges, the smallest first; percent of reading and of range within one year of calibration.

Source: Keysight Truevolt data sheet 5991-1983, 34465A (rounded up; the certificate of a real meter is what counts).
"""


def range_for(function: str, value: float, fixed: float | None) -> MeterRange | None:
    """The range that is set, or the smallest that holds `value`; None where none does."""
    ranges = RANGES[function]
    if fixed is not None:
        chosen = next((each for each in ranges if fixed <= each.full_value * (1.0 + 1e-9)), ranges[-1])
        return chosen if chosen.holds(value) else None
    return next((each for each in ranges if each.holds(value)), None)
