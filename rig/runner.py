"""The runner: one case on one bench gives one record. It never knows which bench it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rig.aid_walks import effect_of
from rig.bench import Bench, Capabilities, Capture, ChannelAccuracy, stamp_of
from rig.both_legs import until
from rig.firmware_facts import facts_of_bench
from rig.late_loop import keep_promise, late
from rig.lines import LineLog
from rig.plausibility import CaptureWatch, noise_problem
from rig.pulse_source import PulseSource
from rig.record import EventRecord, IdleCells, LoopError, Record, RigFault, Table
from rig.record_facts import plain
from rig.recorded import PreparedRecording, prepare_recording
from rig.replay import loop_error, replay, replayed_tables
from rig.walks import PreparedWalk, prepare_walk, rehearsal_of
from rig.whole_record import WholeRecord, whole_record
from rig.width_witness import hear
from rig.zero_span import ZeroSpan, ZeroSpans, out_of_tolerance
from scenarios.case import Case
from sim.body.compensation import CompensationState
from sim.errors import BenchError, ModelError
from sim.pulse import joined_pulses
from sim.sensor.watch import SensorWatch
from sim.signal import Stimulus
from sim.timebase import NEVER, TimeNs, s_from_ns
from sim.world import BlockLimits, StimulusSource


class CaseRecorder(Protocol):
    """Where a run is written while it goes on (`rig.store.CaseWriter`)."""

    def append(self, stimulus: Stimulus, capture: Capture, pulses: NDArray[Any], settled_ns: TimeNs) -> None:
        """Keep one block; after the last one an empty block is given, settled until `NEVER`."""
        ...

    def event(self, t_ns: TimeNs, kind: str, name: str, detail: Any) -> None:
        """Note something that happened."""
        ...

    def idle_cells(self) -> dict[str, IdleCells]:
        """Statistics of what was quiet so far, by role."""
        ...


class Observer(Protocol):
    """Somebody who looks on: progress, live margins."""

    def progress(self, t_s: float, end_s: float) -> None:
        """`t_s` of `end_s` seconds are done."""
        ...


@dataclass(slots=True)
class _Loop:
    """What has been gathered while the loop runs."""

    watch: SensorWatch
    source: PulseSource
    pulses: list[NDArray[Any]] = field(default_factory=list[NDArray[Any]])
    gaps_ns: list[tuple[TimeNs, TimeNs]] = field(default_factory=list[tuple[TimeNs, TimeNs]])
    clipped: dict[str, int] = field(default_factory=dict[str, int])
    counted_s: list[float] = field(default_factory=list[float])
    log: LineLog = field(default_factory=LineLog)
    reached_ns: TimeNs = 0
    fault: RigFault | None = None
    interrupted: bool = False

    def all_pulses(self) -> NDArray[Any]:
        """Every pulse so far, in time order."""
        found = joined_pulses(self.pulses)
        return found[np.argsort(found["t_s"], kind="stable")]


def run_loop(
    world: StimulusSource, case: Case, bench: Bench, recorder: CaseRecorder | None, observers: Sequence[Observer] = ()
) -> _Loop:
    """Walk `world` on an opened `bench` until its end, a fault of the rig, or an interruption.

    A `BenchError` or `ModelError` ends the run with a fault, `KeyboardInterrupt` with `interrupted`; what was gathered
    until then is returned. The bench is left in its safe state.
    """
    look_ahead_ns = bench.describe().look_ahead_ns
    source = PulseSource(case, bench)
    loop = _Loop(SensorWatch(case.sensor), source)
    plausible = CaptureWatch(bench.accuracy(), case.load)
    settled_ns: TimeNs = 0
    try:
        while not world.done:
            stimulus = world.advance(settled_ns)
            capture = bench.exchange(stimulus)
            keep_promise(stimulus, capture, loop.reached_ns, look_ahead_ns)
            pulses, settled_ns = source.find(capture)
            plausible.feed(capture, pulses, stimulus.commands)
            if recorder is not None:
                recorder.append(stimulus, capture, pulses, settled_ns)
            if pulses.size:
                world.add_pulses(source.felt(pulses))
                loop.pulses.append(pulses)
            if stimulus.signals:  # behind the end of the walk there are none
                loop.watch.feed(stimulus.signals)
            loop.log.feed(capture.lines, capture.messages)
            loop.gaps_ns.extend(capture.quality.gaps)
            loop.counted_s.extend(capture.counted_s)
            for role, count in capture.quality.clipped.items():
                loop.clipped[role] = loop.clipped.get(role, 0) + count
            loop.reached_ns = capture.t1_ns
            for observer in observers:
                observer.progress(s_from_ns(capture.t1_ns), s_from_ns(world.end_ns))
    except (BenchError, ModelError) as error:
        loop.fault = RigFault(s_from_ns(loop.reached_ns), str(error))
    except KeyboardInterrupt:
        loop.interrupted = True
    finally:
        _leave_safe(bench, loop)
    loop.fault = loop.fault or plausible.fault()
    rest = source.finish()
    loop.pulses.append(rest)
    _hear_witness(bench, loop, recorder)
    if recorder is not None:
        end_ns = loop.reached_ns
        recorder.append(Stimulus(end_ns, end_ns), Capture(end_ns, end_ns), rest, NEVER)
    return loop


def _hear_witness(bench: Bench, loop: _Loop, recorder: CaseRecorder | None) -> None:
    """Hold the finder's widths against those of a counter, where the bench has one."""
    comparator, accuracy = bench.describe().comparator, bench.accuracy().get("current")
    if comparator is None or accuracy is None or loop.fault is not None:
        return
    pulses = loop.all_pulses()
    said = hear(
        comparator, accuracy, pulses[pulses["channel"] == 1], np.array(loop.counted_s), s_from_ns(loop.reached_ns)
    )
    loop.fault = said.fault
    if recorder is not None:
        detail = {"widths": said.widths, "held": said.held, "largest_difference_s": said.largest_s}
        recorder.event(loop.reached_ns, "width_witness", "counter", plain(detail))


