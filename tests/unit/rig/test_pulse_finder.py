"""The pulse finder: any chunking, either polarity, doubles, losses, clipping, noise, levels."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.finder import PulseFinder
from sim.errors import BenchError
from sim.signal import Signal

SCALE = 1e-6  # A per code


def rc(x, tau_samples):
    """The samples of a first-order filter whose input is held over each sample: exact for edges on the grid."""
    keep = math.exp(-1.0 / tau_samples)
    y, state = np.empty_like(x), 0.0
    for k, value in enumerate(x):
        state = keep * state + (1.0 - keep) * value
        y[k] = state
    return y


def capture(n, pulses, noise=1.0, offset=3.0, seed=0, tau_samples=2.0):
    """Codes of `pulses`: (start, [(length, level), ...]) in samples and codes."""
    x = np.zeros(n)
    for start, phases in pulses:
        at = start
        for length, level in phases:
            x[at : at + length] += level
            at += length
    # sample k shows what flowed until k: an input that begins with sample k is seen from k on
    noisy = rc(x, tau_samples) + offset + noise * np.random.default_rng(seed).standard_normal(n)
    return np.clip(np.rint(noisy), -32768, 32767).astype(np.int16)


def biphasic(level=20_000, width=300, gap=100):
    return [(width, level), (gap, 0), (width, -level)]


def find(codes, cuts=(), gaps=(), tau_s=2e-6, first=0, **more):
    finder = PulseFinder(1e6, SCALE, 0.0, tau_s, **more)
    for a, b in gaps:
        finder.lost(a * 1000, b * 1000)
    rows, settled, bounds = [], [], [0, *sorted(cuts), codes.size]
    for a, b in pairwise(bounds):
        found = finder.feed(Signal(codes[a:b], (first + a) * 1000, 1e6, "A", SCALE))
        if settled:
            assert (found["t_s"] * 1e9 >= settled[-1] - 1e-3).all(), "a pulse came before what was called settled"
        rows.append(found)
        settled.append(finder.settled_ns)
    assert settled == sorted(settled)
    rows.append(finder.finish())
    return np.concatenate(rows)


@pytest.mark.kernels
@pytest.mark.parametrize("sign", [1, -1])
def test_one_pulse_is_what_was_sent(sign):
    """Closed form: edges on samples 5000, 5300, 5400, 5700; every field to the noise."""
    pulse = find(capture(8000, [(5000, biphasic(sign * 20_000))]))
    assert pulse.size == 1
    one = pulse[0]
    assert one["t_s"] == pytest.approx(4999e-6, abs=2e-9)  # the step into sample 5000 happened just after 4999
    assert one["phase1_s"] == pytest.approx(300e-6, abs=2e-9)
    assert one["gap_s"] == pytest.approx(100e-6, abs=2e-9)
    assert one["phase2_s"] == pytest.approx(300e-6, abs=2e-9)
    assert one["phase1_a"] == pytest.approx(sign * 0.02, rel=1e-4)
    assert one["phase2_a"] == pytest.approx(-sign * 0.02, rel=1e-4)
    assert one["charge1_c"] == pytest.approx(sign * 6e-6, rel=1e-4)
    assert abs(one["net_c"]) < 0.3e-9
    assert one["baseline_a"] == pytest.approx(3e-6, abs=0.2e-6)
    assert (one["clipped"], one["tail_done"], one["channel"]) == (0, 1, 1)
    assert one["end_s"] < one["t_s"] + 1.3e-3


LIVELY = capture(
    60_000,
    [
        (100, biphasic()),
        (9_000, biphasic(-12_000, 200, 50)),
        (14_000, [(250, 9_000)]),
        (20_000, biphasic()),
        (20_730, biphasic()),  # a double, 30 samples after the first
        (30_000, [(300, 20_000), (100, 0), (2_000, -3_000)]),
        (40_000, biphasic(45_000)),  # clipped
        (52_000, [(300, 5_000)]),
        (59_700, [(300, 20_000)]),  # still on when the record ends
    ],
    noise=1.5,
)


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(1, LIVELY.size - 1), max_size=30, unique=True),
    gap=st.sampled_from([(), ((9_100, 9_300),), ((30_200, 33_000), (52_290, 52_295))]),
)
def test_any_chunking_gives_the_same_rows(cuts, gap):
    """The rows of a record with every awkward pulse are the same bytes for any chunking, and `settled_ns` is kept."""
    assert find(LIVELY, cuts, gap).tobytes() == find(LIVELY, (), gap).tobytes()


def test_single_samples_give_the_same_rows():
    """One sample at a time, over a pulse."""
    codes = LIVELY[:22_000]
    assert find(codes, range(1, codes.size)).tobytes() == find(codes).tobytes()


def test_lively_record_has_the_pulses_that_were_put_in():
    """Ten phases were sent in nine pulses; what is clipped or cut is flagged and withheld, all else is there."""
    rows = find(LIVELY)
    assert np.rint(rows["t_s"] * 1e6).astype(int).tolist() == [
        99, 8_999, 13_999, 19_999, 20_729, 29_999, 39_999, 51_999, 59_699
    ]  # fmt: skip
    assert rows["clipped"].tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 1]
    good = rows[rows["clipped"] == 0]
    assert good["phase1_s"] * 1e6 == pytest.approx([300, 200, 250, 300, 300, 300, 300], abs=0.01)
    assert good["phase1_a"] * 1e3 == pytest.approx([20, -12, 9, 20, 20, 20, 5], rel=1e-3)
    single = good[[2, 6]]
    assert np.isnan(single["phase2_a"]).all() and np.isnan(single["gap_s"]).all()
    assert single["net_c"] == pytest.approx([9e-3 * 250e-6, 5e-3 * 300e-6], rel=1e-3)


def test_long_low_recharge_lies_inside_the_window():
    """300 samples of 20 mA against 2000 samples of -3 mA: exactly balanced charge, all of it counted."""
    row = find(LIVELY)[5]
    assert row["phase2_a"] == pytest.approx(-3e-3, rel=1e-3)
    assert row["phase2_s"] == pytest.approx(2e-3, abs=0.05e-6)
    assert abs(row["net_c"]) < 2e-9 and row["tail_done"] == 1


@pytest.mark.parametrize("noise", [0.0, 1.0, 8.0, 40.0])
def test_passive_recharge_is_followed_into_the_noise(noise):
    """A capacitor returns 6 uC with a time constant of 0.8 ms from 7.5 mA; what the window leaves out is below what
    the noise hides. Truth: the sum of the exponential. A fixed threshold would lose threshold times 0.8 ms."""
    n, tau = 40_000, 800.0
    x = np.zeros(n)
    x[9_000:9_300] = 20_000
    x[9_300:] = -20_000 * 300 / tau * np.exp(-(np.arange(n - 9_300)) / tau)
    rng = np.random.default_rng(1)
    codes = np.rint(rc(x, 2.0) + noise * rng.standard_normal(n)).astype(np.int16)
    row = find(codes)[0]
    window = row["end_s"] - row["t_s"] - 300e-6
    assert window > 4 * 0.8e-3  # never less than four time constants
    left = 6e-6 * math.exp(-window / 0.8e-3)
    sampled = x.sum() * 1e-12  # the samples of an exponential do not sum to its integral
    hidden = 5 * max(noise, 0.3) * 1e-12 * math.sqrt(window * 1e6) + 0.5e-12 * window * 1e6
    assert row["net_c"] - sampled == pytest.approx(left, abs=hidden + 0.05 * left)


def test_threshold_follows_the_noise():
    """Noise of 300 codes rms opens no pulse in a second; a phase of 15 times that is still found."""
    quiet = capture(1_000_000, [], noise=300.0)
    assert find(quiet).size == 0
    assert find(capture(20_000, [(9_000, biphasic(4_500))], noise=300.0)).size == 1


def test_no_value_comes_from_a_clipped_sample():
    """Phase 1 clipped: its width, height, charge, the gap and the net are NaN; phase 2 stands. And the other way."""
    first = find(capture(12_000, [(6_000, [(300, 45_000), (100, 0), (300, -20_000)])]))[0]
    for name in ("phase1_a", "phase1_s", "gap_s", "charge1_c", "net_c"):
        assert np.isnan(first[name]), name
    assert first["phase2_a"] == pytest.approx(-0.02, rel=1e-3) and first["clipped"] == 1
    assert first["t_s"] == pytest.approx(5.999e-3, abs=2e-6)
    second = find(capture(12_000, [(6_000, [(300, 20_000), (100, 0), (300, -45_000)])]))[0]
    for name in ("phase2_a", "phase2_s", "gap_s", "charge2_c", "net_c"):
        assert np.isnan(second[name]), name
    assert second["phase1_a"] == pytest.approx(0.02, rel=1e-3) and second["clipped"] == 1


@pytest.mark.parametrize("gap", [(6_100, 6_105), (6_350, 6_360), (6_500, 9_000), (5_990, 6_100)])
def test_a_loss_is_never_bridged(gap):
    """Samples lost in phase 1, in the gap, in phase 2 and over the start: no row holds a value across the loss."""
    codes = capture(20_000, [(6_000, biphasic()), (12_000, biphasic())])
    codes[slice(*gap)] = 0
    rows = find(codes, gaps=(gap,))
    whole = rows[rows["clipped"] == 0]
    for row in whole:
        assert not (row["t_s"] * 1e6 < gap[1] and row["end_s"] * 1e6 > gap[0] + 1), "a value spans the loss"
    assert whole[-1]["t_s"] == pytest.approx(11_999e-6, abs=2e-9)
    cut = rows[rows["clipped"] == 1]
    assert cut.size >= 1 and np.isnan(cut["net_c"]).all() and np.isfinite(cut["t_s"]).all()


def test_a_jump_in_time_is_a_loss():
    """Samples 6100 to 6999 never come: the pulse that was on is closed as unknown."""
    codes = capture(20_000, [(6_000, biphasic()), (12_000, biphasic())])
    finder = PulseFinder(1e6, SCALE, 0.0, 2e-6)
    a = finder.feed(Signal(codes[:6_100], 0, 1e6, "A", SCALE))
    b = finder.feed(Signal(codes[7_000:], 7_000_000, 1e6, "A", SCALE))
    rows = np.concatenate([a, b, finder.finish()])
    assert rows["clipped"].tolist() == [1, 0]


def test_samples_given_twice_or_at_another_rate_are_refused():
    finder = PulseFinder(1e6, SCALE, 0.0, 2e-6)
    signal = Signal(np.zeros(1000, np.int16), 0, 1e6, "A", SCALE)
    finder.feed(signal)
    with pytest.raises(BenchError, match="twice"):
        finder.feed(signal)
    with pytest.raises(BenchError, match="announced"):
        finder.feed(Signal(np.zeros(10, np.int16), 1_000_000, 1e5, "A", SCALE))


def test_a_lasting_level_becomes_the_baseline_and_is_no_pulse():
    """0.5 mA of leak from sample 10 000 on: no row for the step, and later pulses are measured above it."""
    codes = capture(80_000, [(10_000, [(70_000, 500)]), (40_000, biphasic())])
    rows = find(codes)
    assert rows.size == 1
    assert rows[0]["baseline_a"] == pytest.approx(503e-6, abs=1e-6)
    assert abs(rows[0]["net_c"]) < 1e-9


def test_record_that_begins_inside_a_pulse():
    """The pulse that was on at the start has lost its start; the next one is whole."""
    codes = capture(20_000, [(0, biphasic()), (9_000, biphasic())])
    rows = find(codes)
    assert rows["clipped"].tolist() == [1, 0]
    assert np.isnan(rows[0]["charge1_c"]) and rows[1]["phase1_s"] == pytest.approx(300e-6, abs=5e-9)


@pytest.mark.parametrize("n", [0, 1, 255, 256, 300, 5_000])
def test_short_records_give_nothing_and_no_error(n):
    assert find(capture(n, [])).size == 0


def test_no_gap_between_the_phases():
    """Phase 2 begins where phase 1 ends: the gap reads 0 and both widths are right."""
    row = find(capture(12_000, [(6_000, [(300, 20_000), (300, -20_000)])]))[0]
    assert row["gap_s"] == pytest.approx(0.0, abs=5e-9)
    assert row["phase1_s"] == pytest.approx(300e-6, abs=5e-9)
    assert row["charge1_c"] == pytest.approx(6e-6, rel=1e-4)


def test_a_record_that_does_not_begin_at_zero():
    """Instants are absolute: the same codes 1000 cells later are the same pulses 256 ms later."""
    codes = capture(20_000, [(9_000, biphasic())])
    a, b = find(codes)[0], find(codes, first=256_000)[0]
    assert b["t_s"] - a["t_s"] == pytest.approx(0.256, abs=1e-12)
    assert b["net_c"] == a["net_c"]


def test_linear_crossings_without_a_filter_time():
    """Slow edges of 20 samples, no filter named: the 50 % crossing of a ramp is its middle."""
    x = np.zeros(12_000)
    ramp = np.linspace(0, 1, 21)
    x[6_000:6_021], x[6_021:6_300], x[6_300:6_321] = ramp * 20_000, 20_000, ramp[::-1] * 20_000
    row = find(np.rint(x).astype(np.int16), tau_s=0.0)[0]
    assert row["t_s"] == pytest.approx(6_010e-6, abs=1e-8)
    assert row["phase1_s"] == pytest.approx(300e-6, abs=1e-8)
