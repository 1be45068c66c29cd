"""How a measure hands over what it found: samples with their intervals, uncertainty and notes."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.intervals import ALWAYS, Spans
from reports.samples import Samples
from reports.uncertainty import Term, combined


def collected(
    unit: str,
    values: ArrayLike,
    t0_s: ArrayLike,
    t1_s: ArrayLike,
    strides: ArrayLike,
    terms: Iterable[Term] = (),
    **rest: Any,
) -> Samples:
    """Samples of a measure, with U combined from `terms` (none: exact)."""
    found = np.asarray(values, np.float64)
    expanded, systematic, budget = combined(terms, found.size)
    return Samples(
        found,
        np.asarray(t0_s, np.float64),
        np.asarray(t1_s, np.float64),
        np.asarray(strides, np.float64).astype(np.int64),
        unit,
        expanded,
        systematic,
        budget=budget,
        **rest,
    )


def nothing(unit: str, *notes: str, **rest: Any) -> Samples:
    """No sample; the check becomes INCONCLUSIVE."""
    return collected(unit, (), (), (), (), notes=tuple(note for note in notes if note), **rest)


def not_run(unit: str, why: str) -> Samples:
    """The measure has no meaning in this record."""
    return nothing(unit, not_run=why)


def noted(count: int, text: str) -> tuple[str, ...]:
    """``("3 strides without trigger",)``, or nothing where the count is 0."""
    return (f"{count} {text}",) if count else ()


def windows_of(parameters: Mapping[str, Any]) -> Spans:
    """The spans that a continuous measure may look at."""
    return parameters.get("windows", ALWAYS)


def spans_array(t0_s: ArrayLike, t1_s: ArrayLike) -> NDArray[np.float64]:
    """(m, 2) intervals of things that could not be measured."""
    return np.stack((np.asarray(t0_s, np.float64), np.asarray(t1_s, np.float64)), axis=1).reshape(-1, 2)
