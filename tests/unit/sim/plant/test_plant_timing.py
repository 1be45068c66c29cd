"""The reference stimulator keeps time: ramps, extension, time-out, retrigger, rate and clock, on the exact pulses."""

import numpy as np
import pytest

from sim.stimulator.odfs_settings import OdfsSettings

pytestmark = pytest.mark.kernels

HEEL_OFF, HEEL_ON = 0.5, 1.0


def test_first_pulse_follows_heel_off_by_the_debounce_time(Bench):
    """Heel off at 0.5 s, 10 looks of 1 ms: the first pulse 9 to 10 ms later, plus at most 5 us of jitter."""
    for seed in range(8):
        first = Bench(seed=seed).run().starts_s()[0]
        assert 0.009 <= first - HEEL_OFF <= 0.010 + 5e-6


def test_ramp_up_raises_the_pulse_width_linearly(Bench):
    """200 ms at 40 Hz: widths 1/8, 2/8, ... 8/8 of 300 us at full current, then the plateau."""
    pulses = Bench(settings=OdfsSettings(jitter_s=0.0)).run().pulses
    expected = np.minimum(1.0, np.arange(1, 15) / 8) * 300e-6
    np.testing.assert_allclose(pulses["phase1_s"][:14], expected, atol=1e-9)
    np.testing.assert_allclose(pulses["phase1_a"], 0.030, rtol=1e-12)


def test_ramp_of_the_current_keeps_the_width(Bench):
    """The other kind of ramp: width constant, current in eighths."""
    pulses = Bench(settings=OdfsSettings(jitter_s=0.0, ramped="current")).run().pulses
    np.testing.assert_allclose(pulses["phase1_a"][:10], np.minimum(1.0, np.arange(1, 11) / 8) * 0.030, rtol=1e-9)
    np.testing.assert_allclose(pulses["phase1_s"], 300e-6, atol=1e-12)


def test_no_ramp_starts_at_the_plateau(Bench):
    """Ramp 0 s: every pulse of the train is whole, and after the extension there is none."""
    pulses = Bench(settings=OdfsSettings(ramp_up_s=0.0, ramp_down_s=0.0)).run().pulses
    np.testing.assert_allclose(pulses["phase1_s"], 300e-6, atol=1e-9)
    assert HEEL_ON + 0.2 - 0.025 < pulses["t_s"][-1] <= HEEL_ON + 0.211


def test_extension_and_ramp_down_follow_heel_strike(Bench):
    """Heel strike at 1.0 s: plateau until 1.2 s and the debounce, then 200 ms of falling widths, then silence."""
    pulses = Bench().run().pulses
    starts, widths = pulses["t_s"], pulses["phase1_s"]
    whole = starts[widths > 299.9e-6]
    assert HEEL_ON + 0.2 - 0.02 < whole[-1] <= HEEL_ON + 0.211
    falling = widths[starts > whole[-1]]
    assert 7 <= len(falling) <= 8
    assert np.all(np.diff(falling) < 0)
    np.testing.assert_allclose(np.diff(falling), -300e-6 / 8, atol=1e-8)
    assert starts[-1] < HEEL_ON + 0.2 + 0.01 + 0.2


@pytest.mark.parametrize("waveform", ["symmetric", "asymmetric"])
def test_every_pulse_returns_its_charge(Bench, waveform):
    """Net charge is zero to rounding in plateau and ramps, for both waveforms: below 1e-14 C of 9e-6 C."""
    pulses = Bench(settings=OdfsSettings(waveform=waveform, rate_hz=33.0), clock_error_ratio=41e-6).run().pulses
    assert len(pulses) > 15
    assert np.max(np.abs(pulses["net_c"])) < 1e-14
    ratio = 1.0 if waveform == "symmetric" else 4.0
    np.testing.assert_allclose(pulses["phase2_s"] / pulses["phase1_s"], ratio, rtol=1e-4)
    np.testing.assert_allclose(pulses["phase1_a"] / -pulses["phase2_a"], ratio, rtol=1e-4)
    np.testing.assert_allclose(pulses["gap_s"], 100e-6, atol=5e-9)


def test_integral_of_the_segments_is_the_charge_of_the_pulses(Bench):
    """The sum of all pulse charges equals the integral of the current over the whole run, segment by segment."""
    run = Bench(load=Bench().load, settings=OdfsSettings(current_a=0.08)).run()
    rows, ends = run.rows, np.append(run.rows["t_ns"][1:], 2_000_000_000)
    span = (ends - rows["t_ns"]) * 1e-9
    absolute = np.abs(rows["i_a"] * span + rows["i_b_a"] * rows["tau_s"] * -np.expm1(-span / rows["tau_s"]))
    pulses = run.pulses
    assert absolute.sum() == pytest.approx(np.abs(pulses["charge1_c"]).sum() + np.abs(pulses["charge2_c"]).sum())


def test_rate_and_width_follow_the_clock_of_the_device(Bench):
    """A clock 1000 ppm fast: mean period 25 ms / 1.001 and widths 300 us / 1.001 in rig time, jitter without drift."""
    run = Bench(lifts=((0.1, 3.9),), until_s=4.0, clock_error_ratio=1e-3, settings=OdfsSettings(time_out_s=10.0)).run()
    starts = run.starts_s()
    plateau = run.pulses["phase1_s"] > 299e-6
    assert (starts[-1] - starts[0]) / (len(starts) - 1) == pytest.approx(0.025 / 1.001, abs=5e-6 / 100)
    np.testing.assert_allclose(run.pulses["phase1_s"][plateau], 300e-6 / 1.001, atol=1e-9)
    jitter = starts - starts[0] - np.arange(len(starts)) * 0.025 / 1.001
    assert 2e-6 < np.ptp(jitter) <= 5e-6


