"""Each seeded defect shows on the electrodes with its dose; dose 0 is the sound device, to the last bit."""

import numpy as np
import pytest

from scenarios.stimulators import MODELS
from sim.signal import Command
from sim.stimulator.odfs_settings import OdfsSettings

pytestmark = pytest.mark.kernels

STEPS = tuple((0.5 + 1.2 * k, 1.0 + 1.2 * k) for k in range(24))


def test_dose_zero_is_the_sound_device_bit_for_bit(Bench):
    """All defects named with dose 0: the same segments, pulses and messages."""
    sound = Bench(lifts=STEPS, until_s=4.0).run()
    zero = Bench(lifts=STEPS, until_s=4.0, defects=dict.fromkeys(MODELS[0].defects, 0.0)).run()
    assert sound.rows.tobytes() == zero.rows.tobytes()
    assert sound.pulses.tobytes() == zero.pulses.tobytes()


def test_the_first_nine_defects_keep_their_names_and_units():
    """The names and units that scenarios use."""
    units = {name: spec.unit for name, spec in MODELS[0].defects.items()}
    assert (
        units.items()
        >= {
            "no_lead_off": "",
            "late_start": "s",
            "missing_pulses": "",
            "net_charge": "C",
            "dc_leak": "A",
            "width_drift": "",
            "stuck_on": "s",
            "double_pulse": "",
            "no_time_out": "",
        }.items()
    )


def test_no_lead_off_goes_on_into_the_air(Bench):
    """Dose 1: pulses at the compliance voltage until the train is over, and again at the next step."""
    commands = (Command(700_000_000, "contact", 0.05),)
    run = Bench(lifts=STEPS, until_s=3.0, commands=commands, defects={"no_lead_off": 1.0}).run()
    assert run.messages == ()
    low = run.pulses[(run.starts_s() > 0.7) & (run.starts_s() < 1.4)]
    assert len(low) > 20
    assert np.count_nonzero(run.starts_s() > 1.7) > 20


def test_no_lead_off_of_half_a_dose_halves_the_threshold(Bench):
    """Dose 0.5: a plateau of 60 % of the set current (18 of 30 mA) passes, one of 40 % ends the train."""
    for compliance_v, goes_on in ((36.0, True), (24.0, False)):
        settings = OdfsSettings(compliance_v=compliance_v)
        defects = {"no_lead_off": 0.5}
        run = Bench(settings=settings, defects=defects, load=Bench().load.__class__(2000.0)).run()
        np.testing.assert_allclose(run.pulses["phase1_a"], compliance_v / 2000.0, rtol=1e-12)
        assert (len(run.pulses) > 3) is goes_on


def test_late_start_shifts_the_first_pulse(Bench):
    """80 ms: the first pulse of every train comes 80 ms later than the sound device's."""
    sound, late = Bench().run(), Bench(defects={"late_start": 0.080}).run()
    assert late.starts_s()[0] - sound.starts_s()[0] == pytest.approx(0.080, abs=1e-8)


def test_a_step_shorter_than_the_late_start_is_missed(Bench):
    """The heel is down again before the train would begin: nothing."""
    assert len(Bench(lifts=((0.5, 0.56),), defects={"late_start": 0.080}).run().pulses) == 0


def test_missing_pulses_leave_their_places_empty(Bench):
    """A fifth of 900 pulses is missing within the binomial's 4 sigma; the others stay where they were."""
    sound = Bench(lifts=STEPS, until_s=25.0).run().starts_s()
    gaps = Bench(lifts=STEPS, until_s=25.0, defects={"missing_pulses": 0.2}).run().starts_s()
    assert set(gaps.tolist()) < set(sound.tolist())
    n = len(sound)
    assert abs(n - len(gaps) - 0.2 * n) < 4 * np.sqrt(n * 0.2 * 0.8)


