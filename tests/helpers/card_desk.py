"""A simulated card on a laboratory, with the unmodified nidaqmx client in front of it."""

from contextlib import contextmanager

import nidaqmx
from lab_desk import lab_of
from nidaqmx.constants import AcquisitionType, RegenerationMode
from nidaqmx.stream_writers import AnalogSingleChannelWriter

from rig.simulated.daq.card import SimulatedCard
from rig.simulated.daq.host import CardHost
from rig.simulated.daq.in_process import InProcessChannel
from rig.simulated.daq.wiring import CardWire
from sim.front_end_settings import FrontEndSettings, for_device
from sim.streams import Streams

WIRES = (
    CardWire("ai0", "current"),
    CardWire("ai1", "voltage"),
    CardWire("ai2", "ao1"),
    CardWire("ao0", "heel_switch"),
    CardWire("port0/line0", "interlock"),
    CardWire("port0/line1", "button.stop"),
    CardWire("port0/line2", "polarity"),
    CardWire("port0/line4", "zero"),
    CardWire("port0/line5", "span", level=5.0),
    CardWire("port0/line16", "status"),
    CardWire("PFI0", "current", level=5e-3),
    CardWire("PFI1", "port0/line3"),
)
CONTINUOUS = AcquisitionType.CONTINUOUS


class Desk:
    """One laboratory, one card, one channel for nidaqmx."""

    def __init__(self, lab=None, wires=WIRES, product="PXIe-6368"):
        self.lab = lab or lab_of()
        self.front_end = for_device(FrontEndSettings(), self.lab.case.device.max_current_a)
        self.card = SimulatedCard(self.lab, wires, self.front_end, Streams(self.lab.case.seed), product)
        self.host = CardHost([self.card])
        self.channel = InProcessChannel(self.host)

    def task(self, name=""):
        """A new task of the client."""
        return nidaqmx.Task(name, grpc_options=nidaqmx.GrpcSessionOptions(self.channel, name))

    def close(self):
        """Everything is cleared and the laboratory is free again."""
        self.channel.close()
        self.card.close()


@contextmanager
def desk_of(**options):
    """A desk that is put away at the end."""
    desk = Desk(**options)
    try:
        yield desk
    finally:
        desk.close()


def clocked_inputs(desk, task, inputs="Dev1/ai0:1", rate_hz=1e6, buffer=4_000_000, **timing):
    """Analogue inputs in ±10 V on a sample clock, continuous unless told otherwise."""
    task.ai_channels.add_ai_voltage_chan(inputs, min_val=-10.0, max_val=10.0)
    timing.setdefault("sample_mode", CONTINUOUS)
    task.timing.cfg_samp_clk_timing(rate_hz, **timing)
    if timing["sample_mode"] == CONTINUOUS:
        task.in_stream.input_buf_size = buffer
    return task


def streamed_output(desk, task, output="Dev1/ao0", rate_hz=10_000.0, buffer=400, trigger="/Dev1/ai/StartTrigger"):
    """An analogue output without regeneration, armed on the start of the inputs; and its writer."""
    task.ao_channels.add_ao_voltage_chan(output, min_val=-10.0, max_val=10.0)
    task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=CONTINUOUS)
    task.out_stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
    if buffer:
        task.out_stream.output_buf_size = buffer
    if trigger:
        task.triggers.start_trigger.cfg_dig_edge_start_trig(trigger)
    return AnalogSingleChannelWriter(task.out_stream, auto_start=False)
