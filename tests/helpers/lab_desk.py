"""Laboratories for tests: a short case, and a driver that plays a prepared stimulus."""

from dataclasses import replace
from functools import cache

import numpy as np

from rig.simulated.lab import Lab
from scenarios.plan import PlanOptions, find_files, load_cases
from scenarios.plugins import assemble_catalogue
from sim.signal import Signal

CATALOGUE = assemble_catalogue()


@cache
def case_of(name="SCN-DEMO-PASS", strides=2):
    """A shipped scenario, cut short, without checks."""
    case = load_cases(find_files((name,)), CATALOGUE, PlanOptions()).cases[0]
    return replace(
        case,
        walk=replace(case.walk, strides=strides),
        events=(),
        checks=(),
        capture=replace(case.capture, effects=False),
    )


def lab_of(case=None, **rest):
    """A laboratory with the device of `case`, still off."""
    return Lab(case or case_of(), CATALOGUE.models, **rest)


class Playing:
    """A driver that plays blocks: the whole signals and commands of a run are known beforehand.

    Args:
        signals: role -> samples from `t0_ns` on.
        commands: with their instants.
        rate_hz: of the samples.
        t0_ns: instant of the first sample.
    """

    def __init__(self, signals, commands=(), rate_hz=10_000.0, t0_ns=0):
        self._signals, self._commands, self._rate_hz, self._t0_ns = signals, commands, rate_hz, t0_ns

    def signals(self, t0_ns, t1_ns):
        period_ns = round(1e9 / self._rate_hz)
        first = max(0, -(-(t0_ns - self._t0_ns) // period_ns))
        last = max(first, -(-(t1_ns - self._t0_ns) // period_ns))
        return {
            role: Signal(samples[first:last], self._t0_ns + first * period_ns, self._rate_hz, "V")
            for role, samples in self._signals.items()
            if samples[first:last].size
        }

    def commands(self, t0_ns, t1_ns):
        return [command for command in self._commands if t0_ns <= command.t_ns < t1_ns]


def steps_v(spans_s, end_s, closed_v=2.6, open_v=0.05, rate_hz=10_000.0):
    """A heel switch that is open in each (from, to), s; closed elsewhere."""
    samples = np.full(round(end_s * rate_hz), closed_v)
    for from_s, to_s in spans_s:
        samples[round(from_s * rate_hz) : round(to_s * rate_hz)] = open_v
    return samples
