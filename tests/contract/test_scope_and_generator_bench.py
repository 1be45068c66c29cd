"""A bench that cannot stream: the same device verdicts as the virtual bench, gaps stated, links that die end safe.

The virtual bench runs the same case on the same plant: it is the independent truth of what the device does.
"""

from dataclasses import replace

import numpy as np
import pytest
from lab_desk import CATALOGUE, case_of
from visa_stand import BENCH, stand_of

from rig.benches import open_bench
from rig.instruments import capture_plan
from rig.instruments.keysight_generator import KeysightGenerator
from rig.runner import run_case, run_loop
from rig.simulated import in_process
from rig.visa_bench import VisaBench
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.signal import Command, Signal, Stimulus

LOAD = Load(500.0)
TICK_S = 1e-3
"""The device looks at its sensor once a millisecond; when, depends on when it was switched on."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("benches")


def case(strides=2, **changes):
    return replace(case_of(strides=strides), load=LOAD, **changes)


def bench_of(folder, transport="hislip", text=BENCH):
    return VisaBench(stand_of(folder, transport, text), CATALOGUE.models)


@pytest.fixture(scope="module")
def runs(folder):
    """The same case on the virtual bench and on oscilloscope and generator."""
    bench = bench_of(folder)
    seen = run_case(case(), bench)
    assert seen.fault is None, seen.fault
    return run_case(case(), open_bench("virtual", CATALOGUE)), seen, bench


def test_it_says_what_it_cannot(folder):
    """No closed loop, gaps, the sensor's record whole; roles are those of its wires."""
    told = bench_of(folder).describe()
    assert not told.closed_loop and not told.gapless and told.hardware == "simulated-bench"
    assert {"heel_switch", "current", "voltage", "supply"} <= told.roles and "contact" not in told.roles


def test_the_device_does_what_it_does_on_the_virtual_bench(runs):
    """Every pulse is found; widths, amplitudes, charges and latencies agree within the bounds that the bench states.

    Ramps are left out: the two patients land a few milliseconds apart, for one of them walked with ideal pulses.
    """
    true, seen, _ = runs
    assert seen.pulses["t_s"].size == true.pulses["t_s"].size > 50
    part, bound_s = seen.accuracy["current"], seen.sensor_delay_s[1]
    whole = (true.pulses["phase1_s"] > 295e-6) & (seen.pulses["phase1_s"] > 285e-6)
    amplitude = true.pulses["phase1_a"][whole]
    assert whole.sum() > 40
    assert np.abs(seen.pulses["phase1_a"][whole] - amplitude).max() <= part.gain_bound_ratio * 0.03 + 3.0 * part.lsb
    assert np.abs(seen.pulses["phase1_s"] - true.pulses["phase1_s"])[whole].max() < 1.0 / part.rate_hz
    charge = true.pulses["charge1_c"]
    assert np.abs(seen.pulses["charge1_c"] / charge - 1.0)[whole].max() < part.gain_bound_ratio + 0.01
    latency = [run.strides["first_pulse_s"] - run.strides["sensor_off_s"] for run in (true, seen)]
    assert np.nanmax(np.abs(latency[0] - latency[1])) <= bound_s + TICK_S and np.isfinite(latency[1]).any()


def test_the_shipped_bench_opens_without_hardware():
    """`--bench scope-and-generator@sim`: every instrument is whom the file names, the load is its 500 ohm."""
    bench = open_bench("scope-and-generator@sim", CATALOGUE)
    assert bench.describe().why_not(case()) == ""
    try:
        bench.open(case())
        assert {"scope.identity", "awg.identity", "psu.identity", "dmm.identity", "load.read_ohm"} <= set(
            bench.identity()
        )
    finally:
        bench.close()


def test_outcomes_are_not_run(runs):
    """Nobody walked with the captured pulses: there is no replay, so no loop error."""
    _, seen, _ = runs
    assert seen.loop_error is None and seen.hardware == "simulated-bench"


