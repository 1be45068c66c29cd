"""The front end against closed forms, scipy and itself cut elsewhere."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from sim.edges import EDGE_DTYPE, Edges
from sim.front_end import FrontEnd
from sim.front_end_filter import filtered
from sim.front_end_settings import AnalogInput, FrontEndSettings, for_device
from sim.streams import Streams

IDEAL = AnalogInput(10.0, 0.0, 0.0, 0.0, 0.0, 0.0)
QUIET = FrontEndSettings(IDEAL, IDEAL, tap_ohm=250.0)


def segments(*rows):
    return np.array(list(rows), EDGE_DTYPE)


def pulse_train(n, period_ns=3_000_317, i_a=0.03, width_ns=303_700, gap_ns=101_300, tau_s=4e-4):
    rows, at, v_c = [(0, 0.0, 0.0, 0.0, 0.0, tau_s)], 0, 0.0
    for k in range(n):
        t = 1_000_333 + k * period_ns
        for dt, current in ((0, i_a), (width_ns, 0.0), (width_ns + gap_ns, -i_a), (2 * width_ns + gap_ns, 0.0)):
            goal = rows[-1][1] * 2000.0
            v_c = goal + (v_c - goal) * np.exp(-(t + dt - at) * 1e-9 / tau_s)
            at = t + dt
            rows.append((at, current, 0.0, current * 2200.0, v_c - current * 2000.0, tau_s))
    return segments(*rows)


def render(rows, t1_ns, cuts=(), front=QUIET, rate_hz=1e6, roles=("current", "voltage"), seed=3):
    end = FrontEnd(front, roles, rate_hz, Streams(seed))
    bounds = [0, *sorted(cuts), t1_ns]
    blocks = []
    for a, b in pairwise(bounds):
        part = rows[(rows["t_ns"] >= a) & (rows["t_ns"] < b)]
        blocks.append(end.render(Edges(a, b, (part,))))
    codes = {role: np.concatenate([b.waveforms[role].samples for b in blocks]) for role in roles}
    return codes, blocks


@pytest.mark.kernels
@pytest.mark.parametrize("tau_s", [1e-7, 1.9e-6, 2e-6 * (1 - 1e-9), 2e-6, 2.002e-6, 5e-5, 1.0])
def test_filter_solves_its_differential_equation(tau_s):
    """tau_f y' = x - y, checked by fourth-order steps of 1 ns; equal time constants must not blow up."""
    filter_tau_s, h, y = 2e-6, 1e-9, 0.3

    def slope(t, value):
        return (1.5 - 0.7 * np.exp(-t / tau_s) - value) / filter_tau_s

    for k in range(4000):
        t = k * h
        a = slope(t, y)
        b = slope(t + h / 2, y + h / 2 * a)
        c = slope(t + h / 2, y + h / 2 * b)
        d = slope(t + h, y + h * c)
        y += h / 6 * (a + 2 * b + 2 * c + d)
    assert filtered(4e-6, 1.5, -0.7, tau_s, 0.3, filter_tau_s) == pytest.approx(y, abs=1e-9)


@pytest.mark.parametrize("tau_s", [2e-6, 3e-6, 4e-4])
def test_rendered_pulses_follow_a_digital_filter_on_a_fine_grid(tau_s):
    """The same segments sampled every 20 ns and filtered by scipy's lfilter agree to the rounding of a code."""
    rows = pulse_train(2, tau_s=tau_s)
    codes, _ = render(rows, 7_000_000)
    fine_s = 20e-9
    t = np.arange(350_000) * fine_s
    at = np.searchsorted(rows["t_ns"] * 1e-9, t, side="right") - 1
    since = t - rows["t_ns"][at] * 1e-9
    fade = np.exp(-since / rows["tau_s"][at])
    for role, steady, swing, per in (("current", "i_a", "i_b_a", 250.0), ("voltage", "v_v", "v_b_v", 0.05)):
        x = (rows[steady][at] + rows[swing][at] * fade) * per * 3276.8
        keep = np.exp(-fine_s / 2e-6)
        y = lfilter([1 - keep], [1, -keep], x)
        # the input is taken as held for one fine step: an error of at most half a step of the slope
        slack = 1.0 + fine_s * np.abs(np.diff(y, prepend=0)).max() / fine_s
        assert np.abs(codes[role] - y[::50]).max() < slack


