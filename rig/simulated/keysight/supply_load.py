"""What the device under test takes from its supply: an idle current, and the energy that reaches the electrodes.

The plant has a supply voltage but no supply current, so this is a model of the instrument's side: the device idles at
`IDLE_A`, and its converter turns supply into electrode power with the efficiency `EFFICIENCY_RATIO`, smoothed by the
capacitor at its input over the window that is asked for.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.lab import Lab
from sim.timebase import NS_PER_S, TimeNs, s_from_ns

IDLE_A: Final = 0.012
"""Supply current between pulses (design choice: a microcontroller, a lamp and a boost converter that idles)."""
EFFICIENCY_RATIO: Final = 0.7
"""Electrode power over supply power (design choice: small boost converter and current source)."""
_LEAST_V: Final = 0.05


def energy_j(segments: NDArray[Any], t0_ns: TimeNs, t1_ns: TimeNs) -> float:
    """Energy that went through the electrodes of one channel in [t0_ns, t1_ns), J, in closed form.

    In a segment ``i v = (i_a + i_b e)(v_a + v_b e)`` with ``e = exp(-t/tau)``; what a charged electrode gives back
    counts as spent, for a current source cannot take it back.

    Args:
        segments: `EDGE_DTYPE`; the first begins at or before `t0_ns`.
        t0_ns: start.
        t1_ns: end.
    """
    begins = segments["t_ns"]
    starts = np.maximum(begins, t0_ns)
    ends = np.append(begins[1:], t1_ns)
    lengths_s = np.maximum(ends - starts, 0) / NS_PER_S
    tau_s = segments["tau_s"]
    faded = np.exp(-np.minimum((starts - begins) / NS_PER_S / tau_s, 700.0))
    i_b, v_b = segments["i_b_a"] * faded, segments["v_b_v"] * faded
    i_a, v_a = segments["i_a"], segments["v_v"]
    once = -tau_s * np.expm1(-lengths_s / tau_s)
    twice = -0.5 * tau_s * np.expm1(-2.0 * lengths_s / tau_s)
    joules = i_a * v_a * lengths_s + (i_a * v_b + i_b * v_a) * once + i_b * v_b * twice
    return float(np.abs(joules).sum())


def device_current_a(lab: Lab, t0_ns: TimeNs, t1_ns: TimeNs, supply_v: float) -> float:
    """Mean supply current of the device in [t0_ns, t1_ns), A.

    Raises:
        BenchError: not lived yet, or forgotten.
    """
    if supply_v < _LEAST_V or t1_ns <= t0_ns:
        return 0.0
    spent = sum(energy_j(channel, t0_ns, t1_ns) for channel in lab.edges(t0_ns, t1_ns).channels)
    return IDLE_A + spent / s_from_ns(t1_ns - t0_ns) / EFFICIENCY_RATIO / supply_v
