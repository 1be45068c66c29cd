"""A shipped image on its emulated board between a heel switch and a resistor of 500 ohm."""

import queue
import threading

import numpy as np

from rig.firmware.board.board_file import find_board
from rig.firmware.building.builds import reference_image
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.emulated_device import EmulatedDevice
from rig.firmware.options import FirmwareOptions
from rig.firmware.process import linked_device
from rig.firmware.process.fate import EndedChildError
from rig.firmware.process.wire_requests import Quit
from sim.signal import Signal

MS = 1_000_000
OHM = 500.0
CLOSED_V, OPEN_V = 3.0, 0.2


class LocalChild:
    """The device process as a thread: what it imports is imported once for all tests."""

    printed = ""

    def __init__(self, _command):
        from rig.firmware.emulated_child import serve_link

        self.requests, self.reports = queue.Queue(), queue.Queue()

        def serve():
            serve_link(self)
            self.reports.put(None)

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()

    def send(self, *frames, timeout_s=None):
        """Towards the other side: of the rig where it says how long it will wait, of the device where it does not."""
        for frame in frames:
            (self.reports if timeout_s is None else self.requests).put(frame)

    def take(self):
        return self.requests.get(timeout=240)

    def receive(self, _timeout_s):
        report = self.reports.get(timeout=240)
        if report is None:
            raise EndedChildError("exit", "it ended by itself")
        return report

    def last_reports(self):
        return ()

    def close(self):
        self.requests.put(Quit())
        self.thread.join(60)
        assert not self.thread.is_alive()


class EmulatedDesk:
    """Steps every 400 ms from 200 ms on: the heel is up for 150 ms.

    With `monkeypatch` the device lives in a thread of this process, without in one of its own.
    """

    def __init__(self, options=None, board="blue_f405", image=None, monkeypatch=None):
        if monkeypatch is not None:
            monkeypatch.setattr(linked_device, "Child", LocalChild)
        self.board = find_board(board)
        self.device = EmulatedDevice(
            image or reference_image(board), self.board, ClockSetting(30e-6, 400_000), options or FirmwareOptions()
        )
        self.events = []
        self.drive_a = 0.0
        self.reached_ns = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.device.close()

    def start(self):
        self.device.start(0, 9.0)
        return self

    def go(self, until_ns, cut_ns=10 * MS, break_on=frozenset()):
        """Live until an instant in pieces; returns the events of it."""
        first = len(self.events)
        while self.reached_ns < until_ns:
            end_ns = min(until_ns, self.reached_ns + cut_ns)
            batch = self.device.advance(end_ns, self.heel(), self.sense, break_on)
            self.hear(batch.events)
            self.reached_ns = batch.reached_ns
            if break_on and any(event.kind in break_on for event in self.events[first:]):
                break
        return self.events[first:]

    def heel(self):
        """The whole of the heel switch, again and again the same object's worth of samples."""
        time_ms = np.arange(2000)
        up = (time_ms % 400 >= 200) & (time_ms % 400 < 350)
        if not hasattr(self, "_heel"):
            self._heel = {"heel_switch": Signal(np.where(up, OPEN_V, CLOSED_V), 0, 1000.0, "V")}
        return self._heel

    def hear(self, events):
        self.events += events
        for event in events:
            if event.kind == "drive":
                self.drive_a = event.value

    def sense(self, name, _t_ns, events):
        self.hear(events)
        return abs(self.drive_a) * (1.0 if name == "output_current" else OHM)

    def log(self):
        """What it said."""
        return b"".join(event.data for event in self.events if event.kind == "uart").decode()

    def drives(self):
        return [(event.t_ns, event.value) for event in self.events if event.kind == "drive"]
