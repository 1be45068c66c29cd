"""Net charge and leak apart from each other, by the mean current at several pulse rates: I = leak + f Q.

Over whole periods the mean current is taken train by train; a straight line through the trains of five rates or more
has the net charge of a pulse as its slope and the leak as its intercept. What a rate lies off the line is a finding:
the charge depends on the rate.

Source: regulatory.md 5.4 (A); NS15 as used in a published bench study (net d.c. within its limit at 30 pps, not above).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.grouping import trains_of
from reports.measures.plateau import plateau_rows
from reports.metrology.charges import charges
from reports.metrology.quiet import Array, PulseSpans, cell_noise_a, two_sided
from reports.metrology.zero import zero_of, zero_terms
from reports.uncertainty import Term, group_mean, term
from rig.record import Record

LEAST_RATES: Final = 5
"""Rates that a regression needs (regulatory.md 5.4)."""
_SAME_RATE: Final = 0.03
"""Rates nearer to each other than 3 % are one rate."""
_LEAST_PULSES: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Whole periods of single trains of one channel: the plateau from its first pulse to the start of its last.

    Attributes:
        rate_hz: (m,) pulses over time.
        current_a: (m,) mean current, the zero of the instrument taken off, A.
        net_c: (m,) mean net charge of the pulses, C.
        phase_c: (m,) mean magnitude of their phase charges, C.
        level_a: (m,) mean level between the pulses, the zero taken off, A.
        level_noise_a: (m,) standard uncertainty of that level from noise, A.
        terms: components of `net_c`, (m,) each.
        pulses: (m,) how many pulses.
        t0_s: (m,) start, s.
        t1_s: (m,) end, s.
        group: (m,) number of the rate, from 0 in rising order.
        method: how the charges were read.
        lost_s: (k, 2) spans of trains with a pulse that has no charge, s.
    """

    rate_hz: Array
    current_a: Array
    net_c: Array
    phase_c: Array
    level_a: Array
    level_noise_a: Array
    terms: tuple[Term, ...]
    pulses: NDArray[np.int64]
    t0_s: Array
    t1_s: Array
    group: NDArray[np.int64]
    method: str
    lost_s: Array

    @property
    def rates(self) -> int:
        """How many rates there are."""
        return int(self.group.max()) + 1 if self.group.size else 0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The straight line through mean currents over rates.

    Attributes:
        net_c: slope, C.
        leak_a: intercept, A.
        highest_hz: highest rate, Hz.
        net_terms: components of the slope, (1,) each.
        leak_terms: components of the intercept, (1,) each.
        top_terms: components of the current at the highest rate, (1,) each.
        residual_c: (rates,) what the mean of each rate lies off the line, as charge of a pulse, C.
        residual_u_c: (rates,) its standard uncertainty, C.
        residual_spare_count: degrees of freedom of that, from the trains of one rate; infinite with one train a rate.
        rate_hz: (rates,) Hz.
    """

    net_c: float
    leak_a: float
    highest_hz: float
    net_terms: tuple[Term, ...]
    leak_terms: tuple[Term, ...]
    top_terms: tuple[Term, ...]
    residual_c: Array
    residual_u_c: Array
    residual_spare_count: float
    rate_hz: Array


def stretches(record: Record, channel: int) -> Stretches:
    """The whole periods of every train of a channel that has three pulses or more on its plateau."""
    role = "current" if channel <= 1 else f"current.{channel}"
    pulses, on_plateau = record.pulses, plateau_rows(record)
    read = charges(record, "net_c", np.arange(pulses["t_s"].size))
    phase = charges(record, "charge1_c", np.arange(pulses["t_s"].size))
    trains = [train for train in trains_of(record) if train.channel == channel]
    chosen = [train.rows[on_plateau[train.rows]] for train in trains]
    chosen = [rows for rows in chosen if rows.size >= _LEAST_PULSES]
    lost = [rows for rows in chosen if not read.complete[rows].all()]
    kept = [rows for rows in chosen if read.complete[rows].all()]
    counted = [rows[:-1] for rows in kept]
    t_s = pulses["t_s"]
    t0_s = np.array([t_s[rows[0]] for rows in kept])
    t1_s = np.array([t_s[rows[-1]] for rows in kept])
    count = np.array([rows.size for rows in counted], np.int64)
    rows = np.concatenate(counted) if counted else np.empty(0, np.int64)
    owner = np.repeat(np.arange(count.size), count)
    net_c = np.bincount(owner, read.values_c[rows], count.size) / np.maximum(count, 1)
    phase_c = np.bincount(owner, np.abs(phase.values_c[rows]), count.size) / np.maximum(count, 1)
    level_a, noise_a = _levels(record, role, rows, owner, count)
    zero_a = np.array([zero_of(record, role, float(t)) for t in 0.5 * (t0_s + t1_s)]).reshape(count.size)
    rate_hz = count / np.maximum(t1_s - t0_s, 1e-9) if count.size else np.empty(0)
    level_a = level_a - zero_a
    return Stretches(
        rate_hz=rate_hz,
        current_a=level_a + rate_hz * net_c,
        net_c=net_c,
        phase_c=phase_c,
        level_a=level_a,
        level_noise_a=noise_a,
        terms=group_mean((part.taken(rows) for part in read.terms), owner, count.size),
        pulses=count,
        t0_s=t0_s,
        t1_s=t1_s,
        group=_groups(rate_hz),
        method=read.method,
        lost_s=np.array([(t_s[rows[0]], t_s[rows[-1]]) for rows in lost]).reshape(-1, 2),
    )


def _levels(
    record: Record, role: str, rows: NDArray[np.int64], owner: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[Array, Array]:
    """Mean level under the pulses of each stretch, and its noise, A."""
    cells, accuracy = record.idle.get(role), record.accuracy[role]
    if cells is None or not cells.t0_s.size or not rows.size:
        level = np.bincount(owner, record.pulses["baseline_a"][rows], count.size) / np.maximum(count, 1)
        return level, np.full(count.size, accuracy.noise_rms / 128.0)
    channel = record.pulses["channel"][rows[0]]
    every = np.flatnonzero(record.pulses["channel"] == channel)
    spans = PulseSpans.of(record.pulses["t_s"][every], record.pulses["end_s"][every])
    noise_a = cell_noise_a(accuracy, cells.cell_s)
    found = two_sided(cells, cells.mean, spans.some(np.searchsorted(every, rows)), noise_a)
    level = np.where(np.isfinite(found.level_a), found.level_a, record.pulses["baseline_a"][rows])
    # neighbours share the cells between them, so a mean of n levels counts half as many
    noise = np.sqrt(2.0 * np.bincount(owner, found.noise_a**2, count.size)) / np.maximum(count, 1)
    return np.bincount(owner, level, count.size) / np.maximum(count, 1), noise


def _groups(rate_hz: Array) -> NDArray[np.int64]:
    """Number of the rate of each stretch: sorted rates, a new one where the step is more than 3 %."""
    order = np.argsort(rate_hz, kind="stable")
    steps = np.diff(rate_hz[order]) > _SAME_RATE * rate_hz[order][:-1]
    number = np.concatenate([[0], np.cumsum(steps)]) if rate_hz.size else np.empty(0)
    group = np.empty(rate_hz.size, np.int64)
    group[order] = number
    return group


def regression(record: Record, channel: int, found: Stretches) -> Line:
    """Least squares of the mean currents of trains over their rates, each by its own noise.

    Random parts come from the stated uncertainty of each train, or from the scatter about the line where that is larger
    (n - 2 degrees of freedom); systematic parts of the charges go into the slope, the zero into the intercept.
    """
    role = "current" if channel <= 1 else f"current.{channel}"
    rate, current = found.rate_hz, found.current_a
    noise_c = np.sqrt(sum((part.standard_value**2 for part in found.terms if not part.systematic), np.zeros(rate.size)))
    noise_a = np.maximum(np.hypot(rate * noise_c, found.level_noise_a), 1e-18)
    design = np.stack((np.ones_like(rate), rate), axis=1) / noise_a[:, None]
    covariance: Array = np.linalg.inv(design.T @ design).astype(np.float64)
    leak_a, net_c = covariance @ (design.T @ (current / noise_a))
    spare = rate.size - 2
    misfit = float(np.sum(((current - leak_a - net_c * rate) / noise_a) ** 2))
    scale = max(1.0, misfit / spare) if spare > 0 else 1.0
    covariance = covariance * scale
    top_hz = float(rate.max())
    at_top = np.array([1.0, top_hz])
    scatter = term(
        "scatter of trains", "A", float(covariance[1, 1] ** 0.5), 1, systematic=False, source="about the line, over n"
    )
    scatter = replace(scatter, dof=float(spare) if spare > 0 else math.inf)
    lasting = tuple(
        part.restated(np.array([float(np.mean(part.standard_value))])) for part in found.terms if part.systematic
    )
    zero = zero_terms(record, role, 1)
    leak = scatter.restated(np.array([float(covariance[0, 0] ** 0.5)]))
    top = scatter.restated(np.array([float(at_top @ covariance @ at_top) ** 0.5]))
    residual, spread, rates, within = _residuals(found, noise_a)
    return Line(
        net_c=float(net_c),
        leak_a=float(leak_a),
        highest_hz=top_hz,
        net_terms=(*lasting, scatter),
        leak_terms=(*zero, leak),
        top_terms=(*(part.scaled(top_hz) for part in lasting), *zero, top),
        residual_c=residual,
        residual_u_c=spread,
        residual_spare_count=within,
        rate_hz=rates,
    )


def _residuals(found: Stretches, noise_a: Array) -> tuple[Array, Array, Array, float]:
    """Distance of each rate from the line through the rates as charge of a pulse, its uncertainty, and the rate.

    The scatter is that of the trains of one rate among themselves: that about the line would hide what is looked for.
    A mean that lies on a line fitted to it scatters less than alone: ``var(r) = var(mean) - x' C x``.
    """
    weight = 1.0 / noise_a**2
    total = np.bincount(found.group, weight)
    rate = np.bincount(found.group, weight * found.rate_hz) / total
    current = np.bincount(found.group, weight * found.current_a) / total
    charge = np.bincount(found.group, weight * found.net_c) / total
    # at one rate the trains differ a little in rate: each is held against its own rate
    apart = found.current_a - current[found.group] - charge[found.group] * (found.rate_hz - rate[found.group])
    spare = found.rate_hz.size - rate.size
    scale = max(1.0, float(np.sum(weight * apart**2)) / spare) if spare > 0 else 1.0
    at = np.stack((np.ones_like(rate), rate), axis=1)
    covariance: Array = np.linalg.inv((at * total[:, None]).T @ at).astype(np.float64)
    line = covariance @ (at.T @ (total * current))
    variance = 1.0 / total - np.einsum("ij,jk,ik->i", at, covariance, at)
    spread = np.sqrt(scale * np.maximum(variance, 0.05 / total))
    return (current - at @ line) / rate, spread / rate, rate, float(spare) if spare > 0 else math.inf


def from_windows(record: Record, channel: int, found: Stretches) -> tuple[float, float, Mapping[str, tuple[Term, ...]]]:
    """Net charge, C, and leak, A, without a regression: means over the pulses and the level between them.

    Returns:
        (net charge, leak, components of `net` and of `leak`, (1,) each).
    """
    role = "current" if channel <= 1 else f"current.{channel}"
    one = np.zeros(found.rate_hz.size, np.int64)
    weight = found.pulses / found.pulses.sum()
    noise = float(np.sqrt(np.sum((weight * found.level_noise_a) ** 2)))
    leak = term("noise", "A", noise, 1, systematic=False, source="noise of the quiet cells, averaged")
    terms = {"net": group_mean(found.terms, one, 1), "leak": (*zero_terms(record, role, 1), leak)}
    return float(weight @ found.net_c), float(weight @ found.level_a), terms
