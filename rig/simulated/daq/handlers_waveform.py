"""Calls that read samples together with their interval: waveforms of analogue and digital inputs.

They tell the interval and no date: the laboratory's clock has no calendar.
"""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.calls import Fields, Handler
from rig.simulated.daq.digital_in import DigitalIn
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.handlers_analog import input_of
from rig.simulated.daq.task import Task
from sim.timebase import NS_PER_S

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost


def _interval_s(task: Task) -> float:
    if not task.timing.is_clocked:
        raise not_simulated("waveforms of a task without a sample clock")
    return task.timing.period_ns / NS_PER_S


def _analogue(host: "CardHost", request: Any) -> Fields:
    from ni.protobuf.types.waveform_pb2 import DoubleAnalogWaveform, WaveformAttributeValue

    task, work = input_of(host, request)
    interval_s = _interval_s(task)
    count, status = work.wait_for(request.num_samps_per_chan, request.timeout)
    volts = work.take_volts(count)
    waveforms = [
        DoubleAnalogWaveform(
            dt=interval_s,
            y_data=row.tolist(),
            attributes={
                "NI_ChannelName": WaveformAttributeValue(string_value=channel.name),
                "NI_UnitDescription": WaveformAttributeValue(string_value="Volts"),
            },
        )
        for channel, row in zip(task.channels, volts, strict=True)
    ]
    return {"status": status, "waveforms": waveforms, "samps_per_chan_read": count}


def _digital(host: "CardHost", request: Any) -> Fields:
    from ni.protobuf.types.waveform_pb2 import DigitalWaveform, WaveformAttributeValue

    task = host.task(request.task.name)
    work = task.does
    if not isinstance(work, DigitalIn):
        raise not_simulated(f"digital waveforms of a task of kind {task.kind_name}")
    interval_s = _interval_s(task)
    count, status = work.wait_for(request.num_samps_per_chan, request.timeout)
    states = work.take_lines(count)
    waveforms = [
        DigitalWaveform(
            dt=interval_s,
            signal_count=len(channel.lines),
            y_data=rows[:, : len(channel.lines)].astype("u1").tobytes(),
            attributes={"NI_ChannelName": WaveformAttributeValue(string_value=channel.name)},
        )
        for channel, rows in zip(task.channels, states, strict=True)
    ]
    return {"status": status, "waveforms": waveforms, "samps_per_chan_read": count}


HANDLERS: Final[dict[str, Handler]] = {"ReadAnalogWaveforms": _analogue, "ReadDigitalWaveforms": _digital}
