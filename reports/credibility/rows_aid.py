"""Rows 14, 15 and 16: brace against stimulation, and what stimulation does to the exposure to trips."""

from functools import lru_cache, partial
from typing import Final

import numpy as np

from reports.credibility.row import Control, Row
from reports.credibility.rows_treatment import TITRATED
from reports.credibility.walks import Stimulation, changed, curves_of, shipped
from sim.body.aid_effect import ThreeWalks, exposure_ratio, three_walks
from sim.body.compensation import CompensationState
from sim.body.patient import Patient
from sim.body.settle import settled_compensation
from sim.body.walker import Walker
from sim.electrode.placement import STEADY
from sim.gait.draw import draw_schedule
from sim.gait.walk import Orthosis, Walk
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams

_STRIDES: Final = 200
_BRACE: Final = Orthosis()
_TITRATED_MS: Final = Stimulation(0.036)
"""The recruitment that raises the ankle at contact of the MS class by 5° (model.md 2.3)."""


@lru_cache(maxsize=32)
def three_ways(
    patient: Patient,
    stimulation: Stimulation | None = None,
    orthosis: Orthosis | None = None,
    titrated_to: Patient | None = None,
    seed: int = 1,
) -> ThreeWalks:
    """200 strides of a patient without an aid, with it at once, and adapted to it (`sim.body.aid_effect`).

    Args:
        patient: who walks, at the own speed.
        stimulation: pulses, or None.
        orthosis: worn, or None.
        titrated_to: whose nerve the pulses were set for, if not the walker's.
        seed: of the walk.
    """
    curves, streams = curves_of(patient), Streams(seed)
    walk = Walk(patient.speed_m_s, _STRIDES, "acute", orthosis)
    schedule = draw_schedule(patient, curves, walk, streams)
    nerve = titrated_to or patient
    pulses = np.empty(0, PULSE_DTYPE) if stimulation is None else stimulation.pulses(nerve, schedule)

    def begin(who: Patient, how: Walk, state: CompensationState) -> Walker:
        return Walker(who, curves, how, schedule, (), streams, state, electrodes=STEADY)

    used_to = settled_compensation(patient, curves, walk, streams)
    return three_walks(begin, patient, walk, schedule, pulses, used_to)


def acute_exposure_ratio(patient: Patient, stimulation: Stimulation, titrated_to: Patient | None = None) -> float:
    """Trip exposure with stimulation over that without, compensation held."""
    found = three_ways(patient, stimulation, titrated_to=titrated_to)
    return exposure_ratio(found.acute["mtc_m"]) / exposure_ratio(found.without["mtc_m"])


def adapted_exposure_ratio(patient: Patient, stimulation: Stimulation, titrated_to: Patient | None = None) -> float:
    """Trip exposure with stimulation over that without, the patient adapted to each."""
    found = three_ways(patient, stimulation, titrated_to=titrated_to)
    return exposure_ratio(found.adapted["mtc_m"]) / exposure_ratio(found.without["mtc_m"])


def stimulation_over_brace_mm(patient: Patient, stimulation: Stimulation = TITRATED, brace: Orthosis = _BRACE) -> float:
    """Clearance with stimulation less that with a brace, the patient adapted to each, mm."""
    with_pulses, with_brace = three_ways(patient, stimulation), three_ways(patient, None, brace)
    return 1e3 * float(with_pulses.adapted["mtc_m"].mean() - with_brace.adapted["mtc_m"].mean())


def stimulation_over_brace_exposure(
    patient: Patient, stimulation: Stimulation = TITRATED, brace: Orthosis = _BRACE
) -> float:
    """Trip exposure with stimulation over that with a brace, the patient adapted to each."""
    with_pulses, with_brace = three_ways(patient, stimulation), three_ways(patient, None, brace)
    return exposure_ratio(with_pulses.adapted["mtc_m"]) / exposure_ratio(with_brace.adapted["mtc_m"])


def rows() -> tuple[Row, ...]:
    """Brace, stimulation and exposure."""
    moderate, ms = shipped("stroke_moderate"), shipped("ms")
    numb = changed("ms", excitability_ratio=0.0)
    carefree = changed("stroke_moderate", compensation_gain_ratio=0.0, scuff_kick_m=0.0)
    strong = Stimulation(0.2)
    return (
        Row(
            14, "clearance", "clearance with stimulation less that with a brace, adapted to each", "no difference",
            "Kluding 2013 (n = 197, walking speed)", "S", "mm", partial(stimulation_over_brace_mm, moderate), -3.0, 3.0,
            note="speed is an input of the model: what it can show is that the two lift the foot alike",
            controls=(
                Control("recruitment of 0.20", partial(stimulation_over_brace_mm, moderate, strong)),
                Control("a patient who never adapts", partial(stimulation_over_brace_mm, carefree)),
            ),
        ),
        Row(
            15, "exposure", "trip exposure with stimulation over that with a brace, adapted to each", "alike",
            "Everaert 2013 (n = 93, walking speed)", "S", "", partial(stimulation_over_brace_exposure, moderate), 0.6,
            1.4, note="the brace's larger orthotic effect on speed is not predicted: speed is an input",
            controls=(
                Control("recruitment of 0.20", partial(stimulation_over_brace_exposure, moderate, strong)),
            ),
        ),
        Row(
            16, "acute", "trip exposure of the MS class with stimulation over without, compensation held", "0.28",
            "Esnouf 2010 (falls, median 5 against 18 in 18 weeks)", "S", "",
            partial(acute_exposure_ratio, ms, _TITRATED_MS), -np.inf, 0.6,
            note="exposure is no count of falls: only the direction is compared",
            controls=(Control("a dead nerve", partial(acute_exposure_ratio, numb, _TITRATED_MS, ms)),),
        ),
        Row(
            16, "adapted", "the same, the patient adapted to each", "0.28",
            "Esnouf 2010 (falls, median 5 against 18 in 18 weeks)", "S", "",
            partial(adapted_exposure_ratio, ms, _TITRATED_MS), -np.inf, 0.999,
            note="exposure is no count of falls: only the direction is compared",
            controls=(Control("a dead nerve", partial(adapted_exposure_ratio, numb, _TITRATED_MS, ms)),),
        ),
    )  # fmt: skip
