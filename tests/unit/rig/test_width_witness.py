"""The counter behind the comparator is a second witness of every width; where the two disagree the rig says so."""

from dataclasses import replace

import numpy as np
import pytest
from streaming_desk import CATALOGUE, laboratory_of, streaming_case

from rig.bench import ChannelAccuracy, Comparator
from rig.ni.bench import NiBench
from rig.runner import run_loop
from rig.simulated import card_of_bench
from rig.simulated.daq import handlers_counter
from rig.width_witness import hear
from sim.pulse import PULSE_DTYPE
from sim.sensor.heel_switch import HeelSwitch
from sim.signal import Signal, Stimulus
from sim.timebase import NS_PER_S

COMPARATOR = Comparator(2e-3, 0.1e-3, 0.1e-6, 12.5e-9)
ACCURACY = ChannelAccuracy("A", 3e-6, 0.1, 3e-6, 1e-3, 3.6e-6, 6e-6, 2e-6, 1e6, 5e-5)
END_S = 10.0
LOADED_V = HeelSwitch().loaded_v


def pulses(heights_ma, widths_us, t0_s=1.0):
    """Balanced pulses at 40 Hz, of one channel."""
    found = np.zeros(len(heights_ma), PULSE_DTYPE)
    found["channel"], found["t_s"] = 1, t0_s + 0.025 * np.arange(found.size)
    found["phase1_a"], found["phase1_s"] = np.array(heights_ma) * 1e-3, np.array(widths_us) * 1e-6
    found["phase2_a"], found["phase2_s"], found["gap_s"] = -found["phase1_a"], found["phase1_s"], 1e-4
    found["charge2_c"] = found["phase2_a"] * found["phase2_s"]
    found["peak1_a"], found["peak2_a"] = found["phase1_a"], found["phase2_a"]
    return found


RAMP_MA, RAMP_US = [0.5, 1.0, 1.95, 2.05, 5.0, 20.0, 20.0], [300.0, 300.0, 299.0, 301.0, 280.0, 290.0, 300.0]
CASES = {
    "every pulse agrees": (RAMP_MA, RAMP_US, [299.0, 301.0, 280.0, 290.0, 300.0], 1.0, ""),
    "those near the level did not switch": (RAMP_MA, RAMP_US, [280.0, 290.0, 300.0], 1.0, ""),
    "the first of those near the level did not": (RAMP_MA, RAMP_US, [301.0, 280.0, 290.0, 300.0], 1.0, ""),
    "nothing was sent": ([], [], [], 1.0, ""),
    "crossed leads give the second phase": ([-20.0, -20.0], [300.0, 300.0], [300.0, 300.0], 1.0, ""),
    "capture and counter stop apart": ([20.0] * 3, [300.0] * 3, [300.0] * 4, END_S - 0.06, ""),
    "one width is off": (
        [20.0] * 3,
        [300.0] * 3,
        [300.0, 302.0, 300.0],
        1.0,
        "a pulse of 300 µs, the counter measured",
    ),
    "the order is another": ([20.0] * 2, [300.0, 200.0], [200.0, 300.0], 1.0, "the counter measured 200 µs"),
    "the counter missed one": ([20.0] * 3, [300.0] * 3, [300.0] * 2, 1.0, "measured none after its 2"),
    "the finder missed one": ([20.0] * 3, [300.0] * 3, [300.0] * 4, 1.0, "measured 1 pulses more than the waveform"),
    "a bounce between two": ([20.0] * 2, [300.0] * 2, [300.0, 1.0, 300.0], 1.0, "the counter measured 1 µs"),
    "a pulse below the level was counted": ([1.0, 20.0], [300.0, 200.0], [300.0, 200.0], 1.0, "measured 300 µs"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_two_witnesses_may_say_beside_each_other(name):
    """Counted by hand: a width a pulse above 2.1 mA, none below 1.9 mA, perhaps one in between or of a second phase."""
    heights, found_us, counted_us, t0_s, fault = CASES[name]
    said = hear(COMPARATOR, ACCURACY, pulses(heights, found_us, t0_s), np.array(counted_us) * 1e-6, END_S)
    assert (said.fault is not None) == bool(fault)
    assert said.fault is None or fault in said.fault.text


class Step:
    """The heel leaves the floor at 50 ms and stays up: in the place of a walk, which nobody walks."""

    end_ns = 300_000_000

    def __init__(self, case, look_ahead_ns, block_ns):
        self._rate_hz, self._block_ns, self._last_ns, self._t_ns = (
            case.sensor.rate_hz, block_ns, self.end_ns + look_ahead_ns, 0
        )  # fmt: skip

    @property
    def done(self):
        return self._t_ns >= self._last_ns

    def add_pulses(self, pulses):
        """Nobody feels them."""

    def advance(self, settled_ns):
        t0_ns, self._t_ns = self._t_ns, self._t_ns + self._block_ns
        t_s = (t0_ns + np.arange(self._block_ns * int(self._rate_hz) // NS_PER_S) * (NS_PER_S / self._rate_hz)) * 1e-9
        heel = Signal(np.where(t_s < 0.05, LOADED_V, 0.0), t0_ns, self._rate_hz, "V")
        return Stimulus(t0_ns, self._t_ns, {"heel_switch": heel})


def stepped(tmp_path):
    """A step on the shipped simulated bench, without its readings of zero and span: the loop, and the bench closed."""
    case, laboratory = streaming_case(tmp_path), laboratory_of()
    wiring = tuple(wire for wire in laboratory.wiring if wire.role not in {"zero", "span"})
    bench = NiBench(replace(laboratory, wiring=wiring), CATALOGUE.models)
    try:
        bench.open(case)
        able = bench.describe()
        return run_loop(Step(case, able.look_ahead_ns, able.max_block_ns), case, bench, None)
    finally:
        bench.close()


def test_the_counter_of_the_simulated_bench_agrees_with_the_finder(tmp_path):
    """Every pulse of a step has its width in the counter's buffer, and the run is no fault."""
    loop = stepped(tmp_path)
    found = loop.all_pulses()
    assert loop.fault is None
    assert found.size > 5
    assert np.max(np.abs(np.array(loop.counted_s) - found["phase1_s"])) < 0.2e-6


def test_a_comparator_at_another_level_than_stated_is_a_fault_of_the_rig(tmp_path, monkeypatch):
    """The simulated comparator switches at 60 mA, the bench file says 2 mA, the device gives 20 mA."""
    own = card_of_bench.card_wire

    def other(laboratory, wire):
        return replace(own(laboratory, wire), level=60e-3) if wire.role == "comparator" else own(laboratory, wire)

    monkeypatch.setattr(card_of_bench, "card_wire", other)
    assert "the counter measured none" in stepped(tmp_path).fault.text


def test_a_counter_with_another_timebase_than_stated_is_a_fault_of_the_rig(tmp_path, monkeypatch):
    """A timebase 1 % fast makes 297 us of 300 us: beyond the microsecond that both may err by."""
    monkeypatch.setattr(handlers_counter, "TIMEBASE_HZ", 101_000_000)
    assert "two witnesses of the pulse width disagree" in stepped(tmp_path).fault.text
