"""Any cut of the time axis, any process: the same bytes from the plant."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.electrode.load import NAMED_LOADS
from sim.signal import Command
from sim.stimulator.odfs_settings import OdfsSettings

END_S = 3.0
LIFTS = ((0.3, 0.7), (0.85, 1.3), (1.31, 1.32), (1.6, 2.9))
DEFECTS = {
    "missing_pulses": 0.1,
    "double_pulse": 0.2,
    "net_charge": 50e-9,
    "dc_leak": 1e-5,
    "width_drift": 0.3,
    "late_start": 0.013,
    "stuck_on": 0.02,
}

COMMANDS = {
    "contact": st.sampled_from([1.0, 0.6, 0.15, 0.05, 0.0]),
    "load": st.sampled_from(list(NAMED_LOADS.values())),
    "polarity": st.sampled_from([1, -1]),
    "supply": st.sampled_from([9.0, 7.0, 5.0]),
    "button": st.sampled_from(["stop", "release"]),
    "setting": st.sampled_from([("current", 0.05), ("rate", 30.0), ("debounce", 0.004), ("pulse_width", 2e-4)]),
    "fault": st.sampled_from([("dc_leak", 0.0), ("missing_pulses", 0.5), ("no_lead_off", 1.0), ("late_start", 0.0)]),
}
instants = st.integers(0, round(END_S * 1e9) - 1)
commands = st.lists(
    st.one_of([st.tuples(instants, st.just(target), value) for target, value in COMMANDS.items()]), max_size=6
).map(lambda found: tuple(Command(*c) for c in sorted(found, key=lambda c: c[0])))


def assert_same(cut, whole):
    assert cut.rows.tobytes() == whole.rows.tobytes()
    assert cut.pulses.tobytes() == whole.pulses.tobytes()
    assert cut.messages == whole.messages


def draw_and_compare(Bench, data):
    """One run in one block against the same run cut at random, also on and beside its switching instants."""
    bench = Bench(
        lifts=LIFTS,
        until_s=END_S,
        defects=data.draw(st.sampled_from([{}, DEFECTS])),
        commands=data.draw(commands),
        clock_error_ratio=data.draw(st.sampled_from([0.0, 37e-6, -2e-4])),
        settings=OdfsSettings(current_a=data.draw(st.sampled_from([0.03, 0.08])), time_out_s=1.0),
        seed=data.draw(st.integers(0, 9)),
    )
    whole = bench.run()
    instant = st.tuples(st.sampled_from(whole.rows["t_ns"].tolist()), st.sampled_from([-1, 0, 1]))
    at_edges = data.draw(st.lists(instant, max_size=12))
    anywhere = data.draw(st.lists(instants, max_size=12))
    assert_same(bench.run([*anywhere, *(t + d for t, d in at_edges)]), whole)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_cut_gives_the_same_bytes(Bench, data):
    """Random blocks, cuts exactly on, one nanosecond before and after switching instants, random commands."""
    draw_and_compare(Bench, data)


@pytest.mark.proof
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_of_1500_cuts_gives_the_same_bytes(Bench, data):
    """The same with 1500 examples."""
    draw_and_compare(Bench, data)


@pytest.mark.parametrize("block_ms", [1, 7, 10, 12, 100, 499])
def test_even_blocks_give_the_same_bytes(Bench, block_ms):
    """Blocks of 1 to 499 ms with all defects on and a contact that peels."""
    peel = tuple(Command(1_000_000_000 + k * 9_999_991, "contact", 1.0 - k / 80) for k in range(80))
    bench = Bench(lifts=LIFTS, until_s=END_S, defects=DEFECTS, commands=peel, clock_error_ratio=-53e-6)
    assert_same(bench.run(range(0, 3_000_000_000, block_ms * 1_000_000)), bench.run())


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(instants, max_size=30))
def test_settled_time_is_kept(Bench, cuts):
    """After every block all pulses that begin before `settled_ns` have been delivered, and it never falls."""
    bench = Bench(lifts=LIFTS, until_s=END_S)
    starts = np.rint(bench.run().pulses["t_s"] * 1e9)
    plant_run = bench.run(cuts)
    assert plant_run.settled_ns == sorted(plant_run.settled_ns)
    ends = [*sorted({t for t in cuts if t > 0}), round(END_S * 1e9)]
    for settled_ns, end_ns in zip(plant_run.settled_ns, ends, strict=True):
        assert settled_ns <= end_ns
        inside = (starts < end_ns) & (starts >= settled_ns)
        assert np.count_nonzero(inside) == (settled_ns < end_ns)


def test_settled_time_is_the_start_of_the_open_pulse(Bench):
    """A block that ends inside a pulse has its start as settled time; one that ends between pulses its own end."""
    bench = Bench()
    start = int(np.rint(bench.run().pulses["t_s"][3] * 1e9))
    run = bench.run([start, start + 1, start + 150_000, start + 5_000_000])
    assert run.settled_ns[:4] == [start, start, start, start + 5_000_000]


PROGRAM = """
import hashlib, numpy as np
from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS
from sim.plant import Plant
from sim.signal import Signal, Stimulus
from sim.stimulator.odfs_settings import OdfsSettings
from sim.streams import Streams
plant = Plant(MODELS[0], OdfsSettings(), {"missing_pulses": 0.3}, NAMED_LOADS["skin"], Streams(77), 3e-5)
k = np.arange(20000)
heel = Signal(np.where((k > 3000) & (k < 9000), 0.05, 2.6), 0, 10000.0, "V")
edges = plant.advance(Stimulus(0, 2_000_000_000, {"heel_switch": heel}))
print(hashlib.sha256(edges.channels[0].tobytes() + plant.delivered().tobytes()).hexdigest())
"""


def test_another_process_gives_the_same_bytes():
    """Two processes with different hash seeds agree."""
    found = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        found.add(done.stdout)
    assert len(found) == 1 and len(found.pop().strip()) == len(hashlib.sha256().hexdigest())
