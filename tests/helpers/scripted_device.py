"""A device under test in a few lines of Python: it answers its serial line and pulses while its heel switch is open."""

from rig.firmware.device_under_test import Batch, Event
from sim.timebase import NS_PER_MS

BYTE_NS = 86_806


class ScriptedDevice:
    """Boots in 2 ms and greets, answers `SET x` by `OK` and `RAW` by a prompt without an end of line.

    While the heel switch is open it gives a biphasic pulse of 20 mA and 200 us every 25 ms; its tick is 1 ms.
    """

    def __init__(self):
        self.heard, self.faults, self.closed = [], [], False
        self.sensed = {}
        self._terminals, self._inputs, self._plan, self._heel_v = {}, [], [], 0.0
        self._now_ns, self._on, self._next_pulse_ns = 0, False, 0

    def start(self, t_ns, supply_v):
        self._now_ns = t_ns
        self._inputs.append((t_ns, "supply", supply_v))

    def terminal(self, t_ns, name, value):
        if name not in {"supply", "button.stop", "button.rearm"}:
            raise ValueError(f"no terminal {name!r}")
        self._inputs.append((t_ns, name, value))

    def receive(self, t_ns, data):
        self.heard.append(data)
        end_ns = t_ns + len(data) * BYTE_NS
        if data.startswith(b"SET"):
            self._say(end_ns, b"OK\r\n")
        elif data == b"RAW\n":
            self._say(end_ns, b"> ")

    def inject(self, t_ns, fault):
        self.faults.append((t_ns, fault))

    def identity(self):
        return {"kind": "scripted", "chip": "none"}

    def close(self):
        self.closed = True

    def _say(self, t_ns, data):
        for number, byte in enumerate(data, 1):
            self._plan.append((t_ns + number * BYTE_NS, Event(t_ns + number * BYTE_NS, "uart", data=bytes([byte]))))

    def _switch(self, t_ns, name, value):
        if name == "supply":
            was, self._on = self._on, value > 6.0
            if self._on != was:
                self._plan.append((t_ns, Event(t_ns, "power", value=float(self._on))))
            if was and not self._on:
                self._plan = [(at, event) for at, event in self._plan if at <= t_ns]
            if self._on and not was:
                self._say(t_ns + 2 * NS_PER_MS, b"LOG boot\r\n")
                self._next_pulse_ns = t_ns + 3 * NS_PER_MS
        if name == "button.stop":
            self._plan.append((t_ns, Event(t_ns, "line", "status", 1.0 - value)))

    def advance(self, until_ns, signals, sense, break_on=frozenset()):
        if "heel_switch" in signals:
            self._heel_v = float(signals["heel_switch"].values()[-1])
        told = []
        while self._now_ns < until_ns:
            for item in [each for each in self._inputs if each[0] <= self._now_ns]:
                self._inputs.remove(item)
                self._switch(*item)
            tick_ns = -(-self._now_ns // NS_PER_MS) * NS_PER_MS
            stop_ns = min([until_ns, tick_ns + NS_PER_MS, *(t for t, *_ in self._inputs)])
            if self._on and self._heel_v < 1.0 and tick_ns >= self._next_pulse_ns:
                at_ns = tick_ns
                for after_us, value in ((0, 0.02), (200, 0.0), (300, -0.02), (500, 0.0)):
                    at = at_ns + after_us * 1000
                    self._plan.append((at, Event(at, "drive", "1", value)))
                self._next_pulse_ns = at_ns + 25 * NS_PER_MS
            self._plan.sort(key=lambda each: each[0])
            while self._plan and self._plan[0][0] < stop_ns:
                t_ns, event = self._plan.pop(0)
                told.append(event)
                if event.kind == "drive" and event.value:
                    current_a = sense("output_current", t_ns + 100_000, told)
                    self.sensed[t_ns] = [current_a, sense("output_voltage", t_ns + 100_000, ())]
                    told = []
                if event.kind in break_on:
                    self._now_ns = t_ns + 1
                    return Batch(self._now_ns, tuple(told))
            self._now_ns = stop_ns
        return Batch(self._now_ns, tuple(told))
