"""The anti-alias filter in closed form: a first-order low-pass driven by piecewise exponentials."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing


@borrowing
def filtered(dt_s: float, steady: float, swing: float, tau_s: float, start: float, filter_tau_s: float) -> float:
    """Output of the filter `dt_s` after the start of a segment.

    The input is ``steady + swing exp(-t/tau)``, the output ``y`` solves ``filter_tau y' = input - y, y(0) = start``:
    ``y = steady + (start - steady) e_f + swing (e - e_f) / (1 - filter_tau/tau)`` with ``e = exp(-t/tau)`` and ``e_f =
    exp(-t/filter_tau)``. Where both time constants meet, the last factor is taken as ``e_f expm1(x)/x t/filter_tau``
    with ``x = t (1/filter_tau - 1/tau)``, which is finite.

    Args:
        dt_s: time since the start of the segment, s.
        steady: constant part of the input.
        swing: exponential part at the start of the segment.
        tau_s: time constant of the input, s.
        start: output at the start of the segment.
        filter_tau_s: time constant of the filter, s; 0 for none.
    """
    if filter_tau_s <= 0.0:
        return steady + swing * math.exp(-dt_s / tau_s)
    fade = math.exp(-dt_s / filter_tau_s)
    apart = 1.0 - filter_tau_s / tau_s
    if abs(apart) > 1e-3:
        driven = (math.exp(-dt_s / tau_s) - fade) / apart
    else:
        x = dt_s * apart / filter_tau_s
        growth = 1.0 if x == 0.0 else math.expm1(x) / x
        driven = fade * growth * dt_s / filter_tau_s
    return steady + (start - steady) * fade + swing * driven


@borrowing
def follow_segments(
    edges: NDArray[Any],
    last: NDArray[np.float64],
    last_ns: int,
    t_ns: NDArray[np.int64],
    segments: NDArray[np.float64],
    gains: NDArray[np.float64],
    filter_tau_s: float,
) -> int:
    """Carry the filter from segment to segment.

    Row 0 of the outputs is the segment that the blocks before left open, row k the k-th new one. A row of `segments`
    holds ``tau_s, steady_0, swing_0, start_0, steady_1, swing_1, start_1`` with quantity 0 the current and 1 the
    voltage, all in codes.

    Args:
        edges: (n,) new segments, `EDGE_DTYPE`.
        last: (7,) the open segment.
        last_ns: its start.
        t_ns: (n + 1,) out, start of each segment.
        segments: (n + 1, 7) out.
        gains: (2,) codes per A and per V.
        filter_tau_s: time constant of the filter, s.

    Returns:
        Number of rows, n + 1.
    """
    starts = edges["t_ns"]
    taus = edges["tau_s"]
    i_a = edges["i_a"]
    i_b = edges["i_b_a"]
    v_v = edges["v_v"]
    v_b = edges["v_b_v"]
    t_ns[0] = last_ns
    for column in range(last.size):  # assigning the row drags numba's text code in: seconds of compilation
        segments[0, column] = last[column]
    for k in range(starts.size):
        row = segments[k + 1]
        before = segments[k]
        dt_s = (starts[k] - t_ns[k]) * 1e-9
        t_ns[k + 1] = starts[k]
        row[0] = taus[k]
        row[1] = i_a[k] * gains[0]
        row[2] = i_b[k] * gains[0]
        row[3] = filtered(dt_s, before[1], before[2], before[0], before[3], filter_tau_s)
        row[4] = v_v[k] * gains[1]
        row[5] = v_b[k] * gains[1]
        row[6] = filtered(dt_s, before[4], before[5], before[0], before[6], filter_tau_s)
    return starts.size + 1
