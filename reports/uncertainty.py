"""Uncertainty of a sample: components combined by the GUM, random and systematic parts kept apart."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.samples import Component

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
        standard_value: (n,) standard uncertainty of each sample, in the measure's unit.
        systematic: True where averaging over samples does not reduce it.
        source: where the number comes from.
    """

    name: str
    kind: str
    standard_value: NDArray[np.float64]
    systematic: bool
    source: str = ""

    def scaled(self, factor: NDArray[np.float64] | float) -> "Term":
        """The same component behind a sensitivity coefficient."""
        return Term(self.name, self.kind, np.abs(self.standard_value * factor), self.systematic, self.source)


def term(name: str, kind: str, standard: float | NDArray[np.float64], n: int, *, systematic: bool, source: str) -> Term:
    """A component that is given as one number or one a sample."""
    return Term(name, kind, np.broadcast_to(np.asarray(standard, np.float64), (n,)), systematic, source)


def combined(terms: Iterable[Term], n: int) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[Component, ...]]:
    """Combine independent components: u_c^2 = sum u_i^2, U = 2 u_c (JCGM 100, 5.1.2 and 6.2).

    Returns:
        Expanded uncertainty (n,), its systematic part (n,), and the budget with the median of each component.
    """
    everything, lasting = np.zeros(n), np.zeros(n)
    budget: list[Component] = []
    for part in terms:
        square = part.standard_value**2
        everything = everything + square
        if part.systematic:
            lasting = lasting + square
        typical = float(np.median(part.standard_value)) if n else 0.0
        budget.append(Component(part.name, part.kind, typical, part.systematic, part.source))
    return COVERAGE * np.sqrt(everything), COVERAGE * np.sqrt(lasting), tuple(budget)


def group_mean(terms: Iterable[Term], groups: NDArray[np.int64], count: int) -> tuple[Term, ...]:
    """Components of the mean over each group of samples.

    A random component of m samples falls to ``sqrt(sum u^2)/m``; a systematic one stays at its mean, because every
    sample of the group carries the same error.

    Args:
        terms: components of the single samples.
        groups: (n,) group of each sample, 0..count-1.
        count: number of groups.
    """
    members = np.maximum(np.bincount(groups, minlength=count), 1)
    averaged: list[Term] = []
    for part in terms:
        if part.systematic:
            standard = np.bincount(groups, part.standard_value, count) / members
        else:
            standard = np.sqrt(np.bincount(groups, part.standard_value**2, count)) / members
        averaged.append(Term(part.name, part.kind, standard, part.systematic, part.source))
    return tuple(averaged)
