"""Attributes of tasks, of reading, of writing and of buffers."""

from typing import Any, Final

from rig.simulated.daq.acquisition import DO_NOT_OVERWRITE, Acquisition
from rig.simulated.daq.attribute import Attribute, fixed
from rig.simulated.daq.channels import AI
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.generation import REGENERATE, Generation
from rig.simulated.daq.task import Task


def _names(task: Task) -> str:
    return ", ".join(channel.name for channel in task.channels)


def _input(task: Task) -> Acquisition:
    if not isinstance(task.does, Acquisition):
        raise not_simulated(f"reading from a task of kind {task.kind_name}")
    return task.does


def _output(task: Task) -> Generation:
    if not isinstance(task.does, Generation):
        raise not_simulated(f"writing to a task of kind {task.kind_name}")
    return task.does


def _now(task: Task) -> int:
    with task.on.lab.lock:
        return task.on.sync()


def _to_read(task: Task) -> int:
    """Samples a channel that a read of all would return: of a finite task every one."""
    work = _input(task)
    return work.wanted(-1, _now(task))


def _lines(task: Task) -> int:
    return max((len(channel.lines) for channel in task.channels), default=0)


def _set_regeneration(task: Task, value: Any) -> None:
    task.refuse_while_running()
    _output(task).regeneration = value


def _set_input_buffer(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.buffers.input = value


def _set_output_buffer(task: Task, value: Any) -> None:
    task.refuse_while_running()
    task.buffers.output = value


def _device(task: Task) -> str:
    return "" if task.card is None else task.card.name


TASK: Final = {
    0x1273: Attribute("Task.Channels", _names),
    0x1274: Attribute("Task.Complete", lambda task: task.is_done(_now(task))),
    0x1276: Attribute("Task.Name", lambda task: task.name),
    0x230E: Attribute("Task.Devices", _device),
    0x2181: Attribute("Task.NumChans", lambda task: len(task.channels)),
    0x29BA: Attribute("Task.NumDevices", lambda task: int(task.card is not None)),
}
READ: Final = {
    0x1221: Attribute("Read.CurrReadPos", lambda task: _input(task).read_index),
    0x1223: Attribute("Read.AvailSampPerChan", lambda task: _input(task).available(_now(task))),
    0x192A: Attribute("Read.TotalSampPerChanAcquired", lambda task: _input(task).clocked(_now(task))),
    0x31E8: Attribute("Read.NumSampPerChanToRead", _to_read),
    0x217A: Attribute("Read.RawDataWidth", lambda task: 2 if task.kind == AI else 4),
    0x217B: Attribute("Read.NumChans", lambda task: len(task.channels)),
    0x217C: Attribute("Read.DigitalLines.BytesPerChan", _lines),
    0x1823: Attribute("Read.ChannelsToRead", _names),
    0x1826: fixed("Read.AutoStart", value=True),
    0x190A: fixed("Read.RelativeTo", 10425),
    0x190B: fixed("Read.Offset", 0),
    0x1211: fixed("Read.OverWrite", DO_NOT_OVERWRITE),
    0x1215: fixed("Read.ReadAllAvailSamp", value=False),
    0x2232: fixed("Read.WaitMode", 12524),
    0x2174: Attribute("Read.OverloadedChansExist", lambda _task: False),
    0x2175: Attribute("Read.OverloadedChans", lambda _task: ""),
    0x2EC4: fixed("Read.LoggingFilePath", ""),
    0x2EC5: fixed("Read.LoggingMode", 15844),
}
WRITE: Final = {
    0x1453: Attribute("Write.RegenMode", lambda task: _output(task).regeneration, _set_regeneration, REGENERATE),
    0x1458: Attribute("Write.CurrWritePos", lambda task: _output(task).written),
    0x192B: Attribute("Write.TotalSampPerChanGenerated", lambda task: _output(task).clocked(_now(task))),
    0x1460: Attribute("Write.SpaceAvail", lambda task: _output(task).space(_now(task))),
    0x217D: Attribute("Write.RawDataWidth", lambda task: 2 if task.kind_name == "ao" else 4),
    0x217E: Attribute("Write.NumChans", lambda task: len(task.channels)),
    0x217F: Attribute("Write.DigitalLines.BytesPerChan", _lines),
    0x190C: fixed("Write.RelativeTo", 10430),
    0x190D: fixed("Write.Offset", 0),
    0x22B1: fixed("Write.WaitMode", 12524),
    0x296C: fixed("Write.NextWriteIsLast", value=False),
}
BUFFER: Final = {
    0x186C: Attribute("Buf.Input.BufSize", lambda task: _input(task).buffer_size, _set_input_buffer, 0),
    0x186D: Attribute("Buf.Output.BufSize", lambda task: _output(task).buffer_size, _set_output_buffer, 0),
    0x230A: Attribute("Buf.Input.OnbrdBufSize", lambda task: task.on.product.ai_fifo),
    0x230B: Attribute("Buf.Output.OnbrdBufSize", lambda task: task.on.product.ao_fifo),
}
"""Number -> attribute."""
