"""Collects the problems of a document, so that one edit can mend them all; and finds the word that was meant."""

import difflib
import re
from collections.abc import Iterable
from typing import Final

from sim.errors import CollectedScenarioError, ScenarioError

_MOST: Final = 25
"""Problems told at once; more help nobody (design choice)."""


def _place(error: ScenarioError) -> tuple[str, int, int]:
    match = re.fullmatch(r"(.*):(\d+):(\d+)", error.where)
    return (match[1], int(match[2]), int(match[3])) if match else (error.where, 0, 0)


class _Gathered:
    """Swallows and notes the `ScenarioError` of its block."""

    def __init__(self, errors: list[ScenarioError]) -> None:
        self._errors = errors

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, CollectedScenarioError):
            self._errors.extend(error.errors)
        elif isinstance(error, ScenarioError):
            self._errors.append(error)
        return isinstance(error, ScenarioError)


class Problems:
    """Problems in the order in which they were found."""

    def __init__(self) -> None:
        self._errors: list[ScenarioError] = []

    def __bool__(self) -> bool:
        return bool(self._errors)

    @property
    def full(self) -> bool:
        """True where more problems would not be told: a loop over what may be thousands can end."""
        return len(self._errors) > _MOST

    def add(self, where: object, problem: str, mend: str = "") -> None:
        """Note one problem."""
        self._errors.append(ScenarioError(str(where), problem, mend))

    def gathered(self) -> "_Gathered":
        """A `with` block whose `ScenarioError` is noted instead of let through."""
        return _Gathered(self._errors)

    def raise_any(self) -> None:
        """Raise what was noted: one problem as itself, several as one `CollectedScenarioError` in file order."""
        unique = dict.fromkeys((error.where, error.problem, error.mend) for error in self._errors)
        errors = sorted((ScenarioError(*parts) for parts in unique), key=_place)
        if len(errors) == 1:
            raise errors[0]
        if len(errors) > _MOST:
            more = ScenarioError(errors[_MOST].where, f"{len(errors) - _MOST} more problems from here on")
            errors = [*errors[:_MOST], more]
        if errors:
            raise CollectedScenarioError(tuple(errors))


def closest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that was probably meant, or ""."""
    folded = {candidate.lower(): candidate for candidate in sorted(allowed)}
    close = difflib.get_close_matches(word.lower()[:80], folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The mend for an unknown word: the one that was probably meant, else all of them."""
    words = sorted(allowed)
    meant = closest(word, words)
    if meant:
        return f"did you mean `{meant}`?"
    return "allowed: " + ", ".join(words) if words else "none is allowed here"
