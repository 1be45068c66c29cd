"""Each defect of what a device decides shows in its trains as its dose says."""

import numpy as np
import pytest

from sim.signal import Command
from sim.stimulator.odfs_settings import OdfsSettings

pytestmark = pytest.mark.kernels

STEPS = tuple((0.5 + 1.2 * k, 1.0 + 1.2 * k) for k in range(30))
QUICK = OdfsSettings(ramp_up_s=0.0, ramp_down_s=0.0, extension_s=0.1)


def trains(run):
    """(start, end) of the trains, s: pulses less than 150 ms apart."""
    t_s = run.starts_s()
    if not t_s.size:
        return np.empty((0, 2))
    breaks = np.flatnonzero(np.diff(t_s) > 0.15)
    return np.column_stack([t_s[np.r_[0, breaks + 1]], t_s[np.r_[breaks, t_s.size - 1]]])


def _run(Bench, defects=None, lifts=STEPS, until_s=12.0, settings=QUICK, **more):
    return Bench(lifts=lifts, until_s=until_s, settings=settings, defects=defects or {}, **more).run()


def test_early_start_comes_before_the_expected_step(Bench):
    """Steady steps of 1.2 s: from the third on each train begins 200 ms before the step would have started it."""
    sound, early = trains(_run(Bench)), trains(_run(Bench, {"early_start": 0.2}))
    np.testing.assert_allclose(early[:2, 0], sound[:2, 0], atol=1e-3)
    np.testing.assert_allclose(early[2:9, 0], sound[2:9, 0] - 0.2, atol=2e-3)
    np.testing.assert_allclose(early[2:9, 1], sound[2:9, 1], atol=0.026)


def test_early_stop_ends_before_the_expected_landing(Bench):
    """Steady swings of 0.5 s: from the second on a train ends 300 ms earlier (200 and the extension)."""
    sound, early = trains(_run(Bench)), trains(_run(Bench, {"early_stop": 0.2}))
    assert len(sound) == len(early)
    np.testing.assert_allclose(sound[1:9, 1] - early[1:9, 1], 0.3, atol=0.027)


def test_short_extension_takes_its_dose_off(Bench):
    """60 ms off the 100 ms."""
    sound, short = trains(_run(Bench)), trains(_run(Bench, {"short_extension": 0.06}))
    np.testing.assert_allclose(sound[:9, 1] - short[:9, 1], 0.06, atol=0.0251)


def test_missed_steps_are_a_share_and_a_run_is_in_a_row(Bench):
    """A third of 30 steps (4 sigma); three in a row, the sixth to the eighth of every twenty."""
    all_starts = trains(_run(Bench, until_s=37.0))[:, 0]
    some = trains(_run(Bench, {"missed_steps": 1 / 3}, until_s=37.0))[:, 0]
    assert set(some.round(3)) < set(all_starts.round(3))
    assert abs(len(all_starts) - len(some) - 10) < 4 * np.sqrt(30 * 2 / 9)
    run = trains(_run(Bench, {"missed_run": 3.0}, until_s=37.0))[:, 0]
    np.testing.assert_array_equal(
        np.setdiff1d(all_starts.round(3), run.round(3)), all_starts[[5, 6, 7, 25, 26, 27]].round(3)
    )


def test_a_stray_train_follows_in_stance(Bench):
    """150 ms of pulses, 0.16 s after the end of each train."""
    lifts = tuple((0.5 + 1.6 * k, 1.0 + 1.6 * k) for k in range(7))
    sound, stray = trains(_run(Bench, lifts=lifts)), trains(_run(Bench, {"stray_train": 0.15}, lifts=lifts))
    assert len(stray) == 2 * len(sound)
    np.testing.assert_allclose(stray[0::2], sound, atol=1e-3)
    np.testing.assert_allclose(stray[1::2, 1] - stray[1::2, 0], 0.15, atol=0.026)


