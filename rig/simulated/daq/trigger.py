"""Start and reference triggers of a task."""

from dataclasses import dataclass
from typing import Final

RISING: Final = 10280
FALLING: Final = 10171
NO_TRIGGER: Final = 10230
DIGITAL_EDGE: Final = 10150
ANALOG_EDGE: Final = 10099
"""NI's constants."""


@dataclass(slots=True)
class Trigger:
    """An edge.

    Attributes:
        source: terminal (`/Dev1/PFI0`, `/Dev1/ai/StartTrigger`) or analogue input; empty for no trigger.
        edge: `RISING` or `FALLING`.
        level_v: of an analogue edge, V; None for a digital one.
        pretrigger: of a reference trigger: samples to keep from before it.
    """

    source: str = ""
    edge: int = RISING
    level_v: float | None = None
    pretrigger: int = 0

    @property
    def type(self) -> int:
        """NI's constant of the type."""
        if not self.source:
            return NO_TRIGGER
        return DIGITAL_EDGE if self.level_v is None else ANALOG_EDGE
