"""Uncertainty of a sample: components combined by the GUM, random and systematic parts kept apart."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reports.coverage_interval import half_width95, student_factor
from reports.samples import DIVISORS, Component, Distribution

COVERAGE: Final = 2.0
"""Coverage factor k of every expanded uncertainty, about 95 % (JCGM 100, 6.2.1)."""

RECTANGULAR: Final = 1.0 / math.sqrt(3.0)
"""Standard uncertainty of a bound +-1 of which nothing else is known (JCGM 100, 4.3.7)."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One component of the uncertainty of many samples.

    Attributes:
        name: what it is.
        kind: "A" or "B" (JCGM 100).
        standard_value: (n,) its contribution to the standard uncertainty of each sample, in the measure's unit.
        systematic: True where averaging over samples does not reduce it.
        source: where the number comes from.
        distribution: of the error.
        divisor: from the stated bound to the standard uncertainty; 1 where that itself is stated.
        sensitivity: (n,) or one number: unit of the measure per `unit`.
        dof: degrees of freedom of the standard uncertainty.
        unit: in which the component was stated; "" for the unit of the measure.
    """

    name: str
    kind: str
    standard_value: NDArray[np.float64]
    systematic: bool
    source: str = ""
    distribution: Distribution = "normal"
    divisor: float = 1.0
    sensitivity: NDArray[np.float64] | float = 1.0
    dof: float = math.inf
    unit: str = ""

    def scaled(self, factor: NDArray[np.float64] | float) -> "Term":
        """The same component behind a sensitivity coefficient."""
        size = np.abs(factor)
        return replace(self, standard_value=self.standard_value * size, sensitivity=self.sensitivity * size)

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Term":
        """The component of some of the samples."""
        return self.restated(self.standard_value[rows])

    def spread(self, rows: NDArray[np.int64] | NDArray[np.bool_], n: int) -> "Term":
        """The component of n samples, of which it touches `rows` only."""
        standard = np.zeros(n)
        standard[rows] = self.standard_value
        return self.restated(standard)

    def restated(self, standard_value: NDArray[np.float64]) -> "Term":
        """The same component of other samples."""
        typical = float(np.median(self.sensitivity)) if np.size(self.sensitivity) else 1.0
        return replace(self, standard_value=standard_value, sensitivity=typical)


def term(
    name: str,
    kind: str,
    standard: float | NDArray[np.float64],
    n: int,
    *,
    systematic: bool,
    source: str,
    distribution: Distribution = "normal",
    dof: float = math.inf,
    unit: str = "",
) -> Term:
    """A component given by its standard uncertainty: one number, or one a sample.

    A rectangular one keeps its shape: its divisor, sqrt(3), is what the bound was divided by.
    """
    given = np.broadcast_to(np.asarray(standard, np.float64), (n,))
    return Term(name, kind, given, systematic, source, distribution, DIVISORS[distribution], 1.0, dof, unit)


def bounded(
    name: str,
    bound: float | NDArray[np.float64],
    n: int,
    *,
    systematic: bool,
    source: str,
    distribution: Distribution = "rectangular",
    unit: str = "",
) -> Term:
    """A component of type B given by the bound of its error: u = bound/divisor (JCGM 100, 4.3.7)."""
    standard = np.asarray(bound, np.float64) / DIVISORS[distribution]
    return term(name, "B", standard, n, systematic=systematic, source=source, distribution=distribution, unit=unit)


class Combined(NamedTuple):
    """What components come to.

    Attributes:
        expanded: (n,) expanded uncertainty U = 2 u_c.
        systematic: (n,) the part of U that averaging does not reduce.
        budget: the components, each with its median.
        half95: (n,) half-width of the 95 % interval.
    """

    expanded: NDArray[np.float64]
    systematic: NDArray[np.float64]
    budget: tuple[Component, ...]
    half95: NDArray[np.float64]


def combined(terms: Iterable[Term], n: int) -> Combined:
    """Combine independent components: u_c^2 = sum u_i^2, U = 2 u_c (JCGM 100, 5.1.2 and 6.2).

    The 95 % interval is that of the convolved distributions, widened by Student's t where the effective degrees of
    freedom are few.
    """
    parts = tuple(terms)
    everything, lasting = np.zeros(n), np.zeros(n)
    for part in parts:
        square = part.standard_value**2
        everything = everything + square
        if part.systematic:
            lasting = lasting + square
    half = half_width95(((part.distribution, part.standard_value) for part in parts), n)
    if any(math.isfinite(part.dof) for part in parts):
        half = half * student_factor(effective_dof(parts, n))
    budget = tuple(_component(part, n) for part in parts)
    return Combined(COVERAGE * np.sqrt(everything), COVERAGE * np.sqrt(lasting), budget, half)


def _component(part: Term, n: int) -> Component:
    typical = float(np.median(part.standard_value)) if n else 0.0
    slope = float(np.median(part.sensitivity)) if np.size(part.sensitivity) else 1.0
    return Component(
        part.name,
        part.kind,
        typical,
        part.systematic,
        part.source,
        part.distribution,
        part.divisor,
        slope,
        part.dof,
        part.unit,
    )


def effective_dof(terms: Sequence[Term], n: int) -> NDArray[np.float64]:
    """Effective degrees of freedom of u_c, (n,): u_c^4 / sum(u_i^4/nu_i) (Welch and Satterthwaite; JCGM 100, G.4.1)."""
    total, weighted = np.zeros(n), np.zeros(n)
    for part in terms:
        square = np.broadcast_to(part.standard_value**2, (n,))
        total = total + square
        weighted = weighted + square**2 / part.dof
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weighted > 0.0, total**2 / weighted, np.inf)


def budget_dof(budget: Sequence[Component]) -> float:
    """Effective degrees of freedom of a budget as it is printed; infinite where every component is known."""
    total = sum(part.standard**2 for part in budget)
    weighted = sum(part.standard**4 / part.dof for part in budget)
    return total**2 / weighted if weighted > 0.0 else math.inf


def side_by_side(parts: Sequence[Sequence[Term]]) -> tuple[Term, ...]:
    """Components of samples that were each worked out alone: one part a sample, each term (1,)."""
    joined: dict[str, Term] = {}
    for place, part in enumerate(parts):
        for each in part:
            if each.name not in joined:
                joined[each.name] = each.restated(np.zeros(len(parts)))
            joined[each.name].standard_value[place] = each.standard_value[0]
    return tuple(joined.values())


def group_mean(terms: Iterable[Term], groups: NDArray[np.int64], count: int) -> tuple[Term, ...]:
    """Components of the mean over each group of samples.

    A random component of m samples falls to ``sqrt(sum u^2)/m``, and its mean is normal (central limit); a systematic
    one stays at its mean and keeps its distribution, because every sample of the group carries the same error.

    Args:
        terms: components of the single samples.
        groups: (n,) group of each sample, 0..count-1.
        count: number of groups.
    """
    members = np.maximum(np.bincount(groups, minlength=count), 1)
    several = bool((members > 1).any())
    averaged: list[Term] = []
    for part in terms:
        if part.systematic:
            averaged.append(part.restated(np.bincount(groups, part.standard_value, count) / members))
            continue
        mean = part.restated(np.sqrt(np.bincount(groups, part.standard_value**2, count)) / members)
        averaged.append(replace(mean, distribution="normal", divisor=1.0) if several else mean)
    return tuple(averaged)