def _leave_safe(bench: Bench, loop: _Loop) -> None:
    """Outputs off; where even that fails it is told beside what went wrong before."""
    try:
        bench.safe_state()
    except BenchError as error:
        before = f"{loop.fault.text}; " if loop.fault is not None else ""
        loop.fault = RigFault(s_from_ns(loop.reached_ns), f"{before}{error}")


def run_case(
    case: Case,
    bench: Bench,
    recorder: CaseRecorder | None = None,
    observers: Sequence[Observer] = (),
    limits: BlockLimits | None = None,
    rehearsal: Bench | None = None,
    compensation: CompensationState | None = None,
) -> Record:
    """Run one case: loop, replay, trains, record.

    Args:
        case: what is asked.
        bench: not yet opened; it is opened, left safe and closed here.
        recorder: keeps the waveforms while they come, or None.
        observers: look on.
        limits: of a block; by default the horizon, within what the bench takes.
        rehearsal: bench for the 200 strides before a walk with `compensation: adapted`; by default `bench`.
        compensation: state at stride 1 where it is known already; no rehearsal is walked then.

    Raises:
        BenchError: the bench could not be opened, or its zero or span is out of tolerance; nothing ran.
    """
    capabilities = bench.describe()
    chosen = limits or _limits_of(capabilities)
    if compensation is None and case.walk.compensation == "adapted":
        if not capabilities.closed_loop:
            problem = "a patient gets used to the device only on a bench that streams; this one gets the whole record"
            raise BenchError("rehearsal", math.nan, problem, "walk: {compensation: acute}")
        compensation = rehearse(case, rehearsal or bench)
    walk = prepare_recording(case) if case.is_recorded else prepare_walk(case, compensation)
    whole = None if capabilities.closed_loop else whole_record(walk)
    try:
        bench.open(case)
        accuracy = dict(bench.accuracy())
        spans = ZeroSpans(before=dict(bench.zero_span()))
        if problem := _out_of_order(spans.before, accuracy, "before"):
            raise BenchError("zero and span", math.nan, problem)
        if recorder is not None and spans.before:
            recorder.event(0, "zero_span", "before", plain(spans))
        world = whole or late(walk.world(chosen), capabilities.look_ahead_ns, chosen)
        loop = run_loop(world, case, bench, recorder, observers)
        if whole is not None:  # such a bench knows its rate and its delay once it has played
            accuracy, capabilities = dict(bench.accuracy()), bench.describe()
        if loop.fault is None and not loop.interrupted:
            spans = replace(spans, after=dict(bench.zero_span()))
        firmware = facts_of_bench(bench)
    finally:
        bench.close()
    record = _record(case, walk, loop, capabilities, accuracy, recorder, whole)
    return _checked(replace(record, zero_span=spans, firmware=firmware))