def test_the_accuracy_is_that_of_the_oscilloscope(runs):
    """Rate, step and filter as the instrument turned out, not as the case asked."""
    _, seen, bench = runs
    part = seen.accuracy["current"]
    assert part.rate_hz == bench._shown.rate_hz < case().capture.rate_hz
    assert part.lsb == pytest.approx(10.0 / 4096 / 50.0, rel=1e-3) and part.filter_tau_s == 0.0


def test_identity_names_every_instrument_and_the_load(runs):
    """As it answered, with what the meter read."""
    _, _, bench = runs
    found = bench.identity()
    assert {"scope.identity", "generator.identity", "psu.identity", "meter.identity"} <= set(found)
    assert float(found["load.read_ohm"]) == pytest.approx(500.0, rel=2e-3)


def test_a_run_repeats_to_the_last_bit(folder, runs):
    """Same case, another transport: the same pulses."""
    again = run_case(case(), bench_of(folder, "socket"))
    for name in ("t_s", "phase1_a", "charge1_c", "net_c"):
        assert np.array_equal(again.pulses[name], runs[1].pulses[name], equal_nan=True)


def test_the_wrong_load_ends_it_before_anything_has_power(folder):
    """The case asks for 2 kohm, 500 ohm is plugged in: BenchError, the supply never came on."""
    text = BENCH.replace("load: 500 ohm, bound", "load: 2 kohm, value: 2.1 kohm, bound")
    with pytest.raises(BenchError, match=r"reads 2 kohm, stated is 2.1 kohm"):
        run_case(replace(case(), load=Load(2000.0)), bench_of(folder, text=text))


def opened(folder, transport="hislip"):
    bench = bench_of(folder, transport)
    bench.open(case())
    return bench


def record(seconds=1.5, commands=()):
    """A heel that rises once."""
    heel = np.full(round(seconds * 10_000), 2.6)
    heel[3000:9000] = 0.0
    return Stimulus(0, round(seconds * 1e9), {"heel_switch": Signal(heel, 0, 10_000.0, "V")}, tuple(commands))


def test_the_supply_sags_when_it_is_told(folder):
    """Below brown-out (6 V) the device sends nothing; the capture says when."""
    bench = opened(folder)
    try:
        sag = [Command(500_000_000, "supply", 4.0), Command(700_000_000, "supply", 9.0)]
        capture = bench.exchange(record(commands=sag))
    finally:
        bench.close()
    current = capture.waveforms["current"]
    busy = np.abs(current.values()) > 0.01
    t_s = np.arange(busy.size) / current.rate_hz
    assert busy[(t_s > 0.35) & (t_s < 0.5)].any() and not busy[(t_s > 0.56) & (t_s < 0.7)].any()


def test_a_memory_that_is_too_short_gives_segments_and_states_the_gaps(folder, monkeypatch):
    """Pulses are asked for at 2 MS/s: a segment at each opening of the heel, every pulse in it as in a roll."""
    heel = np.full(35_000, 2.6)
    for start in (3000, 13_000, 23_000):
        heel[start : start + 6000] = 0.0
    steps = Stimulus(0, 3_500_000_000, {"heel_switch": Signal(heel, 0, 10_000.0, "V")})
    monkeypatch.setattr(capture_plan, "SAMPLES_A_PULSE", 600.0)
    bench = opened(folder)
    try:
        capture = bench.exchange(steps)
        shown = bench._shown
    finally:
        bench.close()
    assert shown.segments == 3 and shown.rate_hz >= 2e6 and shown.alignment.edges >= 3
    seen_s = [(b - a) * 1e-9 for a, b in capture.quality.gaps]
    assert len(seen_s) == 4 and sum(seen_s) == pytest.approx(3.5 - 3 * 0.2, abs=0.02)
    for opening_s in (0.3, 1.3, 2.3):
        begun = [b * 1e-9 for _, b in capture.quality.gaps if abs(b * 1e-9 - opening_s) < 0.05]
        assert begun and begun[0] < opening_s, "a segment begins a little before the edge that triggers it"
    busy = np.abs(capture.waveforms["current"].values()) > 0.02
    assert busy.any() and not busy[: int(0.3 * shown.rate_hz)].any()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (Command(0, "contact", 0.5), "nothing on this bench carries out `contact`"),
        (Command(0, "supply", 99.0), "the bench file allows"),
    ],
    ids=["nobody does it", "beyond the limits"],
)
def test_a_command_that_cannot_be_obeyed_ends_the_run(folder, command, told):
    """Nobody carries it out, or the supply's limits forbid it."""
    bench = opened(folder)
    try:
        with pytest.raises(BenchError, match=told):
            bench.exchange(record(commands=[command]))
    finally:
        bench.close()


