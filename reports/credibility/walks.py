"""Patients and walks on which the rows are measured: the shipped classes, without device, bench or record."""

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.places import named_files
from scenarios.text import Text, Where
from sim.body.compensation import CompensationState
from sim.body.nerve import recruitment
from sim.body.outcomes import Columns
from sim.body.patient import Patient
from sim.body.walker import Walker
from sim.electrode.placement import CENTRED, STEADY, Electrodes
from sim.gait.curves import MeasuredCycle
from sim.gait.draw import draw_schedule
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import CompensationStart, Orthosis, Walk
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams

WIDTH_S = 300e-6
GAP_S = 100e-6
ADAPTED_AFTER = 100
"""Strides that are left out where the adapted walk is measured; adapted means 60 or more (model.md 5.3)."""

CLASSES: Final = tuple(named_files("patients"))
"""Names of the patient classes that ship."""


@cache
def shipped(name: str) -> Patient:
    """The patient class `name`."""
    return read_patient(Text(name, Where("credibility", 1, 1)), ())[1]


def changed(name: str, **fields: Any) -> Patient:
    """The class `name` with some parameters replaced."""
    return replace(shipped(name), **fields)


def curves_of(patient: Patient) -> MeasuredCycle:
    """The measured cycle of a patient."""
    return load_measured(patient.measured_cycle)


def quiet(patient: Patient) -> Patient:
    """The same patient without stride-to-stride noise."""
    return replace(
        patient, thigh_sd_rad=0.0, knee_sd_rad=0.0, ankle_sd_rad=0.0, stride_time_sd_ratio=0.0, clearance_sense_sd_m=0.0
    )


def frozen(patient: Patient) -> Patient:
    """The patient who keeps the compensation that he has."""
    return replace(patient, compensation_gain_ratio=0.0, scuff_kick_m=0.0)


@dataclass(frozen=True, slots=True)
class Stimulation:
    """Pulses at 40 Hz from some time before toe-off to the next heel strike, with a rising ramp.

    Attributes:
        share: recruited share of the dorsiflexors that the full pulse is titrated to, 0..1.
        onset_s: first pulse after toe-off, s; heel-off of a slow walk lies 0.36 s before it.
        ramp_s: rising ramp of the recruited share, s.
        current_ratio: part of the current that reaches the skin, 0..1.
        electrodes: where they sit, and through which `share` is titrated with a straight knee.
    """

    share: float
    onset_s: float = -0.36
    ramp_s: float = 0.2
    current_ratio: float = 1.0
    electrodes: Electrodes = STEADY

    def pulses(self, patient: Patient, schedule: StrideSchedule) -> NDArray[np.void]:
        """The pulses of a whole walk, `PULSE_DTYPE`; the patient's nerve decides what they recruit."""
        trains: list[NDArray[np.void]] = []
        for k in range(schedule.strides + 1):
            first_s = float(schedule.toe_off_ns[k]) / 1e9 + self.onset_s
            t_s = np.arange(first_s, float(schedule.t0_ns[k + 1]) / 1e9, 1 / 40)
            ramp = np.clip((np.arange(t_s.size) / 40 + 1e-3) / self.ramp_s, 0.0, 1.0)
            train = np.zeros(t_s.size, PULSE_DTYPE)
            train["t_s"] = t_s
            shares = (self.share * ramp).tolist()
            train["phase1_a"] = [self.current_ratio * pulse_height_a(patient, s, self.electrodes) for s in shares]
            trains.append(train)
        train = np.concatenate(trains)
        train["phase1_s"], train["gap_s"], train["phase2_s"] = WIDTH_S, GAP_S, WIDTH_S
        train["phase2_a"] = -train["phase1_a"]
        return train


@lru_cache(maxsize=512)
def pulse_height_a(patient: Patient, share: float, electrodes: Electrodes = CENTRED) -> float:
    """Current of a 300 us pulse with a gap of 100 us that recruits `share` of the dorsiflexors, straight knee, A."""
    pulse = np.zeros(1, PULSE_DTYPE)
    pulse["phase1_s"], pulse["gap_s"], pulse["phase2_s"] = WIDTH_S, GAP_S, WIDTH_S

    def beyond(height_a: float) -> float:
        pulse["phase1_a"], pulse["phase2_a"] = height_a, -height_a
        return float(recruitment(patient, pulse, electrodes)[0]) - share

    threshold = patient.rheobase_a * (1.0 + patient.chronaxie_s / WIDTH_S)
    return float(brentq(beyond, 0.5 * threshold, 8.0 * threshold, xtol=1e-15))


@lru_cache(maxsize=64)
def walked(
    patient: Patient,
    speed_m_s: float,
    strides: int,
    *,
    compensation: CompensationStart = "adapted",
    orthosis: Orthosis | None = None,
    state: CompensationState | None = None,
    stimulation: Stimulation | None = None,
    titrated_to: Patient | None = None,
    seed: int = 1,
) -> Columns:
    """The stride columns of one walk.

    Args:
        patient: who walks.
        speed_m_s: m/s.
        strides: number of strides.
        compensation: where it starts.
        orthosis: worn, or None.
        state: compensation at stride 1; none where absent.
        stimulation: pulses, or None.
        titrated_to: whose nerve the pulses were set for, if not the walker's.
        seed: of the walk.
    """
    return strolled(
        patient,
        speed_m_s,
        strides,
        compensation=compensation,
        orthosis=orthosis,
        state=state,
        stimulation=stimulation,
        titrated_to=titrated_to,
        seed=seed,
    )[0].strides()


def strolled(
    patient: Patient,
    speed_m_s: float,
    strides: int,
    *,
    compensation: CompensationStart = "adapted",
    orthosis: Orthosis | None = None,
    state: CompensationState | None = None,
    stimulation: Stimulation | None = None,
    titrated_to: Patient | None = None,
    seed: int = 1,
    trace: bool = False,
    cut_ns: int = 0,
) -> tuple[Walker, StrideSchedule]:
    """The walker after his walk, and the schedule; see `walked`.

    Args:
        patient: as there, and so on.
        speed_m_s: m/s.
        strides: number.
        compensation: start.
        orthosis: aid.
        state: at stride 1.
        stimulation: pulses.
        titrated_to: whose nerve.
        seed: of the walk.
        trace: keep every step, for curves.
        cut_ns: integrate in pieces of this length; 0 for one piece.
    """
    curves, walk, streams = curves_of(patient), Walk(speed_m_s, strides, compensation, orthosis), Streams(seed)
    schedule = draw_schedule(patient, curves, walk, streams)
    worn = STEADY if stimulation is None else stimulation.electrodes
    walker = Walker(patient, curves, walk, schedule, (), streams, state, trace=trace, electrodes=worn)
    if stimulation is not None:
        walker.add_pulses(stimulation.pulses(titrated_to or patient, schedule))
    for t_ns in range(cut_ns, schedule.end_ns, cut_ns) if cut_ns else ():
        walker.integrate(t_ns)
    walker.integrate(schedule.end_ns)
    return walker, schedule


def late(columns: Columns, name: str) -> float:
    """Mean of a column after the patient has adapted."""
    return float(np.mean(columns[name][ADAPTED_AFTER:]))


def used_to(columns: Columns) -> CompensationState:
    """What the patient of a walk has got used to, as a state with which another walk may start."""
    return CompensationState(late(columns, "hip_hike_m"), late(columns, "mtc_swing_ratio"))
