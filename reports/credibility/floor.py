"""What every class must do on the floor at every speed: stand on it, not in it; clear it, or say where not.

In stance the sole is held by the floor and the hip is prescribed, so the *closed leg* decides: the ankle stands where
hip height and leg put it, and the foot is through the floor where that is lower than the ankle of a flat foot. Heel
pad and sole of the shoe give way under body weight: 10 mm are accepted (design choice; heel pads were seen to give
9 mm in running, De Clercq 1994, from memory).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.credibility.numerics import TOE_OFF_NS
from reports.credibility.walks import curves_of, quiet, walked
from sim.body import layout as at
from sim.body.foot import ANKLE_HEIGHT_M
from sim.body.patient import Patient
from sim.body.preparation import FOOT_FLAT_RATIO, prepare, swing_buffers
from sim.gait.cycle import GaitCycle
from sim.gait.leg import leg_at

SOLE_GIVES_M: Final = 0.010
HEALTHY_SPEEDS_M_S: Final = (0.4, 0.55, 0.8, 1.0, 1.2, 1.4)
FROM_OWN_M_S: Final = (-0.2, 0.0, 0.2, 0.4)
"""Speeds of a class, from its own."""
RIGID_TOE_M: Final = -0.015
RIGID_TOE_SLOW_M: Final = -0.025
SLOW_M_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """One class at one speed, adapted.

    Attributes:
        speed_m_s: m/s.
        deepest_m: how deep the sole of the flat foot lies under the floor in stance, at most, m; 0 for never.
        toe_off_rise_m: hip height at toe-off above the one at mid-stance, m.
        contact_rise_m: the same at contact, m.
        early_m: lowest forefoot before 12 % of swing, m.
        later_m: lowest forefoot after it, up to 85 %, m.
        hip_jump_ratio: largest step of the hip path's acceleration between splines, of its largest value.
        swing_offset_m: `c_sw` of the class's healthy twin at this speed, m.
    """

    speed_m_s: float
    deepest_m: float
    toe_off_rise_m: float
    contact_rise_m: float
    early_m: float
    later_m: float
    hip_jump_ratio: float
    swing_offset_m: float

    @property
    def early_limit_m(self) -> float:
        """Accepted lowest forefoot before 12 % of swing, m: the rigid toe stands for a bent toe joint."""
        return RIGID_TOE_SLOW_M if self.speed_m_s < SLOW_M_S else RIGID_TOE_M


def speeds_of(patient: Patient) -> tuple[float, ...]:
    """Speeds at which a class is checked, m/s."""
    if patient.compensation_limit_m == 0.0:
        return HEALTHY_SPEEDS_M_S
    return tuple(max(round(patient.speed_m_s + off, 2), 0.2) for off in FROM_OWN_M_S)


@cache
def floor_check(patient: Patient, speed_m_s: float) -> FloorCheck:
    """Check one class at one speed, adapted over 150 strides, then one swing without noise."""
    ready = prepare(patient, curves_of(patient), speed_m_s)
    cycle = ready.cycle
    demand = 0.0
    if patient.compensation_limit_m > 0.0:
        rows = walked(quiet(patient), speed_m_s, 150)
        demand = float(rows["hip_hike_m"][-1]) / patient.hike_ratio
    phase, height = _swing(ready.cycle, ready.const, demand)
    return FloorCheck(
        speed_m_s=speed_m_s,
        deepest_m=deepest_m(cycle),
        toe_off_rise_m=cycle.hip_toe_off_m - cycle.hip_mid_stance_m,
        contact_rise_m=cycle.hip_contact_m - cycle.hip_mid_stance_m,
        early_m=float(height[phase < 0.12].min()),
        later_m=float(height[(phase >= 0.12) & (phase <= 0.85)].min()),
        hip_jump_ratio=_hip_jump_ratio(cycle),
        swing_offset_m=ready.swing_offset_m,
    )


def deepest_m(cycle: GaitCycle) -> float:
    """How deep the sole of the flat foot lies under the floor, from foot flat to toe-off, at most, m; 0 for never.

    On stairs the floor is the tread of the stance, which the hip path rises above by two risers a stride.
    """
    phase = np.linspace(FOOT_FLAT_RATIO, cycle.targets.stance_ratio, 300)
    height = [leg_at(cycle.base, float(p), 1.0, cycle.thigh_length_m, cycle.shank_length_m)[4] for p in phase]
    return max(0.0, float(np.max(ANKLE_HEIGHT_M - 2.0 * cycle.manner.riser_m * phase - height)))


def _swing(
    cycle: GaitCycle, const: NDArray[np.float64], demand_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Swing phase and forefoot clearance at every step of one swing."""
    buffers, schedule = swing_buffers(cycle, const, demand_m=demand_m)
    swing_ns = int(schedule.t0_ns[1]) - TOE_OFF_NS
    instants = np.arange(TOE_OFF_NS, TOE_OFF_NS + int(0.85 * swing_ns), at.STEP_NS)
    height = np.empty(instants.size)
    for i, t_ns in enumerate(instants.tolist()):
        buffers.run(t_ns)
        height[i] = buffers.body[at.B_HEIGHT]
    return (instants - TOE_OFF_NS) / swing_ns, height


def _hip_jump_ratio(cycle: GaitCycle) -> float:
    """Largest step of value, slope or bend of the hip height at a node, relative to its largest value."""
    c = cycle.base[:, 8:12]
    ends = (c.sum(axis=1), c[:, 1] + 2.0 * c[:, 2] + 3.0 * c[:, 3], 2.0 * c[:, 2] + 6.0 * c[:, 3])
    starts = (c[:, 0], c[:, 1], 2.0 * c[:, 2])
    steps = [
        float(np.max(np.abs(end - np.roll(start, -1))) / np.max(np.abs(start)))
        for end, start in zip(ends, starts, strict=True)
    ]
    return max(steps)
