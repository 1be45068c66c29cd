"""Adaptation to another cadence and the status line, on a walk whose every instant is known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from scenarios.walk_events import WALK_EVENTS


@pytest.fixture
def hurried(walks, event):
    """A walk of 30 strides whose strides 11 to 20 are quick; trains as given."""
    spec = next(each for each in WALK_EVENTS if each.name == "walk.speed")
    planned, became = event("hurry", 14.5, "walk.speed", stride=11, speed=1.2, strides=10.0)
    planned = replace(planned, spec=spec)

    def make(trains):
        return walks.record(walks.pulses(trains), strides=walks.strides(30), events=[became], planned=[planned], n=30)

    return make


def _late(walks, strides, by_s=0.06):
    return [t_s + (by_s if k in strides else 0.0) for k, t_s in enumerate(walks.instants(30), 1)]


@pytest.mark.parametrize(
    ("late", "steps"), [((), (0, 0)), ((11, 12, 14), (4, 0)), ((21,), (0, 1)), ((5, 6), (0, 0)), ((20,), (10, 0))]
)
def test_steps_are_counted_to_the_last_late_one(walks, hurried, late, steps):
    """Answers of 90 ms against 75 ms: the count runs from the change to the last late one of the ten that follow."""
    found = walks.samples(hurried(_late(walks, late)), "adaptation_steps", latency=0.075)
    assert tuple(found.values) == steps
    assert found.strides.tolist() == [11, 21]


def test_a_step_without_an_answer_is_not_adapted_to(walks, hurried):
    """Stride 13 is missed: three steps, whatever the others do."""
    trains = _late(walks, ())
    del trains[12]
    assert walks.samples(hurried(trains), "adaptation_steps", latency=0.075).values.tolist() == [3.0, 0.0]


def test_an_answer_nearer_to_the_limit_than_its_uncertainty_makes_the_count_uncertain(walks, hurried):
    """30 ms against 30.01 ms, U = 58 us: each of the ten may be late; nothing was seen to be."""
    found = walks.samples(hurried(_late(walks, ())), "adaptation_steps", latency=0.03001)
    assert found.values.tolist() == [0.0, 0.0]
    assert found.expanded == pytest.approx([10.0, 10.0])


def test_a_walk_of_one_speed_shows_nothing(walks):
    """No change of speed, no sample, and so no pass."""
    found = walks.samples(walks.record(), "adaptation_steps", latency=0.075)
    assert not found.values.size and "never changes" in found.notes[0]


def _with_line(walks, delay_s=0.012, missing=()):
    record = walks.record()
    on_s = record.strides["sensor_off_s"] + delay_s
    keep = ~np.isin(np.arange(1, on_s.size + 1), missing)
    t_s = np.sort(np.concatenate(([0.0], on_s[keep], on_s[keep] + 0.8)))
    states = np.concatenate(([0], np.tile([1, 0], keep.sum())))
    return replace(record, lines={"status": (t_s, states.astype(np.int64))})


def test_the_decision_is_told_apart_from_the_first_pulse(walks):
    """The line goes on 12 ms after each opening, the first pulse comes 30 ms after it."""
    record = _with_line(walks)
    assert walks.samples(record, "enable_latency").values == pytest.approx(0.012, abs=1e-9)
    assert walks.samples(record, "latency").values == pytest.approx(0.030, abs=1e-9)


def test_a_decision_that_never_comes_is_infinite(walks):
    """In stride 4 the line stays off until the sensor closes."""
    found = walks.samples(_with_line(walks, missing=(4,)), "enable_latency")
    assert math.isinf(found.values[3]) and np.isfinite(np.delete(found.values, 3)).all()


def test_without_a_line_nothing_is_claimed(walks):
    """A box that shows no status line is not run, with the reason."""
    assert "was not captured" in walks.samples(walks.record(), "enable_latency").not_run
