"""What a firmware built for this machine hears and keeps: its serial line, its store, its clock and its faults."""

import contextlib

import numpy as np
import pytest
from device_makers import MAKERS

from rig.firmware.device_under_test import Injected
from rig.firmware.process.inputs import Inputs, noise
from rig.firmware.process.supply import Supply
from rig.firmware.process.wire_requests import Receive
from sim.signal import Signal

MS = 1_000_000
FLAT = Signal(np.full(4000, 5.0), 0, 1000.0, "V")
STEP = Signal(np.where(np.arange(4000) < 1000, 5.0, 0.0), 0, 1000.0, "V")


class Desk:
    """A host device that lives second by second, with a resistor at its output."""

    def __init__(self, device, signal=FLAT):
        self.device, self.signal, self.told, self.now_ns, self._current_a = device, signal, [], 0, 0.0
        device.start(0, 9.0)
        self.lives(100)

    def hear(self, events):
        """Everything that it did."""
        self.told += events
        for event in events:
            if event.kind == "drive":
                self._current_a = event.value

    def sense(self, name, t_ns, events):
        """The resistor."""
        self.hear(events)
        return self._current_a if name == "output_current" else 500.0 * self._current_a

    def lives(self, span_ms):
        """For so long; what it did meanwhile."""
        before = len(self.told)
        self.now_ns += span_ms * MS
        batch = self.device.advance(self.now_ns, {"heel_switch": self.signal}, self.sense)
        self.hear(batch.events)
        return self.told[before:]

    def says(self, line, span_ms=50):
        """What it answers to a line."""
        self.device.receive(self.now_ns, line.encode() + b"\n")
        return b"".join(event.data for event in self.lives(span_ms) if event.kind == "uart").decode()


@pytest.fixture
def desk():
    """A reference firmware that has booted."""
    with contextlib.closing(MAKERS["host"]()()) as device:
        yield Desk(device)


def test_a_line_takes_the_time_of_its_bytes(desk):
    """Ten bits a byte at 115200 baud, there and back: `ID?` and its newline are on the way for 0.35 ms."""
    answer = desk.says("ID?")
    assert answer.startswith("STIMBOX ")
    told = next(event for event in desk.told if b"STIMBOX" in event.data)
    least_ns = (len("ID?\n") + len(answer)) * 10 * 1_000_000_000 // 115_200
    assert least_ns <= told.t_ns - 100 * MS < least_ns + 3 * MS


def test_settings_outlive_the_power_and_the_process(desk):
    """What the firmware stores comes back to it, though every reset is a process of its own."""
    assert "OK" in desk.says("SET current 21")
    desk.lives(1000)
    process = desk.device._child.process_id
    desk.device.terminal(desk.now_ns, "supply", 0.0)
    desk.device.terminal(desk.now_ns + 20 * MS, "supply", 9.0)
    told = desk.lives(200)
    assert [event.name for event in told if event.kind == "reset"] == ["power_on"]
    assert "current 21" in desk.says("GET current")
    assert desk.device._child.process_id != process


def test_a_fast_clock_makes_everything_sooner():
    """Ten percent fast: the pulses stand ten percent closer together, from the instant of the fault on."""
    with contextlib.closing(MAKERS["host"]()()) as device:
        desk = Desk(device, STEP)
        desk.lives(1500)
        device.inject(desk.now_ns, Injected("clock", 0.1))
        desk.lives(1500)
    starts = np.array([event.t_ns for event in desk.told if event.kind == "drive" and event.value > 0.0])
    before, after = starts[starts < 1600 * MS], starts[starts > 1650 * MS]
    assert np.diff(before[-10:]) == pytest.approx(np.full(9, 25.0 * MS / (1.0 + 30e-6)), abs=2)
    assert np.diff(after[:10]) == pytest.approx(np.full(9, 25.0 * MS / ((1.0 + 30e-6) * 1.1)), abs=2)


def test_a_reference_that_is_too_high_reads_everything_too_low(desk):
    """9 V against a reference of 125 % reads as 7.2 V: below 85 % of nominal, the battery lamp comes on."""
    desk.device.inject(desk.now_ns, Injected("adc_reference", 1.25))
    lamps = [(event.name, event.value) for event in desk.lives(100) if event.kind == "line"]
    assert ("indicator.low_battery", 1.0) in lamps


def test_faults_of_the_board_outlive_a_reset(desk):
    """A wrong crystal is no better after the power was off: the battery lamp comes on again."""
    desk.device.inject(desk.now_ns, Injected("adc_reference", 1.25))
    desk.device.terminal(desk.now_ns + 50 * MS, "supply", 0.0)
    desk.device.terminal(desk.now_ns + 60 * MS, "supply", 9.0)
    lamps = [event.value for event in desk.lives(300) if event.name == "indicator.low_battery"]
    assert lamps == [1.0, 0.0, 1.0]


def test_garbage_on_the_line_harms_nothing(desk):
    """Two hundred bytes of noise, the same for every device, and the next command is understood."""
    desk.device.inject(desk.now_ns, Injected("uart_noise", 200))
    assert not [event for event in desk.lives(100) if event.kind in {"drive", "reset", "fault"}]
    desk.says("")
    assert desk.says("GET current").startswith("current ")
    assert noise(5, 200) == noise(5, 200) != noise(6, 200)


def test_no_bit_of_a_library_can_be_flipped(desk):
    """It says why, and the device lives on."""
    with pytest.raises(ValueError, match="flip bits on an emulated one"):
        desk.device.inject(desk.now_ns, Injected("bit_flip", 3, "amplitude"))
    assert desk.says("ID?").startswith("STIMBOX")


def test_a_supply_that_sags_is_no_power_on():
    """Brown-out keeps what a loss below 2 V forgets."""
    supply = Supply(6.0)
    supply.becomes(9.0)
    assert supply.is_on
    supply.becomes(5.0)
    assert not supply.is_on
    supply.becomes(9.0)
    assert supply.cause == "brown_out"


def test_inputs_come_in_the_order_of_their_instants():
    """Those of one instant in the order in which they were given; a late one is refused."""
    inputs = Inputs()
    for t_ns, data in ((5, b"c"), (3, b"a"), (3, b"b")):
        inputs.add(Receive(t_ns, data), 0)
    assert inputs.due(2) is None
    taken = [inputs.due(9) for _ in range(3)]
    assert [each.data for each in taken if isinstance(each, Receive)] == [b"a", b"b", b"c"]
    with pytest.raises(ValueError, match="too late"):
        inputs.add(Receive(3, b"d"), 4)
