"""One stimulation pulse as it was found: the row that the finder writes, the body feels and the measures read."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

PULSE_DTYPE: Final = np.dtype(
    [
        ("channel", np.int16),
        ("t_s", np.float64),
        ("phase1_a", np.float64),
        ("phase1_s", np.float64),
        ("gap_s", np.float64),
        ("phase2_a", np.float64),
        ("phase2_s", np.float64),
        ("charge1_c", np.float64),
        ("charge2_c", np.float64),
        ("net_c", np.float64),
        ("baseline_a", np.float64),
        ("clipped", np.uint8),
        ("tail_done", np.uint8),
        ("end_s", np.float64),
        ("peak_a", np.float64),
        ("square_a2s", np.float64),
        ("peak_v", np.float64),
        ("peak1_a", np.float64),
        ("peak2_a", np.float64),
        ("rise_s", np.float64),
        ("droop_a", np.float64),
    ]
)
"""Fields of a pulse, SI units, signs as captured, times in seconds from the start of the run.

`t_s` is the 50 % crossing of phase 1 with the filter delay removed; `phase1_a` the mean of the middle half of the
plateau; widths (`phase1_s`, `phase2_s`) lie between 50 % crossings and `gap_s` between the phases; `charge2_c` is all
charge after the gap to the end of the window, tail included, and ``net_c = charge1_c + charge2_c``; `end_s` is the end
of the charge window; `tail_done` is 1 if the tail was back in the baseline band before the window ended. A pulse with
a clipped sample has NaN for every quantity that the clipped samples enter.

From `peak_a` on, over the baseline: `peak_a` is the largest magnitude behind a running median of 5 us, `peak1_a` and
`peak2_a` the bare extremes in the direction of each phase, signed; `square_a2s` the integral of the square over the
window; `peak_v` the largest magnitude of the electrode voltage behind the same median, NaN where it was not captured;
`rise_s` the time from 10 to 90 % of phase 1, `droop_a` how much its plateau falls. Pulses as a plant delivers them have
NaN there: no card has seen them.
"""


def joined_pulses(tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """One table of pulses from several, in their order; the very table where there is one.

    Without the type named, numpy makes a new one of 3 kB for each result, which lives as long as the table: a run that
    keeps the pulses of each block would keep them all. To join takes 10 us, and there is nearly always one table.
    """
    if len(tables) == 1:
        return tables[0]
    return np.concatenate(tables, dtype=PULSE_DTYPE) if tables else np.empty(0, PULSE_DTYPE)
