"""What happens to the electrodes, the supply and the user: lead-off, re-arming, sag, stop button, loads, polarity."""

import numpy as np
import pytest

from sim.electrode.load import NAMED_LOADS, Load
from sim.errors import ModelError
from sim.signal import Command, Signal, Stimulus
from sim.stimulator.odfs_settings import OdfsSettings

pytestmark = pytest.mark.kernels

STEPS = tuple((0.5 + 1.2 * k, 1.0 + 1.2 * k) for k in range(6))


def at(t_s, target, value):
    """A command at `t_s`."""
    return Command(round(t_s * 1e9), target, value)


def largest(run, from_s, to_s):
    """Largest current in a span, A, looked at every 10 us."""
    t_ns = np.arange(round(from_s * 1e9), round(to_s * 1e9), 10_000)
    return np.abs(run.current_at(t_ns)).max()


def test_lifted_electrode_ends_the_train_after_three_pulses(Bench):
    """Contact lost at 0.7 s in mid-train: three pulses are tried, none later; below 100 ms, so below 1 s."""
    run = Bench(lifts=STEPS, until_s=3.0, commands=(at(0.7, "contact", 0.0),)).run()
    assert run.messages[0][1] == "lead off: stimulation off"
    assert 0.05 < run.messages[0][0] * 1e-9 - 0.7 < 0.1
    assert run.starts_s()[-1] < 0.7
    tries = run.rows["t_ns"][(np.abs(run.rows["v_v"]) == 120.0) & (run.rows["t_ns"] < 1_600_000_000)]
    assert len(tries) == 6  # three pulses of two phases at the compliance voltage


def test_peeled_electrode_is_found_and_later_steps_stay_silent(Bench):
    """5 % contact: the plateau is low, the train ends within 1 s, and what follows is a probe of 5 uA a step."""
    run = Bench(lifts=STEPS, until_s=6.0, commands=(at(0.75, "contact", 0.05),)).run()
    low = run.pulses[run.starts_s() > 0.75]
    assert len(low) == 3
    assert np.all(np.abs(low["phase1_a"]) < 0.027)
    assert low["t_s"][-1] - 0.75 < 0.1
    assert largest(run, 1.0, 6.0) == pytest.approx(5e-6, rel=1e-9)
    assert len(run.messages) == 1


def test_device_starts_with_a_ramp_at_the_step_after_contact_is_back(Bench):
    """Contact back at 2.0 s: armed at the next heel-off (2.9 s), ramp from 1/8 of the width, no surge."""
    commands = (at(0.75, "contact", 0.05), at(2.0, "contact", 1.0))
    run = Bench(lifts=STEPS, until_s=5.0, commands=commands, settings=OdfsSettings(jitter_s=0.0)).run()
    again = run.pulses[run.starts_s() > 2.0]
    assert run.messages[-1][1] == "electrode back: armed again"
    assert again["t_s"][0] == pytest.approx(2.9 + 0.0105, abs=1e-3)
    np.testing.assert_allclose(again["phase1_s"][:8], np.arange(1, 9) / 8 * 300e-6, atol=1e-9)
    assert np.abs(again["phase1_a"]).max() == pytest.approx(0.030)


def test_electrode_lost_in_the_extension_is_felt_for_at_the_next_heel_off(Bench):
    """Contact gone at 1.02 s in the extension, heel up again at 1.15 s: one probe, no train; a sound one at 2.0 s."""
    commands = (at(1.02, "contact", 0.0), at(1.5, "contact", 1.0))
    run = Bench(lifts=((0.5, 1.0), (1.15, 1.4), (2.0, 2.4)), until_s=3.0, commands=commands).run()
    assert [text for _, text in run.messages] == ["lead off: stimulation off", "electrode back: armed again"]
    assert not np.any((run.starts_s() > 1.02) & (run.starts_s() < 2.0))
    assert run.starts_s()[run.starts_s() > 1.5][0] == pytest.approx(2.0105, abs=1e-3)


def test_half_contact_that_still_carries_the_current_is_no_lead_off(Bench):
    """At 50 % contact 30 mA need 95 V of 120 V: nothing happens."""
    run = Bench(lifts=STEPS, until_s=3.0, commands=(at(0.2, "contact", 0.5),)).run()
    assert run.messages == ()
    np.testing.assert_allclose(run.pulses["phase1_a"], 0.030, rtol=1e-12)


def test_load_beyond_the_compliance_voltage_trips(Bench):
    """10 kohm at 30 mA would need 300 V: 12 mA flow at 120 V, and the device stops after three pulses."""
    run = Bench(lifts=STEPS, until_s=3.0, load=NAMED_LOADS["10 kohm"]).run()
    assert len(run.pulses) == 3
    np.testing.assert_allclose(run.pulses["phase1_a"], 0.012, rtol=1e-12)


