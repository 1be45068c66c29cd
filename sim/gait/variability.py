"""Stride-to-stride noise with long memory: every gait parameter wanders, and remembers how.

Spectral synthesis of 1/f^b noise with b = 2 alpha - 1, alpha the exponent of detrended fluctuation analysis: 0.75,
between 0.87 +- 0.15 (young) and 0.68 +- 0.14 (older), Hausdorff 1997. The variance is that of the process, not forced
on the sample, so a short walk has a mean and a scatter of its own; deviates are cut at 3.5 SD (design choice).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SHORTEST: Final = 1024
CUT_SD: Final = 3.5
THIGH_KNEE_CORRELATION: Final = 0.5
"""Correlation of thigh and knee offsets (design choice)."""


def fractal_noise(count: int, alpha: float, generator: np.random.Generator) -> NDArray[np.float64]:
    """Standard deviates with DFA exponent `alpha`, (count,)."""
    length = max(2 * count, SHORTEST)
    frequency = np.fft.rfftfreq(length)
    amplitude = np.zeros_like(frequency)
    amplitude[1:-1] = frequency[1:-1] ** (0.5 - alpha)
    spectrum = amplitude * (generator.standard_normal(frequency.size) + 1j * generator.standard_normal(frequency.size))
    sd = np.sqrt(4.0 * np.sum(amplitude**2)) / length
    noise = np.fft.irfft(spectrum, length)[:count] / sd
    return np.clip(noise, -CUT_SD, CUT_SD)
