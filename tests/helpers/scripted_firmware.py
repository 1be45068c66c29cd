"""A device under test in plain Python, for tests of what surrounds one: it ticks, listens, stimulates while the heel is
up, and notes every call. Nothing of it is shared with the devices of the rig."""

import heapq

from rig.firmware.device_under_test import Batch, Event

MS = 1_000_000
BYTE_NS = 86_806
ANSWERS = {b"ID?": b"FAKE 1.0 0001"}


class ScriptedFirmware:
    """A box that gives a pulse of 30 mA every 25 ms while its heel switch shows less than 1 V.

    Args:
        clock: as a real one gets it.
        mute: it never answers.
        spurious_ns: it gives a pulse at this instant after power-on, or None.
        deaf_to: settings that it acknowledges and does not take.
    """

    def __init__(self, clock, *, mute=False, spurious_ns=None, deaf_to=()):
        self.clock, self.mute, self.spurious_ns, self.deaf_to = clock, mute, spurious_ns, deaf_to
        self.calls, self.settings = [], {}
        self.is_closed = False
        self._queue, self._number = [], 0
        self._reached_ns, self._tick = 0, 0
        self._signals, self._typed, self._left = {}, b"", 0
        self._busy_ns = 0

    def start(self, t_ns, supply_v):
        """Power-on."""
        self.calls.append(("start", t_ns, supply_v))
        self._reached_ns = t_ns
        period = 1e6 / (1.0 + self.clock.error_ratio)
        self._tick = round((t_ns - self.clock.phase_ns) / period)
        while self._tick_ns() < t_ns:
            self._tick += 1
        if self.spurious_ns is not None:
            self._pulse(t_ns + self.spurious_ns)

    def _tick_ns(self):
        return self.clock.phase_ns + round(self._tick * 1e6 / (1.0 + self.clock.error_ratio))

    def _at(self, t_ns, what):
        heapq.heappush(self._queue, (t_ns, self._number, what))
        self._number += 1

    def _pulse(self, t_ns):
        self._busy_ns = t_ns
        for offset_us, level in ((0, 0.03), (300, 0.0), (400, -0.03), (700, 0.0)):
            self._at(t_ns + offset_us * 1000, Event(t_ns + offset_us * 1000, "drive", "", level))
        self._at(t_ns + 290_000, "look")

    def advance(self, until_ns, signals, sense, break_on=frozenset()):
        """Live on."""
        self._signals.update({k: v for k, v in signals.items() if len(v.samples)})
        told = []
        while self._reached_ns < until_ns:
            next_ns = min(self._tick_ns(), self._queue[0][0] if self._queue else until_ns, until_ns)
            self._reached_ns = max(self._reached_ns, next_ns)
            if next_ns >= until_ns:
                break
            if self._queue and self._queue[0][0] == next_ns:
                what = heapq.heappop(self._queue)[2]
                if what == "look":
                    self.calls.append(("sensed", sense("output_current", next_ns, tuple(told))))
                    told.clear()
                elif isinstance(what, bytes):
                    self._heard(next_ns, what)
                else:
                    told.append(what)
                    if what.kind in break_on:
                        self._reached_ns = next_ns + 1
                        break
            else:
                self._ticks(next_ns)
        return Batch(self._reached_ns, tuple(told))

    def _ticks(self, t_ns):
        self._tick += 1
        signal = self._signals.get("heel_switch")
        if signal is None or t_ns < signal.t0_ns:
            return
        values = signal.values()
        value = values[min(len(values) - 1, (t_ns - signal.t0_ns) // signal.period_ns)]
        lit = value < 1.0
        if lit and t_ns >= self._busy_ns + 25 * MS:
            self._pulse(t_ns)
        self._at(t_ns + 1, Event(t_ns + 1, "line", "status", float(lit)))

    def _heard(self, t_ns, data):
        self._typed += data
        if not self._typed.endswith(b"\n") or self.mute:
            return
        words, self._typed = self._typed.strip().split(), b""
        answer = ANSWERS.get(b" ".join(words), b"ERR what")
        if words[0] == b"SET":
            if words[1] not in self.deaf_to:
                self.settings[words[1]] = words[2]
            answer = b"OK"
        elif words[0] == b"GET":
            answer = words[1] + b" " + self.settings.get(words[1], b"0")
        for k, byte in enumerate(answer + b"\n"):
            at_ns = t_ns + 2 * MS + (k + 1) * BYTE_NS
            self._at(at_ns, Event(at_ns, "uart", "", 0.0, bytes([byte])))

    def terminal(self, t_ns, name, value):
        """A terminal changes."""
        assert t_ns >= self._reached_ns
        self.calls.append(("terminal", t_ns, name, value))

    def receive(self, t_ns, data):
        """Bytes come in."""
        assert t_ns >= self._reached_ns
        self.calls.append(("receive", t_ns, data))
        for k in range(len(data)):
            self._at(t_ns + (k + 1) * BYTE_NS, data[k : k + 1])

    def inject(self, t_ns, fault):
        """A fault."""
        self.calls.append(("inject", t_ns, fault))

    def identity(self):
        """Who it is."""
        return {"engine": "scripted"}

    def close(self):
        """The end."""
        self.is_closed = True
