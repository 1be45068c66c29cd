"""Trip exposure: how often the toes are lower than an unseen obstacle is high (Best and Begg 2008)."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.intervals import all_inside
from reports.measures.collecting import collected, not_run, nothing, windows_of
from reports.samples import Samples
from rig.record import Record
from sim.streams import Streams

RESAMPLES: Final = 1000
"""Number of bootstrap resamples (design choice: 25 lie beyond each end of a 95 % interval)."""


def bandwidth_m(clearance_m: NDArray[np.float64]) -> float:
    """Silverman's rule of thumb: 0.9 min(sd, IQR/1.349) n^(-1/5), m. Source: Silverman 1986, eq. 3.31."""
    if clearance_m.size < 2:
        return 0.0
    quartiles = np.percentile(clearance_m, (25.0, 75.0))
    spreads = [s for s in (float(np.std(clearance_m, ddof=1)), float(quartiles[1] - quartiles[0]) / 1.349) if s > 0.0]
    return 0.9 * min(spreads, default=0.0) * clearance_m.size**-0.2


def trip_probability(clearance_m: NDArray[np.float64], height_m: float, smoothing_m: float) -> NDArray[np.float64]:
    """P(clearance < height) by a Gaussian kernel estimate along the last axis; empirical where `smoothing_m` is 0.

    A normal distribution fitted to the clearances would be wrong at the low end: they are not normal (Begg 2007).
    """
    if smoothing_m <= 0.0:
        return np.mean(clearance_m < height_m, axis=-1)
    from scipy.special import ndtr

    return np.mean(ndtr((height_m - clearance_m) / smoothing_m), axis=-1)


def block_resamples(n: int, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows of `count` circular block bootstrap resamples, (count, n): blocks keep the correlation of near strides.

    Block length n^(1/3) rounded up. Source: Politis and Romano 1992, circular block resampling.
    """
    block = max(1, math.ceil(n ** (1.0 / 3.0)))
    starts = generator.integers(0, n, size=(count, -(-n // block)))
    rows = (starts[:, :, None] + np.arange(block)) % n
    return rows.reshape(count, -1)[:, :n]


def exposure(clearance_m: NDArray[np.float64], height_m: float, streams: Streams) -> tuple[float, tuple[float, float]]:
    """Trip probability at one obstacle height and its 95 % bootstrap interval.

    Args:
        clearance_m: (n,) minimum toe clearances in stride order, n >= 2, m.
        height_m: obstacle height, m.
        streams: of the case; the stream `trip exposure` draws the resamples, the same for every height.
    """
    smoothing_m = bandwidth_m(clearance_m)
    rows = block_resamples(clearance_m.size, RESAMPLES, streams.generator("trip exposure"))
    spread = trip_probability(clearance_m[rows], height_m, smoothing_m)
    low, high = np.percentile(spread, (2.5, 97.5))
    return float(trip_probability(clearance_m, height_m, smoothing_m)), (float(low), float(high))


def trip_exposure(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Share of strides whose minimum toe clearance is below an obstacle of `height`; one sample a run and height.

    The interval of a sample is from the first to the last stride that counts; U is the larger half of its bootstrap
    interval.
    """
    strides = record.strides
    if not strides["stride"].size:
        return not_run("", "no stride of the patient is known")
    given = parameters["height"]
    heights_m = [float(height) for height in (given if isinstance(given, tuple | list) else (given,))]
    windows = windows_of(parameters)
    ends_s = strides["t0_s"] + strides["stride_time_s"]
    whole = all_inside(strides["toe_off_s"], ends_s, windows)
    keep = whole & np.isfinite(strides["mtc_m"])
    clearance_m = strides["mtc_m"][keep]
    dropped = int((~whole).sum())
    if clearance_m.size < 2:
        return nothing("", "fewer than two strides with a clearance", dropped=dropped)
    found = [exposure(clearance_m, height_m, Streams(record.case.seed)) for height_m in heights_m]
    intervals = np.array([interval for _, interval in found])
    values = np.array([value for value, _ in found])
    count = len(heights_m)
    half = np.max(np.abs(intervals - values[:, None]), axis=1)
    made = collected(
        "",
        values,
        np.full(count, strides["toe_off_s"][keep][0]),
        np.full(count, ends_s[keep][-1]),
        np.full(count, -1),
        interval95=intervals,
        items=np.full(count, clearance_m.size),
        dropped=dropped,
    )
    return _with_spread(made, half)


def _with_spread(samples: Samples, half: NDArray[np.float64]) -> Samples:
    from dataclasses import replace

    from reports.samples import Component

    part = Component("sampling of strides", "A", float(np.median(half)) / 2.0, False, "circular block bootstrap")
    return replace(samples, expanded=half, budget=(part,))
