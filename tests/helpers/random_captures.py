"""Random captures with known truth: a freshly drawn card and a freshly drawn pulse, found by the real finder.

A capture is drawn from one number. Its truth is the list of edges, exact to the nanosecond; the card counts time by a
clock of its own. What is measured comes from the codes that the front end rendered, through the finder and the measures
that every check uses.
"""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from reports.measures import MEASURES
from rig.finder import PulseFinder
from rig.finder_edges import TAU_TOLERANCE_RATIO
from rig.idle import idle_in_si
from rig.record import Record
from rig.trains import assign_trains
from rig.virtual_bench import accuracy_of_card
from rig.waveforms import RoleFormat
from rig.windows import KeptCells, idle_rows, pulse_cells
from rig.zero_span import ZeroSpan, ZeroSpans
from sim.edges import EDGE_DTYPE, Edges
from sim.front_end import FrontEnd
from sim.front_end_settings import AnalogInput, FrontEndSettings, for_device
from sim.signal import Signal
from sim.streams import Streams

RATE_HZ = 1e6
CLOCK_PPM = 50.0
PULSES = 8
LEAD_S = 30e-3
WAVEFORMS = ("symmetric", "asymmetric", "coupled")
SPECS = {spec.name: spec for spec in MEASURES}


@dataclass(frozen=True)
class Drawn:
    """One capture: the pulse in true SI, and the card in true errors.

    `waveform`: phase 2 like phase 1, longer and lower, or the discharge of a coupling capacitor.
    """

    seed: object
    waveform: str
    current_a: float
    width_s: float
    gap_s: float
    width2_s: float
    current2_a: float
    rate_hz: float
    leak_a: float
    clock_ratio: float
    tau_ratio: float
    front_end: FrontEndSettings

    @property
    def charge_c(self):
        return self.current_a * self.width_s

    @property
    def net_c(self):
        return self.charge_c + self.current2_a * self.width2_s


def drawn(seed, card=None, filter_tau_s=None, **fixed):
    """Everything about one capture from its number (or numbers); `fixed` replaces what is drawn."""
    rng = np.random.default_rng(seed)

    def between(low, high):
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    waveform = fixed.pop("waveform", WAVEFORMS[int(rng.integers(3))])
    current, width = between(1e-3, 0.13), between(10e-6, 1e-3)
    gap = 0.0 if rng.random() < 0.03 else float(rng.uniform(0.0, 200e-6))
    rate, polarity = between(1.0, 100.0), float(rng.choice((-1.0, 1.0)))
    net = float(rng.uniform(0.0, 0.05) * rng.choice((-1.0, 1.0)))
    if waveform == "symmetric":
        width2 = width
    elif waveform == "asymmetric":
        width2 = width * between(1.5, min(10.0, 4e-3 / width))
    else:  # the tail must die away inside the longest charge window
        width = min(width, 300e-6)
        width2 = width * between(1.2, max(0.5e-3 / width, 1.3))
    room = current * 10 ** rng.uniform(0.02, 0.5)
    settings = FrontEndSettings(current=card or AnalogInput(inl_shape="wave"), filter_tau_s=filter_tau_s)
    front_end = for_device(settings, room)
    found = Drawn(
        seed,
        waveform,
        polarity * current,
        width,
        gap,
        width2,
        -polarity * current * width * (1.0 - net) / width2,
        rate,
        float(rng.uniform(-1.0, 1.0)) * 2e-3 / front_end.tap_ohm,
        float(rng.uniform(-1.0, 1.0)) * CLOCK_PPM * 1e-6,
        1.0 + float(rng.uniform(-1.0, 1.0)) * TAU_TOLERANCE_RATIO,
        front_end,
    )
    return replace(found, **fixed)


def edges_of(what):
    """The segments of the whole capture in the card's time, and the true instants of the pulses in its seconds."""
    faster = 1.0 + what.clock_ratio
    starts_s = LEAD_S + np.arange(PULSES) / what.rate_hz
    rows = [(0.0, 0.0, 0.0, 1.0)]
    end_s = what.width_s + what.gap_s
    for t in starts_s:
        rows.append((t, what.current_a, 0.0, 1.0))
        if what.gap_s > 0.0:
            rows.append((t + what.width_s, 0.0, 0.0, 1.0))
        if what.waveform == "coupled":
            rows.append((t + end_s, 0.0, what.current2_a, what.width2_s * faster))
        else:
            rows.append((t + end_s, what.current2_a, 0.0, 1.0))
            rows.append((t + end_s + what.width2_s, 0.0, 0.0, 1.0))
    edges = np.zeros(len(rows), EDGE_DTYPE)
    table = np.array(rows)
    edges["t_ns"] = np.round(table[:, 0] * faster * 1e9).astype(np.int64)
    edges["i_a"], edges["i_b_a"], edges["tau_s"] = table[:, 1] + what.leak_a, table[:, 2], table[:, 3]
    return edges, starts_s


