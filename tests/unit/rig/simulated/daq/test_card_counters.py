"""Counters: edges, widths and periods of what is wired to them, and pulse trains that they put out."""

import numpy as np
import pytest
from card_desk import CONTINUOUS, clocked_inputs, desk_of, streamed_output
from lab_desk import steps_v
from nidaqmx.constants import AcquisitionType, Edge, Level
from nidaqmx.errors import DaqError, DaqReadError
from nidaqmx.stream_readers import CounterReader


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


def stimulating(desk, ai, ao, from_s=0.02, blocks=40):
    """Inputs and a heel switch that opens at `from_s`, running."""
    samples_v = steps_v([(from_s, 10.0)], blocks * 0.01)
    clocked_inputs(desk, ai)
    writer = streamed_output(desk, ao, buffer=samples_v.size)
    writer.write_many_sample(samples_v)
    ao.start()
    ai.start()


def test_the_width_of_the_stimulation_pulse_is_that_of_the_plant(desk):
    """A comparator at 5 mA in front of PFI0: buffered widths equal the spans between the laboratory's crossings, in
    whole ticks of 10 ns. Truth: the exact edges of the plant."""
    with desk.task() as ai, desk.task() as ao, desk.task() as ci:
        channel = ci.ci_channels.add_ci_pulse_width_chan("Dev1/ctr0", min_val=1e-6, max_val=1e-2)
        channel.ci_pulse_width_term = "/Dev1/PFI0"
        assert channel.ci_pulse_width_term == "/Dev1/PFI0"
        ci.timing.cfg_implicit_timing(sample_mode=CONTINUOUS)
        ci.start()
        stimulating(desk, ai, ao)
        ai.read(390_000)
        widths_s = np.zeros(5)
        assert CounterReader(ci.in_stream).read_many_sample_double(widths_s, 5, timeout=0.1) == 5
        t_ns, rising = desk.lab.crossings("current", 5e-3, 0, 390_000_000)
        starts = np.flatnonzero(rising)[:5]
        expected_s = (t_ns[starts + 1] // 10 - t_ns[starts] // 10) / 1e8
        assert np.array_equal(widths_s, expected_s)
        assert 2e-5 < widths_s.min() < widths_s.max() < 1e-3  # a ramp of widths
        assert (np.diff(widths_s) > 1e-5).all()


def test_the_rate_of_stimulation_is_its_setting(desk):
    """Periods between pulses of one train at its plateau are those of the device's rate within 10 us
    (30 ppm of its clock, and its jitter)."""
    with desk.task() as ai, desk.task() as ao, desk.task() as ci:
        channel = ci.ci_channels.add_ci_period_chan("Dev1/ctr1", min_val=1e-3, max_val=1.0)
        channel.ci_period_term = "/Dev1/PFI0"
        ci.timing.cfg_implicit_timing(sample_mode=CONTINUOUS)
        ci.start()
        stimulating(desk, ai, ao)
        ai.read(390_000)
        periods_s = ci.read(5)
        rate_hz = desk.lab.case.device.settings.rate_hz
        assert np.allclose(periods_s, 1.0 / rate_hz, rtol=0.0, atol=1e-5)


def looped(desk, task):
    """A line that is wired to PFI1."""
    task.do_channels.add_do_chan("Dev1/port0/line3")
    task.start()

    def pulse(high_ns=1_000_000, low_ns=1_000_000):
        task.write(True)
        desk.lab.clock.wait_until(desk.lab.clock.now_ns() + high_ns)
        task.write(False)
        desk.lab.clock.wait_until(desk.lab.clock.now_ns() + low_ns)

    return pulse


def test_edges_are_counted_up_and_down(desk):
    """Seven pulses of a line looped to PFI1: 100 + 7, and 100 - 7 on another counter; a count wraps below 0."""
    with desk.task() as line, desk.task() as up, desk.task() as down:
        from nidaqmx.constants import CountDirection

        pulse = looped(desk, line)
        for task, counter, way in ((up, "ctr0", CountDirection.COUNT_UP), (down, "ctr1", CountDirection.COUNT_DOWN)):
            channel = task.ci_channels.add_ci_count_edges_chan(
                f"Dev1/{counter}", initial_count=100 if way is CountDirection.COUNT_UP else 3, count_direction=way
            )
            channel.ci_count_edges_term = "/Dev1/PFI1"
            task.start()
        for _ in range(7):
            pulse()
        assert up.read() == 107
        assert down.read() == 2**32 - 4


def test_counts_on_a_sample_clock_are_those_of_its_ticks(desk):
    """A 1 kHz clock and a pulse every 4 ms: the count rises by one every fourth sample."""
    with desk.task() as line, desk.task() as counter:
        pulse = looped(desk, line)
        channel = counter.ci_channels.add_ci_count_edges_chan("Dev1/ctr0")
        channel.ci_count_edges_term = "/Dev1/PFI1"
        counter.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)
        counter.start()
        for _ in range(5):
            pulse(1_000_000, 3_000_000)
        counts = counter.read(20)
        assert counts[1::4] == [1, 2, 3, 4, 5]
        assert counts[-1] == 5


