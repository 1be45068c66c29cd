"""The exact circuit: a current source of limited voltage into R_s + (R_p || C_p), one exponential at a time.

While nothing switches, the voltage u of the capacitor, the current and the voltage at the terminals are
a + b exp(-t/tau). The source is in one of five conditions, s being the sign of the current that it wants:

* source: i = I, as long as s (I R_s + u) <= V;
* clamped at the compliance voltage: i = (s V - u) / R_s, tau = C R_s R_p / (R_s + R_p);
* blocked: the capacitor alone holds more than V (the supply sagged): no current until it has leaked away;
* open: no contact, no current; the terminals show s V;
* shorted: the electrodes are connected to each other: i = -u / R_s, tau = C R_s R_p / (R_s + R_p).

Each condition ends at a root that has a closed form.
"""

import math
from typing import Any, Final, TypeAlias

import numpy as np

from sim.compiled import compiled
from sim.electrode.load import Load
from sim.timebase import NEVER

Record: TypeAlias = Any
"""One element of a structured array; numpy's types cannot say which."""

CIRCUIT_FIELDS: Final = [
    ("series_ohm", np.float64),
    ("parallel_ohm", np.float64),
    ("load_tau_s", np.float64),
    ("contact_ratio", np.float64),
    ("compliance_v", np.float64),
    ("polarity", np.float64),
    ("leak_a", np.float64),
    ("soft_s", np.float64),
    ("shorted", np.int64),
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
"""State of the circuit. First what is set (load, contact, compliance voltage, polarity, leak, output conductance of the
source in S, short and wanted current, A), then the running segment: its start `t_ns`, the instant `change_ns` at which
its condition ends by itself, and the coefficients of capacitor voltage, current and voltage as in `sim.edges`."""


def put_load(circuit: Record, load: Load) -> None:
    """Another load, whose capacitor is empty, lies between the electrodes; it counts from the next segment on."""
    has_capacitor = load.tau_s > 0.0
    circuit["series_ohm"] = load.series_ohm if has_capacitor else load.resistance_ohm
    circuit["parallel_ohm"] = load.parallel_ohm if has_capacitor else 0.0
    circuit["load_tau_s"] = load.tau_s
    circuit["u_a_v"] = circuit["u_b_v"] = 0.0


@compiled
def decay(circuit: Record, t_ns: int) -> float:
    """exp(-(t - t')/tau) of the running segment at `t_ns`."""
    return math.exp(-((t_ns - circuit["t_ns"]) * 1e-9) / circuit["tau_s"])


@compiled
def current_at(circuit: Record, t_ns: int) -> float:
    """Current of the running segment at `t_ns`, A."""
    return circuit["i_a"] + circuit["i_b_a"] * decay(circuit, t_ns)


@compiled
def charge_between(circuit: Record, from_ns: int, to_ns: int) -> float:
    """Integral of the running segment's current, C."""
    steady = circuit["i_a"] * ((to_ns - from_ns) * 1e-9)
    if circuit["i_b_a"] == 0.0:
        return steady
    return steady + circuit["i_b_a"] * circuit["tau_s"] * (decay(circuit, from_ns) - decay(circuit, to_ns))


@compiled
def _when_ns(ratio: float, tau_s: float, t_ns: int) -> int:
    """First whole ns after t' = `t_ns` at which exp(-(t - t')/tau) is at most `ratio`; NEVER if it cannot be."""
    if ratio <= 0.0:
        return NEVER
    if ratio >= 1.0:
        return t_ns + 1
    wait_ns = math.ceil(-tau_s * math.log(ratio) * 1e9)
    return t_ns + max(1, int(wait_ns))


@compiled
def _write(
    circuit: Record,
    u_a: float,
    u_b: float,
    i_a: float,
    i_b: float,
    v_a: float,
    v_b: float,
    tau_s: float,
    change_ns: int,
) -> None:
    circuit["u_a_v"] = u_a
    circuit["u_b_v"] = u_b
    circuit["i_a"] = i_a
    circuit["i_b_a"] = i_b
    circuit["v_v"] = v_a
    circuit["v_b_v"] = v_b
    circuit["tau_s"] = tau_s
    circuit["change_ns"] = change_ns


@compiled
def _source(circuit: Record, u: float, wanted: float, limit: float, r_s: float, r_p: float, tau_s: float) -> None:
    """The source gives what is wanted, until the voltage reaches its limit."""
    u_a = wanted * r_p
    v_a = wanted * r_s + u_a
    change = NEVER
    if wanted != 0.0 and abs(v_a) > abs(limit):
        change = _when_ns((limit - v_a) / (u - u_a), tau_s, circuit["t_ns"])
    _write(circuit, u_a, u - u_a, wanted, 0.0, v_a, u - u_a, tau_s, change)


@compiled
def _soft(circuit: Record, u: float, wanted: float, limit: float, r_s: float, r_p: float, tau_s: float) -> None:
    """The source has an output conductance g beside it: i = I - g v, until the voltage reaches its limit."""
    g = circuit["soft_s"]
    a = 1.0 + g * r_s
    u_a = wanted * r_p / (a + g * r_p)
    i_a = (wanted - g * u_a) / a
    i_b = -g * (u - u_a) / a
    v_a = i_a * r_s + u_a
    v_b = i_b * r_s + (u - u_a)
    tau = tau_s * a / (a + g * r_p)
    change = NEVER
    if abs(v_a) > abs(limit):
        change = _when_ns((limit - v_a) / v_b, tau, circuit["t_ns"])
    _write(circuit, u_a, u - u_a, i_a, i_b, v_a, v_b, tau, change)


@compiled
def _begin_soft(circuit: Record, u: float, wanted: float, limit: float, r_s: float, r_p: float, tau_s: float) -> None:
    """Begin a segment of a source with an output conductance: by itself, or at its highest voltage."""
    g = circuit["soft_s"]
    sign = 1.0 if wanted >= 0.0 else -1.0
    if sign * ((wanted - g * u) / (1.0 + g * r_s) * r_s + u) <= abs(limit):
        _soft(circuit, u, wanted, limit, r_s, r_p, tau_s)
    elif sign * u < abs(limit):
        _clamped(circuit, u, wanted - g * limit, limit, r_s, r_p, tau_s)
    else:
        _write(circuit, 0.0, u, 0.0, 0.0, 0.0, u, tau_s, _when_ns(limit / u, tau_s, circuit["t_ns"]))


@compiled
def _clamped(circuit: Record, u: float, wanted: float, limit: float, r_s: float, r_p: float, tau_s: float) -> None:
    """The source stands at its highest voltage, until the current that this drives is the wanted one."""
    u_a = limit * r_p / (r_s + r_p)
    i_a = (limit - u_a) / r_s
    i_b = (u_a - u) / r_s
    tau = tau_s * (r_s / (r_s + r_p))
    change = NEVER
    if abs(i_a) > abs(wanted):
        change = _when_ns((wanted - i_a) / i_b, tau, circuit["t_ns"])
    _write(circuit, u_a, u - u_a, i_a, i_b, limit, 0.0, tau, change)


@compiled
def begin_segment(circuit: Record, t_ns: int) -> None:
    """End the running segment at `t_ns` and begin the next one there, from the set values.

    Args:
        circuit: record with `CIRCUIT_FIELDS`; written.
        t_ns: instant; not before the start of the running segment.
    """
    u = circuit["u_a_v"] + circuit["u_b_v"] * decay(circuit, t_ns)
    wanted = circuit["polarity"] * (circuit["level_a"] + circuit["leak_a"])
    sign = 1.0 if wanted >= 0.0 else -1.0
    limit = sign * circuit["compliance_v"]
    tau_s = circuit["load_tau_s"] if circuit["load_tau_s"] > 0.0 else 1.0
    contact = circuit["contact_ratio"]
    circuit["t_ns"] = t_ns
    if contact <= 0.0:
        _write(circuit, 0.0, u, 0.0, 0.0, limit if wanted != 0.0 else 0.0, 0.0, tau_s, NEVER)
        return
    r_s = circuit["series_ohm"] / contact
    r_p = circuit["parallel_ohm"] / contact
    if circuit["shorted"] != 0:
        _clamped(circuit, u, 0.0, 0.0, r_s, r_p, tau_s)
    elif circuit["soft_s"] > 0.0 and wanted != 0.0:
        _begin_soft(circuit, u, wanted, limit, r_s, r_p, tau_s)
    elif wanted == 0.0 or sign * (wanted * r_s + u) <= abs(limit):
        _source(circuit, u, wanted, limit, r_s, r_p, tau_s)
    elif sign * u < abs(limit):
        _clamped(circuit, u, wanted, limit, r_s, r_p, tau_s)
    else:  # blocked
        _write(circuit, 0.0, u, 0.0, 0.0, 0.0, u, tau_s, _when_ns(limit / u, tau_s, t_ns))
