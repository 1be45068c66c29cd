"""A pulse train of known charge through a card of known errors: what the metrology of charge is held against.

Edges are made in closed form (biphasic, active recharge or a capacitor's discharge, leak, leads swapped half-way),
sampled by the simulated front end, found by the pulse finder, and summed up in quiet cells as a run keeps them.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from rig.cells import cell_samples
from rig.finder import PulseFinder
from rig.idle import idle_in_si
from rig.record import EventRecord, Record
from rig.trains import assign_trains
from rig.virtual_bench import accuracy_of_card, zero_span_of
from rig.waveforms import RoleFormat
from rig.windows import KeptCells, idle_rows, pulse_cells
from rig.zero_span import ZeroSpans
from scenarios.case import CaptureRequest, Case, DeviceDescription, PlannedEvent
from sim.edges import EDGE_DTYPE, Edges
from sim.front_end import FrontEnd
from sim.front_end_settings import AnalogInput, FrontEndSettings
from sim.gait.walk import Walk
from sim.inl_table import InlPoint, InlTable
from sim.sensor.heel_switch import HeelSwitch
from sim.streams import Streams

CARD = AnalogInput(inl_shape="drawn", polarity_gain_bound_ratio=50e-6)
"""The 16-bit front end of regulatory.md 5.2, with a bend that is not only odd."""
FRONT_END = FrontEndSettings(current=CARD, voltage=CARD, tap_ohm=250.0, filter_tau_s=2e-6)
_FIRST_S = 0.2
_REST_S = 0.2


@dataclass(frozen=True)
class Stimulation:
    """What flows, in truth.

    Attributes:
        n: pulses.
        rate_hz: of them; `rates_hz` gives several stretches of n pulses each instead.
        current_a: first phase.
        width_s: of each phase.
        gap_s: between the phases.
        net_c: charge that each pulse leaves behind.
        leak_a: steady current.
        tail_s: time constant of passive recharge; 0 for an active second phase.
        swapped: True where the leads change places half-way.
        rate_slope_c: charge that a pulse leaves behind more a Hz.
    """

    n: int = 400
    rate_hz: float = 40.0
    rates_hz: tuple[float, ...] = ()
    current_a: float = 30e-3
    width_s: float = 300e-6
    gap_s: float = 100e-6
    net_c: float = 0.0
    leak_a: float = 0.0
    tail_s: float = 0.0
    swapped: bool = False
    rate_slope_c: float = 0.0
    jitter_s: float = 5e-6

    def edges(self, draw):
        """Segments of the current, the end in ns, and the instant of the swap in s."""
        rates = self.rates_hz or (self.rate_hz,)
        t_s, swap_s = _FIRST_S, np.inf
        rows = [(0, self.leak_a, 0.0, 1.0)]
        for rate in rates:
            for k in range(self.n):
                if self.swapped and k == self.n // 2:
                    t_s += _REST_S
                    swap_s = t_s - _REST_S / 2
                    rows.append((round(swap_s * 1e9), -self.leak_a, 0.0, 1.0))
                sign = -1.0 if t_s > swap_s else 1.0
                rows += self._pulse(t_s + draw.uniform(-1, 1) * self.jitter_s, sign, rate)
                t_s += (1 + 30e-6) / rate
            t_s += _REST_S
        table = np.zeros(len(rows), EDGE_DTYPE)
        for row, (t_ns, level, swing, tau_s) in zip(table, rows, strict=True):
            row["t_ns"], row["i_a"], row["i_b_a"], row["tau_s"] = t_ns, level, swing, tau_s
        return table, round((t_s + 0.1) * 1e9), swap_s

    def _pulse(self, t_s, sign, rate):
        net_c = self.net_c + self.rate_slope_c * rate
        leak, on, off = sign * self.leak_a, round(t_s * 1e9), round((t_s + self.width_s) * 1e9)
        back = round((t_s + self.width_s + self.gap_s) * 1e9)
        rows = [(on, sign * self.current_a + leak, 0.0, 1.0), (off, leak, 0.0, 1.0)]
        charge_c = self.current_a * (off - on) * 1e-9 - net_c
        if self.tail_s:
            return [*rows, (back, leak, -sign * charge_c / self.tail_s, self.tail_s)]
        end = round((t_s + 2 * self.width_s + self.gap_s) * 1e9)
        level = -sign * charge_c / ((end - back) * 1e-9)
        return [*rows, (back, level + leak, 0.0, 1.0), (end, leak, 0.0, 1.0)]


@dataclass
class Captured:
    """A record, and the samples behind it (for estimators that are not ours)."""

    record: Record
    current_a: np.ndarray
    rate_hz: float
    pulses_s: np.ndarray
    true_table: InlTable = field(default=None)


def true_table(front_end, residual_v=50e-6, points=41, drawn=None):
    """The INL table that a perfect calibration of this very card would give; the residual is that of a real one.

    Args:
        front_end: the card.
        residual_v: stated bound of what is left.
        points: of the table.
        drawn: generator of the errors of the calibration itself, inside the residual; None for none.
    """
    from sim.front_end_bend import Bend, bent

    part = front_end._roles[0]
    volts_per_code = front_end.settings.current.range_v / 32768.0
    at = np.linspace(-10.0, 10.0, points)
    bend = Bend(float(part.errors[2]), float(part.errors[5]), 0.0)
    error = np.array([(bent(v / volts_per_code, bend) - v / volts_per_code) * volts_per_code for v in at])
    if drawn is not None:
        error = error + residual_v * drawn.uniform(-1, 1) * np.cos(np.pi * at / 10.0 * drawn.uniform(0.2, 1.0))
    return InlTable(tuple(InlPoint(float(v), float(e)) for v, e in zip(at, error, strict=True)), residual_v)


def captured(stimulation, seed, front_end=FRONT_END, rate_hz=1e6, table_v=None, takes_zero=True):
    """A card drawn from `seed` sees `stimulation`.

    Args:
        stimulation: what flows.
        seed: of the card, the noise and the instants.
        front_end: bounds of the card.
        rate_hz: sample rate.
        table_v: residual of an INL table of this card, V; None for no table.
        takes_zero: False leaves zero and span out.
    """
    streams, draw = Streams(seed), np.random.default_rng(seed)
    card = FrontEnd(front_end, ("current",), rate_hz, streams)
    accuracy = accuracy_of_card(front_end, "current", rate_hz, 50e-6)
    if table_v is not None:
        accuracy = replace(accuracy, inl_table=true_table(card, table_v, drawn=draw))
    segments, end_ns, swap_s = stimulation.edges(draw)
    signal = card.render(Edges(0, end_ns, (segments,))).waveforms["current"]
    codes = np.asarray(signal.samples)
    finder = PulseFinder.for_channel(accuracy)
    found = np.concatenate([finder.feed(signal), finder.finish()])
    cell = cell_samples(rate_hz)
    kept = KeptCells()
    for t_s, stop_s in zip(found["t_s"], found["end_s"], strict=True):
        kept.add(*pulse_cells(t_s, stop_s, rate_hz, cell))
    _, cells = kept.split(0, codes.size // cell)
    rows = idle_rows({"current": codes}, 0, codes.size, cell, cells, [])
    idle = idle_in_si([rows], {"current": RoleFormat(signal.scale, signal.offset, "A")}, rate_hz, cell)
    programmed = {"rate": stimulation.rate_hz, "ramp_up": 0.0, "ramp_down": 0.0, "current": stimulation.current_a}
    pulses, trains = assign_trains(found, np.empty(0), 0, programmed)
    zeros = ZeroSpans()
    if takes_zero:
        before, after = ({"current": zero_span_of(card, "current", accuracy, t_ns, streams)} for t_ns in (0, end_ns))
        zeros = ZeroSpans(before, after)
    swaps = (PlannedEvent("swap", "electrode.swap", None, 0.0, swap_s, {}),) if stimulation.swapped else ()
    record = Record(
        case=_case(programmed, swaps),
        hardware="virtual",
        span_s=(0.0, end_ns * 1e-9),
        gaps_s=(),
        pulses=pulses,
        trains=trains,
        strides={name: np.empty(0) for name in ("t0_s", "sensor_off_s", "sensor_on_s", "landing_s", "stride")},
        idle=idle,
        accuracy={"current": accuracy},
        events={e.name: EventRecord(e.name, e.kind, e.t_s, e.t_s, 0, fired=True) for e in swaps},
        loop_error=None,
        zero_span=zeros,
    )
    return Captured(record, codes * signal.scale + signal.offset, rate_hz, found["t_s"])


def _case(programmed, events):
    device = DeviceDescription("odfs", "", "odfs", (), 1, 0.04, None, programmed)
    return Case(
        "T", 1, "t", "T", "t", 1, "p", None, "left", HeelSwitch(), device, None, "500 ohm",
        CaptureRequest(), Walk(0.9, 1), events, (), (), (), (), (), {}, "t.yaml",
    )  # fmt: skip
