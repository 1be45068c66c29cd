"""How a measure hands over what it found: samples with their intervals, uncertainty and notes."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.intervals import ALWAYS, Spans
from reports.samples import EXACT, Samples
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
    """Samples of a measure, with U combined from `terms`.

    Occurrences (`watched_s` given) are counted and need none; any other measured value without a term has no budget,
    and the judge refuses it. What is exact says so: ``budget=EXACT``.
    """
    found = np.asarray(values, np.float64)
    together = combined(terms, found.size)
    rest.setdefault("budget", together.budget or (EXACT if "watched_s" in rest else ()))
    return Samples(
        found,
        np.asarray(t0_s, np.float64),
        np.asarray(t1_s, np.float64),
        np.asarray(strides, np.float64).astype(np.int64),
        unit,
        together.expanded,
        together.systematic,
        half95=together.half95,
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
