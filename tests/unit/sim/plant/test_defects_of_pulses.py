"""Each defect of the output stage does to the exact segments what its dose says, in closed form."""

import numpy as np
import pytest

from sim.electrode.load import Load
from sim.signal import Command
from sim.stimulator.odfs_settings import OdfsSettings

pytestmark = pytest.mark.kernels

FLAT = OdfsSettings(ramp_up_s=0.0, jitter_s=0.0)
OHM_1000 = Load(1000.0)


def _run(Bench, defects=None, settings=FLAT, load=OHM_1000, commands=(), until_s=1.1, lifts=((0.1, 1.0),)):
    return Bench(
        lifts=lifts, until_s=until_s, settings=settings, load=load, commands=commands, defects=defects or {}
    ).run()


def test_width_error_widens_both_phases(Bench):
    """+25 %: 375 us instead of 300, both phases, balanced."""
    pulses = _run(Bench, {"width_error": 0.25}).pulses
    np.testing.assert_allclose(pulses["phase1_s"][:20], 375e-6, atol=1e-9)
    np.testing.assert_allclose(pulses["phase2_s"][:20], 375e-6, atol=1e-9)
    assert np.abs(pulses["net_c"]).max() < 1e-14


def test_width2_error_leaves_its_share_of_the_charge(Bench):
    """Phase 2 wider by 10 % at the same current: net charge -10 % of I w, phase 1 untouched."""
    pulses = _run(Bench, {"width2_error": 0.1}).pulses[:20]
    np.testing.assert_allclose(pulses["phase1_s"], 300e-6, atol=1e-9)
    np.testing.assert_allclose(pulses["phase2_s"], 330e-6, atol=1e-9)
    np.testing.assert_allclose(pulses["net_c"], -0.1 * 0.03 * 300e-6, rtol=1e-9)


@pytest.mark.parametrize(("dose", "gap_s"), [(40e-6, 140e-6), (-60e-6, 40e-6)])
def test_gap_error_moves_phase_2(Bench, dose, gap_s):
    """The gap of 100 us is longer or shorter by the dose."""
    np.testing.assert_allclose(_run(Bench, {"gap_error": dose}).pulses["gap_s"], gap_s, atol=2e-9)


def test_rate_error_shortens_the_period(Bench):
    """+25 %: 50 Hz instead of 40."""
    np.testing.assert_allclose(np.diff(_run(Bench, {"rate_error": 0.25}).starts_s()), 0.020, atol=2e-9)


def test_jitter_scatters_the_starts_evenly(Bench):
    """2 ms: starts lie 0 to 2 ms after the grid of 25 ms, all over it, and the grid itself does not move."""
    starts = _run(Bench, {"jitter": 2e-3}, until_s=9.0, lifts=((0.1, 3.9), (4.1, 7.9))).starts_s()
    sound = _run(Bench, until_s=9.0, lifts=((0.1, 3.9), (4.1, 7.9))).starts_s()
    late = starts - sound
    assert late.min() >= 0.0 and late.max() <= 2e-3
    assert abs(late.mean() - 1e-3) < 4 * 2e-3 / np.sqrt(12 * late.size)
    assert np.diff(np.sort(late)).max() < 0.2e-3


@pytest.mark.parametrize("waveform", ["symmetric", "asymmetric"])
def test_imbalance_is_a_share_of_the_phase_charge(Bench, waveform):
    """3 %: every pulse, in the ramps too, leaves -3 % of its own phase-1 charge."""
    settings = OdfsSettings(waveform=waveform)
    pulses = _run(Bench, {"imbalance": 0.03}, settings).pulses
    np.testing.assert_allclose(pulses["net_c"], -0.03 * pulses["charge1_c"], rtol=1e-6)


def test_ramp_imbalance_spares_the_plateau(Bench):
    """10 % in ramps, nothing on the plateau."""
    pulses = _run(Bench, {"ramp_imbalance": 0.1}, OdfsSettings(jitter_s=0.0), until_s=1.6).pulses
    full = pulses["phase1_s"] > 299.9e-6
    assert full.sum() > 20 and (~full).sum() >= 14
    assert np.abs(pulses["net_c"][full]).max() < 1e-14
    np.testing.assert_allclose(pulses["net_c"][~full], -0.1 * pulses["charge1_c"][~full], rtol=1e-6)


def test_step_imbalance_and_jump_last_five_pulses_and_one(Bench):
    """After a change of the current inside a train: 5 % on the next five pulses; a jump of 10 mA on the first."""
    change = (Command(500_000_000, "setting", ("current", 0.04)),)
    pulses = _run(Bench, {"step_imbalance": 0.05}, commands=change).pulses
    after = pulses[pulses["t_s"] >= 0.5]
    share = -after["net_c"] / after["charge1_c"]
    np.testing.assert_allclose(share[:5], 0.05, rtol=1e-6)
    assert np.abs(share[5:]).max() < 1e-9
    assert np.abs(pulses["net_c"][pulses["t_s"] < 0.5]).max() < 1e-14
    jumped = _run(Bench, {"setting_jump": 0.01}, commands=change).pulses
    np.testing.assert_allclose(jumped[jumped["t_s"] >= 0.5]["phase1_a"][:3], [0.05, 0.04, 0.04], rtol=1e-12)


