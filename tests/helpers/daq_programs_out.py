"""Programs in the style of NI's example programs, outputs, counters, synchronisation and system: plain nidaqmx.

Each takes `session` (keyword arguments that every `Task`, `Device` and `System` of a remote card needs) and gives back
what it saw, as JSON can hold it. Output 0 is wired to input 7, output 1 to input 6, counter output 0 to PFI4.
"""

import numpy as np
from nidaqmx import Task
from nidaqmx.constants import (
    AcquisitionType,
    CountDirection,
    Edge,
    FrequencyUnits,
    Level,
    LineGrouping,
    RegenerationMode,
    TimeUnits,
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
        _wait_for(lambda: len(told) == 4)
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
    pattern = np.arange(16, dtype=np.uint32)
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


def count_edges(session):
    with Task(**session) as task:
        channel = task.ci_channels.add_ci_count_edges_chan(
            "Dev1/ctr1", edge=Edge.RISING, initial_count=5, count_direction=CountDirection.COUNT_UP
        )
        channel.ci_count_edges_term = "/Dev1/PFI8"
        task.start()
        let_pass(session, 0.2)
        return {"count": task.read()}


def count_edges_on_a_clock(session):
    with Task(**session) as counts, Task(**session) as clock:
        clock.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        clock.timing.cfg_samp_clk_timing(1000.0, samps_per_chan=200)
        channel = counts.ci_channels.add_ci_count_edges_chan("Dev1/ctr1")
        channel.ci_count_edges_term = "/Dev1/PFI8"
        counts.timing.cfg_samp_clk_timing(1000.0, source="/Dev1/ai/SampleClock", samps_per_chan=200)
        counts.start()
        clock.start()
        return {"counts": counts.read(200)}


def frequency(session):
    with Task(**session) as task, Task(**session) as train:
        _train(train, 400.0, 0.25)
        channel = task.ci_channels.add_ci_freq_chan("Dev1/ctr1", min_val=10.0, max_val=1000.0, units=FrequencyUnits.HZ)
        channel.ci_freq_term = "/Dev1/PFI4"
        return {"value": task.read()}


def period(session):
    with Task(**session) as task, Task(**session) as train:
        _train(train, 400.0, 0.25)
        channel = task.ci_channels.add_ci_period_chan("Dev1/ctr1", min_val=1e-3, max_val=0.1, units=TimeUnits.SECONDS)
        channel.ci_period_term = "/Dev1/PFI4"
        return {"value": task.read()}


def frequency_continuously(session):
    with Task(**session) as task, Task(**session) as train:
        _train(train, 1000.0, 0.5)
        channel = task.ci_channels.add_ci_freq_chan("Dev1/ctr1", min_val=10.0, max_val=10e3)
        channel.ci_freq_term = "/Dev1/PFI4"
        task.timing.cfg_implicit_timing(sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=100)
        task.start()
        values = task.read(20)
        task.stop()
        return {"values": values}


def pulse_frequency(session):
    with Task(**session) as task, Task(**session) as train:
        _train(train, 400.0, 0.25)
        channel = task.ci_channels.add_ci_pulse_chan_freq("Dev1/ctr1", min_val=10.0, max_val=10e3)
        channel.ci_pulse_freq_term = "/Dev1/PFI4"
        pulse = task.read()
        return {"frequency_hz": pulse.freq, "duty_ratio": pulse.duty_cycle}


def pulse_time(session):
    with Task(**session) as task, Task(**session) as train:
        _train(train, 400.0, 0.25)
        channel = task.ci_channels.add_ci_pulse_chan_time("Dev1/ctr1", min_val=1e-6, max_val=0.1)
        channel.ci_pulse_time_term = "/Dev1/PFI4"
        pulse = task.read()
        return {"high_s": pulse.high_time, "low_s": pulse.low_time}


def pulse_width(session):
    with Task(**session) as task:
        channel = task.ci_channels.add_ci_pulse_width_chan("Dev1/ctr1", min_val=1e-6, max_val=0.1)
        channel.ci_pulse_width_term = "/Dev1/PFI8"
        task.timing.cfg_implicit_timing(sample_mode=AcquisitionType.FINITE, samps_per_chan=4)
        return {"values": task.read(4)}


def two_edge_separation(session):
    with Task(**session) as task:
        channel = task.ci_channels.add_ci_two_edge_separation_chan(
            "Dev1/ctr1", min_val=1e-6, max_val=1.0, first_edge=Edge.RISING, second_edge=Edge.RISING
        )
        channel.ci_two_edge_sep_first_term = "/Dev1/PFI8"
        channel.ci_two_edge_sep_second_term = "/Dev1/PFI9"
        return {"value": task.read()}


def pulse_train(session):
    return _seen_train(
        session, lambda task: task.co_channels.add_co_pulse_chan_freq("Dev1/ctr0", freq=500.0, duty_cycle=0.3)
    )


def pulse_train_by_time(session):
    def add(task):
        task.co_channels.add_co_pulse_chan_time("Dev1/ctr0", high_time=0.5e-3, low_time=1.5e-3)

    return _seen_train(session, add)


def pulse_train_by_ticks(session):
    def add(task):
        task.co_channels.add_co_pulse_chan_ticks(
            "Dev1/ctr0", "/Dev1/100MHzTimebase", high_ticks=100_000, low_ticks=100_000
        )

    return _seen_train(session, add)


def finite_pulse_train(session):
    with Task(**session) as counts, Task(**session) as train:
        channel = counts.ci_channels.add_ci_count_edges_chan("Dev1/ctr1")
        channel.ci_count_edges_term = "/Dev1/PFI4"
        counts.start()
        train.co_channels.add_co_pulse_chan_freq("Dev1/ctr0", freq=1000.0)
        train.timing.cfg_implicit_timing(sample_mode=AcquisitionType.FINITE, samps_per_chan=12)
        train.start()
        train.wait_until_done()
        return {"count": counts.read()}


def single_pulse(session):
    with Task(**session) as width, Task(**session) as pulse:
        channel = width.ci_channels.add_ci_pulse_width_chan("Dev1/ctr1", min_val=1e-6, max_val=0.1)
        channel.ci_pulse_width_term = "/Dev1/PFI4"
        width.start()
        pulse.co_channels.add_co_pulse_chan_time("Dev1/ctr0", idle_state=Level.LOW, low_time=1e-3, high_time=2.5e-3)
        pulse.start()
        pulse.wait_until_done()
        return {"value": width.read()}


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


def let_pass(session, span_s):
    """Let time pass on the card's clock, whatever the wall clock says: an acquisition that nobody reads."""
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port0/line31")
        task.timing.cfg_samp_clk_timing(10e3, samps_per_chan=max(2, round(span_s * 10e3)))
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


def _train(task, frequency_hz, duty_ratio):
    task.co_channels.add_co_pulse_chan_freq("Dev1/ctr0", freq=frequency_hz, duty_cycle=duty_ratio)
    task.timing.cfg_implicit_timing(sample_mode=AcquisitionType.CONTINUOUS)
    task.start()


def _seen_train(session, add):
    """A pulse train as another counter sees it."""
    with Task(**session) as train, Task(**session) as pulse:
        add(train)
        train.timing.cfg_implicit_timing(sample_mode=AcquisitionType.CONTINUOUS)
        train.start()
        channel = pulse.ci_channels.add_ci_pulse_chan_time("Dev1/ctr1", min_val=1e-6, max_val=0.1)
        channel.ci_pulse_time_term = "/Dev1/PFI4"
        seen = pulse.read()
        train.stop()
        return {"high_s": seen.high_time, "low_s": seen.low_time}


def _wait_for(condition):
    import time

    ends_s = time.monotonic() + 10.0
    while not condition() and time.monotonic() < ends_s:
        time.sleep(0.001)
