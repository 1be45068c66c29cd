"""The simulated scope on the living device: what it captures is what the circuit does, in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from keysight_desk import (
    CURRENT_A,
    LOAD_OHM,
    PULSE_S,
    RATE_HZ,
    SETUP,
    SMALL,
    desk,
    pulses,
    refused,
    tell,
    waveform,
)

from sim.signal import Command

RUNS, WAITS = 8, 32
LEVEL_V = CURRENT_A * LOAD_OHM
NO_ERRORS = replace(SMALL, gain_bound_ratio=0.0, offset_bound_ratio=0.0)
"""A scope that is exact but for its noise, where a test is not about its errors."""


@pytest.fixture
def bench():
    """The device in the middle of a train."""
    made = desk(model=NO_ERRORS)
    tell(made.scope, *SETUP)
    made.live_to(0.8)
    return made


def _single(scope):
    assert tell(scope, ":SING", "*OPC?") == "1"
    return waveform(scope)


def test_a_pulse_is_current_times_load_and_as_wide_as_set(bench):
    """Both phases within 0.2 % of 30 mA x 2 kohm, the width to two samples; the current through its shunt likewise."""
    t_s, codes, volts = _single(bench.scope)
    assert abs(volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() - LEVEL_V) < 0.002 * LEVEL_V
    assert abs(volts.min() + LEVEL_V) < 0.02 * LEVEL_V
    period_s = t_s[1] - t_s[0]
    assert np.count_nonzero(volts > 0.5 * LEVEL_V) * period_s == pytest.approx(PULSE_S, abs=2 * period_s)
    assert abs(pulses(t_s, volts, 5.0)[0]) <= period_s  # the trigger stands at t = 0
    assert t_s[0] == pytest.approx(-1e-4, abs=period_s)  # reference left: one division before it
    assert not np.any(codes % 16)
    t_s, _, volts = waveform(bench.scope, 2)
    assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(10.0 * CURRENT_A, rel=0.002)


def test_the_same_seed_gives_the_same_codes():
    """Another scope on another bench with the same seed: the same bytes; another seed: other noise."""

    def record(seed):
        made = desk(seed=seed)
        tell(made.scope, *SETUP)
        made.live_to(0.8)
        return _single(made.scope)[1].tobytes()

    assert record(7) == record(7) != record(8)


def test_the_probe_ratio_scales_what_is_read_not_what_is_there(bench):
    """A ratio of 1 behind a probe of 10:1 reads a tenth; it also scales range and offset, as the manual says."""
    tell(bench.scope, ":CHAN1:OFFS 20", ":CHAN1:PROB 1")
    assert [float(tell(bench.scope, f":CHAN1:{what}?")) for what in ("RANG", "OFFS", "PROB")] == [16.0, 2.0, 1.0]
    tell(bench.scope, ":CHAN1:OFFS 0;:TRIG:LEV 0.5")
    t_s, _, volts = _single(bench.scope)
    assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(LEVEL_V / 10.0, rel=0.002)
    assert refused(bench.scope, ":CHAN1:RANG 160") == -222


def test_segments_are_a_period_apart(bench):
    """Time tags of five segments at 40 Hz: 25 ms apart within the jitter of the device (tenths of a microsecond)."""
    tell(bench.scope, ":ACQ:MODE SEGM;:ACQ:SEGM:COUN 5")
    assert tell(bench.scope, ":SING", "*OPC?", ":WAV:SEGM:COUN?") == "5"
    tags_s = []
    for index in range(1, 6):
        tell(bench.scope, f":ACQ:SEGM:IND {index}")
        tags_s.append(float(tell(bench.scope, ":WAV:SEGM:TTAG?")))
        t_s, _, volts = waveform(bench.scope)
        assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(LEVEL_V, rel=0.002)
    assert tags_s[0] == 0.0 and np.diff(tags_s) == pytest.approx(1.0 / RATE_HZ, abs=10e-6)
    assert refused(bench.scope, ":ACQ:SEGM:IND 6") == -222


def test_a_trigger_that_never_comes_leaves_the_scope_armed(bench):
    """Above the highest voltage: running and waiting, no trigger, no data; `:STOP` ends it. Falling edges work."""
    tell(bench.scope, ":TRIG:LEV 70", ":SING")
    bench.live_to(1.4)
    assert int(tell(bench.scope, ":OPER:COND?")) == RUNS | WAITS
    assert tell(bench.scope, ":TER?") == "0"
    tell(bench.scope, ":STOP")
    assert int(tell(bench.scope, ":OPER:COND?")) == 0
    assert refused(bench.scope, ":WAV:DATA?") == -230
    tell(bench.scope, ":TRIG:LEV -5;SLOP NEG")
    bench.live_to(2.0)
    t_s, _, volts = _single(bench.scope)
    assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(-LEVEL_V, rel=0.002)
    assert tell(bench.scope, ":TER?") == "1" and tell(bench.scope, ":TER?") == "0"


def test_an_automatic_sweep_triggers_on_nothing(bench):
    """AUTO with an impossible level gives a record all the same: why a test says NORM."""
    tell(bench.scope, ":TRIG:LEV 70;SWE AUTO")
    t_s, _, volts = _single(bench.scope)
    assert t_s.size == volts.size == 12_500


def test_a_sag_of_the_supply_stops_the_pulses_in_a_rolling_record():
    """0.5 s rolling, supply below the brown-out after 0.12 s: pulses before, none after; the supply is seen to fall."""
    bench = desk(model=replace(NO_ERRORS, memory_points=500_000))
    tell(bench.scope, *SETUP, ":TIM:RANG 0.5", ":TIM:MODE ROLL")
    bench.live_to(0.8)
    tell(bench.scope, ":SING")
    bench.live_to(0.92)
    for t_ns, supply_v in ((920_000_000, 3.0), (1_120_000_000, 9.0)):
        bench.lab.command(Command(t_ns, "supply", supply_v))
    assert refused(bench.scope, ":WAV:DATA?") == -221  # first stop the roll
    assert tell(bench.scope, "*OPC?") == "1"
    t_s, _, volts = waveform(bench.scope)
    begin_s = t_s[0]
    found_s = pulses(t_s, volts, 5.0) - begin_s
    assert np.count_nonzero(found_s < 0.12) in {4, 5} and not np.any(found_s > 0.1201)
    t_s, _, supply_v = waveform(bench.scope, 3)
    low_s = (t_s - begin_s)[supply_v < 4.0]
    assert low_s[0] == pytest.approx(0.12, abs=6e-3) and low_s[-1] == pytest.approx(0.32, abs=6e-3)


def test_a_stopped_roll_holds_what_was_seen(bench):
    """Stopped after 0.2 s the record is 0.2 s long, without a hole."""
    tell(bench.scope, ":TIM:RANG 1", ":TIM:MODE ROLL", ":RUN")
    bench.live_to(1.0)
    tell(bench.scope, ":STOP")
    t_s, codes, _ = waveform(bench.scope)
    assert t_s[-1] - t_s[0] == pytest.approx(0.2, abs=0.012) and not np.any(codes == 0)


@pytest.mark.parametrize("kind", ["HRES", "AVER", "PEAK"])
def test_each_type_of_acquisition_does_what_it_is_for(bench, kind):
    """Averages are quieter than single samples by the root of their number; peak detection sees what lies between."""
    _, _, plain = _single(bench.scope)
    tell(bench.scope, f":ACQ:TYPE {kind};COUN 16")
    t_s, _, volts = _single(bench.scope)
    idle = t_s < -1e-5
    if kind == "PEAK":
        assert volts.size == 25_000 and np.all(volts[::2][idle[::2]] <= volts[1::2][idle[::2]] + 1.0)
        tell(bench.scope, ":TIM:MODE ROLL;RANG 5", ":SING")
        bench.live_to(7.0)
        t_s, _, volts = waveform(bench.scope)  # 250 us a sample, pulses of 300 us: every one in one value of a pair
        assert volts[1::2].max() == pytest.approx(LEVEL_V, rel=0.01)
    else:
        expected = {"HRES": 200**-0.5, "AVER": 16**-0.5}[kind]
        assert volts[idle].std() == pytest.approx(plain[: idle.sum()].std() * expected, rel=0.15, abs=2e-3)
        assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(LEVEL_V, rel=0.002)


def test_what_is_beyond_the_screen_is_told_as_clipped_codes(bench):
    """On a range of 80 V a pulse of +-60 V leaves the screen at both ends: codes 1 and 0xFFFF, and nothing measured."""
    tell(bench.scope, ":CHAN1:RANG 80")
    _, codes, _ = _single(bench.scope)
    assert 1 in codes and 0xFFFF in codes and 0 not in codes
    assert float(tell(bench.scope, ":MEAS:VPP? CHAN1")) == 9.9e37
    bench.scope.made_up_codes["hole"] = 3
    _, codes, _ = waveform(bench.scope)
    assert np.count_nonzero(codes == 0) == 3


def test_ac_coupling_takes_the_mean_away(bench):
    """The supply of 9 V reads 0 V behind 3.5 Hz, the pulses keep their height."""
    tell(bench.scope, ":CHAN1:COUP AC;:CHAN3:COUP AC;OFFS 0")
    t_s, _, volts = _single(bench.scope)
    assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(LEVEL_V, rel=0.01)
    assert abs(waveform(bench.scope, 3)[2].mean()) < 0.05


def test_repeated_acquisitions_keep_the_newest(bench):
    """`:RUN`, some pulses, `:STOP`: the last complete record is there."""
    tell(bench.scope, ":RUN")
    bench.live_to(1.2)
    tell(bench.scope, ":STOP")
    t_s, _, volts = waveform(bench.scope)
    assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(LEVEL_V, rel=0.002)
    assert tell(bench.scope, ":RST?") == "STOP"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (":FOO 1", -113),
        (":CHAN5:RANG 8", -114),
        (":CHAN1:COUP GND", -224),
        (":CHAN1:IMP FIFT", -224),
        (":TRIG:MODE GLIT", -224),
        (":TRIG:EDGE:SOUR LINE", -224),
        (":TIM:MODE XY", -224),
        (":TIM:RANG 1000", -222),
        (":ACQ:SEGM:COUN 1", -222),
        (":WAV:POINts 12345", -222),
        (":WAV:SOUR CHAN4;:WAV:DATA?", -230),
        (":TIM:RANG 0.1;MODE ROLL;:SING", -221),
        (":TIM:MODE ROLL;:DIG CHAN1", -221),
        (":MEAS:FREQ? CHAN1", -113),
    ],
)
def test_what_is_not_simulated_is_refused_never_answered(bench, message, code):
    """Unknown commands, words and values beyond the model: an error in the queue and no answer."""
    assert refused(bench.scope, message) == code