def test_rate_net_charge_follows_the_rate(Bench):
    """200 nC at 40 Hz is 100 nC at 20 Hz."""
    for rate_hz, net_c in ((40.0, 200e-9), (20.0, 100e-9)):
        pulses = _run(Bench, {"rate_net_charge": 200e-9}, OdfsSettings(ramp_up_s=0.0, rate_hz=rate_hz)).pulses
        np.testing.assert_allclose(pulses["net_c"][:10], net_c, rtol=1e-6)


def test_cut_last_pulse_lacks_its_phase_2(Bench):
    """Half a dose: the last pulse of the ramp down lacks half of phase 2, no other does; the stop button cuts too."""
    pulses = _run(Bench, {"cut_last_pulse": 0.5}, until_s=1.8).pulses
    assert np.abs(pulses["net_c"][:-1]).max() < 1e-14
    assert pulses["net_c"][-1] == pytest.approx(0.5 * pulses["charge1_c"][-1], rel=0.01)
    inside_ns = round(pulses["t_s"][10] * 1e9) + 50_000
    stopped = _run(Bench, {"cut_last_pulse": 1.0}, commands=(Command(inside_ns, "button", "stop"),)).pulses
    assert stopped["net_c"][-1] == pytest.approx(stopped["charge1_c"][-1], rel=1e-4)


SAGGED = (Command(50_000_000, "supply", 8.1),)


@pytest.mark.parametrize(
    ("defect", "dose", "wanted"),
    [
        ("supply_current", 1.5, (0.0255, 300e-6, 0.025, 0.0)),
        ("supply_width", 1.5, (0.03, 255e-6, 0.025, 0.0)),
        ("supply_rate", 1.5, (0.03, 300e-6, 0.025 / 0.85, 0.0)),
        ("supply_imbalance", 0.3, (0.03, 300e-6, 0.025, 0.03)),
    ],
)
def test_supply_defects_follow_the_supply_by_their_dose(Bench, defect, dose, wanted):
    """10 % less supply: dose 1.5 takes 15 % off current, width, rate; 0.3 takes 3 % off the charge of phase 2."""
    current_a, width_s, period_s, net_ratio = wanted
    pulses = _run(Bench, {defect: dose}, commands=SAGGED).pulses[2:20]
    np.testing.assert_allclose(pulses["phase1_a"], current_a, rtol=1e-9)
    np.testing.assert_allclose(pulses["phase1_s"], width_s, atol=2e-9)
    np.testing.assert_allclose(np.diff(pulses["t_s"]), period_s, atol=2e-9)
    np.testing.assert_allclose(pulses["net_c"] / pulses["charge1_c"], net_ratio, atol=1e-8)
    assert _run(Bench, {defect: dose}).pulses.tobytes() == _run(Bench).pulses.tobytes()  # at the nominal supply


def test_current_defects_scale_shift_and_floor(Bench):
    """+25 %, +8 mA, multiples of 7 mA, 6 mA back in the odd bands of 5 mA, 2 mA at level 0."""
    cases = (
        ({"current_error": 0.25}, 0.03, 0.0375),
        ({"current_offset": 8e-3}, 0.03, 0.038),
        ({"coarse_steps": 7e-3}, 0.03, 0.028),
        ({"step_back": 6e-3}, 0.027, 0.021),
        ({"step_back": 6e-3}, 0.031, 0.031),
        ({"current_floor": 2e-3}, 0.03, 0.03),
    )
    for defects, set_a, given_a in cases:
        settings = OdfsSettings(ramp_up_s=0.0, current_a=set_a, lead_off_ratio=0.0)
        np.testing.assert_allclose(_run(Bench, defects, settings).pulses["phase1_a"], given_a, rtol=1e-12)
    lowest = OdfsSettings(ramp_up_s=0.0, level_ratio=0.0)
    assert _run(Bench, settings=lowest).pulses.size == 0
    np.testing.assert_allclose(_run(Bench, {"current_floor": 2e-3}, lowest).pulses["phase1_a"], 2e-3, rtol=1e-12)


def test_drift_and_warm_up_follow_the_clock_of_the_run(Bench):
    """0.6 a minute is 1 % a second; a warm-up of 30 % fades with exp(-t / 30 s)."""
    drift = _run(Bench, {"current_drift": 0.6}).pulses
    np.testing.assert_allclose(drift["phase1_a"], 0.03 * (1 + 0.01 * drift["t_s"]), rtol=1e-9)
    warm = _run(Bench, {"warm_up": 0.3}).pulses
    np.testing.assert_allclose(warm["phase1_a"], 0.03 * (1 - 0.3 * np.exp(-warm["t_s"] / 30.0)), rtol=1e-9)


