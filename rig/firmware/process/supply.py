"""The supply of a microcontroller: when it is lost, when it is back, and what the reset is called then."""

from dataclasses import dataclass
from typing import Final

RAM_HOLDS_V: Final = 2.0
"""Below this supply a microcontroller of 3.3 V behind its regulator forgets that it ever ran: the next start is a
power-on, not a brown-out (RM0090 5.2.1: power-on reset below 1.7 V; 0.3 V over the regulator, design choice)."""


@dataclass(slots=True)
class Supply:
    """Supply against the brown-out threshold.

    Attributes:
        brown_out_v: the processor is held in reset below it, V.
        supply_v: what the supply is, V.
        least_v: the least that it has been since the processor was last running, V.
    """

    brown_out_v: float
    supply_v: float = 0.0
    least_v: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the processor has enough."""
        return self.supply_v >= self.brown_out_v

    def becomes(self, supply_v: float) -> None:
        """The supply changes."""
        self.least_v = min(self.least_v, supply_v) if not self.is_on else supply_v
        self.supply_v = supply_v

    @property
    def cause(self) -> str:
        """What the reset is called with which the processor starts now."""
        return "brown_out" if self.least_v >= RAM_HOLDS_V else "power_on"
