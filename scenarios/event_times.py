"""How long an event lasts, from its parameters."""

from collections.abc import Mapping
from typing import Any


def duration_s(parameters: Mapping[str, Any]) -> float:
    """What the parameter `duration` says, s."""
    return float(parameters["duration"])
