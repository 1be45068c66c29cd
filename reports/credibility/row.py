"""A row of the validation table: one outcome, its published value, and a function that measures it on the model."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["P", "S", "X"]
"""P: the model must meet it within a tolerance. S: direction and rough range must be right. X: reported, not judged."""

Outcome: TypeAlias = Literal["PASS", "FAIL", "reported"]

KIND_WORDS: Final = {
    "P": "pass or fail: within the tolerance",
    "S": "shape: right direction, right range",
    "X": "reported, not judged",
}


def _digits(value: float) -> str:
    words = f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"
    mantissa, _, power = words.partition("e")
    return (f"{mantissa}e{int(power)}" if power else words).replace("-", "−")


def _with_unit(words: str, unit: str) -> str:
    return f"{words}°" if unit == "°" else f"{words} {unit}".strip()


@dataclass(frozen=True, slots=True)
class Control:
    """The same measurement on a model that is wrong on purpose: it must fail the row.

    Attributes:
        wrong: what is wrong with it.
        measure: gives the value of the wrong model.
    """

    wrong: str
    measure: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Row:
    """One published outcome and how the model is held against it.

    Attributes:
        number: of the validation table.
        part: which of several values of the row, or "".
        outcome: what is measured.
        published: the published value, as words.
        source: author, year, n.
        kind: P, S or X.
        unit: of the value, "" for a ratio.
        low: least value that is accepted, -inf for none.
        high: largest value that is accepted, inf for none.
        measure: the value of the model.
        note: what the reader must know: an input, a calibration.
        controls: wrong models that must fail; every P row has one.
        letter: of the table, before the number; none for the validation table.
    """

    number: int
    part: str
    outcome: str
    published: str
    source: str
    kind: Kind
    unit: str
    measure: Callable[[], float]
    low: float = -math.inf
    high: float = math.inf
    note: str = ""
    controls: tuple[Control, ...] = ()
    letter: str = ""

    @property
    def name(self) -> str:
        """Number and part, as tests and tables call the row."""
        return f"{self.letter}{self.number} {self.part}".strip()

    @property
    def tolerance(self) -> str:
        """The accepted range as words."""
        if self.kind == "X":
            return "–"
        low, high = _digits(self.low), _digits(self.high)
        if self.low == self.high:
            words = f"exactly {low}"
        elif math.isinf(self.low):
            words = f"at most {high}"
        elif math.isinf(self.high):
            words = f"at least {low}"
        else:
            words = f"{low} to {high}"
        return _with_unit(words, self.unit)

    def accepts(self, value: float) -> bool:
        """Whether a value lies in the accepted range; nothing that is NaN does."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Finding:
    """A row with the value that was measured.

    Attributes:
        row: what was asked.
        value: of the model, in the row's unit.
    """

    row: Row
    value: float

    @property
    def outcome(self) -> Outcome:
        """PASS or FAIL of rows that are judged."""
        if self.row.kind == "X":
            return "reported"
        return "PASS" if self.row.accepts(self.value) else "FAIL"

    @property
    def measured(self) -> str:
        """The value with its unit, three digits."""
        return _with_unit(_digits(self.value), self.row.unit)

    @property
    def line(self) -> str:
        """The row in one line of plain text."""
        row = self.row
        return (
            f"{row.name:<18} {row.kind}  {row.outcome}: published {row.published}, measured {self.measured}, "
            f"accepted {row.tolerance}: {self.outcome}"
        )
