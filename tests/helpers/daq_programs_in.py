"""Programs in the style of NI's example programs, analogue and digital inputs: plain nidaqmx, one function a kind.

Each takes `session` (keyword arguments that every `Task`, `Device` and `System` of a remote card needs) and gives back
what it saw, as JSON can hold it.
"""

import numpy as np
from daq_programs_wait import wait_for
from nidaqmx import Task
from nidaqmx.constants import READ_ALL_AVAILABLE, AcquisitionType, Edge, LineGrouping, LoggingMode, LoggingOperation
from nidaqmx.stream_readers import AnalogMultiChannelReader, AnalogSingleChannelReader, DigitalSingleChannelReader


def voltage_sample(session):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        return {"values": task.read()}


def voltage_software_timed(session):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai7", min_val=-5.0, max_val=5.0)
        return {"values": [task.read() for _ in range(5)]}


def voltage_finite(session):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        task.timing.cfg_samp_clk_timing(100e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=5000)
        values = task.read(READ_ALL_AVAILABLE)
        task.wait_until_done()
        return {"values": values, "rate_hz": task.timing.samp_clk_rate}


def voltage_continuous(session):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        task.timing.cfg_samp_clk_timing(50e3, sample_mode=AcquisitionType.CONTINUOUS)
        reader, block, kept = AnalogSingleChannelReader(task.in_stream), np.empty(500), []
        task.start()
        for _ in range(8):
            assert reader.read_many_sample(block, 500) == 500
            kept.extend(block.tolist())
        task.stop()
        return {"values": kept}


def voltage_digital_start(session):
    with Task(**session) as task, Task(**session) as line:
        line.do_channels.add_do_chan("Dev1/port0/line8")
        line.write(False)
        task.ai_channels.add_ai_voltage_chan("Dev1/ai1")
        task.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.CONTINUOUS)
        task.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/PFI0", Edge.RISING)
        task.start()
        before = task.in_stream.avail_samp_per_chan
        line.write(True)
        values = task.read(200)
        line.write(False)
        return {"before": before, "values": values}


def voltage_every_n_samples(session):
    with Task(**session) as task:
        kept = []

        def callback(handle, kind, count, data):
            kept.append(task.read(count))
            return 0

        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        task.timing.cfg_samp_clk_timing(20e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        task.register_every_n_samples_acquired_into_buffer_event(250, callback)
        task.start()
        task.wait_until_done()
        wait_for(lambda: len(kept) == 4)
        task.stop()
        task.register_every_n_samples_acquired_into_buffer_event(250, None)
        return {"values": [value for block in kept for value in block], "events": len(kept)}


def voltage_done_event(session):
    with Task(**session) as task:
        told = []
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        task.timing.cfg_samp_clk_timing(10e3, samps_per_chan=100)
        task.register_done_event(lambda handle, status, data: told.append(status) or 0)
        task.start()
        values = task.read(100)
        task.wait_until_done()
        wait_for(lambda: told)
        task.stop()
        task.register_done_event(None)
        return {"values": values, "told": told}


def voltage_logged(session, path):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        task.timing.cfg_samp_clk_timing(20e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        task.in_stream.configure_logging(
            path, LoggingMode.LOG_AND_READ, group_name="capture", operation=LoggingOperation.CREATE_OR_REPLACE
        )
        first = np.array(task.read(400))
        rest = np.array(task.read(600))
        return {"values": np.concatenate([first, rest], axis=1).tolist()}


def voltage_waveform(session):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        task.timing.cfg_samp_clk_timing(20e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        waveforms = task.read_waveform()
        return {
            "values": [waveform.scaled_data.tolist() for waveform in waveforms],
            "interval_s": waveforms[0].timing.sample_interval.total_seconds(),
        }


def voltage_raw(session):
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        task.timing.cfg_samp_clk_timing(20e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        codes = task.in_stream.read(1000)
        scale = [channel.ai_dev_scaling_coeff for channel in task.ai_channels]
        return {"codes": codes.tolist(), "scale": [list(each) for each in scale]}


def channel_properties(session):
    with Task(**session) as task:
        channel = task.ai_channels.add_ai_voltage_chan("Dev1/ai0", name_to_assign_to_channel="current", max_val=5.0)
        return {
            "name": channel.name,
            "physical": channel.physical_channel.name,
            "max": channel.ai_max,
            "kind": channel.chan_type.name,
            "names": task.channel_names,
            "configuration": channel.ai_term_cfg.name,
        }


def digital_lines(session):
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port1/line0:3", line_grouping=LineGrouping.CHAN_PER_LINE)
        return {"values": task.read()}


def digital_port(session):
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port1", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        return {"value": task.read()}


def digital_port_finite(session):
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port0/line16:23", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        task.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=500)
        return {"values": task.read(READ_ALL_AVAILABLE)}


def digital_lines_continuous(session):
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port0/line16", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        task.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.CONTINUOUS)
        reader, block, kept = DigitalSingleChannelReader(task.in_stream), np.empty(100, np.uint32), []
        task.start()
        for _ in range(5):
            reader.read_many_sample_port_uint32(block, 100)
            kept.extend(block.tolist())
        task.stop()
        return {"values": kept}


def digital_waveform(session):
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port0/line16:17", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        task.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=50)
        waveform = task.read_waveform(50)
        return {"values": np.array(waveform.data).tolist()}


def analogue_and_digital_on_one_clock(session):
    with Task(**session) as analogue, Task(**session) as digital:
        analogue.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        analogue.timing.cfg_samp_clk_timing(20e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        digital.di_channels.add_di_chan("Dev1/port0/line16")
        digital.timing.cfg_samp_clk_timing(
            20e3, source="/Dev1/ai/SampleClock", sample_mode=AcquisitionType.FINITE, samps_per_chan=1000
        )
        digital.start()
        analogue.start()
        block = np.empty((2, 1000))
        AnalogMultiChannelReader(analogue.in_stream).read_many_sample(block, 1000)
        return {"values": block.tolist(), "lines": digital.read(1000)}
