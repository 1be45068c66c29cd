"""Ten thousand drawn patients and settings: no number that is none, no muscle that pushes, no foot through the floor.

Classes, sampled individuals, what was done for them, speeds, manners of walking, stairs, stops and seats, terrain,
light, braces, rugs, electrodes in every place and kind, channels and pulses are drawn by hypothesis; sixty of them
here, ten thousand in the proof.
"""

import math
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reports.credibility.floor import SOLE_GIVES_M, deepest_m
from reports.credibility.sensitivity import class_of
from reports.credibility.walks import CLASSES, Stimulation, curves_of
from scenarios.patient_treatment import treated
from scenarios.text import Table, Text, Where
from scenarios.walk_events import SHORT_STEP, SHUFFLE, TURN
from sim.body import layout as at
from sim.body.population import sample_patient
from sim.body.preparation import prepare
from sim.body.walker import Walker
from sim.electrode.placement import PRESETS, Electrodes, ElectrodeShift, implanted
from sim.gait.draw import draw_schedule
from sim.gait.manner import LEVEL, Manner, Passage
from sim.gait.sitting import Sit
from sim.gait.terrain import TERRAINS
from sim.gait.walk import Orthosis, Pause, Rug, Walk
from sim.streams import Streams

STOPS_RAD = math.radians(-60.0), math.radians(40.0)
"""Beyond these the moment arm of tibialis anterior is held constant: no ankle goes there."""
MAY_BE_ABSENT = {"heel_off_s": ("shuffle",), "push_off_ratio": ("shuffle", "downstairs", "late heel-off")}
"""A shuffling heel never leaves the floor; it pushes nothing off, nor does a foot that comes down the stairs."""
STRIDES = 3
LOOK_NS = 30_000_000
"""How often the muscles are looked at."""
HERE = Where("proof", 1, 1)


def table(**entries):
    """A table as a scenario would write it."""
    return Table({name: Text(name, HERE) for name in entries}, entries, HERE)


people = st.tuples(st.sampled_from(CLASSES), st.integers(0, 2**31 - 1), st.floats(-0.2, 0.4))
treatments = st.one_of(st.none(), st.floats(0.0, 1.0))
manners = st.one_of(
    st.sampled_from((LEVEL, SHORT_STEP, SHUFFLE)),
    st.builds(lambda lead: Manner("late heel-off", heel_off_lead_s=lead), st.floats(0.0, 0.3)),
    st.builds(lambda by: replace(TURN, path_change_m=by), st.floats(-0.13, 0.13)),
    st.builds(lambda a: Manner("uphill" if a > 0.0 else "downhill", slope_rad=a), st.floats(-0.17, 0.17)),
    st.builds(
        lambda up, r, g: (
            Manner("upstairs", riser_m=r, tread_m=g) if up else Manner("downstairs", riser_m=-r, tread_m=g)
        ),
        st.booleans(),
        st.floats(0.10, 0.20),
        st.floats(0.26, 0.36),
    ),
)
stops = st.one_of(
    st.none(),
    st.builds(Pause, st.just(1), st.floats(0.1, 3.0)),
    st.builds(Sit, st.just(1), st.floats(6.0, 8.0), st.sampled_from(("open", "closed", "shifting"))),
)
places = st.fixed_dictionaries(
    {
        "walking": st.tuples(manners, stops, st.sampled_from(("adapted", "acute", "none"))),
        "terrain": st.builds(
            lambda word, rate: replace(TERRAINS[word], per_100_m=0.0 if word == "level" else rate),
            st.sampled_from(tuple(TERRAINS)),
            st.floats(5.0, 200.0),
        ),
        "light": st.sampled_from(("normal", "poor")),
        "brace": st.one_of(st.none(), st.builds(Orthosis, st.floats(5.0, 60.0), st.floats(-0.05, 0.1))),
        "carpets": st.lists(st.tuples(st.floats(0.5, 0.9), st.floats(0.002, 0.03)), max_size=2),
    }
)
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
on_the_skin = st.builds(
    Electrodes,
    st.just("surface"),
    st.sampled_from(("same", "same", "same", "other")),
    st.floats(-0.06, 0.06),
    st.floats(0.0, 0.01),
    st.floats(0.0, 0.3),
)
electrodes = st.one_of(on_the_skin, st.builds(implanted, st.sampled_from(tuple(PRESETS))))
interfaces = st.tuples(electrodes, st.integers(1, 4), st.one_of(st.none(), st.floats(-0.03, 0.03)))
drawn = given(people, treatments, places, pulses, interfaces)
rules = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": (Phase.generate,),
    "suppress_health_check": list(HealthCheck),
}
seen = Counter()
"""What was walked, for the line of the proof."""


@cache
def file_of(name):
    """The file of a class, read once."""
    return class_of(name)


def person_of(name, seed, share):
    """An individual, and what training or an operation has left of the impairment after `share` of the longest time."""
    file = file_of(name)
    patient = sample_patient(file.population, Streams(seed))
    if share is None:
        return patient
    choice = {}
    if file.priors.training is not None:
        choice["training"] = table(weeks=Text(f"{1.0 + 519.0 * share}", HERE))
    if file.priors.recovery:
        operation = sorted(file.priors.recovery)[seed % len(file.priors.recovery)]
        choice["recovery"] = table(months=Text(f"{60.0 * share}", HERE), of=Text(operation, HERE))
    seen.update(dict.fromkeys(choice, 1))
    return treated(patient, table(**choice), file.priors, name, seed)[0]


