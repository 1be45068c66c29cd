"""A virtual bench behind an artificial delay.

What it is given for the instant t reaches the device at t, but it must be given `look_ahead` before, as to a card that
streams from a filled buffer.
"""

from dataclasses import replace

import numpy as np

from rig.bench import Capture
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from sim.signal import Signal, Stimulus
from sim.timebase import first_sample_at_or_after


class LateBench(VirtualBench):
    """Holds every stimulus back for `look_ahead_ns`; `extra_ns` more than it states makes it a liar."""

    def __init__(self, models, look_ahead_ns, longest_ns=10_000_000, extra_ns=0):
        super().__init__(VirtualBenchSettings(), models)
        self._look_ahead_ns, self._longest_ns, self._extra_ns = look_ahead_ns, longest_ns, extra_ns

    def describe(self):
        known = super().describe()
        return replace(known, max_block_ns=self._longest_ns, look_ahead_ns=self._look_ahead_ns)

    def open(self, case):
        super().open(case)
        self._given, self._commands, self._lived_ns = {}, [], 0
        self.lags_ns = set()

    def exchange(self, stimulus):
        for role, signal in stimulus.signals.items():
            self._given.setdefault(role, [signal, []])[1].append(signal.samples)
        self._commands.extend(stimulus.commands)
        until_ns = max(0, stimulus.t1_ns - self._look_ahead_ns - self._extra_ns)
        if until_ns <= self._lived_ns:
            return Capture(self._lived_ns, self._lived_ns)
        t0_ns, self._lived_ns = self._lived_ns, until_ns
        self.lags_ns.add(stimulus.t1_ns - until_ns)
        commands = tuple(command for command in self._commands if command.t_ns < until_ns)
        self._commands = [command for command in self._commands if command.t_ns >= until_ns]
        return super().exchange(Stimulus(t0_ns, until_ns, self._between(t0_ns, until_ns), commands))

    def _between(self, t0_ns, t1_ns):
        signals = {}
        for role, (signal, parts) in self._given.items():
            a, b = (first_sample_at_or_after(t_ns, signal.period_ns) for t_ns in (t0_ns, t1_ns))
            samples = np.concatenate(parts)[a:b]
            signals[role] = Signal(samples, a * signal.period_ns, signal.rate_hz, signal.unit)
        return signals
