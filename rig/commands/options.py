"""Options that several verbs read."""

from pathlib import Path
from typing import Final, get_args

from scenarios.case import Keep
from scenarios.places import SUFFIXES
from sim.errors import ScenarioError

_KEEP: Final[tuple[Keep, ...]] = get_args(Keep)


def device_of(device: str) -> str:
    """What `--device` says; a path to a device file counts from here."""
    path = Path(device)
    return str(path.resolve()) if device.endswith(SUFFIXES["devices"]) and path.is_file() else device


def keep_of(text: str) -> Keep | None:
    """What `--keep` says; None where it is not given.

    Raises:
        ScenarioError: another word.
    """
    if not text:
        return None
    for word in _KEEP:
        if word == text:
            return word
    raise ScenarioError("--keep", f"unknown word `{text}`", f"allowed: {', '.join(_KEEP)}")