def trains(felt, patient, schedule, worn, channels):
    """The pulses, through one channel after the other, as strong as their electrodes need."""
    reached = max(min(felt.share, 0.9 * patient.excitability_ratio), 0.01)
    alive = replace(patient, excitability_ratio=max(patient.excitability_ratio, 0.5))
    found = replace(felt, share=reached).pulses(alive, schedule)
    found["channel"] = 1 + np.arange(found.size) % channels
    if worn.kind == "implanted":
        for phase in ("phase1_a", "phase2_a"):
            found[phase] *= worn.channels[0].rheobase_a / patient.rheobase_a
    return found


def examine(person, share, place, felt, interface):
    """Walk three strides of one drawn patient and look at everything."""
    name, seed, faster = person
    worn, channels, shift_m = interface
    manner, stop, start = place["walking"]
    patient = person_of(name, seed, share)
    speed = float(np.clip(patient.speed_m_s + faster, 0.2, 2.0))
    curves, streams = curves_of(patient), Streams(seed)
    walk = Walk(
        speed,
        STRIDES,
        start,
        place["brace"],
        pauses=(stop,) if isinstance(stop, Pause) else (),
        passages=() if manner is LEVEL else (Passage(2, 1, manner),),
        sits=(stop,) if isinstance(stop, Sit) else (),
        terrain=place["terrain"],
        light=place["light"],
    )
    schedule = draw_schedule(patient, curves, walk, streams)
    laid = tuple(Rug(schedule.instant_ns(2, phase), height, 1.5) for phase, height in place["carpets"])
    shifts = () if shift_m is None else (ElectrodeShift(int(schedule.t0_ns[2]), shift_m),)
    walker = Walker(patient, curves, walk, schedule, laid, streams, trace=True, electrodes=worn, shifts=shifts)
    if felt is not None:
        walker.add_pulses(trains(felt, patient, schedule, worn, channels))
    for t_ns in range(LOOK_NS, schedule.end_ns + LOOK_NS, LOOK_NS):
        walker.integrate(min(t_ns, schedule.end_ns))
        check_muscles(walker)
    check_record(walker, manner)
    for each in schedule.manners:
        assert deepest_m(prepare(patient, curves, speed, each).cycle) <= SOLE_GIVES_M, each.name
    seen.update(["patients", manner.name, type(stop).__name__, walk.light, walk.terrain.kind, worn.kind, worn.leg])
    seen.update({"strides": schedule.strides, "obstacles": len(schedule.obstacles), "stimulated": felt is not None})


def check_muscles(walker):
    """Both branches pull, and foot and reflex have numbers."""
    body = walker._buffers.body
    assert np.isfinite(body[[at.B_PHI, at.B_OMEGA, at.B_REFLEX, at.B_DEMAND, at.B_BEND, at.B_LIFT]]).all()
    for branch in range(at.BRANCHES):
        state = body[branch * at.BRANCH :]
        for name in ("B_STIMULATED", "B_SPECIFIC", "B_CALCIUM", "B_DRIVE_SUM", "B_RECRUITED"):
            assert state[getattr(at, name)] >= 0.0, (name, branch)
        for name in ("B_GAIN_A", "B_TAU1", "B_KM"):
            assert state[getattr(at, name)] > 0.0, (name, branch)


def check_record(walker, manner):
    """Every column and every curve: numbers, pulling muscles, an ankle within its stops, a foot on the floor."""
    for column, values in walker.strides().items():
        assert manner.name in MAY_BE_ABSENT.get(column, ()) or np.isfinite(values).all(), (column, manner.name)
    trace = walker.steps
    assert (trace[:, at.T_ACTIVATION] >= 0.0).all()
    ankle = trace[np.isfinite(trace[:, at.T_ANKLE]), at.T_ANKLE]
    assert ankle.size and STOPS_RAD[0] < ankle.min() and ankle.max() < STOPS_RAD[1]
    cycles = walker.cycles()
    for name, values in cycles.items():
        assert np.isfinite(values).all(), name
    assert (cycles["ta_force_n"] >= 0.0).all()
    assert STOPS_RAD[0] < cycles["ankle_rad"].min() and cycles["ankle_rad"].max() < STOPS_RAD[1]
    toe_off = walker.stride_constants[:, at.C_STANCE].min()
    stance = np.linspace(0.0, 1.0, cycles["toe_clearance_m"].shape[1]) < toe_off - 0.02
    assert (cycles["toe_clearance_m"][:, stance] >= -1e-9).all()


def test_sixty_patients_walk_within_their_bounds():
    """The reduced form of the claim below."""
    settings(max_examples=60, **rules)(drawn(examine))()


@pytest.mark.proof
def test_ten_thousand_patients_walk_within_their_bounds(capsys):
    """Never NaN, a negative force, an ankle beyond its stops, a foot under the floor in stance."""
    seen.clear()
    settings(max_examples=10_000, **rules)(drawn(examine))()
    with capsys.disabled():
        print(f"\n{', '.join(f'{word} {count}' for word, count in seen.most_common())}")
        print("no NaN, no negative force, no ankle beyond its stops, no foot under the floor in stance")
