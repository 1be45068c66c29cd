"""The samples of one pulse as the finder's kernels read them, and the columns of the row that they fill.

The filter is undone, ``u_k = (x_k - exp(-a) x_(k-1)) / (1 - exp(-a))`` with a = T / tau (`rig.finder_edges`), so that
only the interval holding an edge reads between two levels. Instants are in samples; u_k belongs to (k - 1, k]. Sums
over u follow from sums over the bare codes, ``sum u = sum x + exp(-a) / (1 - exp(-a)) (x_last - x_before)``, so u
itself is worked out near the edges only.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing, inlined

CHANNEL: Final = 0
T: Final = 1
PHASE1_A: Final = 2
PHASE1_S: Final = 3
GAP_S: Final = 4
PHASE2_A: Final = 5
PHASE2_S: Final = 6
CHARGE1: Final = 7
CHARGE2: Final = 8
NET: Final = 9
BASELINE: Final = 10
CLIPPED: Final = 11
TAIL_DONE: Final = 12
END: Final = 13
PEAK: Final = 14
SQUARE: Final = 15
PEAK_V: Final = 16
PEAK1: Final = 17
PEAK2: Final = 18
RISE: Final = 19
DROOP: Final = 20
ROW: Final = 21
"""Columns of a row: the fields of `PULSE_DTYPE`, in samples and codes; that of the voltage stays NaN here."""


class Window(NamedTuple):
    """The samples of one pulse and how to read them.

    Attributes:
        codes: the first one is only the past of the filter.
        n: how many of them count.
        base: baseline, codes.
        a: sample period over the filter's time constant where the filter is undone, else 0.
        keep: ``exp(-a)``, or 0.
        gain: ``1 / (1 - exp(-a))``, or 1.
        delay: of a linearly interpolated crossing where the filter is not undone, samples.
        noise: largest noise of u, codes.
    """

    codes: NDArray[np.int16]
    n: int
    base: float
    a: float
    keep: float
    gain: float
    delay: float
    noise: float


@inlined
def look(samples: NDArray[np.int16]) -> tuple[np.int16, np.int16, np.int32]:
    """Minimum, maximum and sum of at most 65 536 samples."""
    low = np.int16(32_767)
    high = np.int16(-32_768)
    total = np.int32(0)
    for i in range(samples.size):
        x = samples[i]
        low = min(low, x)
        high = max(high, x)
        total = np.int32(total + np.int32(x))
    return low, high, total


@borrowing
def extremes(codes: NDArray[np.int16]) -> tuple[np.int16, np.int16]:
    """Minimum and maximum."""
    low, high, _ = look(codes)
    return low, high


@borrowing
def code_sum(codes: NDArray[np.int16]) -> int:
    """Sum of any number of codes."""
    total = 0
    for start in range(0, codes.size, 65_536):
        total += int(look(codes[start : start + 65_536])[2])
    return total


@borrowing
def input_at(w: Window, k: int) -> float:
    """The filter's input over the baseline in the interval (k - 1, k]; 0 beyond the window."""
    if k >= w.n:
        return 0.0
    if k <= 0:
        return w.codes[0] - w.base
    return (w.codes[k] - w.base - w.keep * (w.codes[k - 1] - w.base)) * w.gain


@borrowing
def total_input(w: Window, start: int | np.int64, end: int) -> float:
    """Sum of the filter's input over the baseline, intervals ``start .. end - 1``."""
    end = min(end, w.n)
    if end <= start:
        return 0.0
    ends = float(w.codes[end - 1]) - float(w.codes[start - 1])
    return code_sum(w.codes[start:end]) - w.base * (end - start) + w.keep * w.gain * ends


@borrowing
def mean_input(w: Window, start: int, end: int) -> float:
    """Mean of the filter's input over the baseline, intervals ``start .. end - 1``."""
    return total_input(w, start, end) / (end - start)
