"""Programs in the style of NI's example programs, outputs, synchronisation and system: plain nidaqmx.

Each takes `session` (keyword arguments that every `Task`, `Device` and `System` of a remote card needs) and gives back
what it saw, as JSON can hold it. Output 0 is wired to input 7, output 1 to input 6, counter output 0 to PFI4.
"""

import numpy as np
from daq_programs_wait import let_pass, wait_for
from nidaqmx import Task
from nidaqmx.constants import (
    AcquisitionType,
    Level,
    LineGrouping,
    RegenerationMode,
)
from nidaqmx.stream_writers import AnalogMultiChannelWriter, AnalogSingleChannelWriter
from nidaqmx.system import Device, System
from nidaqmx.system.watchdog import DOExpirationState, WatchdogTask

RAMP = np.linspace(-2.0, 3.0, 200)


def voltage_update(session):
    with Task(**session) as out, Task(**session) as back:
        out.ao_channels.add_ao_voltage_chan("Dev1/ao0:1")
        back.ai_channels.add_ai_voltage_chan("Dev1/ai7", min_val=-5.0, max_val=5.0)
        seen = []
        for level in (1.25, -3.0, 0.0):
            out.write([level, 0.5])
            seen.append(back.read())
        return {"values": seen}


def generate_finite(session):
    with Task(**session) as out, Task(**session) as back:
        out.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        out.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=RAMP.size)
        _follow(back, RAMP.size)
        written = out.write(RAMP, auto_start=False)
        back.start()
        out.start()
        values = back.read(RAMP.size)
        out.wait_until_done()
        return {"written": written, "values": values}


def generate_continuously(session):
    with Task(**session) as out, Task(**session) as back:
        out.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        out.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=RAMP.size)
        _follow(back, 3 * RAMP.size)
        out.write(RAMP, auto_start=False)
        back.start()
        out.start()
        values = back.read(3 * RAMP.size)
        out.stop()
        return {"values": values}


def generate_without_regeneration(session):
    with Task(**session) as out, Task(**session) as back:
        out.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        out.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.CONTINUOUS)
        out.out_stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
        out.out_stream.output_buf_size = 400
        _follow(back, 1000)
        writer = AnalogSingleChannelWriter(out.out_stream)
        blocks = [RAMP + 0.01 * number for number in range(7)]
        writer.write_many_sample(blocks[0])
        writer.write_many_sample(blocks[1])
        back.start()
        out.start()
        for block in blocks[2:]:
            writer.write_many_sample(block, timeout=2.0)
        values = back.read(1000)
        generated = out.out_stream.total_samp_per_chan_generated
        out.stop()
        return {"values": values, "generated": generated}


def generate_every_n_samples(session):
    with Task(**session) as out:
        told = []
        out.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        out.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=RAMP.size)
        out.register_every_n_samples_transferred_from_buffer_event(50, lambda h, k, n, d: told.append(n) or 0)
        out.write(RAMP, auto_start=False)
        out.start()
        out.wait_until_done()
        wait_for(lambda: len(told) == 4)
        out.stop()
        out.register_every_n_samples_transferred_from_buffer_event(50, None)
        return {"told": told}


def write_digital_lines(session):
    with Task(**session) as out, Task(**session) as back:
        out.do_channels.add_do_chan("Dev1/port0/line8:11", line_grouping=LineGrouping.CHAN_PER_LINE)
        back.di_channels.add_di_chan("Dev1/port0/line8:11", line_grouping=LineGrouping.CHAN_PER_LINE)
        out.write([True, False, True, True])
        seen = back.read()
        out.write([False] * 4)
        return {"values": seen}


