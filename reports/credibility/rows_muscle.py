"""Rows 4, 19, 23 and 24: the passive ankle, the stimulated muscle and its fatigue, the denervated one."""

import math
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from reports.credibility.muscle import force_of_train, rested
from reports.credibility.row import Control, Row
from reports.credibility.walks import Stimulation, shipped, walked
from sim.body import layout as at
from sim.body.activation import A_REST
from sim.body.ankle import passive_torque_n_m

_CHUNG: Final = "Chung 2004 (32 controls, 24 stroke)"
_KNEE_RAD: Final = math.radians(30.0)
_OTHER_TISSUE_N_M: Final = 1.8
DIRECT_FATIGUE: Final = 1.0
"""Factor on Ding's fatigue, which was measured with electrodes over the muscle."""
HARD: Final = Stimulation(0.7)
"""Pulses that recruit 70 % of a moderate stroke patient's dorsiflexors."""


def _riener(ankle_rad: float, knee_rad: float, torque_10_deg_n_m: float) -> float:
    """The calf of Riener & Edrich: the same torque at 10 deg, a steeper exponent."""
    del knee_rad
    return -torque_10_deg_n_m * math.exp(0.0843 * (math.degrees(ankle_rad) - 10.0))


def _stiffness_n_m_deg(
    torque_10_deg_n_m: float, passive: Callable[[float, float, float], float] = passive_torque_n_m
) -> float:
    below, above = (passive(math.radians(q), _KNEE_RAD, torque_10_deg_n_m) for q in (9.99, 10.01))
    return (below - above) / 0.02


def _resistance_n_m(torque_10_deg_n_m: float, less_n_m: float = 0.0) -> float:
    return less_n_m - passive_torque_n_m(math.radians(10.0), _KNEE_RAD, torque_10_deg_n_m)


def steady_force_ratio(rate_hz: float, of_hz: float = 100.0) -> float:
    """Steady force of a train over that of another rate."""
    force, full = (float(force_of_train(np.arange(0.0, 1.5, 1.0 / hz), 1.5)[-100:].mean()) for hz in (rate_hz, of_hz))
    return force / full


def endurance_ratio(nerve_factor: float) -> float:
    """Loss of the muscle's gain in 10 s of 25 Hz with a direct electrode, over that by nerve."""
    return _lost_gain(DIRECT_FATIGUE) / _lost_gain(nerve_factor)


def _lost_gain(fatigue_factor: float) -> float:
    muscle = rested(fatigue_factor)
    force_of_train(np.arange(0.0, 10.0, 0.04), 10.0, muscle)
    return 1.0 - float(muscle.body[at.B_GAIN_A]) / A_REST


def contraction_ms(tau_factor: float = 1.0) -> float:
    """Time from a single pulse to the peak of its twitch, ms."""
    muscle = rested()
    muscle.body[at.B_TAU1] *= tau_factor
    return float(np.argmax(force_of_train([0.0], 0.8, muscle)))


def differing_values(name: str, speed_m_s: float, strides: int = 12) -> float:
    """How many values of the stride table change when strong 40 Hz trains are added: bits are compared, not numbers."""
    patient = shipped(name)
    bare = walked(patient, speed_m_s, strides)
    hard = walked(patient, speed_m_s, strides, stimulation=HARD, titrated_to=shipped("stroke_moderate"))
    return float(sum(np.sum(bare[key].view(np.int64) != hard[key].view(np.int64)) for key in bare))


def rows() -> tuple[Row, ...]:
    """Passive ankle, force-frequency, twitch, denervation."""
    groups = (("control", 6.2, 0.35), ("stroke", 9.5, 0.54))
    return (
        *(
            Row(
                4, f"stiffness {who}", f"passive stiffness at 10° dorsiflexion, {who}", f"{k:g} N·m/°", _CHUNG, "P",
                "N·m/°", partial(_stiffness_n_m_deg, t), 0.9 * k, 1.1 * k,
                controls=(
                    Control("the exponent of Riener & Edrich 1999", partial(_stiffness_n_m_deg, t, passive=_riener)),
                ),
            )
            for who, t, k in groups
        ),
        *(
            Row(
                4, f"torque {who}", f"passive torque at 10°, {who}, with the constant 1.8 N·m of other tissue",
                f"{t:g} N·m", _CHUNG, "X", "N·m", partial(_resistance_n_m, t),
                note="the exponential term is the published value by construction",
            )
            for who, t, _ in groups
        ),
        Row(
            19, "", "gain lost in 10 s of 25 Hz with a direct electrode, over that by nerve", "9.4 (787 / 84 s)",
            "PMC6370345, endurance at 20 % of the maximum", "P", "",
            partial(endurance_ratio, shipped("healthy_young").fatigue_factor), 6.0, 12.0,
            note="the factor was chosen from this ratio: calibration; endurance itself is not modelled",
            controls=(Control("the fatigue of a direct electrode for both", partial(endurance_ratio, 1.0)),),
        ),
        Row(
            23, "40 Hz", "steady force at 40 Hz over that at 100 Hz", "0.90", "Ding 2003", "P", "",
            partial(steady_force_ratio, 40.0), 0.9 * 0.85, 0.9 * 1.15,
            controls=(Control("pulses at 15 Hz", partial(steady_force_ratio, 15.0)),),
        ),
        Row(
            23, "twitch", "contraction time of a twitch", "80 ms", "tibialis anterior, Belanger & McComas 1981", "P",
            "ms", contraction_ms, 80.0 * 0.85, 80.0 * 1.15,
            controls=(Control("a muscle that relaxes four times as fast", partial(contraction_ms, 0.25)),),
        ),
        Row(
            24, "", "values of 12 strides that strong pulses change, denervated muscle", "none: no response under 1 ms",
            "Pieber 2015 (24 tibialis anterior muscles)", "P", "", partial(differing_values, "peroneal_complete", 0.9),
            0.0, 0.0,
            controls=(
                Control("a nerve that is whole (moderate stroke)", partial(differing_values, "stroke_moderate", 0.55)),
            ),
        ),
    )  # fmt: skip