@pytest.mark.parametrize("waveform", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("dose", [150e-9, -40e-9])
def test_net_charge_is_left_by_every_pulse(Bench, waveform, dose):
    """The dose is what every pulse leaves behind, in the ramps too."""
    run = Bench(settings=OdfsSettings(waveform=waveform), defects={"net_charge": dose}).run()
    np.testing.assert_allclose(run.pulses["net_c"], dose, rtol=1e-6)


def test_dc_leak_flows_all_the_time(Bench):
    """30 uA between the pulses, in stance, and on top of the plateau."""
    run = Bench(defects={"dc_leak": 30e-6}).run()
    assert run.rows["i_a"][0] == 30e-6 and run.rows["i_a"][-1] == 30e-6
    plateau = run.rows["i_a"][run.rows["i_a"] > 0.01]
    np.testing.assert_allclose(plateau, 0.030030, rtol=1e-12)
    np.testing.assert_allclose(run.pulses["baseline_a"], 30e-6, rtol=1e-12)
    assert np.abs(run.pulses["net_c"]).max() < 1e-14


def test_width_drift_widens_both_phases_with_the_minutes(Bench):
    """Dose 0.6 = 60 % a minute: 1 % a second, in both phases, balanced."""
    run = Bench(lifts=STEPS, until_s=25.0, defects={"width_drift": 0.6}, settings=OdfsSettings(ramp_up_s=0.0)).run()
    plateau = run.pulses[(run.starts_s() % 1.2 > 0.55) & (run.starts_s() % 1.2 < 0.95)]
    assert len(plateau) > 200
    np.testing.assert_allclose(plateau["phase1_s"], 300e-6 * (1 + 0.01 * plateau["t_s"]), atol=1e-9)
    np.testing.assert_array_equal(plateau["phase1_s"].round(9), plateau["phase2_s"].round(9))
    assert np.abs(run.pulses["net_c"]).max() < 1e-14


def test_stuck_on_prolongs_the_extension(Bench):
    """300 ms: the train ends 300 ms later, to within one period."""
    sound, stuck = Bench().run(), Bench(defects={"stuck_on": 0.3}).run()
    assert stuck.starts_s()[-1] - sound.starts_s()[-1] == pytest.approx(0.3, abs=1e-4)


def test_double_pulse_follows_a_share_of_the_pulses(Bench):
    """Dose 0.1: a tenth of the pulses (4 sigma) has a second one a fifth of a period later, of the same kind."""
    sound = Bench(lifts=STEPS, until_s=25.0).run().starts_s()
    run = Bench(lifts=STEPS, until_s=25.0, defects={"double_pulse": 0.1}).run()
    extra = np.setdiff1d(run.starts_s(), sound)
    n = len(sound)
    assert abs(len(extra) - 0.1 * n) < 4 * np.sqrt(n * 0.1 * 0.9)
    before = run.starts_s()[np.searchsorted(run.starts_s(), extra) - 1]
    np.testing.assert_allclose(extra - before, 0.005, atol=1e-8)
    assert np.abs(run.pulses["net_c"]).max() < 1e-14


def test_no_time_out_never_stops(Bench):
    """Dose 1: switch open for 9 s, the train goes on; dose 0.5 doubles the time-out of 1 s."""
    settings = OdfsSettings(time_out_s=1.0)
    run = Bench(lifts=((0.5, 20.0),), until_s=10.0, settings=settings, defects={"no_time_out": 1.0}).run()
    assert run.starts_s()[-1] > 9.97
    run = Bench(lifts=((0.5, 20.0),), until_s=10.0, settings=settings, defects={"no_time_out": 0.5}).run()
    assert 1.95 < run.starts_s()[-1] - run.starts_s()[0] <= 2.0


def test_a_defect_can_begin_in_mid_run(Bench):
    """A leak injected at 1.5 s: no current before it, the leak from that nanosecond on."""
    run = Bench(lifts=(), commands=(Command(1_500_000_001, "fault", ("dc_leak", 2e-5)),)).run()
    assert run.current_at(np.array([1_500_000_000, 1_500_000_001])).tolist() == [0.0, 2e-5]


@pytest.mark.parametrize(
    ("defects", "text"),
    [
        ({"rust": 1.0}, "known are missing_pulses, double_pulse"),
        ({"late_start": -0.1}, "late_start must be finite and lie between 0 and 10"),
        ({"missing_pulses": 1.5}, "between 0 and 1"),
        ({"net_charge": float("nan")}, "must be finite"),
    ],
)
def test_a_dose_that_makes_no_sense_is_refused(defects, text):
    """Unknown names and impossible doses are told with what is allowed."""
    with pytest.raises(ValueError, match=text):
        MODELS[0].check_defects(defects)
