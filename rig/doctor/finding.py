"""What an examination of the bench found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Word: TypeAlias = Literal["PASS", "FAIL", "NOT SHOWN", "NOT HERE"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor.

    Attributes:
        examination: what was looked at.
        word: `PASS`; `FAIL`: something is wrong; `NOT SHOWN`: nothing could be told, and should be; `NOT HERE`: this
            bench has no such thing.
        detail: what was found, in one line.
        mend: what to do about it; "" behind PASS.
        numbers: what was measured, SI, the unit in the name.
    """

    examination: str
    word: Word
    detail: str
    mend: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict[str, float])


def passed(examination: str, detail: str, **numbers: float) -> Finding:
    """All is well."""
    return Finding(examination, "PASS", detail, "", numbers)


def failed(examination: str, detail: str, mend: str, **numbers: float) -> Finding:
    """Something is wrong."""
    return Finding(examination, "FAIL", detail, mend, numbers)


def not_shown(examination: str, detail: str, mend: str) -> Finding:
    """Nothing can be told, and should be."""
    return Finding(examination, "NOT SHOWN", detail, mend)


def not_here(examination: str, detail: str) -> Finding:
    """The bench has no such thing."""
    return Finding(examination, "NOT HERE", detail)
