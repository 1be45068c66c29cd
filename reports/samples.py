"""What a measure yields: samples with their place on the time axis and their uncertainty."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NewType, TypeAlias

import numpy as np
from numpy.typing import NDArray

Distribution: TypeAlias = Literal["normal", "rectangular", "triangular", "arcsine"]

DIVISORS: Final[dict[Distribution, float]] = {
    "normal": 1.0,
    "rectangular": math.sqrt(3.0),
    "triangular": math.sqrt(6.0),
    "arcsine": math.sqrt(2.0),
}
"""What a bound is divided by to give its standard uncertainty (JCGM 100, 4.3.7, 4.3.9 and H.1.3.4)."""

NORMAL95: Final = 1.959963984540054
"""Half-width of the 95 % interval of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Component:
    """One line of an uncertainty budget (JCGM 100).

    Attributes:
        name: what it is.
        kind: "A" (from repetition) or "B" (from knowledge).
        standard: its contribution |c| u to the standard uncertainty of one sample, in the measure's unit.
        systematic: True where averaging over samples does not reduce it.
        source: where the number comes from.
        distribution: of the error.
        divisor: from the stated bound to the standard uncertainty u; 1 where u itself is stated.
        sensitivity: c, unit of the measure per `unit`.
        dof: degrees of freedom of u; infinite where it comes from knowledge.
        unit: of u; "" for the unit of the measure.
    """

    name: str
    kind: str
    standard: float
    systematic: bool
    source: str = ""
    distribution: Distribution = "normal"
    divisor: float = 1.0
    sensitivity: float = 1.0
    dof: float = math.inf
    unit: str = ""

    @property
    def bound(self) -> float:
        """What was stated about the input, in `unit`: the bound, or u where the divisor is 1."""
        return self.standard * self.divisor / self.sensitivity if self.sensitivity > 0.0 else 0.0


EXACT: Final = (Component("none", "B", 0.0, True, "exact: a count or a state"),)
"""The budget of what is counted: nothing to be unsure of. It has to be said; silence is no budget."""


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
        half95: (n,) half-width of the 95 % interval of each value, from the convolved distributions; 1.96 U/2 (normal)
            where it was not given.
        method: how the values were come by, where there are several ways ("polarity swap (n = 210 + 208 pulses)").
        references: name -> (n,), SI, what a limit "of NAME" refers to (`MeasureSpec.references`).
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
    half95: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    references: Mapping[str, NDArray[np.float64]] = field(default_factory=dict[str, NDArray[np.float64]])
    method: str = ""

    def __post_init__(self) -> None:
        """A half-width that was not given is that of a normal distribution."""
        if self.half95.shape != self.expanded.shape:
            object.__setattr__(self, "half95", 0.5 * NORMAL95 * self.expanded)


Measurement = NewType("Measurement", Samples)
"""Samples of which somebody has said how sure they are: the only thing that can be judged."""


def measurement(samples: Samples, quantity: str) -> Measurement:
    """Samples that may be judged.

    Args:
        samples: of a measure.
        quantity: `measured` or `modelled`. A modelled value may stand without a budget: its decision rule is
            `simple`, and what the model is unsure of is stated in words, never in U.

    Raises:
        ValueError: measured values with neither a budget nor a U. What is exact says so with the budget `EXACT`.
    """
    if quantity == "measured" and samples.values.size and not samples.budget:
        if not bool(np.all(samples.expanded > 0.0)):
            raise ValueError("it gives values without an uncertainty budget, and a bare number is not judged")
        typical = float(np.median(samples.expanded)) / 2.0
        stated = Component("all together", "B", typical, True, "U as the measure states it", divisor=2.0)
        samples = replace(samples, budget=(stated,))
    return Measurement(samples)


def changed(samples: Samples, values: NDArray[np.float64], slope: NDArray[np.float64], unit: str) -> Samples:
    """Samples of another quantity y(q): every uncertainty times |dy/dq|, sample by sample; the budget by its median.

    Args:
        samples: of q.
        values: (n,) y.
        slope: (n,) dy/dq.
        unit: of y.
    """
    size = np.abs(slope)
    typical = float(np.median(size)) if size.size else 0.0
    budget = tuple(
        replace(
            part,
            standard=part.standard * typical,
            sensitivity=part.sensitivity * typical,
            unit=part.unit or samples.unit,
        )
        for part in samples.budget
    )
    return replace(
        samples,
        values=values,
        unit=unit,
        expanded=samples.expanded * size,
        systematic=samples.systematic * size,
        half95=samples.half95 * size,
        budget=budget,
    )
