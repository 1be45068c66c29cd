"""Noise of an instrument's input: a function of the sample's number, so a record does not depend on when it is read."""

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.noise import normal_at


@compiled
def add_noise(
    values: NDArray[np.float64], key: np.uint64, first: int, sigma: float, inverse_normal: NDArray[np.float32]
) -> None:
    """Add normal noise of `sigma` to `values`, (n,), in place; sample j has the number ``first + j``.

    Args:
        values: (n,), any unit.
        key: of the stream.
        first: number of the first sample.
        sigma: rms, in the unit of the values.
        inverse_normal: `sim.noise.INVERSE_NORMAL`.
    """
    for j in range(values.size):
        values[j] += sigma * normal_at(key, first + j, inverse_normal)