def test_semi_periods_pulses_and_two_edges(desk):
    """2 ms high and 3 ms low, measured four ways."""
    with desk.task() as line:
        pulse = looped(desk, line)
        with desk.task() as semi, desk.task() as time, desk.task() as separation:
            made = semi.ci_channels.add_ci_semi_period_chan("Dev1/ctr0", min_val=1e-6, max_val=1.0)
            made.ci_semi_period_term = "/Dev1/PFI1"
            made = time.ci_channels.add_ci_pulse_chan_time("Dev1/ctr1", min_val=1e-6, max_val=1.0)
            made.ci_pulse_time_term = "/Dev1/PFI1"
            made = separation.ci_channels.add_ci_two_edge_sep_chan(
                "Dev1/ctr2", min_val=1e-6, max_val=1.0, first_edge=Edge.FALLING, second_edge=Edge.RISING
            )
            made.ci_two_edge_sep_first_term = "/Dev1/PFI1"
            made.ci_two_edge_sep_second_term = "/Dev1/PFI1"
            for task in (semi, time, separation):
                task.timing.cfg_implicit_timing(sample_mode=CONTINUOUS)
                task.start()
            for _ in range(3):
                pulse(2_000_000, 3_000_000)
            desk.lab.clock.wait_until(desk.lab.clock.now_ns() + 1)
            assert semi.read(4) == [0.002, 0.003, 0.002, 0.003]
            first = time.read(1)
            assert (first[0].high_time, first[0].low_time) == (0.002, 0.003)
            assert separation.read(2) == [0.003, 0.003]


TRAINS = {
    "by frequency": lambda task: task.co_channels.add_co_pulse_chan_freq("Dev1/ctr3", freq=1000.0, duty_cycle=0.3),
    "by time": lambda task: task.co_channels.add_co_pulse_chan_time("Dev1/ctr3", high_time=3e-4, low_time=7e-4),
    "by ticks": lambda task: task.co_channels.add_co_pulse_chan_ticks(
        "Dev1/ctr3", "/Dev1/100MHzTimebase", high_ticks=30_000, low_ticks=70_000
    ),
}


@pytest.mark.parametrize("add", TRAINS.values(), ids=TRAINS.keys())
def test_a_pulse_train_is_what_another_counter_measures(desk, add):
    """Ten pulses of 300 us every 1 ms out of ctr3, measured by ctr0 at its output: 300 us each, ten of them."""
    with desk.task() as out, desk.task() as width:
        add(out)
        out.timing.cfg_implicit_timing(sample_mode=AcquisitionType.FINITE, samps_per_chan=10)
        channel = width.ci_channels.add_ci_pulse_width_chan("Dev1/ctr0", min_val=1e-6, max_val=1.0)
        channel.ci_pulse_width_term = "/Dev1/Ctr3InternalOutput"
        width.timing.cfg_implicit_timing(sample_mode=CONTINUOUS)
        width.start()
        out.start()
        out.wait_until_done(timeout=1.0)
        assert desk.lab.clock.now_ns() == 10_000_000
        assert width.read(10) == [3e-4] * 10
        with pytest.raises(DaqReadError, match="-200284"):
            width.read(1, timeout=0.01)


def test_a_single_pulse_from_an_idle_high_output(desk):
    """Software-timed: high at rest, one pulse down for 1 ms after 2 ms, then high again; its default terminal is
    PFI12."""
    with desk.task() as out:
        out.co_channels.add_co_pulse_chan_time(
            "Dev1/ctr0", idle_state=Level.HIGH, initial_delay=2e-3, low_time=1e-3, high_time=1e-3
        )
        out.start()
        out.wait_until_done(timeout=1.0)
        assert desk.card.terminals.edges("/Dev1/PFI12", 1, 10**9)[0].tolist() == [2_000_000, 3_000_000]


def test_a_counter_where_nothing_is_wired_is_refused(desk):
    """It would wait for ever; the card says at the start that nothing is there."""
    with desk.task() as task:
        task.ci_channels.add_ci_pulse_width_chan("Dev1/ctr0", min_val=1e-6, max_val=1.0)
        with pytest.raises(DaqError, match="PFI9: nothing is wired there"):
            task.start()