def test_starts_fit_no_grid(Bench):
    """Start phase and jitter are the seed's: the first pulse falls on no whole microsecond, and seeds differ."""
    firsts = [int(Bench(seed=seed).run().rows["t_ns"][1]) for seed in range(6)]
    assert len(set(firsts)) == 6
    assert sum(first % 1000 == 0 for first in firsts) <= 1


def test_time_out_ends_a_train_whose_switch_stays_open(Bench):
    """Switch open from 0.5 s on, time-out 1 s: the last pulse comes before 1.5 s and the debounce, and none follows."""
    run = Bench(lifts=((0.5, 9.0),), until_s=4.0, settings=OdfsSettings(time_out_s=1.0)).run()
    on_time = run.starts_s()[-1] - run.starts_s()[0]
    assert 0.95 < on_time <= 1.0
    assert [text for _, text in run.messages] == ["time-out: stimulation off"]


def test_after_a_time_out_the_next_step_starts_a_train(Bench):
    """The switch closes and opens again: a new train with a new ramp."""
    run = Bench(lifts=((0.5, 2.5), (3.0, 3.4)), until_s=4.5, settings=OdfsSettings(time_out_s=1.0)).run()
    second = run.pulses[run.starts_s() > 2.0]
    assert second["t_s"][0] == pytest.approx(3.0095, abs=6e-4)
    assert second["phase1_s"][0] == pytest.approx(300e-6 / 8, abs=1e-9)


def test_heel_off_during_the_extension_keeps_the_train(Bench):
    """The heel leaves the floor again inside the extension: one train without a new ramp."""
    run = Bench(lifts=((0.5, 1.0), (1.1, 1.5)), until_s=2.5).run()
    inside = run.pulses[(run.starts_s() > 0.75) & (run.starts_s() < 1.7)]
    np.testing.assert_allclose(inside["phase1_s"], 300e-6, atol=1e-9)
    assert np.max(np.diff(run.starts_s())) < 0.0251


def test_heel_off_during_the_ramp_down_ramps_up_from_there(Bench):
    """The train turns round where it stands: widths fall, then rise, and no pulse is left out."""
    run = Bench(lifts=((0.5, 1.0), (1.28, 1.7)), until_s=2.8).run()
    widths = run.pulses["phase1_s"][(run.starts_s() > 1.19) & (run.starts_s() < 1.5)]
    lowest = int(np.argmin(widths))
    assert 0 < lowest < len(widths) - 1
    assert 100e-6 < widths[lowest] < 250e-6
    assert np.max(np.diff(run.starts_s())) < 0.0251


def test_bounce_shorter_than_the_debounce_time_is_no_step(Bench):
    """Openings of 5 ms between 30 ms of contact never start a train."""
    lifts = tuple((0.3 + 0.035 * k, 0.305 + 0.035 * k) for k in range(20))
    assert len(Bench(lifts=lifts).run().pulses) == 0


def test_a_heel_that_is_up_when_the_device_wakes_is_no_step(Bench):
    """Interlock at start: with the switch open from the first look on, nothing until it has closed and opened."""
    run = Bench(lifts=((0.0, 0.6), (1.0, 1.4)), until_s=2.0).run()
    assert run.starts_s()[0] == pytest.approx(1.0095, abs=6e-4)


def test_no_signal_no_stimulation(Bench):
    """A heel that never lifts gives one idle segment and no pulse."""
    run = Bench(lifts=()).run(cuts_ns=range(0, 2_000_000_000, 250_000_000))
    assert len(run.rows) == 1 and run.rows["t_ns"][0] == 0 and run.rows["i_a"][0] == 0.0
    assert len(run.pulses) == 0


def test_without_a_gap_the_phases_join(Bench):
    """Gap 0: the current turns from +30 to -30 mA in one instant."""
    run = Bench(settings=OdfsSettings(gap_s=0.0)).run()
    assert np.all(run.pulses["gap_s"] == 0.0)
    assert np.abs(run.pulses["net_c"]).max() < 1e-14
    assert len(run.rows) == 1 + 3 * len(run.pulses)


def test_a_long_block_grows_its_tables(Bench):
    """Twelve seconds at 100 Hz in one block: every pulse with four switches, in order."""
    settings = OdfsSettings(rate_hz=100.0, time_out_s=20.0)
    run = Bench(lifts=((0.5, 12.0),), until_s=13.0, settings=settings).run()
    assert len(run.pulses) > 1150
    assert len(run.rows) == 1 + 4 * len(run.pulses)
    assert np.all(np.diff(run.rows["t_ns"]) > 0)
    assert np.max(np.diff(run.starts_s())) < 0.0101


def test_heel_off_during_the_ramp_of_a_time_out_is_a_new_step(Bench):
    """Time-out at 0.8 s of open switch; the heel lands and lifts inside the falling ramp: a new ramp begins."""
    settings = OdfsSettings(time_out_s=1.0, ramp_down_s=0.3)
    run = Bench(lifts=((0.5, 1.25), (1.3, 2.0)), until_s=3.0, settings=settings).run()
    after = run.pulses[run.starts_s() > 1.305]
    np.testing.assert_allclose(after["phase1_s"][:3], np.arange(1, 4) / 8 * 300e-6, atol=1e-8)
    assert 1.309 < after["t_s"][0] < 1.312
