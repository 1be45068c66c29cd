"""A plant on a table: a heel that lifts and lands when told, and the segments that came out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS, Load
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus
from sim.stimulator.odfs_settings import OdfsSettings
from sim.streams import Streams

PERIOD_NS = 100_000
MS = 1_000_000


@dataclass
class Run:
    """What a plant did: its segments, its pulses, what it said."""

    rows: np.ndarray
    pulses: np.ndarray
    messages: tuple[tuple[int, str], ...]
    settled_ns: list[int] = field(default_factory=list)
    lines: tuple[tuple[int, str, int], ...] = ()

    def current_at(self, t_ns: np.ndarray) -> np.ndarray:
        """Current at instants, A."""
        return self._at(t_ns, "i_a", "i_b_a")

    def voltage_at(self, t_ns: np.ndarray) -> np.ndarray:
        """Voltage at instants, V."""
        return self._at(t_ns, "v_v", "v_b_v")

    def _at(self, t_ns, steady, falling):
        k = np.searchsorted(self.rows["t_ns"], t_ns, "right") - 1
        row = self.rows[k]
        return row[steady] + row[falling] * np.exp(-(t_ns - row["t_ns"]) * 1e-9 / row["tau_s"])

    def starts_s(self) -> np.ndarray:
        """Starts of the pulses, s."""
        return self.pulses["t_s"]


def heel(t0_ns: int, t1_ns: int, lifts: Iterable[tuple[float, float]]) -> Signal:
    """Heel switch voltage in [t0, t1): open in each (from, to) of `lifts`, s, loaded elsewhere."""
    index = np.arange(-(-t0_ns // PERIOD_NS), -(-t1_ns // PERIOD_NS))
    open_at = np.zeros(len(index), bool)
    for off_s, on_s in lifts:
        open_at |= (index >= round(off_s * 1e4)) & (index < round(on_s * 1e4))
    first_ns = int(index[0]) * PERIOD_NS if len(index) else -(-t0_ns // PERIOD_NS) * PERIOD_NS
    return Signal(np.where(open_at, 0.05, 2.6), first_ns, 1e9 / PERIOD_NS, "V")


@dataclass
class Bench:
    """Makes a plant and lets it live through one stimulus, in as many blocks as asked."""

    lifts: tuple[tuple[float, float], ...] = ((0.5, 1.0),)
    until_s: float = 2.0
    settings: OdfsSettings = field(default_factory=OdfsSettings)
    defects: dict[str, float] = field(default_factory=dict)
    load: Load = NAMED_LOADS["skin"]
    commands: tuple[Command, ...] = ()
    clock_error_ratio: float = 0.0
    supply_v: float | None = None
    seed: int = 5

    def plant(self) -> Plant:
        """The plant, before its first block."""
        return Plant(
            MODELS[0],
            self.settings,
            self.defects,
            self.load,
            Streams(self.seed),
            self.clock_error_ratio,
            self.supply_v,
        )

    def run(self, cuts_ns: Iterable[int] = ()) -> Run:
        """Run in blocks that end at `cuts_ns` and at the end."""
        with np.errstate(over="ignore"):  # the hash wraps round; plain Python warns of it, compiled code does not
            return self._run(cuts_ns)

    def _run(self, cuts_ns: Iterable[int]) -> Run:
        plant, end_ns = self.plant(), round(self.until_s * 1e9)
        rows: list[Any] = []
        pulses: list[Any] = []
        messages: list[tuple[int, str]] = []
        settled: list[int] = []
        lines: list[tuple[int, str, int]] = []
        t0_ns = 0
        for t1_ns in [*sorted({t for t in cuts_ns if 0 < t < end_ns}), end_ns]:
            commands = tuple(c for c in self.commands if t0_ns <= c.t_ns < t1_ns)
            signals = {"heel_switch": heel(t0_ns, t1_ns, self.lifts)}
            edges = plant.advance(Stimulus(t0_ns, t1_ns, signals, commands))
            assert all(t0_ns <= t < t1_ns for t in edges.channels[0]["t_ns"].tolist())
            rows.append(edges.channels[0])
            pulses.append(plant.delivered())
            messages += plant.messages()
            lines += plant.lines()
            settled.append(plant.settled_ns)
            t0_ns = t1_ns
        return Run(np.concatenate(rows), np.concatenate(pulses), tuple(messages), settled, tuple(lines))


@pytest.fixture(name="Bench", scope="session")
def _bench() -> type[Bench]:
    return Bench
