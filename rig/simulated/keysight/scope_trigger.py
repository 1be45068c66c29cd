"""The edge trigger: the first crossing of the level by the simulated signal itself, between samples too."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.pieces import Grid, values_anywhere
from rig.simulated.keysight.scope_sampler import Sampler
from rig.simulated.keysight.scope_settings import EITHER, Channel, Trigger
from rig.simulated.lab import Lab
from sim.timebase import TimeNs

LOGIC_V: Final = 3.0
"""High level of what comes in at the trigger input (design choice: the sync output of a generator)."""
_LOOK_NS: Final = 1000


def first_edge_outside(sampler: Sampler, trigger: Trigger, t0_ns: TimeNs, t1_ns: TimeNs) -> TimeNs | None:
    """Instant in [t0_ns, t1_ns) of the first rising edge of 3 V at the trigger input; None for never."""
    if not 0.0 < trigger.level_v < LOGIC_V or trigger.slope == "NEG":
        return None
    return next((t_ns for t_ns in sampler.external_ns if t0_ns <= t_ns < t1_ns), None)


def first_crossing(
    lab: Lab, sampler: Sampler, channel: Channel, trigger: Trigger, t0_ns: TimeNs, t1_ns: TimeNs
) -> TimeNs | None:
    """Instant in [t0_ns, t1_ns) at which the source first crosses the level in the asked direction; None for never.

    The comparator stands before the bandwidth limit and has no noise, so the instant is that of the ideal edge.
    """
    gain = sampler.gain(trigger.source, channel)
    terminal = sampler.terminals.get(trigger.source)
    if terminal is None or gain == 0.0 or t1_ns <= t0_ns:
        return None
    if channel.is_inverted:
        gain = -gain
    if channel.coupling == "AC":
        t_ns, rises = _behind_coupling(lab, sampler, channel, trigger, t0_ns, t1_ns)
    else:
        t_ns, rises = lab.crossings(terminal.role, trigger.level_v / gain, t0_ns, t1_ns)
        if gain < 0.0:
            rises = ~rises
    wanted = np.ones(t_ns.size, np.bool_) if trigger.slope == EITHER else rises == (trigger.slope == "POS")
    hits = t_ns[wanted]
    return int(hits[0]) if hits.size else None


def _behind_coupling(
    lab: Lab, sampler: Sampler, channel: Channel, trigger: Trigger, t0_ns: TimeNs, t1_ns: TimeNs
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Crossings of what AC coupling lets through: jumps exactly, slow changes to a microsecond."""
    gain = sampler.gain(trigger.source, channel) * (-1.0 if channel.is_inverted else 1.0)
    grid = Grid(t0_ns, 0.0, float(_LOOK_NS), max(2, -(-(t1_ns - t0_ns) // _LOOK_NS) + 1))
    role = sampler.terminals[trigger.source].role
    fast, slow = sampler.seen(lab, role, gain, channel, grid)
    assert slow is not None
    looked = t0_ns + np.arange(grid.n, dtype=np.int64) * _LOOK_NS
    edges = fast.t_ns[(fast.t_ns > t0_ns) & (fast.t_ns < t1_ns)]
    t_ns = np.unique(np.concatenate([looked[looked < t1_ns], edges]))
    at = values_anywhere(fast, t_ns) - values_anywhere(slow, t_ns)
    above = at >= trigger.level_v
    hits = np.flatnonzero(above[1:] != above[:-1]) + 1
    return t_ns[hits], above[hits]
