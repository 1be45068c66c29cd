"""Rows 6 and 26: what stimulation and brace do, at once and after the patient has adapted."""

import math
from functools import partial
from typing import Final

from reports.credibility.row import Control, Row
from reports.credibility.walks import Stimulation, changed, frozen, late, shipped, used_to, walked
from sim.body.patient import Patient
from sim.gait.walk import Orthosis

_STRIDES: Final = 300
TITRATED: Final = Stimulation(0.035)
"""The recruitment that raises the ankle at contact of a moderate stroke patient by 5° (model.md 2.3)."""
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


def brace_change_mm(patient: Patient, column: str, orthosis: Orthosis = _BRACE) -> float:
    """Change of a column when the brace of an adapted patient is taken away, mm."""
    speed = patient.speed_m_s
    without, worn = (walked(patient, speed, _STRIDES, orthosis=aid) for aid in (None, orthosis))
    return 1e3 * (late(without, column) - late(worn, column))


def _clearance_share(patient: Patient) -> float:
    return abs(brace_change_mm(patient, "mtc_m")) / brace_change_mm(patient, "hip_hike_m")


def _contact_deg(patient: Patient, stimulation: Stimulation = TITRATED) -> float:
    return math.degrees(acute_change(patient, "ankle_ic_rad", stimulation))


def rows() -> tuple[Row, ...]:
    """Stimulation and brace."""
    moderate = shipped("stroke_moderate")
    stiff_willed = changed("stroke_moderate", compensation_gain_ratio=0.0, scuff_kick_m=0.0)
    leakless = changed("stroke_moderate", compensation_leak_ratio=2.0)
    return (
        Row(
            6, "dorsiflexion", "change of the ankle at initial contact with stimulation, acute", "+5.2°",
            "Robison 2022 (n = 32, preprint)", "P", "°", partial(_contact_deg, moderate), 3.0, 8.0,
            note="a dose of 3.5 % of the dorsiflexors, found by titration: in part calibration",
            controls=(
                Control("recruitment of 0.10", partial(_contact_deg, moderate, Stimulation(0.10))),
                Control(
                    "dorsiflexors of 600 N", partial(_contact_deg, changed("stroke_moderate", force_n=600.0))
                ),
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
