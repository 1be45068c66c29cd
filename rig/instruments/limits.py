"""Client-side limits: a value beyond them is refused before anything is written."""

import math
from dataclasses import dataclass

from rig.instruments.errors import LimitRefused


@dataclass(frozen=True, slots=True)
class OutputLimits:
    """What an output may be set to, from the bench file. Infinite where the bench file says nothing.

    Attributes:
        least_v: lowest voltage, V.
        most_v: highest voltage, V.
        most_a: highest current limit, A.
    """

    least_v: float = -math.inf
    most_v: float = math.inf
    most_a: float = math.inf


def refuse_beyond(name: str, what: str, value: float, least: float, most: float, unit: str) -> None:
    """Nothing, where `value` lies within.

    Raises:
        LimitRefused: it does not, or is no number.
    """
    if not least <= value <= most:
        allowed = f"{least:g} {unit} to {most:g} {unit}"
        raise LimitRefused(name, math.nan, f"{what} of {value:g} {unit} refused", f"the bench file allows {allowed}")