@pytest.mark.parametrize("load", ["skin", "500 ohm", "2 kohm"])
def test_current_is_the_set_one_on_every_load_within_compliance(Bench, load):
    """Regulation: the plateau does not depend on the load; v = i R on a resistor."""
    run = Bench(load=NAMED_LOADS[load]).run()
    np.testing.assert_allclose(run.pulses["phase1_a"], 0.030, rtol=1e-12)
    if load != "skin":
        np.testing.assert_allclose(run.rows["v_v"], run.rows["i_a"] * NAMED_LOADS[load].series_ohm, rtol=1e-12)


def test_clamped_pulse_reports_what_flowed(Bench):
    """80 mA into the skin at 100 V clamps: charge by trapezoid over 10 ns steps of the segments, to 1e-6."""
    settings = OdfsSettings(current_a=0.080, compliance_v=100.0, lead_off_ratio=0.0, ramp_up_s=0.0)
    run = Bench(settings=settings, until_s=0.6).run()
    pulse = run.pulses[0]
    t0 = round(pulse["t_s"] * 1e9)
    t_ns = np.arange(t0, t0 + 300_001, 10)
    current = run.current_at(t_ns)
    current[-1] = run.current_at(np.array([t0 + 299_999]))[0]
    assert pulse["charge1_c"] == pytest.approx(np.trapezoid(current, t_ns * 1e-9), rel=1e-6)
    middle = current[7500:22501]
    assert pulse["phase1_a"] == pytest.approx(np.trapezoid(middle, dx=1.0) / 15000, rel=1e-6)
    assert np.abs(run.voltage_at(t_ns)).max() <= 100.0 + 1e-3
    assert pulse["phase1_a"] < 0.079


def test_battery_sag_lowers_the_compliance_voltage(Bench):
    """80 mA needs 126 V; at 9 V there are 150 V, at 6.3 V only 105 V: the voltage never exceeds its share."""
    settings = OdfsSettings(current_a=0.080, compliance_v=150.0, lead_off_ratio=0.0)
    run = Bench(settings=settings, lifts=STEPS, until_s=3.0, commands=(at(1.5, "supply", 6.3),)).run()
    t_ns = np.arange(0, 3_000_000_000, 10_000)
    volts = np.abs(run.voltage_at(t_ns))
    assert 125.0 < volts[t_ns < 1_500_000_000].max() < 127.0
    assert volts[t_ns > 1_500_000_000].max() == pytest.approx(105.0, abs=1e-3)


def test_brown_out_cuts_the_pulse_and_waits_for_the_next_step(Bench):
    """Below 6 V the device is off at once, in mid-pulse too; back at 9 V it waits for the next heel-off."""
    first = Bench(lifts=STEPS, until_s=0.8).run().starts_s()[5]
    commands = (at(first + 1e-4, "supply", 5.0), at(0.9, "supply", 9.0))
    run = Bench(lifts=STEPS, until_s=2.5, commands=commands).run()
    cut = run.pulses[5]
    assert cut["phase1_s"] == pytest.approx(1e-4, abs=2e-9) and cut["phase2_s"] == 0.0
    assert cut["net_c"] == pytest.approx(0.03 * 1e-4, rel=1e-4)
    assert run.starts_s()[6] == pytest.approx(1.7095, abs=6e-4)
    assert [text for _, text in run.messages] == [
        "supply 5.00 V: off",
        "power back at 9.00 V: waits for the next step",
    ]


def test_a_device_that_starts_without_power_stays_silent(Bench):
    """An empty battery from the start: one idle segment, no pulse."""
    run = Bench(lifts=STEPS, until_s=3.0, supply_v=4.0, defects={"dc_leak": 1e-4}).run()
    assert len(run.pulses) == 0 and np.all(run.rows["i_a"] == 0.0)


@pytest.mark.parametrize("into_pulse_s", [1e-4, 3.5e-4, 5e-4, 0.01])
def test_stop_button_ends_the_train_with_a_balanced_pulse(Bench, into_pulse_s):
    """Pressed in phase 1, the gap, phase 2 or between pulses: no later pulse, the last one balanced."""
    start = Bench(lifts=STEPS, until_s=0.9).run().starts_s()[9]
    run = Bench(lifts=STEPS, until_s=4.0, commands=(at(start + into_pulse_s, "button", "stop"),)).run()
    assert len(run.pulses) == 10
    assert abs(run.pulses["net_c"][-1]) < 1e-14


