"""The tail of passive recharge behind the charge window, fitted to the quiet cells that follow many pulses.

A window ends where the mean of a cell is back in the noise. What still flows then, ``i(d) = r q exp(-d / tau)`` a time
d behind the window of a pulse of phase charge q, is too small to be seen behind one pulse, but not behind hundreds:
their cells are averaged by delay, and r and tau follow from least squares. The charge behind the window is r q tau.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reports.metrology.quiet import Array, PulseSpans, cells_between
from rig.record import IdleCells

_REACH_S: Final = 12e-3
"""How far behind a window the tail is looked for, s."""
_SIGMAS: Final = 4.0
"""A tail counts as seen from this many standard uncertainties on."""
_SHORTEST_S: Final = 0.1e-3
_TAUS: Final = 96
_FORM_RATIO: Final = 0.05
"""How far a tail may differ from one exponential: 5 % of the charge behind the window (design choice)."""
_LEAST_BINS: Final = 6
WINDOW_TAUS: Final = 8.0
"""Charge window in time constants of the tail: 3e-4 of the phase charge are left (regulatory.md 5.2)."""


@dataclass(frozen=True, slots=True)
class Tail:
    """What flows behind the charge window.

    Attributes:
        charge_ratio: charge behind the window over the phase charge, signed; 0 where no tail was seen.
        uncertainty_ratio: its standard uncertainty.
        tau_s: time constant, s; 0 where no tail was seen.
        seen: True where it is more than noise.
    """

    charge_ratio: float
    uncertainty_ratio: float
    tau_s: float
    seen: bool


NO_CELLS: Final = Tail(0.0, 0.0, 0.0, seen=False)


def fitted_tail(cells: IdleCells, spans: PulseSpans, charge_c: Array, noise_a: float, most_a: float) -> Tail:
    """Fit one exponential, and a level, to the mean of the quiet cells behind pulses.

    Least squares over a grid of time constants; mean and spread of r tau are those of the likelihood over the grid, so
    a time constant that the data leave open shows in the uncertainty.

    Args:
        cells: quiet cells of the channel.
        spans: of the pulses.
        charge_c: (n,) their phase charges, signed, C.
        noise_a: standard uncertainty of one cell's mean, A.
        most_a: what may still flow where the window ends, A: the finder's band, or infinite where it never came back.
            Cells that begin late say nothing about a short tail, but the end of the window does.
    """
    delay_s, ratio, noise = _by_delay(cells, spans, charge_c, noise_a)
    if delay_s.size < _LEAST_BINS:
        return NO_CELLS
    typical_c = float(np.sqrt(np.mean(charge_c[np.isfinite(charge_c)] ** 2)))
    known = np.zeros((2, 2))
    known[0, 0] = 3.0 * (typical_c / most_a) ** 2  # a bound, taken as a normal prior of its standard uncertainty
    taus_s = np.geomspace(_SHORTEST_S, 0.5 * float(delay_s[-1]), _TAUS)
    charge, spread, misfit = (np.empty(_TAUS) for _ in range(3))
    for k, tau_s in enumerate(taus_s):
        half = 0.5 * cells.cell_s / tau_s
        shape = np.exp(-(delay_s + 0.5 * cells.cell_s) / tau_s) * np.sinh(half) / half
        design = np.stack((shape / noise, 1.0 / noise), axis=1)
        covariance = np.linalg.pinv(design.T @ design + known, hermitian=True)
        found = covariance @ (design.T @ (ratio / noise))
        misfit[k] = float(np.sum((ratio / noise - design @ found) ** 2)) + float(known[0, 0] * found[0] ** 2)
        charge[k], spread[k] = found[0] * tau_s, covariance[0, 0] ** 0.5 * tau_s
    best = int(np.argmin(misfit))
    # noise that is larger than stated widens the likelihood
    scale = max(1.0, float(misfit[best]) / max(delay_s.size - 3, 1))
    weight = np.exp(-0.5 * (misfit - misfit[best]) / scale)
    weight /= weight.sum()
    mean = float(weight @ charge)
    variance = float(weight @ ((charge - mean) ** 2 + scale * spread**2))
    if abs(mean) < _SIGMAS * variance**0.5:
        return Tail(0.0, (variance + mean**2) ** 0.5, 0.0, seen=False)
    return Tail(mean, (variance + (_FORM_RATIO * mean) ** 2) ** 0.5, float(taus_s[best]), seen=True)


def _by_delay(cells: IdleCells, spans: PulseSpans, charge_c: Array, noise_a: float) -> tuple[Array, Array, Array]:
    """Delay, current over charge (1/s), its standard uncertainty, in bins of one cell.

    The level of the last third of each gap is taken off first: it is the baseline of that pulse.
    """
    first, last = cells_between(cells, spans.end_s, np.minimum(spans.next_s, spans.end_s + _REACH_S))
    count = last - first
    enough = (count >= 2 * _LEAST_BINS) & np.isfinite(charge_c) & (charge_c != 0.0)
    first, count, charge_c, end_s = first[enough], count[enough], charge_c[enough], spans.end_s[enough]
    if not count.size:
        return np.empty(0), np.empty(0), np.empty(0)
    pulse = np.repeat(np.arange(count.size), count)
    within = np.arange(pulse.size) - np.repeat(np.cumsum(count) - count, count)
    row = first[pulse] + within
    late = within >= (2 * count[pulse]) // 3
    members = np.bincount(pulse, late)
    level = np.bincount(pulse, late * cells.mean[row]) / members
    current, weight = cells.mean[row] - level[pulse], charge_c[pulse]
    bins = ((cells.t0_s[row] - end_s[pulse]) / cells.cell_s).astype(np.int64)
    size: Array = np.bincount(bins, weight**2).astype(np.float64)
    used = np.flatnonzero(size > 0.3 * size.max())
    delay = np.bincount(bins, weight**2 * (cells.t0_s[row] - end_s[pulse]))[used] / size[used]
    return delay, np.bincount(bins, weight * current)[used] / size[used], noise_a / np.sqrt(size[used])


def without_tail(cells: IdleCells, spans: PulseSpans, charge_c: Array, tail: Tail) -> Array:
    """Means of the quiet cells, A, less the tail of the pulse before each."""
    if not tail.seen or not spans.t_s.size:
        return cells.mean
    before = np.searchsorted(spans.end_s, cells.t0_s + 1e-9, "right") - 1
    there = before >= 0
    pulse = np.maximum(before, 0)
    delay_s = cells.t0_s + 0.5 * cells.cell_s - spans.end_s[pulse]
    charge = np.where(np.isfinite(charge_c), charge_c, 0.0)[pulse]
    return cells.mean - np.where(there, tail.charge_ratio / tail.tau_s * charge * np.exp(-delay_s / tail.tau_s), 0.0)
