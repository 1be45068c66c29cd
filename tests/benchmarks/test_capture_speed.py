"""Speed of front end and pulse finder as ratios measured in one run; prints, asserts no time.

Run with ``tox -e benchmark``. One core; best of several rounds, interleaved, so that a busy machine hurts both sides.
The record: 28.8 biphasic pulses a second at 1 MS/s, as a walk gives them.
"""

import os
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from rig.capture_file import Wanted, open_capture
from rig.finder import PulseFinder
from rig.waveforms import RoleFormat, WaveformWriter
from sim.compiled import compiled
from sim.edges import EDGE_DTYPE, Edges
from sim.front_end import FrontEnd
from sim.front_end_settings import FrontEndSettings, for_device
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams

FRONT = for_device(FrontEndSettings(), 0.033)
ROLES = ("current", "voltage")
SECOND_NS = 1_000_000_000


@compiled
def plain_sum(samples):
    """The least that a reader of every sample can do: one compiled, vectorised pass."""
    total = np.int64(0)
    for i in range(samples.size):
        total += samples[i]
    return total


def edges_of(t0_ns, t1_ns):
    """32 mA, 303.7/101.3/303.7 µs every 34.723507 ms, into 200 ohm + (2 kohm || 200 nF) let run down."""
    period = 34_723_507
    first = -(-(t0_ns - 5_000_000) // period)
    rows = [(t0_ns, 0.0, 0.0, 0.0, 0.0, 4e-4)] if t0_ns == 0 else []
    for k in range(max(first, 0), (t1_ns - 5_000_000) // period + 1):
        start = 5_000_000 + k * period
        for dt, level, left in ((0, 0.032, 0.0), (303_700, 0, 34.0), (405_000, -0.032, 26.4), (708_700, 0, -17.7)):
            rows.append((start + dt, level, 0.0, level * 2200, left - level * 2000, 4e-4))
    table = np.array(rows, EDGE_DTYPE) if rows else np.empty(0, EDGE_DTYPE)
    return Edges(t0_ns, t1_ns, (table[(table["t_ns"] >= t0_ns) & (table["t_ns"] < t1_ns)],))


def best(rounds, *jobs):
    """Shortest process time of each job over interleaved rounds, s."""
    times = np.full((rounds, len(jobs)), np.inf)
    for k in range(rounds):
        for j, job in enumerate(jobs):
            start = time.process_time()
            job()
            times[k, j] = time.process_time() - start
    return times.min(axis=0)


def a_minute():
    end = FrontEnd(FRONT, ("current",), 1e6, Streams(1))
    parts = [end.render(edges_of(k * SECOND_NS, (k + 1) * SECOND_NS)).waveforms["current"].samples for k in range(60)]
    return np.concatenate(parts)


def finder():
    return PulseFinder(1e6, FRONT.scale_of("current"), 0.0, 2e-6)


def test_finder_in_memory_against_a_sum(capsys):
    codes = a_minute()
    plain_sum(codes), finder().feed_codes(codes, 0)
    summed, found, numpys = best(
        15, lambda: plain_sum(codes), lambda: finder().feed_codes(codes, 0), lambda: codes.sum(dtype=np.int64)
    )
    with capsys.disabled():
        print(
            f"\nfinder in memory: {codes.size / found / 1e9:.2f} GS/s, {summed / found:.0%} of a compiled one-core sum "
            f"({codes.size / summed / 1e9:.1f} GS/s), {numpys / found:.0%} of numpy's sum; "
            f"{60 / found:,.0f} x real time"
        )


@pytest.mark.parametrize("roles", [("current",), ROLES], ids=["one channel", "two channels"])
def test_finder_on_a_file_against_readinto(tmp_path, capsys, roles):
    """One channel is searched; `readinto` reads all bytes of the file."""
    codes = a_minute()
    path = tmp_path / "waveforms.tdms"
    scale = FRONT.scale_of("current")
    writer = WaveformWriter(path, "full", 1e6, {role: RoleFormat(scale, 0.0, "A") for role in roles})
    for k in range(60):
        part = codes[k * 1_000_000 : (k + 1) * 1_000_000]
        writer.append(dict.fromkeys(roles, part), k * 1_000_000, np.empty(0, PULSE_DTYPE), 0)
    writer.close()
    buffer = bytearray(1 << 18)

    def read():
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass

    def find():
        search = finder()
        for first, block in open_capture(path, Wanted("current")).codes():
            search.feed_codes(block, first)
        return search.finish()

    find()
    reading, finding = best(9, read, find)
    with capsys.disabled():
        print(
            f"finder on a TDMS file of {len(roles)} channel(s) in the page cache: "
            f"{codes.size / finding / 1e9:.2f} GS/s, "
            f"{reading / finding:.0%} of readinto ({path.stat().st_size / reading / 1e9:.1f} GB/s)"
        )


def test_render_two_channels_and_find(capsys):
    blocks = [edges_of(k * 4 * SECOND_NS // 10, (k + 1) * 4 * SECOND_NS // 10) for k in range(50)]

    def run():
        end, search = FrontEnd(FRONT, ROLES, 1e6, Streams(1)), finder()
        for block in blocks:
            search.feed(end.render(block).waveforms["current"])

    def render():
        end = FrontEnd(FRONT, ROLES, 1e6, Streams(1))
        for block in blocks:
            end.render(block)

    run()
    both, alone = best(9, run, render)
    with capsys.disabled():
        print(
            f"render 2 channels and find: {both / 20 * 1e3:.2f} ms a simulated second ({20 / both:,.0f} x real time), "
            f"rendering {alone / both:.0%} of it"
        )


def _rss_mb():
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_memory_over_ten_minutes_of_two_channels(capsys):
    """Rendered, found and thrown away block by block: what is left must not grow."""
    end, search = FrontEnd(FRONT, ROLES, 1e6, Streams(1)), finder()
    found, start_mb = 0, 0.0
    for k in range(1500):
        block = edges_of(k * 4 * SECOND_NS // 10, (k + 1) * 4 * SECOND_NS // 10)
        found += search.feed(end.render(block).waveforms["current"]).size
        if k == 25:
            start_mb = _rss_mb()
    with capsys.disabled():
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(
            f"10 minutes, 2 channels, {found} pulses: RSS grew by {_rss_mb() - start_mb:.1f} MB (peak {peak_mb:.0f} MB)"
        )
    assert found > 17_000
