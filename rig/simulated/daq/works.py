"""Which work belongs to which kind of channel."""

from collections.abc import Callable
from typing import Final

from rig.simulated.daq.analog_in import AnalogIn
from rig.simulated.daq.analog_out import AnalogOut
from rig.simulated.daq.channels import AI, AO, CI, CO, DI, DO, Channel
from rig.simulated.daq.counter_in import CounterIn
from rig.simulated.daq.counter_out import CounterOut
from rig.simulated.daq.digital_in import DigitalIn
from rig.simulated.daq.digital_out import DigitalOut
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.task import Task
from rig.simulated.daq.work import Work

_WORKS: Final[dict[int, Callable[[Task], Work]]] = {
    AI: AnalogIn,
    AO: AnalogOut,
    DI: DigitalIn,
    DO: DigitalOut,
    CI: CounterIn,
    CO: CounterOut,
}


def work_for(task: Task, channel: Channel) -> Work:
    """The work of a task whose first channel is `channel`.

    Raises:
        DaqmxError: -200452, nothing simulates it.
    """
    if channel.kind not in _WORKS:
        raise not_simulated(f"tasks with {channel.measures or channel.kind} channels")
    return _WORKS[channel.kind](task)