def write_digital_port(session):
    with Task(**session) as out, Task(**session) as back:
        out.do_channels.add_do_chan("Dev1/port2", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        back.di_channels.add_di_chan("Dev1/port2", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        out.write(0xA5)
        seen = back.read()
        out.write(0)
        return {"value": seen}


def generate_digital_line(session):
    pattern = [True, False, False, True, True] * 8
    with Task(**session) as out, Task(**session) as back:
        out.do_channels.add_do_chan("Dev1/port0/line10")
        back.di_channels.add_di_chan("Dev1/port0/line10")
        _clock_together(out, back, len(pattern), AcquisitionType.FINITE)
        out.write(pattern, auto_start=False)
        back.start()
        out.start()
        return {"pattern": pattern, "values": back.read(len(pattern))}


def generate_digital_port_continuously(session):
    pattern = np.arange(16, dtype=np.uint32) << 8
    with Task(**session) as out, Task(**session) as back:
        out.do_channels.add_do_chan("Dev1/port0/line8:11", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        back.di_channels.add_di_chan("Dev1/port0/line8:11", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        _clock_together(out, back, 16, AcquisitionType.CONTINUOUS)
        out.write(pattern, auto_start=False)
        back.start()
        out.start()
        values = back.read(48)
        out.stop()
        return {"values": values}


def outputs_and_inputs_together(session):
    tone = np.array([np.sin(np.linspace(0, 2 * np.pi, 100)), np.cos(np.linspace(0, 2 * np.pi, 100))])
    with Task(**session) as out, Task(**session) as back:
        out.ao_channels.add_ao_voltage_chan("Dev1/ao0:1")
        out.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=100)
        out.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/ai/StartTrigger")
        back.ai_channels.add_ai_voltage_chan("Dev1/ai6:7")
        back.timing.cfg_samp_clk_timing(10e3, sample_mode=AcquisitionType.FINITE, samps_per_chan=100)
        AnalogMultiChannelWriter(out.out_stream).write_many_sample(tone)
        out.start()
        back.start()
        values = back.read(100)
        out.wait_until_done()
        return {"tone": tone.tolist(), "values": values}


def system_properties(session):
    system = System.remote(**session)
    device = system.devices["Dev1"]
    return {
        "version": list(system.driver_version),
        "devices": system.devices.device_names,
        "product": device.product_type,
        "simulated": device.is_simulated,
        "category": device.product_category.name,
        "inputs": len(device.ai_physical_chans),
        "outputs": device.ao_physical_chans.channel_names,
        "lines": len(device.do_lines),
        "counters": device.ci_physical_chans.channel_names,
        "fastest_hz": device.ai_max_single_chan_rate,
        "ranges_v": device.ai_voltage_rngs,
    }


def reset_and_self_test(session):
    device = Device("Dev1", **session)
    device.self_test_device()
    device.reset_device()
    return {}


def watchdog(session):
    with Task(**session) as line, WatchdogTask("Dev1", timeout=0.1, **session) as guard:
        line.do_channels.add_do_chan("Dev1/port0/line8")
        line.write(True)
        guard.cfg_watchdog_do_expir_states([DOExpirationState("Dev1/port0/line8", Level.LOW)])
        guard.start()
        for _ in range(4):
            let_pass(session, 0.05)
            guard.reset_timer()
        alive = [guard.expired, _state(session)]
        let_pass(session, 0.2)
        expired = [guard.expired, _state(session)]
        line.write(True)
        locked = _state(session)
        guard.clear_expiration()
        line.write(True)
        cleared = [guard.expired, _state(session)]
        line.write(False)
        guard.stop()
        return {"alive": alive, "expired": expired, "locked": locked, "cleared": cleared}


def step(session):
    """The heel goes down and up: from then on the device stimulates, until its time-out of seconds."""
    with Task(**session) as heel:
        heel.ao_channels.add_ao_voltage_chan("Dev1/ao2")
        heel.write(2.6)
        _look(session, 0.1)
        heel.write(0.05)
        _look(session, 0.2)
    return {}


def _look(session, span_s):
    """Let time pass by an analogue acquisition: the first one also switches the device on."""
    with Task(**session) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        task.timing.cfg_samp_clk_timing(10e3, samps_per_chan=round(span_s * 10e3))
        task.start()
        task.wait_until_done()


def _state(session):
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port0/line8")
        return task.read()


def _follow(task, count):
    """An input that samples on the output's clock what the output puts out."""
    task.ai_channels.add_ai_voltage_chan("Dev1/ai7", min_val=-5.0, max_val=5.0)
    task.timing.cfg_samp_clk_timing(10e3, source="/Dev1/ao/SampleClock", samps_per_chan=count)


def _clock_together(out, back, count, mode):
    out.timing.cfg_samp_clk_timing(10e3, sample_mode=mode, samps_per_chan=count)
    back.timing.cfg_samp_clk_timing(10e3, source="/Dev1/do/SampleClock", sample_mode=mode, samps_per_chan=count)
