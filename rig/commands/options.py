"""Options that several verbs read."""

from typing import Final, get_args

from scenarios.case import Keep
from sim.errors import ScenarioError

_KEEP: Final[tuple[Keep, ...]] = get_args(Keep)


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
