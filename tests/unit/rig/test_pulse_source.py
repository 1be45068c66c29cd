"""Pulses of several channels reach the patient in time order, however the blocks fall."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.bench import Capture
from rig.pulse_source import PulseSource
from sim.pulse import PULSE_DTYPE, joined_pulses

_MS = 1_000_000


def _source(channels):
    return PulseSource(SimpleNamespace(device=SimpleNamespace(channels=channels)), SimpleNamespace())


@settings(deadline=None)
@given(
    starts=st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 4)), min_size=1, max_size=40, unique=True),
    block_ms=st.integers(1, 50),
)
def test_nothing_comes_before_what_was_given(starts, block_ms):
    """Every pulse is given once, in rising order; with a block only what no open pulse can precede."""
    length_ms = {1: 7, 2: 1, 3: 4, 4: 2}
    rows = np.zeros(len(starts), PULSE_DTYPE)
    rows["t_s"] = [start / 1000 for start, _ in starts]
    rows["channel"] = [channel for _, channel in starts]
    end_ms = np.array([start + length_ms[channel] for start, channel in starts])
    source, given_s, settled_before_s = _source(4), [], 0.0
    for t0 in range(0, 1100, block_ms):
        t1 = t0 + block_ms
        ended = rows[(end_ms >= t0) & (end_ms < t1)]
        open_s = rows["t_s"][(rows["t_s"] * 1000 < t1) & (end_ms >= t1)]
        settled_s = min(open_s, default=t1 / 1000)
        found, settled_ns = source.find(
            Capture(t0 * _MS, t1 * _MS, delivered=ended, delivered_until_ns=round(settled_s * 1e9))
        )
        assert settled_ns == round(settled_s * 1e9)
        assert np.all(found["t_s"] >= settled_before_s) and np.all(found["t_s"] < settled_s)
        settled_before_s = settled_s
        given_s += found["t_s"].tolist()
    given_s += source.finish()["t_s"].tolist()
    assert given_s == sorted(rows["t_s"].tolist())


def test_one_channel_is_handed_on_as_it_comes():
    """A device of one channel has nothing to wait for: the very array, so that no result of one can change."""
    rows = np.zeros(3, PULSE_DTYPE)
    rows["t_s"] = [0.1, 0.2, 0.3]
    assert _source(1).find(Capture(0, 1, delivered=rows, delivered_until_ns=0))[0] is rows


def test_joining_keeps_the_one_type():
    """Each table of a run that is kept for hours would else carry a type of its own, 3 kB beside 150 B of a pulse."""
    rows = np.arange(6.0)
    tables = [np.zeros(n, PULSE_DTYPE) for n in (3, 0, 2, 1)]
    for table, t_s in zip(tables, np.split(rows, [3, 3, 5]), strict=True):
        table["t_s"] = t_s
    joined = joined_pulses(tables)
    assert np.array_equal(joined["t_s"], rows)
    assert joined.dtype is PULSE_DTYPE and joined_pulses(()).dtype is PULSE_DTYPE
    assert joined_pulses(tables[:1]) is tables[0]
