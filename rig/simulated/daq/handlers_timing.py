"""Calls that set clocks, buffers and triggers."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.calls import OK, Fields, Handler, raw
from rig.simulated.daq.channels import AI, AO, DI
from rig.simulated.daq.errors import NOT_SUPPORTED_VALUE, DaqmxError, not_simulated
from rig.simulated.daq.names import key_of
from rig.simulated.daq.task import Task
from rig.simulated.daq.timing import CONTINUOUS, FINITE, IMPLICIT, SAMPLE_CLOCK, Timing, coerced_period_ns
from rig.simulated.daq.trigger import Trigger

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_OWN_CLOCK: Final = {"", "onboardclock"}


def limit_hz(task: Task) -> float:
    """Fastest sample clock of a task, Hz."""
    product = task.on.product
    if task.kind == AI:
        return product.ai_limit_hz(len(task.channels))
    return product.ao_hz if task.kind == AO else product.digital_hz


def _sample_clock(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    mode = raw(request, "sample_mode")
    if mode not in {FINITE, CONTINUOUS}:
        raise not_simulated(f"sample mode {mode} (hardware-timed single point)")
    source = "" if key_of(request.source or "") in _OWN_CLOCK else request.source
    if source and not key_of(source).endswith("/sampleclock"):
        raise not_simulated(f"a sample clock from {source}")
    if key_of(source) == f"{task.kind_name}/sampleclock":
        source = ""
    period_ns = coerced_period_ns(request.rate, limit_hz(task))
    task.timing = Timing(SAMPLE_CLOCK, mode, int(request.samps_per_chan), period_ns, source, request.rate)
    return OK


def _implicit(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    task.timing = Timing(IMPLICIT, raw(request, "sample_mode"), int(request.samps_per_chan))
    return OK


def _start_edge(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    task.start_trigger = Trigger(request.trigger_source, raw(request, "trigger_edge"))
    return OK


def _analog_start(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    task.start_trigger = Trigger(_input_of(task, request), raw(request, "trigger_slope"), request.trigger_level)
    return OK


def _reference_edge(host: "CardHost", request: Any) -> Fields:
    task = _with_reference(host, request)
    edge = raw(request, "trigger_edge")
    task.reference_trigger = Trigger(request.trigger_source, edge, None, request.pretrigger_samples)
    return OK


def _analog_reference(host: "CardHost", request: Any) -> Fields:
    task = _with_reference(host, request)
    slope, pretrigger = raw(request, "trigger_slope"), request.pretrigger_samples
    task.reference_trigger = Trigger(_input_of(task, request), slope, request.trigger_level, pretrigger)
    return OK


def _with_reference(host: "CardHost", request: Any) -> Task:
    """A task that can have a reference trigger: a finite acquisition of two samples at least before the edge."""
    task = host.task(request.task.name)
    task.refuse_while_running()
    if task.kind not in {AI, DI}:
        raise not_simulated(f"a reference trigger of a task of kind {task.kind_name}")
    if not 2 <= request.pretrigger_samples < task.timing.samples:
        detail = f"Property: RefTrig.PretrigSamples\nRequested Value: {request.pretrigger_samples}\nMinimum Value: 2"
        raise DaqmxError(NOT_SUPPORTED_VALUE, detail)
    return task


def _input_of(task: Task, request: Any) -> str:
    """Physical input of an analogue trigger, which may be named by its virtual channel."""
    names = {channel.name: channel.physical for channel in task.channels}
    return names.get(str(request.trigger_source), str(request.trigger_source))


def _no_start(host: "CardHost", request: Any) -> Fields:
    host.task(request.task.name).start_trigger = Trigger()
    return OK


def _no_reference(host: "CardHost", request: Any) -> Fields:
    host.task(request.task.name).reference_trigger = Trigger()
    return OK


def _input_buffer(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    task.buffers.input = int(request.num_samps_per_chan)
    return OK


def _output_buffer(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    task.buffers.output = int(request.num_samps_per_chan)
    return OK


HANDLERS: Final[dict[str, Handler]] = {
    "CfgSampClkTiming": _sample_clock,
    "CfgImplicitTiming": _implicit,
    "CfgDigEdgeStartTrig": _start_edge,
    "CfgAnlgEdgeStartTrig": _analog_start,
    "CfgDigEdgeRefTrig": _reference_edge,
    "CfgAnlgEdgeRefTrig": _analog_reference,
    "DisableStartTrig": _no_start,
    "DisableRefTrig": _no_reference,
    "CfgInputBuffer": _input_buffer,
    "CfgOutputBuffer": _output_buffer,
}
