"""Phases of the step from the foot's angular velocity alone: stance, heel-off, swing, landing.

A state machine on the sagittal angular velocity w of the foot (positive while the toes rise) and its integral since the
foot was last at rest, the inclination a:

* stance -> heel-off: a < -`heel_off_rad` and w < -w_on (the heel has risen, and goes on rising);
* heel-off -> swing: w > w_swing (the foot turns back after push-off);
* heel-off -> stance: at rest and nearly level again, a false start; or at rest for `longest_landing`;
* swing -> landing: after the shortest swing and with the foot nearly as level as it stood (`level` of its deepest
  inclination is left), w < -w_land (it comes down on the floor), or at rest; or at rest for `longest_landing`;
* landing -> stance: at rest, after the refractory time; or after `longest_landing`, whatever the foot does.

At rest: |w| < w_rest for `rest`; the inclination is set to zero there, so that the gyroscope's bias cannot add up. The
thresholds of w follow the wearer: w_on is a part of the mean peak of push-off, w_swing, w_land and w_rest of the mean
peak of swing, both over the last steps and inside fixed bounds.

Source: after Pappas et al. 2001 (IEEE Trans. Neural Syst. Rehabil. Eng. 9(2): stance, heel-off, swing and heel strike
as states, foot velocity and inclination as what leads from one to the next; from memory, there together with foot
switches). All numbers are design choices.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined

STANCE, HEEL_OFF, SWING, LANDING = 0, 1, 2, 3

PHASES_DTYPE: Final = np.dtype(
    [
        ("tick", np.int64),
        ("phase", np.int64),
        ("ticks", np.int64),  # since the phase began
        ("still", np.int64),  # ticks in a row at rest
        ("a_rad", np.float64),
        ("deepest_rad", np.float64),
        ("held_rad_s", np.float64),
        ("least_rad_s", np.float64),
        ("most_rad_s", np.float64),
        ("push_off_rad_s", np.float64),
        ("swing_rad_s", np.float64),
        ("agreed", np.int64),  # ticks in a row that speak for heel-off
    ],
    align=True,
)
"""Where the machine stands."""


@dataclass(frozen=True, slots=True)
class FootPhaseRules:
    """Numbers of the state machine.

    Attributes:
        tick_s: time between two looks, s.
        heel_off_rad: inclination that counts as a risen heel, rad.
        on_ratio: w_on over the mean peak of push-off.
        swing_ratio: w_swing, w_land and w_rest over the mean peak of swing.
        least_rad_s: lower bound of the thresholds, rad/s.
        most_rad_s: upper bound of the thresholds, rad/s.
        confirm_s: how long heel-off must hold, s.
        rest_s: how long w must be small for rest, s.
        level_ratio: part of the deepest inclination below which the foot counts as level.
        shortest_swing_s: no landing before it, s.
        refractory_s: no heel-off for this long after landing, s.
        longest_landing_s: after it the foot counts as standing although it never was at rest, s.
        learning_ratio: weight of the newest step in the means.
    """

    tick_s: float = 0.005
    heel_off_rad: float = 0.08
    on_ratio: float = 0.15
    swing_ratio: float = 0.12
    least_rad_s: float = 0.4
    most_rad_s: float = 1.5
    confirm_s: float = 0.010
    rest_s: float = 0.050
    level_ratio: float = 0.4
    shortest_swing_s: float = 0.150
    refractory_s: float = 0.200
    longest_landing_s: float = 0.600
    learning_ratio: float = 0.25

    def array(self) -> NDArray[np.float64]:
        """The numbers as the kernel takes them; times in ticks."""
        ticks = [self.confirm_s, self.rest_s, self.shortest_swing_s, self.refractory_s, self.longest_landing_s]
        return np.array(
            [
                self.heel_off_rad,
                self.on_ratio,
                self.swing_ratio,
                self.least_rad_s,
                self.most_rad_s,
                self.learning_ratio,
                self.tick_s,
                *(max(1, round(time_s / self.tick_s)) for time_s in ticks),
                self.level_ratio,
            ]
        )


def standing() -> NDArray[Any]:
    """(1,) of `PHASES_DTYPE`: a person who stands; the first step is met with the lowest thresholds."""
    machine: NDArray[Any] = np.zeros(1, PHASES_DTYPE)
    machine[0]["held_rad_s"] = np.nan
    return machine


@inlined
def _threshold(peak: float, ratio: float, rules: NDArray[np.float64]) -> float:
    return min(rules[4], max(rules[3], ratio * peak))


@compiled
def _enter(machine: Any, phase: int) -> None:
    machine["phase"] = phase
    machine["ticks"] = 0
    machine["agreed"] = 0


@compiled
def look(machine: Any, w_rad_s: float, rules: NDArray[np.float64]) -> int:
    """One tick of the machine.

    Args:
        machine: record of `PHASES_DTYPE`; written.
        w_rad_s: angular velocity of the foot, rad/s, positive while the toes rise.
        rules: `FootPhaseRules.array`.

    Returns:
        1 where stimulation is asked for from now on, 0 where no longer, -1 where nothing changes.
    """
    swing = _threshold(machine["swing_rad_s"], rules[2], rules)
    phase = machine["phase"]
    machine["ticks"] += 1
    machine["a_rad"] += w_rad_s * rules[6]
    machine["still"] = machine["still"] + 1 if abs(w_rad_s) < swing else 0
    machine["deepest_rad"] = min(machine["deepest_rad"], machine["a_rad"])
    at_rest, lies_still = machine["still"] >= rules[8], machine["still"] >= rules[11]
    is_level = machine["a_rad"] > rules[12] * machine["deepest_rad"]
    if phase == STANCE:
        if at_rest:
            machine["a_rad"] = 0.0
        rises = w_rad_s < -_threshold(machine["push_off_rad_s"], rules[1], rules)
        machine["agreed"] = machine["agreed"] + 1 if rises and machine["a_rad"] < -rules[0] else 0
        if machine["agreed"] >= rules[7]:
            _enter(machine, HEEL_OFF)
            machine["least_rad_s"] = w_rad_s
            machine["deepest_rad"] = machine["a_rad"]
            return 1
    elif phase == HEEL_OFF:
        machine["least_rad_s"] = min(machine["least_rad_s"], w_rad_s)
        if w_rad_s > swing:
            _enter(machine, SWING)
            machine["most_rad_s"] = w_rad_s
        elif (at_rest and is_level) or lies_still:
            _enter(machine, STANCE)
            machine["a_rad"] = 0.0
            return 0
    elif phase == SWING:
        machine["most_rad_s"] = max(machine["most_rad_s"], w_rad_s)
        comes_down = machine["ticks"] >= rules[9] and is_level and (w_rad_s < -swing or at_rest)
        if comes_down or lies_still:
            machine["push_off_rad_s"] += rules[5] * (-machine["least_rad_s"] - machine["push_off_rad_s"])
            machine["swing_rad_s"] += rules[5] * (machine["most_rad_s"] - machine["swing_rad_s"])
            _enter(machine, LANDING)
            return 0
    elif machine["ticks"] >= rules[11] or (at_rest and machine["ticks"] >= rules[10]):
        _enter(machine, STANCE)
        machine["a_rad"] = 0.0
    return -1


@compiled
def look_at_ticks(
    machines: NDArray[Any],
    until_ns: int,
    phase_ns: int,
    period_ns: float,
    samples: NDArray[np.float64],
    t0_ns: int,
    sample_ns: int,
    rules: NDArray[np.float64],
    changes: NDArray[np.int64],
) -> int:
    """Let the machine look at every tick before `until_ns`.

    Args:
        machines: (1,) of `PHASES_DTYPE`; written.
        until_ns: end, not included.
        phase_ns: instant of tick 0.
        period_ns: rig time between ticks, ns.
        samples: (n,) angular velocity, rad/s; a sample holds until the next one.
        t0_ns: instant of the first sample.
        sample_ns: sample period.
        rules: `FootPhaseRules.array`.
        changes: (m, 2) instant and 1 (on) or 0 (off); written.

    Returns:
        Number of changes; it stops early where `changes` is full.
    """
    machine = machines[0]
    n = samples.shape[0]
    found = 0
    while found < changes.shape[0]:
        t_ns = phase_ns + np.int64(np.rint(machine["tick"] * period_ns))
        if t_ns >= until_ns:
            break
        machine["tick"] += 1
        value = machine["held_rad_s"]
        if t_ns >= t0_ns and n > 0:
            value = samples[min(n - 1, (t_ns - t0_ns) // sample_ns)]
        if np.isnan(value):
            continue
        asked = look(machine, float(value), rules)
        if asked >= 0:
            changes[found, 0] = t_ns
            changes[found, 1] = asked
            found += 1
    return found
