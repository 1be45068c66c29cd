"""The drawn schedule and its noise: instants in order, pauses where they belong, long memory of the right kind."""

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.gait.draw import draw_schedule
from sim.gait.variability import fractal_noise
from sim.gait.walk import Pause, Walk
from sim.streams import Streams


@pytest.fixture
def draw(curves, patient_of):
    return lambda walk, seed=3, name="stroke_moderate": draw_schedule(patient_of(name), curves, walk, Streams(seed))


def test_instants_are_in_order(draw):
    """0 % < heel-off < toe-off < next 0 %; standing since before t = 0; the first heel leaves the floor after 2 s."""
    schedule = draw(Walk(0.55, 50))
    assert schedule.strides == 50
    assert schedule.t0_ns[0] < 0
    assert schedule.heel_off_ns[0] > 2_000_000_000
    assert (schedule.t0_ns[:-1] < schedule.heel_off_ns).all()
    assert (schedule.heel_off_ns < schedule.toe_off_ns).all()
    assert (schedule.toe_off_ns < schedule.t0_ns[1:]).all()
    assert (np.diff(schedule.t0_ns) == schedule.stride_time_ns).all()
    assert schedule.end_ns == schedule.t0_ns[-1] + 2_000_000_000
    assert schedule.instant_ns(0, schedule.pause_phase_ratio) == 0


def test_a_pause_prolongs_one_stance_and_shifts_the_rest(draw):
    """Strides before a pause are untouched; heel-off of its stride and all after come later by exactly its length."""
    plain, paused = draw(Walk(0.55, 10)), draw(Walk(0.55, 10, pauses=(Pause(4, 3.0),)))
    assert (paused.t0_ns[:5] == plain.t0_ns[:5]).all()
    assert (paused.heel_off_ns[4:] - plain.heel_off_ns[4:] == 3_000_000_000).all()
    assert paused.instant_ns(4, 0.1) == plain.instant_ns(4, 0.1)
    assert paused.instant_ns(4, 0.9) == plain.instant_ns(4, 0.9) + 3_000_000_000
    assert paused.stride_at(paused.instant_ns(4, 0.9)) == 4


def test_same_seed_same_walk_other_seed_another(draw):
    """The schedule is a function of the seed alone."""
    one, again, other = draw(Walk(0.55, 20)), draw(Walk(0.55, 20)), draw(Walk(0.55, 20), seed=4)
    assert (one.t0_ns == again.t0_ns).all() and (one.knee_offset_rad == again.knee_offset_rad).all()
    assert (one.t0_ns != other.t0_ns).any()


@pytest.mark.parametrize(
    ("walk", "word"),
    [
        (Walk(90.0, 5), "m/s"),
        (Walk(float("nan"), 5), "m/s"),
        (Walk(0.55, 0), "strides"),
        (Walk(0.55, -3), "strides"),
        (Walk(0.55, 5, pauses=(Pause(9, 1.0),)), "stride 9"),
        (Walk(0.55, 5, pauses=(Pause(2, -1.0),)), "-1 s"),
    ],
)
def test_impossible_walks_are_refused(draw, walk, word):
    """Speed, strides and pauses out of range: a clear error, not a strange walk."""
    with pytest.raises(ScenarioError, match=word):
        draw(walk)


def test_offsets_have_the_patients_scatter(draw, patient_of):
    """SD of thigh, knee and stride time over 2000 strides within 15 %; thigh and knee correlate by 0.5."""
    schedule, patient = draw(Walk(0.55, 2000)), patient_of("stroke_moderate")
    assert schedule.thigh_offset_rad.std() == pytest.approx(patient.thigh_sd_rad, rel=0.15)
    assert schedule.knee_offset_rad.std() == pytest.approx(patient.knee_sd_rad, rel=0.15)
    moving = (schedule.stride_time_ns - schedule.pause_ns) / 1e9
    assert moving.std() / moving.mean() == pytest.approx(patient.stride_time_sd_ratio, rel=0.15)
    assert np.corrcoef(schedule.thigh_offset_rad, schedule.knee_offset_rad)[0, 1] == pytest.approx(0.5, abs=0.1)


def _dfa_exponent(series):
    """Detrended fluctuation analysis, order 1, windows 8 to n/8 (Peng 1994)."""
    profile = np.cumsum(series - series.mean())
    sizes = np.unique(np.geomspace(8, len(series) // 8, 14).astype(int))
    scatter = []
    for size in sizes:
        pieces = profile[: len(profile) // size * size].reshape(-1, size)
        x = np.arange(size)
        trend = np.polynomial.polynomial.polyfit(x, pieces.T, 1)
        scatter.append(np.sqrt(np.mean((pieces - np.polynomial.polynomial.polyval(x, trend)) ** 2)))
    return np.polyfit(np.log(sizes), np.log(scatter), 1)[0]


def test_noise_has_the_long_memory_that_was_asked():
    """DFA exponent of 4096 strides, mean of 12 seeds: 0.75 within 0.04, against 0.5 of white noise (Hausdorff 1997)."""
    alphas = [_dfa_exponent(fractal_noise(4096, 0.75, Streams(s).generator("t"))) for s in range(12)]
    assert np.mean(alphas) == pytest.approx(0.75, abs=0.04)


def test_noise_has_unit_variance_and_no_forced_mean():
    """Over 40 long draws the variance is 1 within 5 %; the mean of a short draw is free."""
    draws = [fractal_noise(4096, 0.75, Streams(s).generator("t")) for s in range(40)]
    assert np.mean([np.mean(d**2) for d in draws]) == pytest.approx(1.0, abs=0.05)
    assert np.std([fractal_noise(16, 0.75, Streams(s).generator("t")).mean() for s in range(40)]) > 0.2
