"""Programs in the style of NI's example programs, counters: plain nidaqmx, as in `daq_programs_out`."""

from daq_programs_wait import let_pass
from nidaqmx import Task
from nidaqmx.constants import AcquisitionType, CountDirection, Edge, FrequencyUnits, Level, TimeUnits


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
        channel = task.ci_channels.add_ci_two_edge_sep_chan(
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
