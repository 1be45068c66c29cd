"""Exact values of piecewise exponentials at any instants, and the instants at which they cross a level, compiled.

A signal is given as segments from t'[k] to t'[k + 1]: x(t) = a[k] + b[k] exp(-(t - t'[k]) / tau[k]); a level that is
held is a segment with b = 0. Inside a segment x is monotone, so a level is crossed at most once, at a root that has a
closed form.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled


@compiled
def sample_segments(
    t_ns: NDArray[np.int64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    tau_s: NDArray[np.float64],
    t0_ns: int,
    period_ns: int,
    out: NDArray[np.float64],
) -> None:
    """Fill `out` (n,) with the values at ``t0_ns + j * period_ns``.

    Args:
        t_ns: (m,) starts of the segments, rising; the first at or before `t0_ns`.
        a: (m,) steady part, SI.
        b: (m,) decaying part at the start of the segment, SI.
        tau_s: (m,) time constants.
        t0_ns: instant of the first sample.
        period_ns: between samples.
        out: written.
    """
    n = out.size
    j = 0
    for k in range(t_ns.size):
        stop = n
        if k + 1 < t_ns.size:
            stop = min(n, max(0, -((t0_ns - t_ns[k + 1]) // period_ns)))
        if b[k] == 0.0:
            while j < stop:
                out[j] = a[k]
                j += 1
        while j < stop:
            out[j] = a[k] + b[k] * math.exp(-((t0_ns + j * period_ns - t_ns[k]) * 1e-9) / tau_s[k])
            j += 1


@compiled
def _at(a: float, b: float, tau_s: float, since_ns: int) -> float:
    return a if b == 0.0 else a + b * math.exp(-(since_ns * 1e-9) / tau_s)


@compiled
def _root_ns(a: float, b: float, tau_s: float, level: float, length_ns: int, was_above: bool) -> int:
    """First whole ns of a segment at which it lies on the other side of `level`; it does so at `length_ns`."""
    low, high = 0, length_ns
    ratio = (level - a) / b
    if 0.0 < ratio < 1.0:  # the closed form, one ns either way; rounding of the logarithm must not decide
        guess = int(-tau_s * math.log(ratio) * 1e9)
        if guess >= 2 and (_at(a, b, tau_s, guess - 2) >= level) == was_above:
            low = min(guess - 2, length_ns - 1)
        if guess + 2 < length_ns and (_at(a, b, tau_s, guess + 2) >= level) != was_above:
            high = guess + 2
    while high - low > 1:
        middle = (low + high) // 2
        if (_at(a, b, tau_s, middle) >= level) == was_above:
            low = middle
        else:
            high = middle
    return high


@compiled
def find_crossings(
    t_ns: NDArray[np.int64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    tau_s: NDArray[np.float64],
    level: float,
    t0_ns: int,
    t1_ns: int,
    found_ns: NDArray[np.int64],
    rising: NDArray[np.bool_],
) -> int:
    """Whole nanoseconds in [t0_ns, t1_ns) at which the signal is on another side of `level` than the ns before.

    Args:
        t_ns: (m,) starts of the segments, rising; the first before `t0_ns`, where there is anything before it.
        a: (m,) steady part.
        b: (m,) decaying part.
        tau_s: (m,) time constants.
        level: a value at the level counts as above it.
        t0_ns: start.
        t1_ns: end, not included.
        found_ns: (2 m,) instants; written.
        rising: (2 m,) True where it comes from below; written.

    Returns:
        Number of crossings.
    """
    found = 0
    known = False
    above = False
    for k in range(t_ns.size):
        start = t_ns[k]
        stop = t1_ns if k + 1 == t_ns.size else min(t1_ns, t_ns[k + 1])
        if k + 1 < t_ns.size and t_ns[k + 1] < t0_ns:
            continue
        if start < t0_ns:
            start = max(start, t0_ns - 1)
        if start >= stop:
            continue
        now = _at(a[k], b[k], tau_s[k], start - t_ns[k]) >= level
        if known and now != above and start >= t0_ns:
            found_ns[found] = start
            rising[found] = now
            found += 1
        known = True
        above = now
        if b[k] == 0.0 or stop - 1 <= start:
            continue
        last = _at(a[k], b[k], tau_s[k], stop - 1 - t_ns[k]) >= level
        if last != above:
            found_ns[found] = t_ns[k] + _root_ns(a[k], b[k], tau_s[k], level, stop - 1 - t_ns[k], above)
            rising[found] = last
            found += 1
            above = last
    return found
