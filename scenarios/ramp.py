"""A value that changes evenly from one level to another."""

from dataclasses import dataclass
from typing import TypeAlias

SiValue: TypeAlias = float
"""A number in the SI unit of whatever changes."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Straight from `start` to `end` in `over_s` seconds, then constant.

    Attributes:
        start: first value, SI.
        end: last value, SI.
        over_s: duration, s; 0 for a step to `end`.
    """

    start: SiValue
    end: SiValue
    over_s: float

    def at(self, after_s: float) -> float:
        """The value `after_s` seconds after the beginning."""
        if after_s >= self.over_s:
            return self.end
        return self.start + (self.end - self.start) * max(after_s, 0.0) / self.over_s
