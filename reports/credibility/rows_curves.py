"""Row 3: the shipped curves give back their own source, and a second person agrees with them in shape."""

import math
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.credibility.row import Control, Row
from reports.credibility.rows_levers import Joint
from reports.credibility.walks import changed, curves_of, shipped
from scenarios.measured import load_measured
from sim.body.patient import Patient
from sim.gait.curves import MeasuredCycle
from sim.gait.cycle import gait_cycle
from sim.gait.leg import leg_at

_WINTER: Final = "Winter, Table A.1 (one adult, 1.42 m/s)"
_RAJAGOPAL: Final = "Rajagopal 2016 (one adult, 1.24 m/s)"
_LATE: Final = 0.165


def _drawn(patient: Patient, curves: MeasuredCycle, toe_off_ratio: float) -> tuple[NDArray[np.float64], ...]:
    """Thigh and knee of the model's cycle at the speed of `curves`, its stance and swing stretched to theirs."""
    cycle = gait_cycle(patient, curves_of(patient), curves.speed_m_s, 0.029)
    stance, phase = cycle.targets.stance_ratio, np.linspace(0.0, 1.0, 101)
    after = 1.0 - (1.0 - phase) / (1.0 - toe_off_ratio) * (1.0 - stance)
    stretched = np.where(phase < toe_off_ratio, phase / toe_off_ratio * stance, after)
    legs = np.array([leg_at(cycle.base, float(p), 1.0, cycle.thigh_length_m, cycle.shank_length_m) for p in stretched])
    return legs[:, 7], legs[:, 2]


def _against(
    source: str, joint: Joint, patient: Patient, toe_off_shift: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    curves = load_measured(source)
    thigh, knee = _drawn(patient, curves, curves.toe_off_ratio + toe_off_shift)
    return (thigh, curves.thigh_rad) if joint == "hip" else (knee, curves.knee_rad)


def _rms_deg(source: str, joint: Joint, patient: Patient) -> float:
    model, measured = _against(source, joint, patient)
    return math.degrees(float(np.sqrt(np.mean((model - measured) ** 2))))


def _shape(source: str, joint: Joint, patient: Patient, toe_off_shift: float = 0.0) -> float:
    model, measured = _against(source, joint, patient, toe_off_shift)
    return float(np.corrcoef(model, measured)[0, 1])


def _rows_of(joint: Joint, curve: str) -> tuple[Row, ...]:
    healthy = shipped("healthy_young")
    stiff = changed("healthy_young", knee_peak_rad=math.radians(50.0), thigh_peak_rad=math.radians(18.0))
    own, second = "winter_a1", "rajagopal2016"
    return (
        Row(
            3, f"own {curve}", f"rms of {curve} to its own source", "0°", _WINTER, "P", "°",
            partial(_rms_deg, own, joint, healthy), 0.0, 1.0,
            controls=(Control("knee and thigh peaks of a stiff leg", partial(_rms_deg, own, joint, stiff)),),
        ),
        Row(
            3, f"shape {curve}", f"correlation of {curve}, scaled to the speed of a second person", "1", _RAJAGOPAL,
            "P", "", partial(_shape, second, joint, healthy), 0.9, 1.0,
            controls=(Control("toe-off a sixth of the cycle late", partial(_shape, second, joint, healthy, _LATE)),),
        ),
        Row(
            3, f"rms {curve}", f"rms of {curve} to a second person", "–", _RAJAGOPAL, "X", "°",
            partial(_rms_deg, second, joint, healthy), note="two people differ",
        ),
    )  # fmt: skip


def rows() -> tuple[Row, ...]:
    """Thigh and knee."""
    return (*_rows_of("hip", "thigh"), *_rows_of("knee", "knee"))
