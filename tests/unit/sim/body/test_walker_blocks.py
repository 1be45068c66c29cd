"""The walker gives the same bits however the time axis is cut and however the pulses are handed over."""

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where
from sim.body.layout import STANCE_STEPS, STEP_NS
from sim.body.walker import Walker
from sim.errors import CausalityError, ModelError
from sim.gait.draw import draw_schedule
from sim.gait.walk import Rug, Walk
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams
from sim.timebase import NEVER, NS_PER_MS

STRIDES = 3


@cache
def _scene():
    patient = read_patient(Text("stroke_moderate", Where("test", 1, 1)), ())[1]
    curves, walk, streams = load_measured("winter_a1"), Walk(0.55, STRIDES), Streams(7)
    schedule = draw_schedule(patient, curves, walk, streams)
    rug = Rug(schedule.instant_ns(2, 0.8), 0.012, 0.6)
    pulses = np.zeros(120, PULSE_DTYPE)
    pulses["t_s"] = 2.2 + np.arange(120) * 0.0327 + 1e-6 * np.arange(120) ** 2
    pulses["phase1_a"], pulses["phase1_s"] = 0.026, 300e-6
    pulses["phase1_a"][40:50] = 0.001
    return patient, curves, walk, schedule, (rug,), streams, pulses


def _walker(*, trace=False):
    patient, curves, walk, schedule, rugs, streams, _ = _scene()
    return Walker(patient, curves, walk, schedule, rugs, streams, trace=trace)


def _bits(walker):
    return b"".join(v.tobytes() for v in walker.strides().values()) + walker.heel_contact_ns.tobytes()


@cache
def _reference():
    walker = _walker()
    walker.add_pulses(_scene()[6])
    walker.integrate(_scene()[3].end_ns)
    return _bits(walker)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.integers(1, 400 * NS_PER_MS), min_size=1, max_size=60), group=st.integers(1, 17))
def test_any_cut_and_any_grouping_give_the_same_bits(steps, group):
    """Targets at any nanosecond, pulses added at the last allowed moment in groups of any size: identical results."""
    schedule, pulses = _scene()[3], _scene()[6]
    walker = _walker()
    effects = np.rint(pulses["t_s"] * 1e9).astype(np.int64) + walker.electromechanical_delay_ns
    target, given_so_far, turn = 0, 0, 0
    while target < schedule.end_ns:
        step = steps[turn] if turn < len(steps) else 87_654_321
        target = min(target + step, schedule.end_ns)
        turn += 1
        needed = int(np.searchsorted(effects, target, "right"))
        while given_so_far < needed:
            walker.add_pulses(pulses[given_so_far : given_so_far + group])
            given_so_far += group
        walker.integrate(target)
        assert walker.body_ns <= target
    walker.add_pulses(pulses[given_so_far:])
    assert _bits(walker) == _reference()


def test_a_trace_changes_nothing():
    """Recording every step leaves the results bit for bit as they are."""
    walker = _walker(trace=True)
    walker.add_pulses(_scene()[6])
    walker.integrate(_scene()[3].end_ns)
    assert _bits(walker) == _reference()
    cycles = walker.cycles()
    assert set(cycles) == {"hip_rad", "knee_rad", "ankle_rad", "toe_clearance_m", "ta_force_n"}
    assert all(values.shape == (STRIDES, 101) and np.isfinite(values).all() for values in cycles.values())


def test_body_keeps_up_with_what_is_known():
    """After `integrate(until)` the body stands less than one step before `until`, and never beyond."""
    walker = _walker()
    for until in (1, 999_999, 5_300_000, 2_612_345_678, 3_000_000_001):
        walker.integrate(until)
        assert until - STANCE_STEPS * STEP_NS < walker.body_ns <= until


def test_outcomes_are_nan_until_they_are_known():
    """Before the first landing nothing is known: contacts are NEVER, outcomes NaN."""
    walker = _walker()
    walker.integrate(1_000_000_000)
    assert (walker.heel_contact_ns == NEVER).all()
    assert np.isnan(walker.strides()["mtc_m"]).all()


def test_contacts_follow_their_lower_bound():
    """Every heel contact lies at or after `earliest_contact_ns`, and before foot flat is over 20 % late."""
    walker, schedule = _walker(), _scene()[3]
    walker.integrate(schedule.end_ns)
    for k in range(STRIDES + 1):
        contact = int(walker.heel_contact_ns[k])
        assert walker.earliest_contact_ns(k) <= contact < schedule.t0_ns[k + 1] + 0.2 * schedule.stride_time_ns[k]


def test_a_late_pulse_is_a_fault_of_the_rig():
    """A pulse whose effect the body has passed raises, even a pulse that recruits nothing; one in time does not."""
    walker, pulses = _walker(), _scene()[6]
    walker.integrate(3_000_000_000)
    late = pulses[:1].copy()
    late["t_s"] = 3.0 - 0.0121
    with pytest.raises(CausalityError, match=r"2\.99"):
        walker.add_pulses(late)
    late["phase1_a"] = 0.0
    with pytest.raises(CausalityError):
        walker.add_pulses(late)
    late["t_s"] = 3.0 - 0.0120
    walker.add_pulses(late)


def test_unknown_and_unordered_pulses_are_refused():
    """A clipped pulse has no height, so nobody knows what it did; pulses out of order are a fault too."""
    walker, pulses = _walker(), _scene()[6]
    clipped = pulses[:2].copy()
    clipped["phase1_a"][1] = np.nan
    with pytest.raises(ModelError, match="clipped"):
        walker.add_pulses(clipped)
    with pytest.raises(ModelError, match="order"):
        walker.add_pulses(pulses[:3][::-1])


def test_asking_for_cycles_without_a_trace():
    """It says how to get one."""
    with pytest.raises(ModelError, match="trace=True"):
        _walker().cycles()
