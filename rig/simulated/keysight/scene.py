"""What the inputs of a simulated instrument see of the laboratory: every role as exact segments, whoever drives it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.lab import Lab
from sim.edges import EDGE_DTYPE
from sim.front_end_settings import channel_of, quantity_of
from sim.timebase import TimeNs

_OF_PLANT: Final = ("current", "voltage")


def segments(lab: Lab, role: str, t0_ns: TimeNs, t1_ns: TimeNs, look_ns: TimeNs) -> tuple[NDArray[Any], str]:
    """Segments of a role over [t0_ns, t1_ns), `EDGE_DTYPE`, and which of their quantities is meant.

    The first begins at or before `t0_ns`. Current and voltage are exact; what the bench drives holds its values, which
    are looked at every `look_ns`.

    Raises:
        BenchError: no such role, not lived yet, or forgotten.
    """
    quantity = quantity_of(role)
    if quantity in _OF_PLANT:
        edges = lab.edges(t0_ns, t1_ns).channels
        number = channel_of(role)
        rows = edges[number].copy() if number < len(edges) else np.zeros(1, EDGE_DTYPE)
        if not edges or number >= len(edges):
            rows["t_ns"], rows["tau_s"] = t0_ns, 1.0
        held = rows[0]["i_b_a"] == 0.0 and rows[0]["v_b_v"] == 0.0
        if held:
            rows["t_ns"][0] = max(int(rows["t_ns"][0]), t0_ns)
        return rows, quantity
    n = max(1, -(-(t1_ns - t0_ns) // look_ns))
    values = lab.values(role, t0_ns, look_ns, n)
    changed = np.append(0, np.flatnonzero(np.diff(values)) + 1)
    rows = np.zeros(changed.size, EDGE_DTYPE)
    rows["t_ns"], rows["v_v"], rows["tau_s"] = t0_ns + changed * look_ns, values[changed], 1.0
    return rows, "voltage"