def cuts_of(rate_period_ns):
    return st.lists(st.integers(1, 12_999_999 // rate_period_ns * rate_period_ns), max_size=6, unique=True)


NOISY = FrontEndSettings(
    AnalogInput(10.0, 1e-3, 5e-3, 100.0, 600e-6, 315e-6),
    AnalogInput(10.0, 1e-3, 5e-3, 100.0, 600e-6, 315e-6),
    tap_ohm=250.0,
    lost_hz=60.0,
)


@settings(max_examples=25, deadline=None)
@given(cuts=cuts_of(1), rate=st.sampled_from([1e5, 1e6]), noise=st.sampled_from(["table", "full"]))
def test_any_cut_gives_the_same_bytes(cuts, rate, noise):
    """With noise, drift of many codes a second, losses, and cuts anywhere: codes, clip counts and losses are equal."""
    front = replace(NOISY, noise=noise)
    rows = pulse_train(4)
    whole, one = render(rows, 13_000_000, (), front, rate)
    cut, many = render(rows, 13_000_000, cuts, front, rate)
    for role, codes in whole.items():
        assert codes.tobytes() == cut[role].tobytes()
        assert one[0].clipped[role] == sum(b.clipped[role] for b in many)
    lost = {t for b in many for a, z in b.gaps for t in range(a, z, 1000)}
    assert sum(z - a for a, z in one[0].gaps) == sum(z - a for b in many for a, z in b.gaps)
    assert all(any(a <= t < z for a, z in one[0].gaps) for t in lost)


@pytest.mark.kernels
def test_short_cut_gives_the_same_bytes():
    """As above for 2 ms only, so that it also runs as plain Python."""
    rows = pulse_train(1)
    whole, _ = render(rows, 2_000_000, (), NOISY)
    cut, _ = render(rows, 2_000_000, (1_000_400, 1_304_033, 1_304_034, 1_800_000), NOISY)
    assert all(whole[role].tobytes() == cut[role].tobytes() for role in whole)


def test_noise_has_its_rms_mean_zero_and_does_not_repeat_on_pulses():
    """Idle: rms as set plus quantisation, mean 0 within 5 standard errors. Two equal pulses carry different noise."""
    front = FrontEndSettings(replace(IDEAL, noise_v=3e-3), IDEAL, tap_ohm=250.0)
    codes, _ = render(pulse_train(0), 300_000_000, (), front, roles=("current",))
    sigma = 3e-3 * 3276.8
    assert codes["current"].std() == pytest.approx(np.hypot(sigma, 12**-0.5), rel=0.01)
    assert abs(codes["current"].mean()) < 5 * sigma / np.sqrt(300_000)
    rows = pulse_train(2, period_ns=3_000_000)
    pulses, _ = render(rows, 7_000_000, (), front, roles=("current",))
    first, second = pulses["current"][1020:1300], pulses["current"][4020:4300]
    assert abs(np.corrcoef(first - first.mean(), second - second.mean())[0, 1]) < 0.3


def test_errors_stand_at_their_bounds_when_the_worst_is_asked():
    """Gain and offset as stated: a 10 mA level reads 10 mA (1 + gain) + offset; INL peaks at its bound at 1/sqrt(3)."""
    card = AnalogInput(10.0, 1e-3, 5e-3, 0.0, 0.0, 0.0)
    front = FrontEndSettings(card, IDEAL, tap_ohm=250.0, errors="worst")
    level = segments((0, 0.01, 0.0, 0.0, 0.0, 1.0))
    codes, blocks = render(level, 2_000_000, (), front, roles=("current",))
    value = codes["current"][-1] * blocks[0].waveforms["current"].scale
    assert value == pytest.approx(0.01 * 1.001 + 5e-3 / 250.0, abs=0.6 * 1.22e-6)
    bowed = FrontEndSettings(AnalogInput(10.0, 0, 0, 0, 6e-3, 0), IDEAL, tap_ohm=250.0, errors="worst")
    top = segments((0, 0.04 / 3**0.5, 0.0, 0.0, 0.0, 1.0))
    codes, _ = render(top, 2_000_000, (), bowed, roles=("current",))
    assert codes["current"][-1] - 32768 / 3**0.5 == pytest.approx(6e-3 * 3276.8, abs=1.0)


def test_clipped_samples_are_counted_and_stand_at_the_end_of_the_range():
    """43 mA on 250 ohm is 10.75 V: every plateau sample is clipped, none wraps round."""
    codes, blocks = render(pulse_train(1, i_a=0.043), 3_000_000, roles=("current",))
    assert codes["current"].max() == 32767 and codes["current"].min() == -32768
    at_rail = np.count_nonzero(np.abs(codes["current"].astype(int)) >= 32767)
    assert blocks[0].clipped["current"] == at_rail > 500


def test_drawn_errors_differ_from_card_to_card_and_stay_in_bounds():
    """40 seeds: offsets are spread over the bound of 5 mV and never leave it."""
    card = AnalogInput(10.0, 0.0, 5e-3, 0.0, 0.0, 0.0)
    front = FrontEndSettings(card, IDEAL, tap_ohm=250.0)
    means = [
        render(pulse_train(0), 1_000_000, (), front, roles=("current",), seed=s)[0]["current"][0] for s in range(40)
    ]
    assert np.abs(means).max() <= 5e-3 * 3276.8 + 1
    assert np.std(means) > 5e-3 * 3276.8 / 3**0.5 / 2


@pytest.mark.parametrize(("max_a", "tap"), [(0.02, 250.0), (0.04, 100.0), (0.1, 50.0), (0.2, 25.0), (0.3, 25.0)])
def test_tap_fits_the_device(max_a, tap):
    """regulatory.md 5.2: 250 ohm up to 40 mA on ±10 V, 50 or 100 ohm for 100 mA; here with 20 % to spare."""
    assert for_device(FrontEndSettings(), max_a).tap_ohm == tap


def test_second_channel_is_rendered_from_its_own_segments():
    """`current.2` shows channel 1 of the edges."""
    end = FrontEnd(QUIET, ("current", "current.2"), 1e6, Streams(1))
    a, b = segments((0, 0.01, 0, 0, 0, 1.0)), segments((0, -0.02, 0, 0, 0, 1.0))
    shown = end.render(Edges(0, 1_000_000, (a, b))).waveforms
    assert shown["current"].values()[-1] == pytest.approx(0.01, abs=1e-6)
    assert shown["current.2"].values()[-1] == pytest.approx(-0.02, abs=1e-6)


def test_a_front_end_without_tap_or_with_an_unknown_role_is_refused():
    with pytest.raises(ValueError, match="tap"):
        FrontEnd(FrontEndSettings(), ("current",), 1e6, Streams(1))
    with pytest.raises(ValueError, match="emg"):
        FrontEnd(QUIET, ("emg",), 1e6, Streams(1))


def test_a_current_that_flows_before_the_run_is_no_step():
    """A leak from the start is a level, not an edge: the filter of a card that was on before has settled."""
    edges = np.zeros(1, EDGE_DTYPE)
    edges["i_a"], edges["v_v"], edges["tau_s"] = 2e-3, 1.0, 1.0
    quiet = AnalogInput(gain_bound_ratio=0.0, offset_bound_v=0.0, drift_per_hour_v=0.0, inl_bound_v=0.0, noise_v=0.0)
    settings = FrontEndSettings(current=quiet, voltage=quiet, tap_ohm=100.0)
    rendered = FrontEnd(settings, ("current", "voltage"), 1e6, Streams(3)).render(Edges(0, 1_000_000, (edges,)))
    for signal in rendered.waveforms.values():
        assert np.ptp(signal.samples) <= 1


@pytest.mark.kernels
def test_a_capacitor_that_hardly_leaks_charges_in_a_straight_line():
    """30 mA into 500 ohm and 10 uF behind 1 Gohm: v = 15 V + 3 kV/s t, to a code, though i R_p is 30 MV."""
    tau_s, r_p, i_a = 1e4, 1e9, 0.03
    on_ns, off_ns = 100_000, 400_000
    rows = segments(
        (0, 0.0, 0.0, 0.0, 0.0, tau_s),
        (on_ns, i_a, 0.0, i_a * (500.0 + r_p), -i_a * r_p, tau_s),
        (off_ns, 0.0, 0.0, 0.0, i_a * (off_ns - on_ns) * 1e-9 / 10e-6, tau_s),
    )
    codes, blocks = render(rows, 1_000_000)
    signal = blocks[0].waveforms["voltage"]
    volts = codes["voltage"] * signal.scale + signal.offset
    at = np.arange(160, 395)
    expected = 15.0 + 3000.0 * ((at - 100) * 1e-6 - 2e-6)
    assert np.abs(volts[at] - expected).max() < 1.5 * signal.scale
    assert np.abs(volts[500:] - 0.9).max() < 1.5 * signal.scale
