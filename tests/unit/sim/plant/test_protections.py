"""What a device has against faults acts as its setting says, and its defect spoils it by its dose."""

import dataclasses

import numpy as np
import pytest

from sim.electrode.load import NAMED_LOADS, Load
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus
from sim.stimulator.odfs_settings import OdfsSettings
from sim.streams import Streams

pytestmark = pytest.mark.kernels

STEPS = tuple((0.5 + 1.2 * k, 1.0 + 1.2 * k) for k in range(30))
QUICK = OdfsSettings(ramp_up_s=0.0, ramp_down_s=0.0, extension_s=0.1)
S = 1_000_000_000


def _run(Bench, defects=None, until_s=8.0, commands=(), lifts=STEPS, **settings):
    chosen = dataclasses.replace(QUICK, **settings)
    return Bench(lifts=lifts, until_s=until_s, settings=chosen, defects=defects or {}, commands=commands).run()


def _spans(run, line):
    """(on, off) in s of a line; the end is open."""
    changes = [(t_ns * 1e-9, state) for t_ns, role, state in run.lines if role == line]
    return [(t_s, next((u for u, s in changes if u > t_s and s == 0), np.inf)) for t_s, state in changes if state]


def test_the_interlock_waits_for_the_control_at_its_minimum(Bench):
    """Power-up at 100 %: nothing until the control goes to 0 and up again; with `no_interlock` at once."""
    up = (Command(2 * S, "setting", ("level", 0.0)), Command(3 * S, "setting", ("level", 1.0)))
    assert _run(Bench, interlock="on").pulses.size == 0
    armed = _run(Bench, interlock="on", commands=up)
    assert armed.starts_s()[0] > 3.0
    assert "amplitude control at its minimum: armed" in [text for _, text in armed.messages]
    half = (Command(2 * S, "setting", ("level", 0.4)),)
    assert _run(Bench, interlock="on", commands=half).pulses.size == 0
    assert _run(Bench, {"no_interlock": 0.5}, interlock="on", commands=half).starts_s()[0] > 2.0
    assert _run(Bench, {"no_interlock": 1.0}, interlock="on").starts_s()[0] < 0.6


