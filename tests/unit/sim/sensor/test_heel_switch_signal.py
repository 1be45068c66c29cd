"""The heel switch: its signal, its cuts, its crossings."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.sensor.crossings import CrossingScanner, clean_crossings
from sim.sensor.heel_switch import HeelSwitch, HeelSwitchSensor, Stuck
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import NEVER, NS_PER_MS

LANDINGS = np.array([1_000, 2_200], np.int64) * NS_PER_MS + 137
LIFTOFFS = np.array([400, 1_500, 2_700], np.int64) * NS_PER_MS + 511


def _sensor(stuck=(), **changes):
    return HeelSwitchSensor(HeelSwitch(**changes), Streams(5), stuck)


@pytest.mark.kernels
def test_quiet_switch_crosses_when_its_closed_forms_say():
    """No noise, no bounce: opens after unload_time ln((L-U)/(Vlow-U)), closes -load_time ln((L-Vhigh)/(L-U))."""
    d = HeelSwitch(noise_v=0.0, bounce_depth_ratio=0.0)
    with np.errstate(over="ignore"):
        signal = _sensor(noise_v=0.0, bounce_depth_ratio=0.0).samples(0, 1_200 * NS_PER_MS, LANDINGS, LIFTOFFS)
    scanner = CrossingScanner(d.open_below_v, d.close_above_v)
    scanner.feed(signal)
    swing = d.loaded_v - d.unloaded_v
    opening_s = 0.400_000_511 + d.unload_time_s * np.log(swing / (d.open_below_v - d.unloaded_v))
    closing_s = 1.000_000_137 - d.load_time_s * np.log((d.loaded_v - d.close_above_v) / swing)
    assert [closed for _, closed in scanner.crossings] == [False, True]
    for (t_ns, _), expected_s in zip(scanner.crossings, (opening_s, closing_s), strict=True):
        assert 0 <= t_ns / 1e9 - expected_s < 1 / d.rate_hz


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 2_900 * NS_PER_MS), max_size=12))
def test_any_cut_gives_the_same_samples_and_crossings(cuts):
    """The signal is a pure function of landings, lift-offs and the absolute index."""
    end = 2_900 * NS_PER_MS
    whole = _sensor().samples(0, end, LANDINGS, LIFTOFFS)
    scanner, cut_scanner = CrossingScanner(1.0, 1.5), CrossingScanner(1.0, 1.5)
    scanner.feed(whole)
    edges = [0, *sorted(set(cuts)), end]
    parts = [_sensor().samples(a, b, LANDINGS, LIFTOFFS) for a, b in itertools.pairwise(edges)]
    for part in parts:
        cut_scanner.feed(part)
    assert np.array_equal(np.concatenate([p.samples for p in parts]), whole.samples)
    assert cut_scanner.crossings == scanner.crossings


def test_an_unknown_landing_changes_nothing_before_it():
    """Samples before the contact do not depend on when it will come: that is what lets the loop run ahead."""
    unknown = np.array([LANDINGS[0], NEVER], np.int64)
    early = _sensor().samples(0, int(LANDINGS[1]), unknown, LIFTOFFS)
    assert np.array_equal(early.samples, _sensor().samples(0, int(LANDINGS[1]), LANDINGS, LIFTOFFS).samples)


def test_a_stuck_switch_shows_one_state():
    stuck = Stuck(600 * NS_PER_MS, 2_600 * NS_PER_MS, closed=False)
    signal = _sensor((stuck,)).samples(600 * NS_PER_MS, 2_600 * NS_PER_MS, LANDINGS, LIFTOFFS)
    assert signal.samples.max() < HeelSwitch().open_below_v
    free = _sensor().samples(600 * NS_PER_MS, 2_600 * NS_PER_MS, LANDINGS, LIFTOFFS)
    assert free.samples.max() > HeelSwitch().close_above_v


def test_bounce_is_not_counted():
    """Openings count after 50 ms closed, closings after 50 ms open (formats.md section 1)."""
    ms = NS_PER_MS
    raw = [
        (400 * ms, False),
        (402 * ms, True),
        (403 * ms, False),
        (900 * ms, True),
        (905 * ms, False),
        (906 * ms, True),
    ]
    off, on = clean_crossings(raw)
    assert off.tolist() == [400 * ms] and on.tolist() == [900 * ms]


def test_the_bounce_of_the_model_is_seen_and_set_aside():
    """A hard landing chatters; the cleaned crossings are one opening and one closing a step."""
    sensor, scanner = _sensor(), CrossingScanner(1.0, 1.5)
    scanner.feed(sensor.samples(0, 2_900 * NS_PER_MS, LANDINGS, LIFTOFFS))
    off, on = clean_crossings(scanner.crossings)
    assert len(scanner.crossings) > 5
    assert off.size == 3 and on.size == 2


def test_scanner_keeps_its_state_over_an_empty_block():
    scanner = CrossingScanner(1.0, 1.5)
    scanner.feed(Signal(np.array([2.0, 0.0]), 0, 10_000.0, "V"))
    scanner.feed(Signal(np.empty(0), 200_000, 10_000.0, "V"))
    scanner.feed(Signal(np.array([1.2, 2.0]), 200_000, 10_000.0, "V"))
    assert scanner.crossings == [(100_000, False), (300_000, True)]
