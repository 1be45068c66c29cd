"""What a laboratory remembers: the last minute, exactly, in memory that does not grow."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab_desk import Playing, lab_of, steps_v

from rig.simulated.history import KEPT_NS, EventHistory, HeldHistory
from sim.errors import BenchError
from sim.signal import Signal
from sim.timebase import NS_PER_MS, NS_PER_S


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 7))
def test_a_held_signal_is_remembered_sample_by_sample(levels, block):
    """Kept are only the changes; asked at its own instants the signal comes back, whatever the blocks."""
    history = HeldHistory(0.0)
    samples = np.array(levels, np.float64)
    for first in range(0, samples.size, block):
        history.feed(Signal(samples[first : first + block], first * NS_PER_MS, 1000.0, "V"))
    t_ns, values, decaying, _ = history.segments(0, samples.size * NS_PER_MS)
    assert not decaying.any()
    found = values[np.searchsorted(t_ns, np.arange(samples.size) * NS_PER_MS, "right") - 1]
    assert np.array_equal(found, samples)


def test_memory_stays_flat_and_a_minute_is_kept():
    """Over 10 simulated minutes of a device that stimulates all the time and a switch that changes at every sample."""
    noisy = np.tile(steps_v([(0.0, 0.9)], 1.0, rate_hz=1000.0), 1)
    noisy[::2] += 0.01

    class Endless(Playing):
        def signals(self, t0_ns, t1_ns):
            first, last = -(-t0_ns // NS_PER_MS), -(-t1_ns // NS_PER_MS)
            samples = np.take(noisy, np.arange(first, last), mode="wrap")
            return {"heel_switch": Signal(samples, first * NS_PER_MS, 1000.0, "V")}

    lab = lab_of()
    lab.drive(Endless({}))
    lab.power_on(0)
    used_mb: list[float] = []
    tracemalloc.start()
    for minute in range(1, 11):
        for s in range(60 * (minute - 1), 60 * minute):
            lab.advance_to((s + 1) * NS_PER_S)
        used_mb.append(tracemalloc.get_traced_memory()[0] / 1e6)
    tracemalloc.stop()
    assert max(used_mb[5:]) < 1.1 * max(used_mb[2:5])
    end_ns = lab.reached_ns
    assert lab.edges(end_ns - 60 * NS_PER_S, end_ns).channels[0].size > 9_000
    with pytest.raises(BenchError, match="remembers"):
        lab.values("current", 0, 1000, 10)


def test_old_events_are_forgotten_young_ones_kept():
    """Messages and lines: at least the last 64 s are there, at most twice as much is kept."""
    history: EventHistory[int] = EventHistory()
    for k in range(10_000):
        history.extend([(k * 100 * NS_PER_MS, k)])
    last_ns = 9_999 * 100 * NS_PER_MS
    kept = history.between(0, last_ns + 1)
    assert KEPT_NS <= last_ns - kept[0][0] <= 2 * KEPT_NS
    assert [each for _, each in kept] == list(range(10_000 - len(kept), 10_000))