def test_it_takes_one_whole_record(folder):
    """A block from the middle, and a second record, are refused."""
    bench = opened(folder)
    try:
        with pytest.raises(BenchError, match="whole record"):
            bench.exchange(Stimulus(10, 20))
    finally:
        bench.close()
    with pytest.raises(BenchError, match="not open"):
        bench.exchange(record())


def test_a_generator_that_does_not_play_is_found(folder, monkeypatch):
    """Its output stays at rest: the oscilloscope sees no edge of the sensor's line, and nothing is measured."""
    monkeypatch.setattr(KeysightGenerator, "start", lambda self, output: None)
    bench = opened(folder)
    try:
        with pytest.raises(BenchError, match="no edge of the sensor's line"):
            bench.exchange(record())
    finally:
        bench.close()


class Cut(VisaBench):
    """The link to one instrument is cut as soon as the generator plays; what the outputs do afterwards is noted."""

    laboratories: list
    name = ""
    outputs: dict

    def exchange(self, stimulus):
        server, generator = self.laboratories[-1].servers[self.name], self._generator
        whole = generator.start

        def start(output):
            whole(output)
            server.drop()

        generator.start = start
        return super().exchange(stimulus)

    def safe_state(self):
        super().safe_state()
        if self.laboratories:
            servers = self.laboratories[-1].servers
            asked = {"psu": b"OUTP? (@2)", "generator": b"OUTP1?"}
            self.outputs = {name: int(servers[name].instrument.execute(query)) for name, query in asked.items()}


@pytest.mark.parametrize(
    ("transport", "name"),
    [("socket", "scope"), ("hislip", "scope"), ("hislip", "generator"), ("vxi11", "psu"), ("socket", "psu")],
)
def test_a_link_that_dies_ends_the_run_safe_and_the_next_one_works(folder, monkeypatch, transport, name):
    """The run is ERROR with the cause; supply and generator are off, by fresh sessions; then the bench runs again."""
    whole, laboratories = in_process.open_laboratory, []

    def open_laboratory(*given):
        laboratories.append(whole(*given))
        return laboratories[-1]

    monkeypatch.setattr(in_process, "open_laboratory", open_laboratory)
    bench = Cut(stand_of(folder, transport), CATALOGUE.models)
    bench.laboratories, bench.name, bench.outputs = laboratories, name, {}
    commands = [Command(400_000_000, "supply", 8.0)] if name == "psu" else []
    loop = run_loop(OneBlock(record(commands=commands)), case(), _opened(bench), None)
    assert loop.fault is not None and name in loop.fault.text and bench.outputs == {"psu": 0, "generator": 0}
    bench.close()
    bench.exchange = VisaBench.exchange.__get__(bench)
    again = run_loop(OneBlock(record()), case(), _opened(bench), None)
    bench.close()
    assert again.fault is None and again.all_pulses().size > 10


def _opened(bench):
    bench.open(case())
    return bench


class OneBlock:
    """A world of one prepared block."""

    def __init__(self, stimulus):
        self._stimulus, self.done, self.end_ns = stimulus, False, stimulus.t1_ns

    def advance(self, settled_ns):
        self.done = True
        return self._stimulus

    def add_pulses(self, pulses):
        pass
