"""Numerical verification: the equations are solved right, whatever they are worth (orders, energy, exact sums)."""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import simpson

from reports.credibility.muscle import rested
from reports.credibility.walks import curves_of, shipped
from sim.body import layout as at
from sim.body.activation import (
    FORCE_100_HZ,
    KM_REST,
    R0_LESS_KM,
    TAU_C_S,
    decay_calcium,
    feel_pulse,
    force_step,
)
from sim.body.ankle import dorsiflexor_torque_n_m, everter_torque_n_m, passive_torque_n_m
from sim.body.buffers import Buffers
from sim.body.clock import clock_at
from sim.body.drive import gravity_torque_n_m
from sim.body.patient import Patient
from sim.body.preparation import one_swing, prepare, swing_buffers
from sim.body.swing import voluntary
from sim.timebase import NS_PER_MS

TOE_OFF_NS: Final = 10_000_000_000
STEPS_MS: Final = (8.0, 4.0, 2.0, 1.0)
REFERENCE_MS: Final = 0.125
SMOOTH_STRIDE_S: Final = 1.6
"""Its 200 spline intervals are 8 ms long, so every step of `STEPS_MS` ends where the prescribed curves are joined."""

Pulses: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float64]]


def train(first_ms: float, last_ms: float, share: float, gap_ms: float = 25.0) -> Pulses:
    """Effects of an even train about toe-off, ns, and their recruited share."""
    effects = TOE_OFF_NS + np.rint(np.arange(first_ms, last_ms, gap_ms) * NS_PER_MS).astype(np.int64)
    return effects, np.full(effects.size, share)