def test_idle_trains_come_while_nothing_happens(Bench):
    """12 a minute: every 5 s a train of 0.5 s, the first 4.5 s after the last step; none while steps come."""
    lifts = STEPS[:2]
    run = trains(_run(Bench, {"idle_trains": 12.0}, lifts=lifts, until_s=23.0))
    assert len(run) == 2 + 4
    np.testing.assert_allclose(np.diff(run[2:, 0]), 5.0, atol=1e-2)
    np.testing.assert_allclose(run[2:, 1] - run[2:, 0], 0.5, atol=0.027)
    busy = _run(Bench, {"idle_trains": 12.0}, until_s=11.0)
    assert busy.pulses.tobytes() == _run(Bench, until_s=11.0).pulses.tobytes()


def test_slow_adaptation_makes_the_first_quick_steps_late(Bench):
    """1.6 s, then 0.8 s a stride: late until the mean has come down to 0.8 / 0.75 s; over few steps sooner."""
    slow = tuple((0.5 + 1.6 * k, 0.9 + 1.6 * k) for k in range(6))
    quick = tuple((9.3 + 0.8 * k, 9.75 + 0.8 * k) for k in range(20))
    sound = trains(_run(Bench, lifts=slow + quick, until_s=24.0))
    late = {}
    for dose in (1.0, 8.0):
        got = trains(_run(Bench, {"slow_adaptation": dose}, lifts=slow + quick, until_s=24.0))
        on_time = np.array([np.abs(got[:, 0] - t_s).min() < 0.03 for t_s in sound[:, 0]])
        assert on_time[:6].all() and on_time[-4:].all()
        late[dose] = int((~on_time).sum())
    assert 1 <= late[1.0] < late[8.0]


def test_short_debounce_lets_a_spike_through(Bench):
    """5 ms of an open switch: nothing with a debounce of 10 ms, a train with 80 % of it missing."""
    spike = ((0.5, 0.505),)
    assert _run(Bench, lifts=spike, until_s=2.0).pulses.size == 0
    assert _run(Bench, {"short_debounce": 0.25}, lifts=spike, until_s=2.0).pulses.size == 0
    assert _run(Bench, {"short_debounce": 0.8}, lifts=spike, until_s=2.0).pulses.size > 0


def test_slow_filter_delays_start_and_end(Bench):
    """100 ms more of debounce: both ends of the train come 100 ms later."""
    sound, slow = trains(_run(Bench)), trains(_run(Bench, {"slow_filter": 0.1}))
    np.testing.assert_allclose(slow[:9, 0] - sound[:9, 0], 0.1, atol=2e-3)
    np.testing.assert_allclose(slow[:9, 1] - sound[:9, 1], 0.1, atol=0.026)


def test_a_hang_goes_on_until_it_is_over_or_reset(Bench):
    """In every fifth train: 50 ms with the watchdog; for its dose, from 0.2 s into the train, without."""
    settings = OdfsSettings(ramp_up_s=0.0, ramp_down_s=0.0, extension_s=0.1)
    run = _run(Bench, {"hang": 1.0}, settings=settings)
    assert [text for _, text in run.messages] == ["watchdog: reset, stimulation off"] * 2
    fifth = trains(run)[4]
    assert fifth[1] - fifth[0] == pytest.approx(0.25, abs=0.026)
    bare = _run(Bench, {"hang": 2.0, "no_watchdog": 1.0}, settings=settings)
    fifth = trains(bare)[4]
    assert fifth[1] - fifth[0] == pytest.approx(2.2, abs=0.026)
    assert bare.messages == ()


def test_an_injected_hang_hangs_at_once_and_once(Bench):
    """At 0.7 s, inside the first train: the train goes on for 0.6 s more; every other train is sound."""
    fault = (Command(700_000_000, "fault", ("hang", 0.6)),)
    settings = OdfsSettings(ramp_up_s=0.0, ramp_down_s=0.0, extension_s=0.1, watchdog_s=0.0)
    run = trains(_run(Bench, commands=fault, settings=settings))
    assert run[0, 1] == pytest.approx(1.3, abs=0.026)
    sound = trains(_run(Bench, settings=settings))
    np.testing.assert_allclose(run[2:8], sound[2:8], atol=1e-3)
