"""The ground: stairs, and what lies on them; a height at every place along the walk."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import G_EDGE, G_HEIGHT, G_LENGTH, G_LOOSE, G_T
from sim.compiled import borrowing


@borrowing
def ground_m(rugs: NDArray[np.float64], x_m: float) -> float:
    """Height of the ground at `x_m`: of all stairs passed, and of the highest thing that lies there, m.

    The rows after the loose ones are obstacles, sorted by their edges, that do not overlap: one of them at most lies
    under a point, the last whose edge is not beyond it.
    """
    if rugs.shape[0] == 0:
        return 0.0
    height, stairs = 0.0, 0.0
    loose = int(rugs[0, G_LOOSE])
    for i in range(loose):
        along = x_m - rugs[i, G_EDGE]
        if 0.0 <= along < rugs[i, G_LENGTH]:  # false while the edge is NaN: not yet placed
            if rugs[i, G_LENGTH] == math.inf:
                stairs += rugs[i, G_HEIGHT]
            else:
                height = max(height, rugs[i, G_HEIGHT])
    low, high = loose, rugs.shape[0]
    while low < high:
        middle = (low + high) // 2
        if rugs[middle, G_EDGE] <= x_m:
            low = middle + 1
        else:
            high = middle
    if low > loose and x_m - rugs[low - 1, G_EDGE] < rugs[low - 1, G_LENGTH]:
        height = max(height, rugs[low - 1, G_HEIGHT])
    return stairs + height


@borrowing
def next_rug_ns(rugs: NDArray[np.float64], never_ns: int) -> int:
    """Instant of the first rug that is not yet placed, ns."""
    first = never_ns
    for i in range(int(rugs[0, G_LOOSE]) if rugs.shape[0] > 0 else 0):
        if math.isnan(rugs[i, G_EDGE]):
            first = min(first, int(rugs[i, G_T]))
    return first


@borrowing
def place_rugs(rugs: NDArray[np.float64], t_ns: int, x_m: float) -> None:
    """Lay down every rug that is due at `t_ns` with its near edge at `x_m`."""
    for i in range(int(rugs[0, G_LOOSE]) if rugs.shape[0] > 0 else 0):
        if math.isnan(rugs[i, G_EDGE]) and int(rugs[i, G_T]) <= t_ns:
            rugs[i, G_EDGE] = x_m
