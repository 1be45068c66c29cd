"""Trains, strides and the loop error, against hand-made walks."""

import numpy as np
import pytest

from rig.replay import loop_error, with_device_columns
from rig.trains import assign_trains, first_pulse_index, longest_interval_s
from sim.pulse import PULSE_DTYPE
from sim.sensor.heel_switch import HeelSwitch
from sim.sensor.watch import SensorWatch

MS = 1_000_000


def _pulses(times_s, charges_c=None, channel=1):
    rows = np.zeros(len(times_s), PULSE_DTYPE)
    rows["t_s"], rows["channel"] = times_s, channel
    rows["end_s"] = rows["t_s"] + 0.8e-3
    rows["charge1_c"] = 9e-6 if charges_c is None else charges_c
    return rows


def _train(start_s, n=20, period_s=0.025):
    return start_s + period_s * np.arange(n)


def test_trains_break_at_three_periods_or_150_ms():
    """formats.md section 1: start-to-start intervals under max(3 set periods, 150 ms) belong together."""
    assert longest_interval_s(np.empty(0), {"rate": 40.0}) == pytest.approx(0.150)
    assert longest_interval_s(np.empty(0), {"rate": 10.0}) == pytest.approx(0.300)
    assert longest_interval_s(_train(0.0, 5, 0.1), {}) == pytest.approx(0.300)
    t = np.concatenate((_train(0.5), [1.1, 1.249], [1.4]))
    _, trains = assign_trains(_pulses(t), np.array([0.0, 2.0]), 0, {"rate": 40.0})
    assert trains["pulses"].tolist() == [22, 1]


def test_a_train_belongs_to_the_stride_in_which_it_starts():
    t = np.concatenate((_train(0.5), _train(1.9), _train(3.5)))
    columns, trains = assign_trains(_pulses(t), np.array([1.0, 2.0, 3.0]), 1, {"rate": 40.0})
    assert trains["stride"].tolist() == [0, 1, 3]
    assert set(columns["stride"][20:40]) == {1.0}, "pulses after the heel strike still carry the stride of their train"
    assert set(columns["leg"]) == {1.0}


def test_an_opening_of_the_sensor_in_a_pause_begins_a_new_train():
    """A brisk walk: 100 ms between two steps' stimulation is under the break, but the device answered anew."""
    t = np.concatenate((_train(0.5), _train(0.975 + 0.1)))
    assert assign_trains(_pulses(t), np.array([0.0]), 0, {"rate": 40.0})[1]["pulses"].tolist() == [40]
    split = assign_trains(_pulses(t), np.array([0.0, 1.0]), 0, {"rate": 40.0}, np.array([0.49, 1.06]))[1]
    assert split["pulses"].tolist() == [20, 20] and split["stride"].tolist() == [1, 2]
    running = assign_trains(_pulses(_train(0.5, 40)), np.array([0.0]), 0, {"rate": 40.0}, np.array([1.06]))[1]
    assert running["pulses"].tolist() == [40], "an opening while stimulation runs splits nothing"


def test_channels_have_trains_of_their_own():
    both = np.concatenate((_pulses(_train(0.5)), _pulses(_train(0.51), channel=2)))
    _, trains = assign_trains(both[np.argsort(both["t_s"])], np.array([0.0]), 0, {"rate": 40.0})
    assert trains["channel"].tolist() == [1, 2] and trains["pulses"].tolist() == [20, 20]


def test_first_pulse_reaches_a_tenth_of_the_plateau():
    ramp = np.concatenate((np.linspace(0.02, 1.0, 50), np.ones(100))) * 9e-6
    index, plateau_c = first_pulse_index(-ramp)
    assert plateau_c == pytest.approx(9e-6, rel=0.01)
    assert ramp[index] >= 0.1 * plateau_c > ramp[index - 1]


def test_a_clipped_train_has_no_plateau():
    index, plateau_c = first_pulse_index(np.full(5, np.nan))
    assert index == 0 and np.isnan(plateau_c)


def _switch(crossings):
    watch = SensorWatch(HeelSwitch())
    watch.crossings.extend(crossings)
    return watch


def test_equal_sensors_have_no_loop_error():
    crossings = [(100 * MS, False), (900 * MS, True), (1_100 * MS, False)]
    error = loop_error(_switch(crossings), _switch(crossings), 2_000 * MS)
    assert error.crossing_shift_s == 0.0 and error.unmatched_crossings == 0 and error.acceptable


def test_shifted_and_missing_crossings_are_loop_error():
    emitted = [(100 * MS, False), (900 * MS, True), (1_100 * MS, False)]
    shifted = [(100 * MS, False), (907 * MS, True), (1_100 * MS, False)]
    late = loop_error(_switch(emitted), _switch(shifted), 2_000 * MS)
    assert late.crossing_shift_s == pytest.approx(0.007) and not late.acceptable
    lost = loop_error(_switch(emitted), _switch(emitted[:1] + emitted[2:]), 2_000 * MS)
    assert lost.unmatched_crossings == 1 and not lost.acceptable
    assert loop_error(_switch(emitted), _switch(emitted[:2]), 1_000 * MS).acceptable, (
        "after the end of the run nothing is compared"
    )


def test_device_columns_follow_the_definitions():
    """sensor_off inside the stride, sensor_on the next closing, first pulse between them, missed stays absent."""
    gait = {"stride": np.array([1.0, 2.0, 3.0]), "t0_s": np.array([1.0, 2.0, 3.0]), "stride_time_s": np.ones(3)}
    crossings = [(1_400 * MS, False), (2_010 * MS, True), (2_400 * MS, False), (3_010 * MS, True)]
    pulses = _pulses(_train(1.45))
    columns, trains = assign_trains(pulses, np.array([1.0, 2.0, 3.0, 4.0]), 0, {"rate": 40.0})
    strides = with_device_columns(gait, crossings, trains, columns, 0.0)
    assert strides["sensor_off_s"][:2].tolist() == [1.4, 2.4] and np.isnan(strides["sensor_off_s"][2])
    assert strides["sensor_on_s"][:2].tolist() == [2.01, 3.01]
    assert strides["first_pulse_s"][0] == pytest.approx(1.45)
    assert np.isnan(strides["first_pulse_s"][1]), "a missed stimulation has no first pulse"
    assert strides["last_pulse_s"][0] == pytest.approx(1.45 + 19 * 0.025)
    assert strides["pulses"].tolist() == [20, 0, 0]
    assert strides["charge_c"][0] == pytest.approx(180e-6)
