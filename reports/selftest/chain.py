"""One reference through one instrument and the real finder: a record, and what the rig itself says is wrong."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.selftest.instruments import Instrument
from reports.selftest.waveforms import LOAD_OHM, Reference, edges_of, level_edges
from rig.bench import Capture, ChannelAccuracy, Quality
from rig.card_accuracy import accuracy_of_card
from rig.cells import cell_samples, cell_statistics
from rig.finder import PulseFinder
from rig.plausibility import CaptureWatch, noise_problem
from rig.record import IdleCells, Record
from rig.tables import STRIDE_COLUMNS
from rig.trains import assign_trains
from rig.zero_span import ZeroSpan, ZeroSpans, out_of_tolerance
from scenarios.case import CaptureRequest, Case, DeviceDescription
from sim.edges import Edges
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.front_end import FrontEnd
from sim.front_end_settings import FrontEndSettings
from sim.gait.walk import Walk
from sim.sensor.heel_switch import HeelSwitch
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import NS_PER_S, TimeNs

ROLES: Final = ("current", "voltage")
RATE_HZ: Final = 1e6
_READING_NS: Final = 16_384_000
_BEGIN_NS: Final = 3 * _READING_NS
_SETTLING: Final = 64
"""Samples of a reading that the filter settles in."""
_HOUR_NS: Final = 3_600 * NS_PER_S


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A stated card and an instrument that may differ from it.

    Attributes:
        instrument: the model.
        stated: the card that the bench describes, its tap chosen.
        timebase_ppm: bound of its sample clock.
        streams: of the self-test.
    """

    instrument: Instrument
    stated: FrontEndSettings
    timebase_ppm: float
    streams: Streams

    def accuracy(self) -> dict[str, ChannelAccuracy]:
        """What the bench states."""
        return {role: accuracy_of_card(self.stated, role, RATE_HZ, self.timebase_ppm * 1e-6) for role in ROLES}


class _Card:
    """The instrument at work: blocks in the order of time, spoilt on their way as its model says."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._card = FrontEnd(chain.instrument.card(chain.stated), ROLES, RATE_HZ, chain.streams)

    def capture(self, edges: Edges) -> Capture:
        """What the rig gets of `edges`."""
        rendered = self._card.render(edges)
        spoilt = dict(self._chain.instrument.spoil(rendered.waveforms))
        return Capture(edges.t0_ns, edges.t1_ns, spoilt, quality=Quality(rendered.gaps, rendered.clipped))

    def zero_span(self, t_ns: TimeNs) -> dict[str, ZeroSpan]:
        """Zero of every input, then the reference source at one input after the other."""
        accuracy, stated = self._chain.accuracy(), self._chain.stated
        if not stated.takes_zero:
            return {}
        references = {role: stated.span_ratio * accuracy[role].range for role in ROLES}
        zeros = self._steady(0.0, 0.0, t_ns)
        spans = {
            "current": self._steady(references["current"], 0.0, t_ns + _READING_NS)["current"],
            "voltage": self._steady(0.0, references["voltage"], t_ns + 2 * _READING_NS)["voltage"],
        }
        return {
            role: ZeroSpan(
                t_ns / NS_PER_S,
                *_mean(zeros[role]),
                references[role],
                references[role] * stated.span_bound_ratio,
                *_mean(spans[role]),
                zeros[role].size,
            )
            for role in ROLES
        }

    def _steady(self, current_a: float, voltage_v: float, t_ns: TimeNs) -> dict[str, NDArray[np.float64]]:
        """Readings of a steady level by role; the filter settles first, and lost samples are no readings."""
        taken = self.capture(level_edges(current_a, voltage_v, t_ns, t_ns + _READING_NS))
        found: dict[str, NDArray[np.float64]] = {}
        for role, signal in taken.waveforms.items():
            keep = np.arange(signal.samples.size) >= _SETTLING
            for t0_ns, t1_ns in taken.quality.gaps:
                first, last = ((t - t_ns) // signal.period_ns for t in (t0_ns, t1_ns))
                keep[max(first, 0) : last + 1] = False
            found[role] = signal.values()[keep]
        return found


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard error."""
    return float(values.mean()), float(values.std()) / values.size**0.5


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """What came out at the end of a chain.

    Attributes:
        record: for the measures.
        reported: what zero and span, the capture's own quality and the plausibility of the run say is wrong.
    """

    record: Record
    reported: tuple[str, ...]


