"""Uncertainty of estimators that are not linear, by drawing: a maximum, a percentile, a spread, the worst of n.

Noise lifts a maximum and widens a spread, so such a value is biased before it is uncertain. The errors of a budget are
drawn many times onto values from which the noise has been taken off, and the estimator is asked each time:

    D = estimator(x* + e) - estimator(x*),   x* = mean + f (x - mean),   f^2 = max(0, 1 - mean(u_random^2)/s^2)

Random components are drawn for every sample, systematic ones once a trial. The value is corrected by the mean of D, U
is 2 sd(D) with half of that correction as a bound of its own, and the 95 % interval runs from estimator(x) - D(97.5 %)
to estimator(x) - D(2.5 %). The shrinking by f makes the bulk of x* spread as the true values do: without it the bias of
the maximum of n equal values would be found 0.4 times as large as it is, because the values already carry their noise
once. What stands far out of the bulk stands for itself.

Source: JCGM 101:2008, 5.9, 7.2 and 7.6 (propagation of distributions); Efron and Tibshirani 1993, An Introduction to
the Bootstrap, ch. 10 (bias) and 13.4 (interval); shrinking: design choice, exact for normal values.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.coverage_interval import draw_unit
from reports.measures.collecting import collected
from reports.samples import NORMAL95, Component, Samples
from reports.uncertainty import COVERAGE, Term
from sim.streams import Streams

Array: TypeAlias = NDArray[np.float64]
Estimator: TypeAlias = Callable[[Array], Array]
"""(trials, n) values to (trials,) results: ``lambda x: np.max(x, axis=-1)``."""

TRIALS: Final = 4000
"""Trials of a Monte Carlo: the ends of a 95 % interval are then known to 2 % of its width (design choice)."""
_FEWEST: Final = 400
_DRAWS: Final = 8_000_000
"""Most numbers drawn: with many samples there are fewer trials, down to 400, and the interval is 1.96 sd wide."""
_PART: Final = 400
"""Trials of each component alone, for the budget that is printed."""
_BLOCK: Final = 1_000_000
_BIAS_BOUND: Final = 0.5
"""How well the correction of the bias is known: half of it, because the shape of the true values is not known (design
choice)."""
_OUTLIER_SIGMAS: Final = 5.0
"""Values further from the median, in robust standard deviations, stand for themselves and are not shrunk."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """One result of an estimator that is not linear.

    Attributes:
        value: corrected for the bias.
        bias_value: what was taken off.
        expanded_value: U = 2 u.
        interval95_value: 95 % interval.
        budget: components, each by its own contribution, and the bias.
        trials_count: how often the errors were drawn.
    """

    value: float
    bias_value: float
    expanded_value: float
    interval95_value: tuple[float, float]
    budget: tuple[Component, ...]
    trials_count: int


def monte_carlo(
    estimator: Estimator,
    values: Array,
    terms: Sequence[Term],
    streams: Streams,
    name: str,
    least_value: float = -math.inf,
) -> Estimated:
    """Value, bias, U and 95 % interval of ``estimator(values)``.

    The same seed and name give the same numbers, whatever else is drawn.

    Args:
        estimator: vectorised over trials.
        values: (n,) what was measured, n >= 1.
        terms: components of the uncertainty of each value, (n,).
        streams: of the case (`Streams(record.case.seed)`).
        name: of the random stream: the measure, and what it is asked for.
        least_value: what the quantity cannot be below (a spread: 0); a value corrected beyond it is set to it, which
            brings it nearer to whatever is true.
    """
    draw = streams.generator(f"monte carlo.{name}")
    n = values.size
    trials = int(np.clip(_DRAWS // max(1, n * max(1, len(terms))), _FEWEST, TRIALS))
    truth = _without_noise(values, terms)
    base = float(estimator(truth[None, :])[0])
    errors = _errors(estimator, truth, base, terms, draw, trials)
    seen, bias, spread = float(estimator(values[None, :])[0]), float(np.mean(errors)), float(np.std(errors))
    alone = tuple(
        float(np.std(_errors(estimator, truth, base, (part,), draw, min(_PART, trials))))
        if part.standard_value.any()
        else 0.0
        for part in terms
    )
    unsure = _BIAS_BOUND * abs(bias) / 3.0**0.5
    half = NORMAL95 * spread
    low, high = (np.quantile(errors, (0.025, 0.975)) - bias) if trials > _FEWEST else (-half, half)
    widened = np.hypot((low, high), _BIAS_BOUND * 0.95 * abs(bias))
    value = max(seen - bias, least_value)
    return Estimated(
        value,
        bias,
        COVERAGE * float(np.hypot(spread, unsure)),
        (max(value - float(widened[1]), least_value), value + float(widened[0])),
        (
            *(_part(part, size) for part, size in zip(terms, alone, strict=True)),
            Component("bias of the estimator", "B", unsure, True, "half of the correction", "rectangular", 3.0**0.5),
        ),
        trials,
    )


def as_samples(found: Estimated, unit: str, t0_s: float, t1_s: float, **rest: Any) -> Samples:
    """The one sample of a run-level measure, with the budget of the Monte Carlo."""
    half = 0.5 * (found.interval95_value[1] - found.interval95_value[0])
    interval = np.array([found.interval95_value])
    made = collected(unit, [found.value], [t0_s], [t1_s], [-1], interval95=interval, budget=found.budget, **rest)
    expanded = np.array([found.expanded_value])
    return replace(made, expanded=expanded, systematic=expanded, half95=np.array([half]))


def _part(part: Term, standard: float) -> Component:
    return Component(
        part.name, part.kind, standard, part.systematic, part.source, part.distribution, part.divisor, dof=part.dof
    )


def _without_noise(values: Array, terms: Sequence[Term]) -> Array:
    """Values whose bulk spreads as the true ones do; what stands far out stays where it is."""
    noise = sum((float(np.mean(part.standard_value**2)) for part in terms if not part.systematic), 0.0)
    middle = float(np.median(values))
    scale = max(1.4826 * float(np.median(np.abs(values - middle))), noise**0.5)
    bulk = np.abs(values - middle) <= _OUTLIER_SIGMAS * scale
    spread, mean = float(np.var(values[bulk])), float(np.mean(values[bulk]))
    left = max(0.0, 1.0 - noise / spread) ** 0.5 if spread > 0.0 else 0.0
    return np.where(bulk, mean + left * (values - mean), values)


def _errors(
    estimator: Estimator, truth: Array, base: float, terms: Sequence[Term], draw: np.random.Generator, trials: int
) -> Array:
    """D of every trial, (trials,); drawn in blocks that fit the memory."""
    found: list[Array] = []
    step = max(1, _BLOCK // truth.size)
    for start in range(0, trials, step):
        m = min(step, trials - start)
        x = np.broadcast_to(truth, (m, truth.size)).copy()
        for part in terms:
            shape = (m, 1) if part.systematic else (m, truth.size)
            x += draw_unit(part.distribution, draw, shape) * part.standard_value
        found.append(estimator(x) - base)
    return np.concatenate(found)