def record_of(what, believed=None):
    """The record of a capture: pulses and quiet cells as the finder and the writer of files would leave them."""
    edges, starts_s = edges_of(what)
    tau_s = what.front_end.tau_s(RATE_HZ)
    card = replace(what.front_end, filter_tau_s=tau_s * what.tau_ratio)
    front_end = FrontEnd(
        card, ("current",), RATE_HZ, Streams(int(np.random.SeedSequence(what.seed).generate_state(1, np.uint64)[0]))
    )
    accuracy = believed or accuracy_of_card(what.front_end, "current", RATE_HZ, CLOCK_PPM * 1e-6)
    end_ns = int((starts_s[-1] + min(1.0 / what.rate_hz, 40e-3)) * 1e9) // 1_000_000 * 1_000_000
    parts = []
    for a in range(0, end_ns, 500_000_000):
        b = min(a + 500_000_000, end_ns)
        mine = edges[(edges["t_ns"] >= a) & (edges["t_ns"] < b)]
        parts.append(front_end.render(Edges(a, b, (mine,))).waveforms["current"])
    codes = np.concatenate([part.samples for part in parts])
    finder = PulseFinder.for_channel(accuracy)
    whole = Signal(codes, 0, RATE_HZ, "A", accuracy.lsb)
    pulses = np.concatenate([finder.feed(whole), finder.finish()])
    kept = KeptCells()
    for row in pulses:
        kept.add(*pulse_cells(row["t_s"], row["end_s"], RATE_HZ, finder.cell))
    count = codes.size // finder.cell
    _, idle = kept.split(0, count)
    rows = idle_rows({"current": codes}, 0, codes.size, finder.cell, idle, [])
    cells = idle_in_si([rows], {"current": RoleFormat(accuracy.lsb, 0.0, "A")}, RATE_HZ, finder.cell)
    columns, trains = assign_trains(pulses, np.empty(0), 0, {"rate": what.rate_hz})
    case = SimpleNamespace(
        device=SimpleNamespace(programmed={"rate": what.rate_hz}, channels=1, settings=None),
        sensor=SimpleNamespace(thresholds_v=None),
        events=(),
        is_recorded=True,
    )
    return Record(
        case=case, hardware="virtual", span_s=(0.0, codes.size / RATE_HZ), gaps_s=(), pulses=columns, trains=trains,
        strides={}, idle=cells, accuracy={"current": accuracy}, events={}, loop_error=None,
        zero_span=readings(front_end, accuracy, codes.size / RATE_HZ, what.seed),
    )  # fmt: skip


def readings(front_end, accuracy, end_s, seed):
    """Zero and span before and after the capture."""
    draw = np.random.default_rng((*seed, 1))

    def reading(t_s):
        zero, noise = front_end.steady("current", 0.0, int(t_s * 1e9), 10_000, draw)
        source = 0.5 * accuracy.range
        span, spread = front_end.steady("current", source, int(t_s * 1e9), 10_000, draw)
        return {"current": ZeroSpan(t_s, zero, noise, source, 1e-4 * source, span, spread)}

    return ZeroSpans(reading(0.0), reading(end_s))


def truths_of(what):
    """Quantity -> (measure, its parameters, truth)."""
    every = {"pulses": "all"}
    found = {
        "phase-1 current": ("phase_current", every, abs(what.current_a)),
        "phase-1 width": ("pulse_width", {**every, "phase": "1"}, what.width_s),
        "phase charge": ("phase_charge", {"phase": "1"}, abs(what.charge_c)),
        "net charge of a pulse": ("net_charge", {"per": "pulse"}, what.net_c),
        "net charge of a train": ("net_charge", {"per": "train"}, what.net_c),
        "rate": ("rate", {}, what.rate_hz),
        "direct current": ("dc", {}, what.leak_a),
    }
    if what.gap_s > 0.0:
        found["gap"] = ("interphase_gap", every, what.gap_s)
    if what.waveform != "coupled":
        found["phase-2 width"] = ("pulse_width", {**every, "phase": "2"}, what.width2_s)
    return found


@dataclass(frozen=True)
class Outcome:
    """One measured quantity of one capture."""

    error: float
    half95: float
    expanded: float
    budget: tuple


def outcomes_of(what, believed=None):
    """Quantity -> outcome; of several samples the middle one. A quantity that could not be measured is not there."""
    record = record_of(what, believed)
    found = {}
    for name, (measure, parameters, truth) in truths_of(what).items():
        samples = SPECS[measure].compute(record, parameters)
        if samples.values.size:
            k = samples.values.size // 2
            error = float(samples.values[k] - truth)
            found[name] = Outcome(error, float(samples.half95[k]), float(samples.expanded[k]), samples.budget)
    return found