def test_overshoot_and_droop_bend_the_plateau_and_keep_its_charge(Bench):
    """Eight parts of 37.5 us: the first is 25 % stronger; or they fall in a straight line by 30 % about the mean."""
    run = _run(Bench, {"overshoot": 0.25})
    first = round(run.starts_s()[3] * 1e9)
    at_ns = first + np.array([1_000, 37_000, 38_000, 299_000])
    np.testing.assert_allclose(run.current_at(at_ns), [0.0375, 0.0375, 0.03, 0.03], rtol=1e-12)
    np.testing.assert_allclose(run.pulses["charge1_c"], 0.03 * (300e-6 + 0.25 * 37.5e-6), rtol=1e-9)
    assert np.abs(run.pulses["net_c"]).max() < 1e-13
    droop = _run(Bench, {"droop": 0.3})
    middles = round(droop.starts_s()[3] * 1e9) + np.round((np.arange(8) + 0.5) * 37_500).astype(np.int64)
    np.testing.assert_allclose(
        droop.current_at(middles), 0.03 * (1 + 0.3 * (0.5 - (np.arange(8) + 0.5) / 8)), rtol=1e-12
    )
    np.testing.assert_allclose(droop.pulses["charge1_c"], 9e-6, rtol=1e-9)


@pytest.mark.parametrize("ohm", [500.0, 2000.0])
def test_a_soft_source_gives_less_into_more(Bench, ohm):
    """i = I / (1 + g R) into a resistor, unseen by the lead-off detection."""
    run = _run(Bench, {"soft_source": 1e-4}, load=Load(ohm))
    np.testing.assert_allclose(run.pulses["phase1_a"], 0.03 / (1 + 1e-4 * ohm), rtol=1e-12)
    assert run.pulses.size > 30 and run.messages == ()


def test_a_soft_source_obeys_the_equation_of_its_circuit(Bench):
    """R_s + (R_p || C): i = I - g v at every instant of a phase, and v stays below the compliance voltage."""
    load = Load(500.0, 3000.0, 0.2e-6)
    run = _run(Bench, {"soft_source": 2e-4}, load=load)
    t_ns = round(run.starts_s()[3] * 1e9) + np.arange(1_000, 300_000, 7_000)
    np.testing.assert_allclose(run.current_at(t_ns), 0.03 - 2e-4 * run.voltage_at(t_ns), rtol=1e-9)
    clamped = _run(
        Bench, {"soft_source": 2e-4}, OdfsSettings(ramp_up_s=0.0, compliance_v=20.0, lead_off_ratio=0.0), load
    )
    assert np.abs(clamped.voltage_at(t_ns)).max() <= 20.0 + 1e-9


def test_over_voltage_lifts_the_open_circuit(Bench):
    """Dose 4: 600 V instead of 120 V where nothing is connected."""
    open_circuit = (Command(50_000_000, "contact", 0.0),)
    for defects, highest_v in (({}, 120.0), ({"over_voltage": 4.0}, 600.0)):
        run = _run(Bench, defects, commands=open_circuit)
        assert np.abs(run.rows["v_v"]).max() == pytest.approx(highest_v, rel=1e-12)


def test_ramp_defects_bend_the_envelope(Bench):
    """Longer by half; steps of half; 20 % missing half-way; from half on."""
    settings = OdfsSettings(ramp_up_s=0.4, jitter_s=0.0)
    steady = np.minimum(1.0, np.arange(1, 25) * 0.025 / 0.4)

    def envelope(**defects):
        return _run(Bench, defects, settings).pulses["phase1_s"][:24] / 300e-6

    np.testing.assert_allclose(envelope(), steady, atol=1e-5)
    np.testing.assert_allclose(envelope(ramp_error=0.5), np.minimum(1.0, np.arange(1, 25) * 0.025 / 0.6), atol=1e-5)
    assert envelope(ramp_error=-1.0).min() == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_allclose(envelope(ramp_steps=0.5), np.where(steady <= 0.5, 0.5, 1.0), atol=1e-5)
    dented = np.where((steady >= 0.4) & (steady < 0.6), steady - 0.2, steady)
    np.testing.assert_allclose(envelope(ramp_dent=0.2), dented, atol=1e-5)
    np.testing.assert_allclose(envelope(ramp_floor=0.5), np.where(steady < 1, 0.5 + 0.5 * steady, 1), atol=1e-5)


def test_a_slew_takes_one_step_a_pulse(Bench):
    """From 30 to 40 mA with 2 mA a pulse: five steps; without a slew at once."""
    change = (Command(500_000_000, "setting", ("current", 0.04)),)
    settings = OdfsSettings(ramp_up_s=0.0, slew_a=2e-3)
    after = _run(Bench, settings=settings, commands=change).pulses
    np.testing.assert_allclose(
        after[after["t_s"] >= 0.5]["phase1_a"][:7], [0.032, 0.034, 0.036, 0.038, 0.04, 0.04, 0.04], rtol=1e-12
    )
