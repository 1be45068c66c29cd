"""Everything about a patient's walk that is solved once: the cycle, its swing offset, the constants of the kernels.

The swing offset `c_sw` is solved on the *healthy twin* (same body, same speed, healthy law and drive) so that its
minimum toe clearance is the one that this body would have if healthy; never on the patient. Absolute clearance is
therefore calibrated, its changes are predicted (model.md section 0, point 4).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body import foot
from sim.body import layout as at
from sim.body.buffers import Buffers, make_buffers
from sim.body.compensation import CompensationState
from sim.body.patient import Patient
from sim.body.recruitment import deep_only
from sim.body.withdrawal import LATENCY_S
from sim.errors import ModelError
from sim.gait.curves import MeasuredCycle
from sim.gait.cycle import FOOT_FLAT_RATIO, MID_STANCE_RATIO, GaitCycle, gait_cycle
from sim.gait.leg import leg_at
from sim.gait.manner import LEVEL, Manner
from sim.gait.schedule import StrideSchedule
from sim.gait.speed_law import GRAVITY_M_S2
from sim.gait.stair_cycle import stair_cycle
from sim.gait.targets import healthy_twin
from sim.gait.walk import Orthosis
from sim.timebase import ns_from_s

LOADING_MOMENT_N_M: Final = 12.0
"""For 72 kg; scales with body mass."""
SLOWEST_M_S: Final = 0.2
"""No manner asks the gait law for less."""


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """A patient made ready to walk at one speed.

    Attributes:
        cycle: the prescribed cycle.
        const: constants of the kernels, without orthosis.
        swing_offset_m: `c_sw`, m.
        drive_per_rad: change of drive that changes the ankle in mid-swing by 1 rad, on this class without aid.
    """

    cycle: GaitCycle
    const: NDArray[np.float64]
    swing_offset_m: float
    drive_per_rad: float


@dataclass(frozen=True, slots=True)
class OneSwing:
    """One swing without noise, hand-driven.

    Attributes:
        mtc_m: minimum toe clearance, m (a non-MTC cycle: height at mid-swing).
        mtc_swing_ratio: its phase.
        early_swing_min_m: m.
        lowest_m: lowest between 15 and 85 % of swing, m.
        ankle_mid_rad: ankle at half of swing, rad.
        ankle_contact_rad: ankle at landing, rad.
        landing_ratio: landing, of the stride time after the prescribed heel strike.
        flat_ratio: foot flat, likewise.
        slap_rad_s: largest plantarflexion rate from landing to foot flat, rad/s.
    """

    mtc_m: float
    mtc_swing_ratio: float
    early_swing_min_m: float
    lowest_m: float
    ankle_mid_rad: float
    ankle_contact_rad: float
    landing_ratio: float
    flat_ratio: float
    slap_rad_s: float


def swing_buffers(
    cycle: GaitCycle,
    const: NDArray[np.float64],
    *,
    thigh_rad: float = 0.0,
    knee_rad: float = 0.0,
    drive: float = 0.0,
    demand_m: float = 0.0,
    stride_time_s: float | None = None,
    step_ns: int = at.STEP_NS,
    pulses: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None,
) -> tuple[Buffers, StrideSchedule]:
    """The arrays of one swing that begins at t = 10 s, not yet integrated, and its schedule; arguments: `one_swing`."""
    aim = cycle.targets
    time_ns = ns_from_s(aim.stride_time_s if stride_time_s is None else stride_time_s)
    toe_off_ns = ns_from_s(10.0)
    t0_ns = toe_off_ns - round(aim.stance_ratio * time_ns)
    one, zero = np.ones(1), np.zeros(1)
    schedule = StrideSchedule(
        t0_ns=np.array([t0_ns, t0_ns + time_ns]),
        stride_time_ns=np.array([time_ns]),
        pause_ns=np.zeros(1, np.int64),
        stance_ratio=one * aim.stance_ratio,
        heel_off_ns=np.array([toe_off_ns]),
        toe_off_ns=np.array([toe_off_ns]),
        thigh_offset_rad=zero + thigh_rad,
        knee_offset_rad=zero + knee_rad,
        drive_offset=zero + drive,
        end_ns=toe_off_ns + 2 * time_ns,
        pause_phase_ratio=0.25,
        manner=np.zeros(1, np.int64),
        stride_length_m=one * aim.pace_m_s * time_ns * 1e-9,
        manners=(LEVEL,),
    )
    buffers = make_buffers((cycle,), const[np.newaxis], schedule, CompensationState(demand_m), step_ns=step_ns)
    if pulses is not None:
        buffers.pulse_ns, buffers.pulse_share = pulses[0], deep_only(pulses[1])
        buffers.ints[at.I_PULSES] = pulses[0].size
    return buffers, schedule


def one_swing(
    cycle: GaitCycle,
    const: NDArray[np.float64],
    *,
    thigh_rad: float = 0.0,
    knee_rad: float = 0.0,
    drive: float = 0.0,
    demand_m: float = 0.0,
    stride_time_s: float | None = None,
    step_ns: int = at.STEP_NS,
    pulses: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None,
) -> OneSwing:
    """Walk one swing.

    Args:
        cycle: prescribed cycle.
        const: constants.
        thigh_rad: offset of the thigh, rad.
        knee_rad: offset of the knee, rad.
        drive: offset of the drive.
        demand_m: compensation, m.
        stride_time_s: if it is not the cycle's, s.
        step_ns: grid of the steps, ns.
        pulses: effects (ns; 10 s is toe-off) and recruited shares of the deep branch.
    """
    buffers, schedule = swing_buffers(
        cycle,
        const,
        thigh_rad=thigh_rad,
        knee_rad=knee_rad,
        drive=drive,
        demand_m=demand_m,
        stride_time_s=stride_time_s,
        step_ns=step_ns,
        pulses=pulses,
    )
    if not buffers.run(schedule.end_ns):
        raise ModelError("swing", 0.0, f"the foot left the domain of the model at {cycle.targets.speed_m_s:g} m/s")
    row, instants = buffers.results[0], buffers.instants[0]
    after = (instants - schedule.t0_ns[1]) / int(schedule.stride_time_ns[0])
    return OneSwing(
        mtc_m=float(row[at.R_MTC]),
        mtc_swing_ratio=float(row[at.R_MTC_S]),
        early_swing_min_m=float(row[at.R_EARLY]),
        lowest_m=float(row[at.R_LOWEST]),
        ankle_mid_rad=float(row[at.R_ANKLE_MID]),
        ankle_contact_rad=float(row[at.R_ANKLE_IC]),
        landing_ratio=float(after[at.O_LANDING]),
        flat_ratio=float(after[at.O_FLAT]),
        slap_rad_s=float(row[at.R_SLAP]),
    )


def constants(patient: Patient, cycle: GaitCycle, orthosis: Orthosis | None = None) -> NDArray[np.float64]:
    """The constants of the kernels, (CONSTANTS,)."""
    mass, shoe = patient.body_mass_kg, patient.shoe_mass_kg
    const = np.zeros(at.CONSTANTS)
    const[at.C_THIGH], const[at.C_SHANK] = cycle.thigh_length_m, cycle.shank_length_m
    const[at.C_GRAVITY_X] = GRAVITY_M_S2 * np.sin(cycle.manner.slope_rad)
    const[at.C_GRAVITY_Y] = GRAVITY_M_S2 * np.cos(cycle.manner.slope_rad)
    const[at.C_RISE] = 2.0 * cycle.manner.riser_m
    const[at.C_STANCE] = cycle.targets.stance_ratio
    const[at.C_FORCE], const[at.C_PASSIVE] = patient.force_n, patient.passive_torque_n_m
    const[at.C_DAMPING] = patient.damping_n_m_s_rad
    const[at.C_REFLEX_GAIN], const[at.C_REFLEX_START] = patient.reflex_gain_n_m_s_rad, patient.reflex_threshold_rad_s
    if orthosis is not None:
        const[at.C_AFO], const[at.C_AFO_SET] = orthosis.stiffness_n_m_rad, orthosis.set_angle_rad
    const[at.C_FOOT_MASS] = foot.mass_kg(mass, shoe)
    const[at.C_INERTIA] = foot.inertia_kg_m2(mass, shoe)
    const[at.C_INERTIA_HEEL] = foot.inertia_about_kg_m2(foot.HEEL, mass, shoe)
    const[at.C_INERTIA_BALL] = foot.inertia_about_kg_m2(foot.BALL, mass, shoe)
    const[at.C_LOADING] = LOADING_MOMENT_N_M * mass / 72.0
    const[at.C_TOE_OFF_STIFFNESS] = patient.toe_off_stiffness_n_m_rad
    const[at.C_ANKLE_TOE_OFF], const[at.C_ANKLE_RATE] = cycle.ankle_toe_off_rad, cycle.ankle_rate_rad
    const[at.C_ANKLE_CONTACT] = cycle.ankle_contact_rad
    const[at.C_HIP_CONTACT], const[at.C_HIP_TOE_OFF] = cycle.hip_contact_m, cycle.hip_toe_off_m
    const[at.C_HIP_MID_STANCE] = cycle.hip_mid_stance_m
    const[at.C_EVERTERS] = patient.everter_force_n
    const[at.C_EVERSION_REST], const[at.C_SUBTALAR] = patient.eversion_rest_rad, patient.subtalar_stiffness_n_m_rad
    const[at.C_STANCE_PEAK], const[at.C_FOOT_TOE_OFF] = _stance(cycle)
    const[at.C_PAUSE] = MID_STANCE_RATIO * cycle.targets.stance_ratio
    const[at.C_KNEE_PUSH] = patient.knee_push_off_ratio
    const[at.C_WITHDRAWAL_LAG] = max(LATENCY_S - patient.electromechanical_delay_s, 0.0)
    const[at.C_FEEDFORWARD] = 1.0 if patient.drive == "feedforward" else 0.0
    const[at.C_TONIC] = const[at.C_LOADING_DRIVE] = patient.residual_drive_ratio
    const[at.C_FATIGUE] = patient.fatigue_factor
    const[at.C_GOAL], const[at.C_GAIN] = patient.clearance_goal_m, patient.compensation_gain_ratio
    const[at.C_LEAK], const[at.C_KICK] = patient.compensation_leak_ratio, patient.scuff_kick_m
    const[at.C_LIMIT], const[at.C_HIKE] = patient.compensation_limit_m, patient.hike_ratio
    const[at.C_CIRCUMDUCTION], const[at.C_ABDUCTED] = patient.circumduction_ratio, patient.leg_length_m
    return const


def _stance(cycle: GaitCycle) -> tuple[float, float]:
    """Largest dorsiflexion in stance, and the foot from flat at toe-off, rad."""

    def lean_rad(phase: float) -> float:
        return leg_at(cycle.base, phase, 1.0, cycle.thigh_length_m, cycle.shank_length_m)[0]

    toe_off, heel_off = cycle.targets.stance_ratio, cycle.targets.heel_off_ratio
    leaving = cycle.ankle_toe_off_rad + lean_rad(toe_off)
    phase = np.linspace(FOOT_FLAT_RATIO, toe_off, 101)
    part = np.clip((phase - heel_off) / max(toe_off - heel_off, 1e-9), 0.0, 1.0)  # a flat foot does not roll
    ankle = leaving * part**2 * (3.0 - 2.0 * part) - np.array([lean_rad(float(p)) for p in phase])
    return float(ankle.max()), leaving


@lru_cache(maxsize=32)
def healthy_offset_m(
    twin: Patient, curves: MeasuredCycle, speed_m_s: float, manner: Manner = LEVEL
) -> tuple[float, float]:
    """Swing offset `c_sw` of a healthy twin at a speed, in a manner, m, and its hip height at mid-stance, m."""
    aim_m = twin.healthy_clearance_m * manner.clearance_ratio

    def clearance(offset: float) -> tuple[float, float]:
        cycle = gait_cycle(twin, curves, speed_m_s, offset, None, manner)
        return one_swing(cycle, constants(twin, cycle)).mtc_m, cycle.hip_mid_stance_m

    offset, step = 0.030, 0.004
    before, middle = clearance(offset)
    for _ in range(8):
        error = before - aim_m
        if abs(error) < 1e-6:
            return offset, middle
        slope = (clearance(offset + step)[0] - before) / step if step else 1.0
        offset -= error / slope
        before, middle = clearance(offset)
        step = max(abs(error) * 0.1, 1e-5)
    raise ModelError("swing offset", 0.0, f"no offset gives {aim_m:g} m clearance at {speed_m_s:g} m/s ({manner.name})")


@lru_cache(maxsize=64)
def prepare(patient: Patient, curves: MeasuredCycle, speed_m_s: float, manner: Manner = LEVEL) -> Preparation:
    """Make a patient ready to walk in a manner, at a speed of the walk; kept per process.

    Raises:
        ModelError: the swing offset cannot be solved.
    """
    speed_m_s = max(speed_m_s * manner.speed_ratio, SLOWEST_M_S)
    offset = 0.0
    if manner.riser_m != 0.0:
        cycle = stair_cycle(patient, curves, speed_m_s, manner)
    else:
        offset, middle = healthy_offset_m(healthy_twin(patient), curves.yardstick, speed_m_s, manner)
        cycle = gait_cycle(patient, curves, speed_m_s, offset, middle, manner)
    const = constants(patient, cycle)
    if patient.drive == "feedforward":
        const[at.C_LOADING_DRIVE] = _loading_drive(cycle, const)
    nudge = 0.01
    high, low = one_swing(cycle, const, drive=nudge), one_swing(cycle, const, drive=-nudge)
    if const[at.C_TONIC] < nudge and not const[at.C_FEEDFORWARD]:
        low, nudge = one_swing(cycle, const), 0.5 * nudge
    return Preparation(cycle, const, offset, 2.0 * nudge / (high.ankle_mid_rad - low.ankle_mid_rad))


def _loading_drive(cycle: GaitCycle, const: NDArray[np.float64]) -> float:
    """Healthy drive from landing to foot flat, such that the foot is flat at 8 % of the cycle."""

    def flat(drive: float) -> float:
        trial = const.copy()
        trial[at.C_LOADING_DRIVE] = drive
        return one_swing(cycle, trial).flat_ratio

    low, high = 0.0, 0.5
    for _ in range(14):
        middle = 0.5 * (low + high)
        if flat(middle) < FOOT_FLAT_RATIO:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
