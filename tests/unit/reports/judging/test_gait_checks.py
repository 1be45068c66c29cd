"""Detection, rest, missed steps and place in the cycle, on a walk whose every instant is known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from reports.measures.gait_events import paired
from reports.measures.quiet_stimulation import poisson_interval
from sim.gait.walk import Pause


def test_a_finding_belongs_to_one_truth_only():
    """Of two instants near one finding the closer one has it; what is 0.25 s away belongs to nobody."""
    assert paired(np.array([1.0, 1.2, 5.0]), np.array([1.15, 4.7])).tolist() == [-1, 0, -1]
    assert paired(np.array([1.0]), np.empty(0)).tolist() == [-1]


def test_every_heel_off_is_found_forty_milliseconds_late(walks):
    """Trains begin 40 ms after heel-off; each is one finding, and none is too many."""
    for of in ("truth", "finding"):
        samples = walks.samples(walks.record(), "event_error", event="heel_off", of=of)
        assert samples.values == pytest.approx(0.040, abs=1e-9) and samples.values.size == 10


def test_contact_is_the_last_pulse_less_what_follows_it_by_settings(walks):
    """Last pulse 190 ms after the landing, less 200 ms extension, 200 ms ramp and a period: 235 ms too soon."""
    samples = walks.samples(walks.record(), "event_error", event="contact", of="truth")
    assert samples.values == pytest.approx(0.190 - 0.425, abs=1e-9)


def test_a_missed_step_lowers_sensitivity_a_stray_train_precision(walks):
    """One train taken away, one put into stance: 9 of 10 truths found, 9 of 10 findings true."""
    trains = walks.instants()
    stray = 2.0 + 1.25 * 5 + 0.405 + 0.025 * np.arange(2)
    record = walks.record(walks.pulses([*trains[:3], *trains[4:]], ramped=False))
    more = walks.record(np.concatenate((walks.pulses([*trains[:3], *trains[4:]]), walks.pulses([stray]))))
    truth = walks.samples(record, "event_error", of="truth")
    finding = walks.samples(more, "event_error", of="finding")
    assert np.isinf(truth.values).sum() == 1 and truth.strides[np.isinf(truth.values)].tolist() == [4]
    assert np.isinf(finding.values).sum() == 1 and finding.values.size == 10


def test_an_early_start_is_judged_and_not_excused(walks):
    """A train that begins 200 ms before heel-off is on at the trigger: found 200 ms too soon, onset at -28 %."""
    trains = [t_s - 0.24 for t_s in walks.instants()]
    record = walks.record(walks.pulses(trains, ramped=False))
    found = walks.samples(record, "event_error", of="truth")
    place = walks.samples(record, "stimulation_place", at="onset")
    assert found.values == pytest.approx(-0.200, abs=1e-9) and found.values.size == 10
    assert place.values == pytest.approx((-0.200 - 0.15) / 1.25, abs=1e-9)


def test_onset_and_end_are_shares_of_the_stride(walks):
    """First pulse 110 ms before toe-off, last one 190 ms after the landing, of 1.25 s."""
    onset = walks.samples(walks.record(), "stimulation_place", at="onset")
    end = walks.samples(walks.record(), "stimulation_place", at="end")
    assert onset.values == pytest.approx(-0.11 / 1.25, abs=1e-9)
    assert end.values == pytest.approx(0.19 / 1.25, abs=1e-9)


def test_missed_steps_are_a_share_and_a_run(walks):
    """Strides 3, 4, 5 and 8 of ten go without: 40 %, and three in a row; the interval is exact binomial."""
    from scipy.stats import beta

    trains = [t_s for k, t_s in enumerate(walks.instants(), 1) if k not in {3, 4, 5, 8}]
    record = walks.record(walks.pulses(trains))
    share = walks.samples(record, "missed_steps", **{"as": "share"})
    run = walks.samples(record, "missed_steps", **{"as": "longest_run"})
    assert share.values.tolist() == [0.4] and run.values.tolist() == [3.0]
    assert share.interval95[0] == pytest.approx([beta.ppf(0.025, 4, 7), beta.ppf(0.975, 5, 6)])


def test_a_whimper_is_no_stimulation(walks):
    """One pulse of 1 % of the plateau before the landing, the rest after it: a step without stimulation."""
    trains = walks.instants()
    late = np.append(trains[5][0], trains[5][-6:])
    pulses = walks.pulses([*trains[:5], late, *trains[6:]], ramped=False)
    assert walks.samples(walks.record(pulses), "missed_steps").values.tolist() == [0.0]
    pulses["charge1_c"][np.isclose(pulses["t_s"], late[0])] *= 0.01
    strides = walks.strides()
    assert (late[1:] > strides["landing_s"][5]).all()
    assert walks.samples(walks.record(pulses), "missed_steps").values.tolist() == [0.1]


def test_stimulation_at_rest_is_counted_by_the_minute(walks):
    """Two trains in 30 s of standing: four a minute; an exact Poisson interval about them."""
    strides = walks.strides()
    for column in ("heel_off_s", "toe_off_s", "landing_s", "sensor_off_s", "sensor_on_s"):
        strides[column][5:] += 30.0
    strides["t0_s"][6:] += 30.0
    strides["stride_time_s"][5] += 30.0
    trains = [t_s + (30.0 if k > 4 else 0.0) for k, t_s in enumerate(walks.instants())]
    stray = [2.0 + 1.25 * 5 + 0.6 + after + 0.025 * np.arange(5) for after in (10.0, 20.0)]
    span_s = (0.0, 50.0)
    quiet = walks.record(walks.pulses(trains), strides=strides, span_s=span_s)
    case = replace(quiet.case, walk=replace(quiet.case.walk, pauses=(Pause(6, 30.0),)))
    noisy = walks.record(walks.pulses([*trains, *stray], ramped=False), strides=strides, case=case, span_s=span_s)
    found = walks.samples(noisy, "false_stimulation_rate")
    assert found.values == pytest.approx([2 / (29.9 / 60.0)])
    assert found.items.tolist() == [29]
    assert walks.samples(replace(quiet, case=case), "false_stimulation_rate").values.tolist() == [0.0]


def test_nothing_seen_shows_less_than_three_point_seven():
    """Garwood: 0 seen has the upper bound -ln(0.025) = 3.689; 5 seen 1.623 to 11.668 (published table)."""
    assert poisson_interval(0) == pytest.approx((0.0, -math.log(0.025)))
    assert poisson_interval(5) == pytest.approx((1.623, 11.668), abs=1e-3)