def through(chain: Chain, reference: Reference) -> Passed:
    """Send a reference through a chain, as a run does."""
    accuracy = chain.accuracy()
    card = _Card(chain)
    before = card.zero_span(0)
    capture = card.capture(edges_of(reference, _BEGIN_NS))
    after = card.zero_span(capture.t1_ns + round(chain.instrument.after_h_ratio * _HOUR_NS))
    spans = ZeroSpans(before, after)
    reported = [
        problem
        for when, readings in (("before", spans.before), ("after", spans.after))
        for problem in (out_of_tolerance(readings, accuracy, when), noise_problem(readings, accuracy, when))
    ]
    finder = PulseFinder.for_channel(accuracy["current"])
    for t0_ns, t1_ns in capture.quality.gaps:
        finder.lost(t0_ns, t1_ns)
    current = capture.waveforms["current"]
    pulses = np.concatenate([finder.feed(current), finder.finish()])
    watch = CaptureWatch(accuracy, Load(LOAD_OHM))
    try:
        watch.feed(capture, pulses)
    except BenchError as error:
        reported.append(error.problem)
    if fault := watch.fault():
        reported.append(fault.text)
    if capture.quality.gaps:
        reported.append(f"the card reports {len(capture.quality.gaps)} gaps")
    if any(capture.quality.clipped.values()) or pulses["clipped"].any():
        reported.append(f"{int(pulses['clipped'].sum())} pulses are clipped or cut")
    return Passed(_record(reference, capture, pulses, accuracy, spans), tuple(filter(None, reported)))


def _record(
    reference: Reference,
    capture: Capture,
    pulses: NDArray[Any],
    accuracy: dict[str, ChannelAccuracy],
    spans: ZeroSpans,
) -> Record:
    begin_s, end_s = capture.t0_ns / NS_PER_S, capture.t1_ns / NS_PER_S
    columns, trains = assign_trains(pulses, np.array([begin_s, end_s]), 0, {"rate": reference.rate_hz})
    strides = {name: np.array([np.nan]) for name in STRIDE_COLUMNS} | {
        "t0_s": np.array([begin_s]),
        "stride": np.ones(1),
    }
    return Record(
        case=_case(reference),
        hardware="virtual",
        span_s=(begin_s, end_s),
        gaps_s=tuple((a / NS_PER_S, b / NS_PER_S) for a, b in capture.quality.gaps),
        pulses=columns,
        trains=trains,
        strides=strides,
        idle={"current": _idle(capture.waveforms["current"], pulses)},
        accuracy=accuracy,
        events={},
        loop_error=None,
        clipped=dict(capture.quality.clipped),
        zero_span=spans,
    )


def _idle(current: Signal, pulses: NDArray[Any]) -> IdleCells:
    """Cells that no pulse touches, as a `windows` file keeps them."""
    cell = cell_samples(current.rate_hz)
    first = np.arange(0, current.samples.size - cell + 1, cell)
    low, high = np.empty(first.size, np.int16), np.empty(first.size, np.int16)
    total, squares = np.empty(first.size, np.int64), np.empty(first.size, np.int64)
    cell_statistics(current.samples, first, first + cell, low, high, total, squares)
    t0_s = (current.first_index + first) / current.rate_hz
    quiet = np.ones(first.size, np.bool_)
    for pulse in pulses:
        quiet &= (t0_s > pulse["end_s"]) | (t0_s + 2 * cell / current.rate_hz < pulse["t_s"])
    scale = current.scale
    return IdleCells(
        t0_s=t0_s[quiet],
        mean=total[quiet] / cell * scale,
        minimum=low[quiet].astype(np.float64) * scale,
        maximum=high[quiet].astype(np.float64) * scale,
        rms=np.sqrt(squares[quiet] / cell) * scale,
        cell_s=cell / current.rate_hz,
    )


def _case(reference: Reference) -> Case:
    """A case that asks for nothing but the capture of this reference."""
    programmed = {"current": reference.current_a, "pulse_width": reference.width_s, "rate": reference.rate_hz}
    device = DeviceDescription("reference", "reference source", "", (), 1, reference.current_a, None, programmed)
    return Case(
        id="self-test",
        number=1,
        name="self-test",
        scenario_id="SELF-TEST",
        title=reference.name,
        seed=0,
        patient_name="",
        patient=None,
        leg="left",
        sensor=HeelSwitch(),
        device=device,
        load=Load(LOAD_OHM),
        load_name="500 ohm",
        capture=CaptureRequest(rate_hz=RATE_HZ, channels=ROLES, keep="windows", effects=False),
        walk=Walk(1.0, 1),
        events=(),
        checks=(),
        not_applicable=(),
        requires=(),
        requirements=(),
        axes=(),
        document={},
        origin_file="",
    )


def tapped(stated: FrontEndSettings, largest_a: float) -> FrontEndSettings:
    """The stated card with its tap chosen for the references, its errors drawn by nobody."""
    from sim.front_end_settings import for_device

    return replace(for_device(stated, largest_a), lost_hz=0.0)