def test_released_stop_button_waits_for_the_next_step(Bench):
    """Pressed at 0.7 s, released at 0.8 s with the heel still up: the next train starts at the next heel-off."""
    commands = (at(0.7, "button", "stop"), at(0.8, "button", "release"))
    starts = Bench(lifts=STEPS, until_s=2.5, commands=commands).run().starts_s()
    later = starts[starts > 0.71]
    assert later[0] == pytest.approx(1.7095, abs=6e-4)


def test_swapped_leads_reverse_the_captured_current(Bench):
    """Polarity -1: the same pulses with the other sign of current, voltage and charge."""
    plain = Bench().run()
    swapped = Bench(commands=(at(0.0, "polarity", -1),)).run()
    np.testing.assert_array_equal(swapped.pulses["phase1_a"], -plain.pulses["phase1_a"])
    np.testing.assert_array_equal(swapped.pulses["charge1_c"], -plain.pulses["charge1_c"])
    t_ns = np.arange(0, 2_000_000_000, 99_991)
    np.testing.assert_array_equal(swapped.voltage_at(t_ns), -plain.voltage_at(t_ns))


def test_another_load_in_mid_pulse_keeps_the_current_and_empties_the_capacitor(Bench):
    """A relay switches from skin to 500 ohm inside phase 1: i stays 30 mA, v becomes 15 V at that instant."""
    start = Bench().run().starts_s()[12]
    t = start + 1.5e-4
    run = Bench(commands=(at(t, "load", Load(500.0)),)).run()
    now = np.array([round(t * 1e9)])
    assert run.current_at(now)[0] == 0.03 and run.voltage_at(now)[0] == 15.0
    assert run.voltage_at(now - 1)[0] > 20.0
    assert run.pulses["phase1_s"][12] == pytest.approx(300e-6, abs=2e-9)


def test_changed_settings_hold_from_the_next_pulse(Bench):
    """Current, width and rate change in mid-train: the grid goes on from the last pulse with the new period."""
    commands = (at(0.8, "setting", ("current", 0.04)), at(0.8, "setting", ("rate", 50.0)))
    run = Bench(commands=commands, settings=OdfsSettings(jitter_s=0.0)).run()
    later = run.pulses[(run.starts_s() > 0.8) & (run.starts_s() < 1.0)]
    np.testing.assert_allclose(later["phase1_a"], 0.04, rtol=1e-12)
    np.testing.assert_allclose(np.diff(later["t_s"]), 0.020, atol=2e-9)
    before = run.starts_s()[run.starts_s() <= 0.8][-1]
    assert later["t_s"][0] - before == pytest.approx(0.020, abs=2e-9)


@pytest.mark.parametrize(
    ("target", "value", "text"),
    [
        ("contact", 1.2, "contact must lie between 0 and 1"),
        ("polarity", 2, "polarity must be"),
        ("button", "panic", "known are stop, release"),
        ("setting", ("colour", 1.0), "setting 'colour' is not known"),
        ("setting", ("current", 9.0), "current_a must lie between"),
        ("fault", ("rust", 1.0), "defect 'rust' is not known"),
        ("weather", 1.0, "command 'weather' is not known"),
    ],
)
def test_a_command_that_makes_no_sense_is_an_error_with_its_instant(Bench, target, value, text):
    """The plant says what was asked, when, and what is allowed."""
    with pytest.raises(ModelError, match=text) as caught:
        Bench(commands=(at(0.25, target, value),)).run()
    assert caught.value.t_s == 0.25


def test_blocks_must_join(Bench):
    """A hole or an overlap between blocks, or a command outside its block, is an error of the rig."""
    plant = Bench().plant()
    plant.advance(Stimulus(0, 1000))
    with pytest.raises(ModelError, match="must begin where the one before ended"):
        plant.advance(Stimulus(2000, 3000))
    with pytest.raises(ModelError, match="lies outside"):
        plant.advance(Stimulus(1000, 2000, {}, (Command(2000, "contact", 0.5),)))


def test_integer_samples_of_a_converter_are_read_with_their_scale(Bench):
    """An int16 heel signal with scale and offset gives the same pulses as its float twin."""
    plain = Bench().run()
    plant = Bench().plant()
    volts = np.where((np.arange(20_000) >= 5000) & (np.arange(20_000) < 10_000), 0.05, 2.6)
    codes = np.rint((volts - 1.0) / 1e-3).astype(np.int16)
    with np.errstate(over="ignore"):
        plant.advance(Stimulus(0, 2_000_000_000, {"heel_switch": Signal(codes, 0, 10_000.0, "V", 1e-3, 1.0)}))
    assert plant.delivered().tobytes() == plain.pulses.tobytes()