def _limits_of(capabilities: Capabilities) -> BlockLimits:
    """The horizon, within what the bench takes."""
    longest_ns = min(BlockLimits().longest_ns, capabilities.max_block_ns)
    return BlockLimits(longest_ns, horizon=capabilities.closed_loop)


def _checked(record: Record) -> Record:
    """The record; nothing of it can be trusted where the instrument left its tolerance meanwhile."""
    problem = _out_of_order(record.zero_span.after, record.accuracy, "after")
    return replace(record, fault=RigFault(math.nan, problem)) if problem else record


def _out_of_order(readings: Mapping[str, ZeroSpan], accuracy: Mapping[str, ChannelAccuracy], when: str) -> str:
    return out_of_tolerance(readings, accuracy, when) or noise_problem(readings, accuracy, when)


def rehearse(case: Case, bench: Bench) -> CompensationState:
    """What the patient has got used to after 200 strides with device and aid.

    Raises:
        BenchError: the strides could not be walked on this bench.
    """
    before, capabilities = rehearsal_of(case), bench.describe()
    limits = _limits_of(capabilities)
    world = prepare_walk(before).world(limits)
    try:
        bench.open(before)
        loop = run_loop(late(world, capabilities.look_ahead_ns, limits), before, bench, None)
    finally:
        bench.close()
    if loop.interrupted:
        raise KeyboardInterrupt
    if loop.fault is not None:
        raise BenchError("rehearsal", loop.fault.t_s, loop.fault.text)
    return world.walker.compensation


@dataclass(frozen=True, slots=True, eq=False)
class _Walked:
    """What the patient did, from the replay; of a recording what can be counted in it.

    Attributes:
        gait: columns by stride.
        other: those of the other leg, or empty.
        error: of the loop; None where nobody walked.
        fault: of the replay, or None.
    """

    gait: Table
    other: Table
    error: LoopError | None = None
    fault: RigFault | None = None


def _walked_again(walk: PreparedWalk | PreparedRecording, loop: _Loop, pulses: NDArray[Any]) -> _Walked:
    """Walk the patient once more with the pulses at their captured instants."""
    if isinstance(walk, PreparedRecording):
        return _Walked(walk.gait(), {})
    replayed = SensorWatch(walk.case.sensor)
    world = walk.world(BlockLimits())
    fault = None
    try:
        replay(world, loop.source.felt(pulses), replayed)
    except ModelError as error:
        fault = RigFault(s_from_ns(loop.reached_ns), f"replay: {error}")
    other = walk.other_leg(world.walker) if loop.fault is None and fault is None else {}
    return _Walked(world.walker.strides(), other, loop_error(loop.watch, replayed, loop.reached_ns), fault)


def _record(
    case: Case,
    walk: PreparedWalk | PreparedRecording,
    loop: _Loop,
    capabilities: Capabilities,
    accuracy: dict[str, Any],
    recorder: CaseRecorder | None,
    whole: WholeRecord | None,
) -> Record:
    pulses = loop.all_pulses()
    walked = _walked_again(walk, loop, pulses) if whole is None else _Walked(whole.gait, {})
    crossings = loop.watch.crossings
    columns, trains, strides = replayed_tables(case, walk.schedule, pulses, walked.gait, crossings)
    reached_s = s_from_ns(loop.reached_ns)
    events = {
        span.name: EventRecord(
            span.name,
            span.kind,
            s_from_ns(span.start_ns),
            s_from_ns(span.end_ns),
            span.stride,
            span.start_ns < loop.reached_ns,
        )
        for span in walk.spans
    }
    if recorder is not None:
        for span in walk.spans:
            if span.start_ns < loop.reached_ns:
                recorder.event(span.start_ns, span.kind, span.name, f"stride {span.stride}")
    record = Record(
        case=case,
        hardware=stamp_of(capabilities, case),
        span_s=(0.0, reached_s),
        gaps_s=tuple((s_from_ns(a), s_from_ns(b)) for a, b in loop.gaps_ns),
        pulses=columns,
        trains=trains,
        strides=until(strides, reached_s),
        idle=recorder.idle_cells() if recorder is not None else {},
        accuracy=accuracy,
        events=events,
        loop_error=walked.error,
        fault=loop.fault or walked.fault,
        interrupted=loop.interrupted,
        clipped=loop.clipped,
        sensor_delay_s=capabilities.sensor_delay_s,
        other_strides=until(walked.other, reached_s),
        messages=loop.log.messages(),
        lines=loop.log.lines(),
    )
    return replace(record, effect=effect_of(record))
