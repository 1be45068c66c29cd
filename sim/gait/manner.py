"""Manners of walking: how a stride differs from level walking at the pace of the walk.

A stride schedule names the manner of every stride; a patient is prepared once for each of them.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Manner:
    """What is changed while a stride is walked; the defaults are level walking.

    Attributes:
        name: for people.
        speed_ratio: speed relative to that of the walk.
    """

    name: str = "level"
    speed_ratio: float = 1.0


LEVEL: Final = Manner()
