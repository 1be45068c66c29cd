"""Attributes of clocks and triggers."""

from typing import Any, Final

from rig.simulated.daq.attribute import Attribute, fixed
from rig.simulated.daq.channels import AI
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.handlers_timing import limit_hz
from rig.simulated.daq.products import TIMEBASE_HZ
from rig.simulated.daq.task import Task
from rig.simulated.daq.timing import coerced_period_ns
from rig.simulated.daq.trigger import DIGITAL_EDGE, NO_TRIGGER, Trigger


def _set_rate(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.timing.period_ns = coerced_period_ns(value, limit_hz(task))
    task.timing.asked_hz = value


def _set_mode(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.timing.mode = value


def _set_samples(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.timing.samples = int(value)


def _terminal(task: Task, name: str) -> str:
    return f"/{task.on.name}/{task.kind_name}/{name}"


def _set_start_source(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.start_trigger.source = value


def _set_start_edge(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.start_trigger.edge = value


def _set_start_type(task: Task, value: Any) -> None:
    task.refuse_while_running()
    if value == NO_TRIGGER:
        task.start_trigger = Trigger()
    elif value != DIGITAL_EDGE:
        raise not_simulated(f"start triggers of type {value}")


def _convert_hz(task: Task) -> float:
    """Rate of the converter: one channel after the other, or all at once."""
    if task.kind != AI:
        raise not_simulated("a convert clock of anything but analogue inputs")
    product = task.on.product
    return task.timing.rate_hz if product.simultaneous else task.timing.rate_hz * len(task.channels)


TIMING: Final = {
    0x1344: Attribute("SampClk.Rate", lambda task: task.timing.rate_hz, _set_rate, 1000.0),
    0x22C8: Attribute("SampClk.MaxRate", limit_hz),
    0x1347: Attribute("SampTimingType", lambda task: task.timing.kind),
    0x1300: Attribute("SampQuant.SampMode", lambda task: task.timing.mode, _set_mode, 10178),
    0x1310: Attribute("SampQuant.SampPerChan", lambda task: task.timing.samples, _set_samples, 1000),
    0x1852: Attribute("SampClk.Src", lambda task: task.timing.source or "OnboardClock"),
    0x1301: fixed("SampClk.ActiveEdge", 10280),
    0x2F1B: Attribute("SampClk.Term", lambda task: _terminal(task, "SampleClock")),
    0x1303: Attribute("SampClk.Timebase.Rate", lambda _task: float(TIMEBASE_HZ)),
    0x1308: Attribute("SampClk.Timebase.Src", lambda task: f"/{task.on.name}/100MHzTimebase"),
    0x1316: fixed("RefClk.Src", "None"),
    0x1315: fixed("RefClk.Rate", 10e6),
    0x1848: Attribute("AIConv.Rate", _convert_hz),
    0x22C9: Attribute("AIConv.MaxRate", lambda task: task.on.product.ai_single_hz),
}
TRIGGER: Final = {
    0x1393: Attribute("StartTrig.Type", lambda task: task.start_trigger.type, _set_start_type, NO_TRIGGER),
    0x1407: Attribute("DigEdge.StartTrig.Src", lambda task: task.start_trigger.source, _set_start_source, ""),
    0x1404: Attribute("DigEdge.StartTrig.Edge", lambda task: task.start_trigger.edge, _set_start_edge, 10280),
    0x1419: Attribute("RefTrig.Type", lambda task: task.reference_trigger.type),
    0x1445: Attribute("RefTrig.PretrigSamples", lambda task: task.reference_trigger.pretrigger),
    0x190F: fixed("StartTrig.Retriggerable", value=False),
    0x2F1E: Attribute("StartTrig.Term", lambda task: _terminal(task, "StartTrigger")),
}
"""Number -> attribute."""