def orders(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Observed orders between steps that are halved."""
    return np.log2(errors[:-1] / errors[1:])


def foot_errors(share: float = 0.0, reference_passive_ratio: float = 1.0) -> NDArray[np.float64]:
    """Error of the foot's angle 448 ms after toe-off for `STEPS_MS`, against steps of 0.125 ms, rad.

    Args:
        share: recruited share of pulses every 24 ms; 0 for none.
        reference_passive_ratio: passive torque of the reference, of the true one (another has no order).
    """
    patient = shipped("stroke_moderate")
    ready = prepare(patient, curves_of(patient), patient.speed_m_s)

    def angle(step_ms: float, passive_ratio: float = 1.0) -> float:
        const = ready.const.copy()
        const[at.C_REFLEX_GAIN] = 0.0
        const[at.C_PASSIVE] *= passive_ratio
        pulses = train(-240.0, 400.0, share, 24.0) if share else None
        step_ns = round(step_ms * NS_PER_MS)
        buffers, _ = swing_buffers(ready.cycle, const, stride_time_s=SMOOTH_STRIDE_S, step_ns=step_ns, pulses=pulses)
        buffers.run(TOE_OFF_NS + 448 * NS_PER_MS)
        return float(buffers.body[at.B_PHI])

    exact = angle(REFERENCE_MS, reference_passive_ratio)
    return np.array([abs(angle(step) - exact) for step in STEPS_MS])


def muscle_errors(fatigue_factor: float = 0.0, reference_factor: float | None = None) -> NDArray[np.float64]:
    """Error of the force after 0.8 s of pulses every 40 ms for `STEPS_MS`, against steps of 0.125 ms, of the maximum.

    Args:
        fatigue_factor: scale of Ding's fatigue.
        reference_factor: that of the reference, if it is to differ.
    """

    def force(step_ms: float, factor: float) -> float:
        muscle = rested(factor)
        for k in range(20):
            feel_pulse(muscle.body, muscle.ints, k * 40 * NS_PER_MS, 0.7)
            for _ in range(round(40.0 / step_ms)):
                force_step(muscle.body, muscle.const, step_ms * 1e-3)
        return float(muscle.body[at.B_STIMULATED]) / FORCE_100_HZ

    exact = force(REFERENCE_MS, fatigue_factor if reference_factor is None else reference_factor)
    return np.array([abs(force(step, fatigue_factor) - exact) for step in STEPS_MS])


def halving_mm(patient: Patient, speed_m_s: float, share: float = 0.0, step_ns: int = at.STEP_NS) -> float:
    """How far half the step moves the minimum and the early-swing clearance, mm."""
    ready = prepare(patient, curves_of(patient), speed_m_s)
    pulses = train(-300.0 + 0.001234, 400.0, share) if share else None
    whole, half = (one_swing(ready.cycle, ready.const, pulses=pulses, step_ns=step) for step in (step_ns, step_ns // 2))
    moved = abs(half.mtc_m - whole.mtc_m), abs(half.early_swing_min_m - whole.early_swing_min_m)
    return 1e3 * max(moved)


def pulse_sum_error(facilitation: float = R0_LESS_KM - 1.0) -> float:
    """Largest relative error of the two running sums against the explicit sums of Ding's equation 1, uneven pulses."""
    instants_ns = np.cumsum(2_000_000 + np.arange(40, dtype=np.int64) ** 2 * 7_654_321 % 148_000_000)
    muscle, now = rested(), 0
    for t_ns in instants_ns.tolist():
        decay_calcium(muscle.body, (t_ns - now) * 1e-9)
        feel_pulse(muscle.body, muscle.ints, t_ns, 0.5)
        now = t_ns
    decay_calcium(muscle.body, 0.0137)
    times = instants_ns * 1e-9
    gains = np.ones(times.size)
    gains[1:] += (KM_REST + facilitation) * np.exp(-np.diff(times) / TAU_C_S)
    ages = (times[-1] + 0.0137 - times) / TAU_C_S
    terms = gains * np.exp(-ages)
    sums = (muscle.body[at.B_DRIVE_SUM] / np.sum(terms), muscle.body[at.B_CALCIUM] / np.sum(terms * ages))
    return max(abs(float(ratio) - 1.0) for ratio in sums)


@dataclass(frozen=True, slots=True)
class EnergyBalance:
    """Works on the freely swinging foot over 90 % of one swing, J.

    Attributes:
        muscle_j: of dorsiflexors and everters.
        muscle_moved_j: the same without its sign: what the muscle gave and took.
        passive_j: of passive tissue.
        damping_j: of damping.
        brace_j: of an orthosis.
        weight_j: of weight and of the accelerated ankle.
        kinetic_j: change of the kinetic energy of the turning foot.
    """

    muscle_j: float
    muscle_moved_j: float
    passive_j: float
    damping_j: float
    brace_j: float
    weight_j: float
    kinetic_j: float

    @property
    def left_j(self) -> float:
        """What is left over: sum of works less change of kinetic energy."""
        return self.muscle_j + self.passive_j + self.damping_j + self.brace_j + self.weight_j - self.kinetic_j

    @property
    def left_ratio(self) -> float:
        """The same, of the muscle's work."""
        return abs(self.left_j) / self.muscle_moved_j


def energy_balance(
    patient: Patient, speed_m_s: float, share: float = 0.05, step_ns: int = at.STEP_NS // 16, inertia_ratio: float = 1.0
) -> EnergyBalance:
    """Works and energies of one swing, by Simpson's rule over the integrator's own steps.

    Args:
        patient: who swings; the reflex is left out.
        speed_m_s: m/s.
        share: recruited share of a 40 Hz train from 300 ms before toe-off.
        step_ns: step, ns.
        inertia_ratio: the inertia with which the energy is counted, of the true one (a wrong one must not balance).
    """
    ready = prepare(patient, curves_of(patient), speed_m_s)
    const = ready.const.copy()
    const[at.C_REFLEX_GAIN] = 0.0
    buffers, schedule = swing_buffers(ready.cycle, const, step_ns=step_ns, pulses=train(-300.0, 700.0, share))
    swing_ns = int(schedule.t0_ns[1]) - TOE_OFF_NS
    steps = int(0.84 * swing_ns) // step_ns // 2 * 2
    rows: list[tuple[float, ...]] = []
    for k in range(steps + 1):
        buffers.run(TOE_OFF_NS + k * step_ns)
        rows.append(_powers(buffers))
    powers = np.array(rows)
    muscle, passive, damping, brace, weight = (float(simpson(powers[:, i], dx=step_ns * 1e-9)) for i in range(5))
    moved = float(simpson(np.abs(powers[:, 0]), dx=step_ns * 1e-9))
    rate = powers[:, 5]
    kinetic = 0.5 * const[at.C_INERTIA] * inertia_ratio * float(rate[-1] ** 2 - rate[0] ** 2)
    return EnergyBalance(muscle, moved, passive, damping, brace, weight, kinetic)


def _powers(buffers: Buffers) -> tuple[float, ...]:
    """Powers of the muscles, passive tissue, damping, orthosis and weight on the foot, W, and its rate, rad/s."""
    body, const = buffers.body, buffers.consts[0]
    lean, lean_rate, knee, _, _, ax, ay, _ = body[at.L_FIRST : at.L_FIRST + at.LEG_VALUES].tolist()
    phi, omega = float(body[at.B_PHI]), float(body[at.B_OMEGA])
    _, _, s, _ = clock_at(0, int(buffers.ints[at.I_T]), buffers.stride_ns, const[at.C_STANCE])
    activation = voluntary(at.SWING, s, buffers.drive, buffers.stride[0, at.F_DRIVE], const)
    activation += body[at.B_STIMULATED] / FORCE_100_HZ
    ankle, rate = phi - lean, omega - lean_rate
    everters = min(body[at.BRANCH + at.B_STIMULATED] / FORCE_100_HZ, 1.0)
    muscles = dorsiflexor_torque_n_m(ankle, rate, min(activation, 1.0), const[at.C_FORCE])
    torques = (
        muscles + everter_torque_n_m(ankle, everters, const[at.C_EVERTERS]),
        passive_torque_n_m(ankle, knee, const[at.C_PASSIVE]),
        -const[at.C_DAMPING] * rate,
        -const[at.C_AFO] * (ankle - const[at.C_AFO_SET]),
        gravity_torque_n_m(math.sin(phi), math.cos(phi), ax, ay, const),
    )
    return (*(torque * omega for torque in torques), omega)
