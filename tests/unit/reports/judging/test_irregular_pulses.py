"""Jitter, irregular pulses, steps back in a ramp and the time-out, on trains whose every pulse is known."""

import numpy as np
import pytest


def _swung(trains, by_s):
    """Every second pulse `by_s` late: periods alternate about the mean by +-by_s."""
    return [t_s + by_s * (np.arange(t_s.size) % 2) for t_s in trains]


def test_alternating_periods_have_twice_their_swing_as_spread_and_as_change(walks):
    """Periods 25 ms +-0.25 ms: p99 - p1 = 0.5 ms = 2 % of 25 ms, and 2 % from one period to the next."""
    record = walks.record(walks.pulses(_swung(walks.instants(), 0.25e-3)))
    spread = walks.samples(record, "relative_jitter", of="spread")
    change = walks.samples(record, "relative_jitter", of="change")
    assert spread.values == pytest.approx([0.02], rel=0.02)
    assert change.values == pytest.approx([0.02], rel=0.02)
    assert spread.items[0] == 320 and change.items[0] == 310


def test_a_rate_that_is_changed_between_trains_is_no_jitter(walks):
    """Trains of 40 and of 38 Hz by turns, each of them even: nothing jitters, within the U of a corrected spread."""
    trains = [t_s[0] + (t_s - t_s[0]) * (1.0 + 0.05 * (k % 2)) for k, t_s in enumerate(walks.instants())]
    samples = walks.samples(walks.record(walks.pulses(trains)), "relative_jitter")
    assert abs(samples.values[0]) <= samples.expanded[0] < 1e-5


@pytest.mark.parametrize(("which", "count"), [("both", 3), ("missing", 2), ("extra", 1)])
def test_irregular_pulses_are_counted_by_the_ten_thousand(walks, which, count):
    """Two pulses taken out of 33 x 10, one put in a fifth of a period after another: n = 320 - 2 + 1 periods."""
    trains = walks.instants()
    trains[2] = np.delete(trains[2], 15)
    trains[5] = np.delete(trains[5], 20)
    trains[7] = np.sort(np.append(trains[7], trains[7][10] + 0.005))
    samples = walks.samples(walks.record(walks.pulses(trains)), "irregular_pulses", which=which)
    assert samples.values == pytest.approx([1e4 * count / 319])
    assert samples.items[0] == 319


def test_none_of_n_shows_less_than_the_exact_bound(walks):
    """0 of 320: the upper 97.5 % bound of Clopper and Pearson is 1 - 0.025**(1/320)."""
    samples = walks.samples(walks.record(), "irregular_pulses")
    assert samples.values.tolist() == [0.0]
    assert samples.interval95[0] == pytest.approx([0.0, 1e4 * (1.0 - 0.025 ** (1.0 / 320.0))])


def test_a_hole_that_splits_a_train_is_seen(walks):
    """Eight pulses in a row are missing: two trains within one opening of the sensor, one period too long."""
    trains = walks.instants()
    trains[4] = np.delete(trains[4], slice(8, 16))
    samples = walks.samples(walks.record(walks.pulses(trains)), "irregular_pulses")
    assert samples.values[0] > 0.0


def test_a_dent_in_a_ramp_is_a_step_back(walks):
    """The fifth pulse of stride 3 carries 2/9 instead of 5/9 of the plateau: 4/9 - 2/9 back; the others rise."""
    pulses = walks.pulses()
    row = 2 * 33 + 4
    for name in ("phase1_s", "phase2_s", "charge1_c", "charge2_c"):
        pulses[name][row] *= 0.4
    samples = walks.samples(walks.record(pulses), "ramp_step_back")
    assert samples.values[2] == pytest.approx(2.0 / 9.0, rel=1e-6)
    assert np.delete(samples.values, 2) == pytest.approx(0.0, abs=1e-9)
    down = walks.samples(walks.record(pulses), "ramp_step_back", ramp="down")
    assert down.values == pytest.approx(0.0, abs=1e-9)


def test_the_time_out_is_shown_only_where_the_sensor_stays_open(walks):
    """The sensor of stride 4 stays open for 6 s, the train lasts 4.4 s; ordinary steps are no test of the time-out."""
    strides = walks.strides()
    strides["sensor_on_s"][3] = strides["sensor_off_s"][3] + 6.0
    for column in ("sensor_off_s", "sensor_on_s"):
        strides[column][4:8] = np.nan
    trains = walks.instants()
    trains = [*trains[:3], trains[3][0] + 0.025 * np.arange(177), *trains[8:]]
    record = walks.record(walks.pulses(trains), strides=strides)
    samples = walks.samples(record, "time_out")
    assert samples.values == pytest.approx([176 * 0.025 + 1.0e-3], abs=1e-3)
    assert samples.strides.tolist() == [4]
    assert not walks.samples(walks.record(), "time_out").values.size


def test_stop_latency_less_what_was_asked_for(walks):
    """Last pulse 180 ms after the closing; asked for were 110 % of 200 ms and a ramp of 200 ms: 240 ms to spare."""
    samples = walks.samples(walks.record(), "stop_latency", **{"from": "trigger", "minus": "extension"})
    assert samples.values == pytest.approx(0.180 - 0.42, abs=1e-9)
