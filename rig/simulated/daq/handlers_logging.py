"""Logging to TDMS: what a task reads is written too, where its server runs.

`LOG_AND_READ` only, which writes on each read; a log without reads is refused. Source: NI-DAQmx Help, "TDMS Logging".
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from rig.simulated.daq.calls import OK, Fields, Handler, raw
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.task import Task
from sim.timebase import NS_PER_S

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_OFF: Final = 10231
_LOG_AND_READ: Final = 15842
_CREATE_OR_REPLACE: Final = 15847
_CREATE: Final = 15848
"""NI's constants of the mode and of what becomes of a file that is there."""
_LOG: Final = ("log", 0)
"""Where a task keeps its log among its settings: (file, group)."""


def _configure(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    mode, operation = raw(request, "logging_mode"), raw(request, "operation")
    if mode == _OFF:
        task.settings.pop(_LOG, None)
        return OK
    if mode != _LOG_AND_READ:
        raise not_simulated("a log of samples that nobody reads (LoggingMode.LOG)")
    path = Path(request.file_path)
    if operation == _CREATE and path.exists():
        raise not_simulated(f"a log into a file that is there already: {path}")
    if operation == _CREATE_OR_REPLACE:
        path.unlink(missing_ok=True)
    task.settings[_LOG] = (path, request.group_name or task.name)
    return OK


def log(task: Task, volts: NDArray[Any]) -> None:
    """Append what was read, (n_channels, n), to the task's log, if it has one."""
    if _LOG not in task.settings or not volts.shape[1]:
        return
    from nptdms import ChannelObject, TdmsWriter

    path, group = task.settings[_LOG]
    properties = {"wf_increment": task.timing.period_ns / NS_PER_S, "unit_string": "Volts"}
    with TdmsWriter(path, mode="a") as writer:
        writer.write_segment(
            [
                ChannelObject(group, channel.name, row, properties=properties)
                for channel, row in zip(task.channels, volts, strict=True)
            ]
        )


HANDLERS: Final[dict[str, Handler]] = {"ConfigureLogging": _configure}
