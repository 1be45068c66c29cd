"""What a force-sensing resistor suffers from in a shoe: drift, moisture, coming loose.

The resistor pulls the signal up from a divider: v = V_s R_d / (R_d + R), V_s the supply, R_d the pull-down. A fault
changes the conductance g = 1 / R that the sound sensor would have:

    g' = g (1 - drift) (in place or not) + moisture / R_wet

* **drift**: the share of its conductance that the resistor has lost (creep, wear; negative: gained). The signal of a
  loaded heel falls, so the switch opens earlier; from some 70 % on it never closes.
* **moisture**: 0 dry, 1 soaked; a leak past the resistor. The signal of a lifted heel rises, so the switch opens later;
  from the leak that holds the signal above the lower threshold on it never opens.
* **detachment**: 0 in place, 1 gone. In between the contact is lost for 5 ms at a time, at random, as often as the
  number says: noise, and from 1 on a switch that stays open.

The divider and R_wet are design choices (model.md section 7: loaded 1-10 kohm, unloaded over 1 Mohm, from memory).
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing
from sim.noise import hash64
from sim.timebase import NS_PER_MS, TimeNs

SwitchFault: TypeAlias = Literal["drift", "moisture", "detachment"]
FAULTS: Final[tuple[SwitchFault, ...]] = ("drift", "moisture", "detachment")
CHATTER_NS: Final = 5 * NS_PER_MS
"""Length of the cells in which a loose contact is there or not (design choice)."""
SUPPLY_V: Final = 3.3
PULL_DOWN_OHM: Final = 10_000.0
WET_OHM: Final = 10_000.0


@dataclass(frozen=True, slots=True)
class FaultChange:
    """A fault that goes from one level to another and stays there until its next change.

    Attributes:
        fault: which.
        t0_ns: first instant.
        over_ns: duration of the change; 0 for a step to `end_ratio`.
        start_ratio: level before it.
        end_ratio: level after it.
    """

    fault: SwitchFault
    t0_ns: TimeNs
    over_ns: TimeNs
    start_ratio: float
    end_ratio: float


def change_rows(changes: tuple[FaultChange, ...]) -> NDArray[np.float64]:
    """(n, 5) rows of fault number, start, end (ns), level before and after, in time order."""
    rows = [
        (FAULTS.index(c.fault), c.t0_ns, c.t0_ns + c.over_ns, c.start_ratio, c.end_ratio)
        for c in sorted(changes, key=lambda c: c.t0_ns)
    ]
    return np.array(rows, np.float64).reshape(-1, 5)


@borrowing
def level_at(fault: int, t_ns: int, level: float, rows: NDArray[np.float64]) -> float:
    """Level of a fault at an instant: that of its latest change, else `level`."""
    for row in range(rows.shape[0]):
        if rows[row, 0] == fault and rows[row, 1] <= t_ns:
            if t_ns >= rows[row, 2]:
                level = rows[row, 4]
            else:
                part = (t_ns - rows[row, 1]) / (rows[row, 2] - rows[row, 1])
                level = rows[row, 3] + (rows[row, 4] - rows[row, 3]) * part
    return level


@borrowing
def faulty_v(
    value_v: float, t_ns: int, levels: NDArray[np.float64], rows: NDArray[np.float64], key: np.uint64
) -> float:
    """The signal with its faults, V; a sound sensor's signal is given back as it is.

    Args:
        value_v: signal of the sound sensor, V.
        t_ns: instant.
        levels: (3,) of the faults at the start of the run.
        rows: from `change_rows`.
        key: of the contact of a loose sensor.
    """
    drift, wet, loose = (
        level_at(0, t_ns, levels[0], rows),
        level_at(1, t_ns, levels[1], rows),
        level_at(2, t_ns, levels[2], rows),
    )
    if drift == 0.0 and wet == 0.0 and loose == 0.0:
        return value_v
    sound = min(max(value_v, 0.0), 0.999 * SUPPLY_V)
    conductance = sound / ((SUPPLY_V - sound) * PULL_DOWN_OHM) * (1.0 - drift)
    if loose > 0.0:
        cell = np.uint64(t_ns // CHATTER_NS)
        if float(hash64(key + cell * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(11)) < loose * 9007199254740992.0:
            conductance = 0.0
    conductance += wet / WET_OHM
    return SUPPLY_V * conductance * PULL_DOWN_OHM / (1.0 + conductance * PULL_DOWN_OHM)
