"""Start and reference triggers of a task."""

from dataclasses import dataclass
from typing import Final

RISING: Final = 10280
FALLING: Final = 10171
NO_TRIGGER: Final = 10230
DIGITAL_EDGE: Final = 10150
"""NI's constants."""


@dataclass(slots=True)
class Trigger:
    """A digital edge.

    Attributes:
        source: terminal (`/Dev1/PFI0`, `/Dev1/ai/StartTrigger`); empty for no trigger.
        edge: `RISING` or `FALLING`.
        pretrigger: of a reference trigger: samples to keep from before it.
        retriggerable: of a start trigger of a finite task: each further edge starts it again.
    """

    source: str = ""
    edge: int = RISING
    pretrigger: int = 0
    retriggerable: bool = False
