"""What a measure yields: samples with their place on the time axis and their uncertainty."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Component:
    """One line of an uncertainty budget (JCGM 100).

    Attributes:
        name: what it is.
        kind: "A" (from repetition) or "B" (from knowledge).
        standard: standard uncertainty of one sample, in the measure's unit.
        systematic: True where averaging over samples does not reduce it.
        source: where the number comes from.
    """

    name: str
    kind: str
    standard: float
    systematic: bool
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The samples of a measure over one record, in time order.

    Attributes:
        values: (n,), SI; +inf marks a missed stimulation, which breaks every `at_most`; NaN is not allowed.
        t0_s: (n,) start of the interval that the sample needs, s.
        t1_s: (n,) end of it, s.
        strides: (n,) stride it belongs to; -1 for none.
        unit: SI unit.
        expanded: (n,) expanded uncertainty U of each sample (k = 2); zeros where it is exact (counts).
        systematic: the part of U that averaging does not reduce, (n,).
        budget: components behind U, for the report.
        watched_s: (start, end) that was watched for occurrences, s; None where the measure yields values.
        not_run: why nothing could be measured, or "".
        notes: what a reader must know (strides without trigger, dropped clipped pulses).
        reference: (n,) what a limit "of set" refers to, or None: the setting that the limit names.
        interval95: (n, 2) 95 % interval of each value where the measure itself estimates one (run-level values).
        items: (n,) number of things behind each value (strides of a CV); None where a sample is one thing.
        lost_s: (m, 2) intervals in which something happened that could not be measured; such a check cannot pass.
        lost_because: why, in words ("clipped").
        dropped: things that a continuous measure left out because of `during`.
    """

    values: NDArray[np.float64]
    t0_s: NDArray[np.float64]
    t1_s: NDArray[np.float64]
    strides: NDArray[np.int64]
    unit: str
    expanded: NDArray[np.float64]
    systematic: NDArray[np.float64]
    budget: tuple[Component, ...] = ()
    watched_s: tuple[tuple[float, float], ...] | None = None
    not_run: str = ""
    notes: tuple[str, ...] = field(default=())
    reference: NDArray[np.float64] | None = None
    interval95: NDArray[np.float64] | None = None
    items: NDArray[np.int64] | None = None
    lost_s: NDArray[np.float64] | None = None
    lost_because: str = ""
    dropped: int = 0