@pytest.mark.parametrize(
    "off_and_on", [(("supply", 0.0), ("supply", 9.0)), (("button", "power_off"), ("button", "power_on"))]
)
def test_after_an_interruption_the_output_is_zero_until_re_armed(Bench, off_and_on):
    """Supply or power key away at 2.0 s and back at 2.1 s: with the interlock nothing until re-armed at 5 s."""
    off, back = (Command(t_ns, *what) for t_ns, what in zip((2 * S, 2 * S + S // 10), off_and_on, strict=True))
    rearm = Command(5 * S, "button", "rearm")
    run = _run(Bench, interlock="on", level_ratio=0.0, commands=(
        Command(S // 10, "setting", ("level", 1.0)), off, back, rearm))  # fmt: skip
    assert run.starts_s()[0] < 0.6
    assert not np.any((run.starts_s() > 2.0) & (run.starts_s() < 5.0))
    assert np.any(run.starts_s() > 5.0)


def test_restart_gives_a_train_by_itself(Bench):
    """Dose 1.5 s: a train of that length the moment the supply is back, interlock or not."""
    commands = (Command(2 * S, "supply", 0.0), Command(3 * S, "supply", 9.0))
    run = _run(Bench, {"restart": 1.5}, lifts=STEPS[:1], interlock="on", level_ratio=0.0,
               commands=(Command(S // 10, "setting", ("level", 1.0)), *commands))  # fmt: skip
    own = run.starts_s()[run.starts_s() > 2.0]
    assert own[0] == pytest.approx(3.0, abs=1e-4)
    assert own[-1] == pytest.approx(4.5, abs=0.026)


def test_the_treatment_timer_ends_everything_until_re_armed(Bench):
    """3 s; 25 % longer; twice as long at half a dose; never at a whole one; again after re-arming."""
    for defects, end_s in (({}, 3.0), ({"shut_off_error": 0.25}, 3.75), ({"no_shut_off": 0.5}, 6.0)):
        run = _run(Bench, defects, shut_off_s=3.0, until_s=10.0)
        (t_ns,) = (t_ns for t_ns, text in run.messages if "treatment time over" in text)
        assert t_ns * 1e-9 == pytest.approx(end_s, abs=1e-3)
        assert run.starts_s()[-1] < end_s
    assert _run(Bench, {"no_shut_off": 1.0}, shut_off_s=3.0, until_s=10.0).starts_s()[-1] > 9.0
    again = _run(Bench, shut_off_s=3.0, until_s=10.0, commands=(Command(5 * S, "button", "rearm"),))
    assert np.any((again.starts_s() > 5.0) & (again.starts_s() < 8.0))
    assert not np.any(again.starts_s() > 8.0)


def test_an_overload_trips_after_three_pulses(Bench):
    """5 ohm from 0.7 s on: three pulses and off; a dose of 1 does not trip; a surge of 50 % into the short."""
    short = (Command(S * 7 // 10, "load", Load(5.0)),)
    run = _run(Bench, until_s=1.5, commands=short)
    assert np.count_nonzero(run.starts_s() > 0.7) == 3
    assert [text for _, text in run.messages] == ["overload: stimulation off"]
    assert len(_spans(run, "indicator.fault")) == 1
    assert np.count_nonzero(_run(Bench, {"no_overload_trip": 1.0}, until_s=1.5, commands=short).starts_s() > 0.7) > 10
    surge = _run(Bench, {"short_surge": 0.5}, until_s=1.5, commands=short).pulses
    np.testing.assert_allclose(surge[surge["t_s"] > 0.7]["phase1_a"], [0.03, 0.045, 0.045], rtol=1e-9)
    healed = _run(Bench, until_s=4.0, commands=(*short, Command(S * 11 // 10, "load", NAMED_LOADS["skin"])))
    assert np.any(healed.starts_s() > 1.5)


def test_lost_recharge_is_noticed_by_the_charge_watch(Bench):
    """Single fault from 0.7 s on: five unbalanced pulses and off until re-armed; unwatched it goes on."""
    fault = (Command(S * 7 // 10, "fault", ("recharge_lost", 1.0)),)
    run = _run(Bench, charge_fault_ratio=0.1, commands=fault)
    late = run.pulses[run.starts_s() > 0.7]
    assert late.size == 5
    np.testing.assert_allclose(late["net_c"], late["charge1_c"], rtol=1e-9)
    assert [text for _, text in run.messages] == ["charge fault: stimulation off until re-armed"]
    for defects, ratio in (({}, 0.0), ({"no_charge_watch": 1.0}, 0.1)):
        unwatched = _run(Bench, defects, charge_fault_ratio=ratio, commands=fault)
        assert np.count_nonzero(unwatched.starts_s() > 0.7) > 50


def test_a_slow_stop_button_acts_late(Bench):
    """0.5 s after the press at 0.7 s: the train goes on, then nothing."""
    press = (Command(S * 7 // 10, "button", "stop"),)
    assert _run(Bench, commands=press).starts_s()[-1] < 0.7
    slow = _run(Bench, {"slow_stop": 0.2}, commands=press)
    assert 0.87 < slow.starts_s()[-1] < 0.9


def test_a_reconnect_surge_shows_in_three_pulses(Bench):
    """Off at 0.7 s, on again at 1.2 s: the next train begins with three pulses of 1.5 times the current."""
    commands = (Command(S * 7 // 10, "contact", 0.02), Command(S * 12 // 10, "contact", 1.0))
    sound = _run(Bench, until_s=3.0, commands=commands, ramp_up_s=0.2)
    surge = _run(Bench, {"reconnect_surge": 0.5}, until_s=3.0, commands=commands, ramp_up_s=0.2).pulses
    after = surge[surge["t_s"] > 1.5]
    np.testing.assert_allclose(after["phase1_a"][:5], [0.045, 0.045, 0.045, 0.03, 0.03], rtol=1e-9)
    assert after["phase1_s"][0] > 299e-6 > sound.pulses[sound.starts_s() > 1.5]["phase1_s"][0]


def test_brown_out_defects(Bench):
    """5 V: off. With no brown-out half the voltage suffices; a runaway of 2 gives 1 + 2 (0.85 - 0.7) / 0.85 at 70 %."""
    low = (Command(S // 10, "supply", 5.0),)
    assert _run(Bench, commands=low).pulses.size == 0
    assert _run(Bench, {"no_brown_out": 0.5}, commands=low).pulses.size > 0
    run = _run(Bench, {"brown_out_runaway": 2.0}, commands=(Command(S // 10, "supply", 6.3),)).pulses
    np.testing.assert_allclose(run["phase1_a"], 0.03 * (1 + 2 * (0.85 - 0.7) / 0.85), rtol=1e-9)


def test_lamps_are_dark_late_or_false_by_their_dose(Bench):
    """Half of the trains dark; battery lamp 25 % lower; no fault lamp; no flag; a flag on every good pulse."""
    sound, dark = _run(Bench), _run(Bench, {"dark_output_lamp": 0.5})
    assert len(_spans(dark, "indicator.output")) == (len(_spans(sound, "indicator.output")) + 1) // 2
    assert _spans(dark, "status") == _spans(sound, "status")
    sag = tuple(Command(t * S, "supply", v) for t, v in ((1, 7.6), (2, 6.5)))
    assert len(_spans(_run(Bench, commands=sag), "indicator.low_battery")) == 1
    assert not _spans(_run(Bench, {"late_low_battery": 0.25}, commands=sag), "indicator.low_battery")
    off = (Command(S * 7 // 10, "contact", 0.02),)
    assert _spans(_run(Bench, commands=off), "indicator.fault")
    assert not _spans(_run(Bench, {"dark_fault_lamp": 1.0}, commands=off), "indicator.fault")
    assert not _spans(_run(Bench, {"no_flag": 1.0}, commands=off), "indicator.high_impedance")
    assert not _spans(sound, "indicator.high_impedance")
    assert _spans(_run(Bench, {"false_flag": 0.2}), "indicator.high_impedance")


def _with_sensor(Bench, samples, settings, defects=None):
    """Messages and pulses of a plant whose switch shows `samples` at 10 kHz."""
    bench = Bench(settings=settings, defects=defects or {})
    with np.errstate(over="ignore"):
        plant = bench.plant()
        t1_ns = len(samples) * 100_000
        plant.advance(Stimulus(0, t1_ns, {"heel_switch": Signal(samples, 0, 1e4, "V")}))
        assert isinstance(plant, Plant) and isinstance(Streams(1), Streams)
        return plant.messages(), plant.delivered()


@pytest.mark.parametrize("kind", ["nan", "beyond", "noisy"])
def test_an_invalid_sensor_ends_the_train(Bench, kind):
    """NaN, 9 V or a hundred changes a second from 1.0 s on: off within 0.5 s and told; unchecked, the train goes on."""
    rng = np.random.default_rng(4)
    samples = np.where(np.arange(40_000) < 8_000, 2.6, 0.05)
    broken = {"nan": np.nan, "beyond": 9.0, "noisy": np.where(rng.random(30_000) < 0.5, 2.6, 0.05)}[kind]
    samples[10_000:] = broken
    checked = dataclasses.replace(QUICK, sensor_check="on")
    messages, pulses = _with_sensor(Bench, samples, checked)
    (t_ns,) = (t_ns for t_ns, text in messages if text == "sensor invalid: stimulation off")
    assert 1.0 < t_ns * 1e-9 < 1.5
    assert pulses["t_s"].max() < t_ns * 1e-9
    messages, _ = _with_sensor(Bench, samples, checked, {"no_sensor_check": 1.0})
    assert not any("sensor" in text for _, text in messages)


def test_a_sensor_that_is_well_again_is_told(Bench):
    """0.3 s of NaN: invalid, then valid; the next step is answered."""
    samples = np.where((np.arange(40_000) // 6_000) % 2 == 0, 2.6, 0.05)
    samples[3_000:6_000] = np.nan
    messages, pulses = _with_sensor(Bench, samples, dataclasses.replace(QUICK, sensor_check="on"))
    assert [text for _, text in messages] == [
        "sensor invalid: stimulation off",
        "sensor valid: waits for the next step",
    ]
    assert np.any(pulses["t_s"] > 1.7)


@pytest.mark.parametrize("noise_s", [1, 20])
def test_a_sensor_is_believed_again_two_seconds_after_its_noise(Bench, noise_s):
    """However long the noise was: the count stands at its ceiling of 10, and falls by four a second to below 2."""
    end = 10_000 * (1 + noise_s)
    samples = np.full(end + 40_000, 2.6)
    samples[10_000:end] = np.where(np.random.default_rng(5).random(end - 10_000) < 0.5, 2.6, 0.05)
    messages, _ = _with_sensor(Bench, samples, dataclasses.replace(QUICK, sensor_check="on"))
    (t_ns,) = (t_ns for t_ns, text in messages if text.startswith("sensor valid"))
    assert t_ns * 1e-9 - (1 + noise_s) == pytest.approx(2.0, abs=0.3)


def test_an_interlock_that_is_switched_on_holds_at_once(Bench):
    """In the train that begins before 1 s; off again frees nothing, the key does."""
    on, off = (Command(t_ns, "setting", ("interlock", word)) for t_ns, word in ((S, "on"), (3 * S, "off")))
    run = _run(Bench, commands=(on, off, Command(5 * S, "button", "rearm")))
    assert run.starts_s()[0] < 1.0
    assert not np.any((run.starts_s() > 1.0) & (run.starts_s() < 5.0))
    assert np.any(run.starts_s() > 5.0)
    low = (Command(S // 10, "setting", ("level", 0.0)), Command(S // 5, "setting", ("interlock", "on")))
    assert _run(Bench, commands=(*low, Command(S // 2, "setting", ("level", 1.0)))).starts_s()[0] < 3.0
