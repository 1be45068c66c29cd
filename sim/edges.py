"""The exact electrical output of a plant: current and voltage as piecewise exponentials."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.timebase import TimeNs

EDGE_DTYPE: Final = np.dtype(
    [
        ("t_ns", np.int64),
        ("i_a", np.float64),
        ("i_b_a", np.float64),
        ("v_v", np.float64),
        ("v_b_v", np.float64),
        ("tau_s", np.float64),
    ]
)
"""One segment, from its `t_ns` (t') to the `t_ns` of the next:

i(t) = i_a + i_b_a exp(-(t - t')/tau_s), A;  v(t) = v_v + v_b_v exp(-(t - t')/tau_s), V;  tau_s > 0.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The segments that begin inside [t0_ns, t1_ns), by output channel of the plant.

    What the output does before the first of them follows from the blocks before; the very first block of a run begins
    with a segment at its start.

    Attributes:
        t0_ns: start of the block.
        t1_ns: end of the block, not included.
        channels: one array (n_segments,) of `EDGE_DTYPE` per stimulation channel, in time order.
    """

    t0_ns: TimeNs
    t1_ns: TimeNs
    channels: tuple[NDArray[Any], ...]
