"""Patients and walks for the physics tests: the shipped classes, the shipped measured cycle."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where
from sim.body.recruitment import recruited_ratio
from sim.body.walker import Walker
from sim.electrode.placement import STEADY
from sim.gait.draw import draw_schedule
from sim.gait.walk import Walk
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams


def _patient(name):
    return read_patient(Text(name, Where("test", 1, 1)), ())[1]


@pytest.fixture(scope="session")
def winter():
    return load_measured("winter_a1")


@pytest.fixture(scope="session")
def healthy():
    return _patient("healthy_young")


@pytest.fixture(scope="session")
def stroke():
    return _patient("stroke_moderate")


@pytest.fixture(scope="session")
def peroneal():
    return _patient("peroneal_complete")


def quiet(patient):
    """The same patient without stride-to-stride noise."""
    return replace(
        patient, thigh_sd_rad=0.0, knee_sd_rad=0.0, ankle_sd_rad=0.0, stride_time_sd_ratio=0.0, clearance_sense_sd_m=0.0
    )


@pytest.fixture(scope="session")
def without_noise():
    return quiet


@pytest.fixture(scope="session")
def stroll(winter):
    """``stroll(patient, speed, strides, ...)`` walks and returns (walker, schedule)."""

    def walk_it(
        patient,
        speed_m_s,
        strides,
        *,
        compensation="adapted",
        orthosis=None,
        state=None,
        pulses=None,
        seed=1,
        trace=False,
        electrodes=STEADY,
    ):
        walk = Walk(speed_m_s, strides, compensation, orthosis)
        streams = Streams(seed)
        schedule = draw_schedule(patient, winter, walk, streams)
        walker = Walker(patient, winter, walk, schedule, (), streams, state, trace=trace, electrodes=electrodes)
        if pulses is not None:
            walker.add_pulses(pulses(schedule))
        walker.integrate(schedule.end_ns)
        return walker, schedule

    return walk_it


def _pulse_height_a(patient, share):
    """Current of a 300 us pulse with a 100 us gap that recruits `share` of the dorsiflexors."""
    threshold = patient.rheobase_a * (1.0 + patient.chronaxie_s / 300e-6)
    reached = lambda x: (
        patient.excitability_ratio * recruited_ratio(x, patient.recruitment_mid, patient.recruitment_width)
    )
    return threshold * brentq(lambda x: reached(x) - share, 1.0, 6.0, xtol=1e-12)


@pytest.fixture(scope="session")
def stimulation():
    """``stimulation(patient, share, onset_s)`` makes trains at 40 Hz from toe-off + onset to the next heel strike."""

    def make(patient, share, onset_s=-0.36, ramp_s=0.2):
        def pulses(schedule):
            trains = []
            for k in range(schedule.strides + 1):
                first_s = schedule.toe_off_ns[k] / 1e9 + onset_s
                t_s = np.arange(first_s, schedule.t0_ns[k + 1] / 1e9, 1 / 40)
                train = np.zeros(t_s.size, PULSE_DTYPE)
                train["t_s"] = t_s
                shares = share * np.clip((t_s - first_s + 1e-3) / ramp_s, 0.0, 1.0)
                train["phase1_a"] = [_pulse_height_a(patient, value) for value in shares]
                trains.append(train)
            train = np.concatenate(trains)
            train["phase1_s"], train["gap_s"], train["phase2_s"] = 300e-6, 100e-6, 300e-6
            train["phase2_a"] = -train["phase1_a"]
            return train

        return pulses

    return make
