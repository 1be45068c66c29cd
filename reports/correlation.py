"""How much correlated samples are worth: neighbouring strides resemble each other."""

import numpy as np
from numpy.typing import NDArray


def effective_n(values: NDArray[np.float64]) -> float:
    """Number of independent samples that carry as much about the mean as `values`, in time order.

    n_eff = n / tau with tau = 1 + 2 sum rho(k), the sum cut by Geyer's initial positive sequence: pairs
    rho(2m) + rho(2m + 1) are added while they are positive. Negative correlation is not credited: n_eff <= n.

    It widens the interval of a mean and the bounds of a share; a single sequence of hits and misses counts as one too.

    Source: Geyer 1992, Statistical Science 7:473, section 3.3.
    """
    n = values.size
    if n < 4 or not np.all(np.isfinite(values)):
        return float(n)
    deviation = values - np.mean(values)
    variance = float(np.mean(deviation**2))
    if variance <= (1e-12 * float(np.max(np.abs(values)))) ** 2:
        return float(n)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(deviation, size)
    rho = np.fft.irfft(spectrum * np.conj(spectrum), size)[:n] / (n * variance)
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    ends = np.flatnonzero(pairs <= 0.0)
    tau = 2.0 * float(pairs[: ends[0] if ends.size else pairs.size].sum()) - 1.0
    return float(n) / max(tau, 1.0)
