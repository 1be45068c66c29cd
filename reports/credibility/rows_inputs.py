"""Rows 12, 13 and 17: walking speed. It is an *input* of the model, so nothing here predicts it.

What can be shown is that the published gain in speed is one that the patient's toes allow: with stimulation, adapted,
and at the published higher speed, they clear no less than without it at the own speed.
"""

from functools import partial
from typing import Final

from reports.credibility.row import Control, Row
from reports.credibility.rows_treatment import TITRATED
from reports.credibility.walks import Stimulation, late, shipped, walked

_STRIDES: Final = 300
_INPUT: Final = "speed is an input of the model: the published gain is walked, not predicted"
_SILENT: Final = Stimulation(0.035, current_ratio=0.0)


def faster_mm(gain_ratio: float, stimulation: Stimulation = TITRATED) -> float:
    """Clearance with stimulation at a higher speed less that without it at the own speed, both adapted, mm."""
    patient = shipped("stroke_moderate")
    faster = round(patient.speed_m_s * (1.0 + gain_ratio), 4)
    with_it = walked(patient, faster, _STRIDES, stimulation=stimulation)
    return 1e3 * (late(with_it, "mtc_m") - late(walked(patient, patient.speed_m_s, _STRIDES), "mtc_m"))


def rows() -> tuple[Row, ...]:
    """Speed."""
    outcome = "clearance with stimulation, {}, less clearance without at the own speed"
    return (
        Row(
            12, "", outcome.format("20.5 % faster"), "speed +20.5 % against +5.2 %", "Burridge 1997 (n = 32)", "S",
            "mm", partial(faster_mm, 0.205), 0.5, 15.0, note=_INPUT,
            controls=(Control("a stimulator without current", partial(faster_mm, 0.205, _SILENT)),),
        ),
        Row(
            13, "", outcome.format("23 % farther in six minutes"), "+23 % against +3 %", "Kottink 2007 (n = 29)", "X",
            "mm", partial(faster_mm, 0.23), note=_INPUT,
        ),
        Row(
            17, "", outcome.format("5 % faster"), "orthotic +5.0 % (progressive +5.7 %)", "Stein 2010 (n = 73)", "X",
            "mm", partial(faster_mm, 0.05), note=_INPUT,
        ),
    )  # fmt: skip
