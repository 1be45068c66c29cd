"""Ten thousand drawn patients and settings: no number that is none, no muscle that pushes, no ankle beyond its stops.

Classes, sampled individuals, speeds, seeds, stimulation patterns, braces, rugs and manners of walking are drawn by
hypothesis; forty of them here, ten thousand in the proof.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reports.credibility.sensitivity import class_of
from reports.credibility.walks import CLASSES, Stimulation, curves_of
from scenarios.walk_events import SHORT_STEP, SHUFFLE, TURN
from sim.body import layout as at
from sim.body.population import sample_patient
from sim.body.walker import Walker
from sim.electrode.placement import Electrodes
from sim.gait.draw import draw_schedule
from sim.gait.manner import LEVEL, Manner, Passage
from sim.gait.walk import Orthosis, Rug, Walk
from sim.streams import Streams

STOPS_RAD = math.radians(-60.0), math.radians(40.0)
"""Beyond these the moment arm of tibialis anterior is held constant: no ankle goes there."""
MAY_BE_ABSENT = {"heel_off_s", "push_off_ratio"}
"""A shuffling heel never leaves the floor, and pushes nothing off."""
MANNERS = (
    LEVEL,
    SHORT_STEP,
    TURN,
    SHUFFLE,
    Manner("uphill", slope_rad=0.08),
    Manner("downhill", slope_rad=-0.08),
    Manner("late heel-off", heel_off_lead_s=0.1),
)

people = st.tuples(st.sampled_from(CLASSES), st.integers(0, 2**31 - 1), st.floats(-0.2, 0.4))
pulses = st.one_of(
    st.none(),
    st.builds(
        Stimulation,
        st.sampled_from((0.02, 0.05, 0.15)),
        st.floats(-0.5, 0.2),
        st.floats(0.01, 0.5),
        st.floats(0.0, 3.0),
    ),
)
braces = st.one_of(st.none(), st.builds(Orthosis, st.floats(5.0, 60.0), st.floats(-0.05, 0.1)))
rugs = st.lists(st.tuples(st.floats(0.5, 0.9), st.floats(0.002, 0.03)), max_size=2)


class Count:
    """What was seen, for the line of the proof."""

    walks = strides = stimulated = 0


def examine(person, felt, brace, carpets, manner, position_m):
    """Walk three strides of one drawn patient and look at everything."""
    name, seed, faster = person
    streams = Streams(seed)
    patient = sample_patient(class_of(name).population, streams)
    speed = float(np.clip(patient.speed_m_s + faster, 0.2, 2.0))
    curves = curves_of(patient)
    passages = () if manner is LEVEL else (Passage(2, 1, manner),)
    walk = Walk(speed, 3, "adapted", brace, passages=passages)
    schedule = draw_schedule(patient, curves, walk, streams)
    laid = tuple(Rug(schedule.instant_ns(2, phase), height, 1.5) for phase, height in carpets)
    electrodes = Electrodes(position_m=position_m)
    walker = Walker(patient, curves, walk, schedule, laid, streams, trace=True, electrodes=electrodes)
    if felt is not None:
        reached = min(felt.share, 0.9 * patient.excitability_ratio)
        alive = replace(patient, excitability_ratio=max(patient.excitability_ratio, 0.5))
        walker.add_pulses(replace(felt, share=max(reached, 0.01)).pulses(alive, schedule))
    walker.integrate(schedule.end_ns)
    check(walker, patient, curves, speed)
    Count.walks += 1
    Count.strides += schedule.strides
    Count.stimulated += felt is not None


def check(walker, patient, curves, speed):
    """The four things that must never be."""
    for column, values in walker.strides().items():
        assert column in MAY_BE_ABSENT or np.isfinite(values).all(), column
    buffers = walker._buffers
    trace = buffers.trace[: buffers.ints[at.I_TRACE]]
    assert (trace[:, at.T_ACTIVATION] >= 0.0).all()
    ankle = trace[np.isfinite(trace[:, at.T_ANKLE]), at.T_ANKLE]
    assert ankle.size and STOPS_RAD[0] < ankle.min() and ankle.max() < STOPS_RAD[1]
    cycles = walker.cycles()
    assert (cycles["ta_force_n"] >= 0.0).all()
    toe_off = buffers.consts[:, at.C_STANCE].min()
    stance = np.linspace(0.0, 1.0, 101) < toe_off - 0.02
    assert (cycles["toe_clearance_m"][:, stance] >= -1e-9).all()
    del patient, curves, speed


drawn = given(people, pulses, braces, rugs, st.sampled_from(MANNERS), st.floats(-0.02, 0.02))
rules = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": (Phase.generate,),
    "suppress_health_check": list(HealthCheck),
}


def test_forty_patients_walk_within_their_bounds():
    """The reduced form of the claim below."""
    settings(max_examples=40, **rules)(drawn(examine))()


@pytest.mark.proof
def test_ten_thousand_patients_walk_within_their_bounds(capsys):
    """Never NaN, a negative force, an ankle beyond its stops, a toe under the floor in stance."""
    Count.walks = Count.strides = Count.stimulated = 0
    settings(max_examples=10_000, **rules)(drawn(examine))()
    with capsys.disabled():
        print(
            f"\n{Count.walks} drawn patients, {Count.strides} strides, {Count.stimulated} of them stimulated: no NaN, "
            "no negative force, no ankle beyond its stops, no toe under the floor in stance"
        )
