"""One figure of an output table: a value with its uncertainty, or a word."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.quantities import quantity_with_uncertainty
from reports.uncertainty import Term, combined


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a table.

    Attributes:
        value: SI; None where it is a word or not known.
        expanded_value: U, k = 2; None where it does not apply.
        unit: SI unit of both.
        text: what stands in the cell where there is no value.
    """

    value: float | None = None
    expanded_value: float | None = None
    unit: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """What the cell says."""
        if self.value is None:
            return self.text or "–"
        return quantity_with_uncertainty(self.value, self.expanded_value, self.unit)

    def scaled(self, factor: float, unit: str) -> "Figure":
        """The same figure times a number that is exactly known."""
        if self.value is None:
            return self
        expanded = None if self.expanded_value is None else self.expanded_value * abs(factor)
        return Figure(self.value * factor, expanded, unit)


UNKNOWN = Figure(text="–")


def told(text: str) -> Figure:
    """A word."""
    return Figure(text=text)


def largest(values: NDArray[np.float64], terms: Sequence[Term], unit: str) -> Figure:
    """The largest of the values with the uncertainty that it has; unknown where none is finite."""
    there = np.flatnonzero(np.isfinite(values))
    if there.size == 0:
        return UNKNOWN
    row = int(there[np.argmax(values[there])])
    expanded = combined((part.taken(np.array([row])) for part in terms), 1).expanded
    return Figure(float(values[row]), float(expanded[0]), unit)


def average(values: NDArray[np.float64], terms: Sequence[Term], unit: str) -> Figure:
    """The mean of the values: random components fall with the root of n, systematic ones stay."""
    there = np.flatnonzero(np.isfinite(values))
    n = there.size
    if n == 0:
        return UNKNOWN
    parts = [
        part.restated(np.array([float(np.mean(part.standard_value[there]))]))
        if part.systematic
        else part.restated(np.array([math.sqrt(float(np.sum(part.standard_value[there] ** 2))) / n]))
        for part in terms
    ]
    if n > 1:
        scatter = np.array([float(np.std(values[there], ddof=1)) / math.sqrt(n)])
        parts.append(Term("scatter of the pulses", "A", scatter, systematic=False, dof=n - 1.0))
    return Figure(float(np.mean(values[there])), float(combined(parts, 1).expanded[0]), unit)


def plain(figure: Figure) -> dict[str, Any]:
    """The figure for programs."""
    return {"value": figure.value, "U": figure.expanded_value, "unit": figure.unit, "text": figure.words}
