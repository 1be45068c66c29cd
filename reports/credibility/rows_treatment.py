"""Rows 7, 8, 25 and 26: what stimulation and brace do, at once and after the patient has adapted."""

import math
from dataclasses import replace
from functools import partial
from typing import Final

from reports.credibility.row import Control, Row
from reports.credibility.sensitivity import class_of
from reports.credibility.walks import Stimulation, changed, frozen, late, shipped, used_to, walked
from sim.body.patient import Patient
from sim.body.training import trained_gain
from sim.gait.walk import Orthosis

_STRIDES: Final = 300
TITRATED: Final = Stimulation(0.035)
"""The recruitment that raises the ankle at contact of a moderate stroke patient by 5° (model.md 2.3)."""
_LATE: Final = Stimulation(0.035, onset_s=0.05)
_BRACE: Final = Orthosis()


def acute_change(patient: Patient, column: str, stimulation: Stimulation = TITRATED) -> float:
    """Mean change of a column at fixed compensation, the one the patient has without aid; of `frozen` walks."""
    speed = patient.speed_m_s
    used = used_to(walked(patient, speed, _STRIDES))
    still = frozen(patient)
    bare, stimulated = (
        walked(still, speed, 40, state=used, stimulation=felt, titrated_to=patient, seed=2)[column].mean()
        for felt in (None, stimulation)
    )
    return float(stimulated - bare)


def change_deg(patient: Patient, column: str, stimulation: Stimulation = TITRATED) -> float:
    """The same in degrees."""
    return math.degrees(acute_change(patient, column, stimulation))


def _trained_contact_deg(weeks: float) -> float:
    """Ankle at contact without aid after weeks of training less before, compensation of the untrained, deg."""
    file = class_of("stroke_moderate")
    assert file.priors.training is not None
    patient = shipped("stroke_moderate")
    gain = trained_gain(file.priors.training.stated, weeks)
    trained = replace(patient, residual_drive_ratio=patient.residual_drive_ratio * (1.0 + gain))
    used = used_to(walked(patient, patient.speed_m_s, _STRIDES))
    before, after = (
        walked(frozen(who), patient.speed_m_s, 40, state=used, seed=2)["ankle_ic_rad"].mean()
        for who in (patient, trained)
    )
    return math.degrees(float(after - before))


def brace_change_mm(patient: Patient, column: str, orthosis: Orthosis = _BRACE) -> float:
    """Change of a column when the brace of an adapted patient is taken away, mm."""
    speed = patient.speed_m_s
    without, worn = (walked(patient, speed, _STRIDES, orthosis=aid) for aid in (None, orthosis))
    return 1e3 * (late(without, column) - late(worn, column))


def _clearance_share(patient: Patient) -> float:
    return abs(brace_change_mm(patient, "mtc_m")) / brace_change_mm(patient, "hip_hike_m")


def rows() -> tuple[Row, ...]:
    """Stimulation and brace."""
    moderate = shipped("stroke_moderate")
    stiff_willed = changed("stroke_moderate", compensation_gain_ratio=0.0, scuff_kick_m=0.0)
    ms = shipped("ms")
    leakless = changed("stroke_moderate", compensation_leak_ratio=2.0)
    return (
        Row(
            7, "", "change of the largest dorsiflexion in swing with stimulation, MS class, acute", "about +4°",
            "Scott 2013 (n = 12, new users with MS)", "P", "°", partial(change_deg, ms, "ankle_swing_peak_rad"),
            2.0, 8.0,
            note="a dose of 3.5 % of the dorsiflexors",
            controls=(
                Control("recruitment of 0.15", partial(change_deg, ms, "ankle_swing_peak_rad", Stimulation(0.15))),
            ),
        ),
        Row(
            8, "", "change of the ankle at contact without aid after 12 weeks of use", "+2.6° (−1 to 4)",
            "van der Linden 2014", "X", "°", partial(_trained_contact_deg, 12.0),
            note="training is a design prior; published evidence disagrees",
        ),
        Row(
            25, "", "change of the knee's peak in swing when dorsiflexors alone are stimulated, acute", "falls",
            "Kesar 2009 (n = 13), direction", "S", "°", partial(change_deg, moderate, "knee_peak_rad"), -10.0, -0.1,
            note="the size is a design choice: push-off's share in the knee",
            controls=(
                Control("stimulation that begins after toe-off", partial(change_deg, moderate, "knee_peak_rad", _LATE)),
            ),
        ),
        Row(
            26, "hike", "hip hiking that comes when the brace of an adapted patient is taken away", "5 mm",
            "Cruz & Dhaher 2009 (n = 9)", "S", "mm", partial(brace_change_mm, moderate, "hip_hike_m"), 3.0, 10.0,
            note="compensation was fitted to this study: calibration",
            controls=(
                Control("a patient who never adapts", partial(brace_change_mm, stiff_willed, "hip_hike_m")),
            ),
        ),
        Row(
            26, "clearance", "change of clearance over change of hiking, the same", "0.24 (1.2 of 5 mm)",
            "Cruz & Dhaher 2009 (n = 9)", "S", "", partial(_clearance_share, moderate), 0.0, 0.5,
            note="compensation was fitted to this study: calibration",
            controls=(Control("effort spared eight times as hard", partial(_clearance_share, leakless)),),
        ),
    )  # fmt: skip
