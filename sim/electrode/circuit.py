"""The exact circuit: a current source of limited voltage into R_s + (R_p || C_p), one exponential at a time.

While nothing switches, the voltage u of the capacitor, the current and the voltage at the terminals are
a + b exp(-t/tau). The source is in one of four conditions, s being the sign of the current that it wants:

* source: i = I, as long as s (I R_s + u) <= V;
* clamped at the compliance voltage: i = (s V - u) / R_s, tau = C R_s R_p / (R_s + R_p);
* blocked: the capacitor alone holds more than V (the supply sagged): no current until it has leaked away;
* open: no contact, no current; the terminals show s V.

Each condition ends at a root that has a closed form.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.timebase import NEVER

CIRCUIT_FIELDS: Final = [
    ("series_ohm", np.float64),
    ("parallel_ohm", np.float64),
    ("load_tau_s", np.float64),
    ("contact_ratio", np.float64),
    ("compliance_v", np.float64),
    ("polarity", np.float64),
    ("leak_a", np.float64),
    ("level_a", np.float64),
    ("t_ns", np.int64),
    ("change_ns", np.int64),
    ("u_a_v", np.float64),
    ("u_b_v", np.float64),
    ("i_a", np.float64),
    ("i_b_a", np.float64),
    ("v_v", np.float64),
    ("v_b_v", np.float64),
    ("tau_s", np.float64),
]
"""State of the circuit. First what is set (load, contact, compliance voltage, polarity, leak and wanted current, A),
then the running segment: its start `t_ns`, the instant `change_ns` at which its condition ends by itself, and the
coefficients of capacitor voltage, current and voltage as in `sim.edges`."""


@compiled
def decay(circuit: NDArray[Any], t_ns: int) -> float:
    """exp(-(t - t')/tau) of the running segment at `t_ns`."""
    return math.exp(-((t_ns - circuit["t_ns"]) * 1e-9) / circuit["tau_s"])


@compiled
def current_at(circuit: NDArray[Any], t_ns: int) -> float:
    """Current of the running segment at `t_ns`, A."""
    return circuit["i_a"] + circuit["i_b_a"] * decay(circuit, t_ns)


@compiled
def charge_between(circuit: NDArray[Any], from_ns: int, to_ns: int) -> float:
    """Integral of the running segment's current, C."""
    steady = circuit["i_a"] * ((to_ns - from_ns) * 1e-9)
    if circuit["i_b_a"] == 0.0:
        return steady
    return steady + circuit["i_b_a"] * circuit["tau_s"] * (decay(circuit, from_ns) - decay(circuit, to_ns))


@compiled
def _when_ns(ratio: float, tau_s: float, t_ns: int) -> int:
    """First whole nanosecond at which exp(-(t - t')/tau) has fallen to `ratio`; NEVER where it does not."""
    if not 0.0 < ratio < 1.0:
        return NEVER
    wait_ns = math.ceil(-tau_s * math.log(ratio) * 1e9)
    return t_ns + max(1, int(wait_ns))


@compiled
def begin_segment(circuit: NDArray[Any], t_ns: int) -> None:
    """End the running segment at `t_ns` and begin the next one there, from the set values.

    Args:
        circuit: record with `CIRCUIT_FIELDS`; written.
        t_ns: instant; not before the start of the running segment.
    """
    u = circuit["u_a_v"] + circuit["u_b_v"] * decay(circuit, t_ns)
    wanted = circuit["polarity"] * (circuit["level_a"] + circuit["leak_a"])
    sign = 1.0 if wanted >= 0.0 else -1.0
    limit = sign * circuit["compliance_v"]
    contact = circuit["contact_ratio"]
    tau = circuit["load_tau_s"] if circuit["load_tau_s"] > 0.0 else 1.0
    change = NEVER
    i_a = 0.0
    i_b = 0.0
    v_a = 0.0
    v_b = 0.0
    u_a = 0.0
    u_b = u
    if contact <= 0.0:
        v_a = limit if wanted != 0.0 else 0.0
    else:
        r_s = circuit["series_ohm"] / contact
        r_p = circuit["parallel_ohm"] / contact
        if wanted == 0.0 or sign * (wanted * r_s + u) <= sign * limit:
            i_a = wanted
            u_a = wanted * r_p
            u_b = u - u_a
            v_a = wanted * r_s + u_a
            v_b = u_b
            if wanted != 0.0 and sign * v_a > sign * limit:
                change = _when_ns((limit - v_a) / v_b, tau, t_ns)
        elif sign * u < sign * limit:
            tau *= r_s / (r_s + r_p)
            u_a = limit * r_p / (r_s + r_p)
            u_b = u - u_a
            i_a = (limit - u_a) / r_s
            i_b = -u_b / r_s
            v_a = limit
            if sign * i_a > sign * wanted:
                change = _when_ns((wanted - i_a) / i_b, tau, t_ns)
        else:
            v_b = u
            change = _when_ns(limit / u, tau, t_ns)
    if circuit["load_tau_s"] <= 0.0:  # a pure resistor has no capacitor: all is constant until something switches
        u_a = u_b = v_b = i_b = 0.0
        tau = 1.0
        change = NEVER
        if contact > 0.0 and i_a != 0.0:
            r_s = circuit["series_ohm"] / contact
            v_a = i_a * r_s
    circuit["t_ns"] = t_ns
    circuit["change_ns"] = change
    circuit["u_a_v"] = u_a
    circuit["u_b_v"] = u_b
    circuit["i_a"] = i_a
    circuit["i_b_a"] = i_b
    circuit["v_v"] = v_a
    circuit["v_b_v"] = v_b
    circuit["tau_s"] = tau
