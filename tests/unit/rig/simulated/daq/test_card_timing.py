"""Clocks, buffers and triggers: what NI's manuals state of the X series."""

import numpy as np
import pytest
from card_desk import CONTINUOUS, clocked_inputs, desk_of, streamed_output
from lab_desk import steps_v
from nidaqmx.constants import AcquisitionType, Edge, LineGrouping, Slope
from nidaqmx.errors import DaqError
from nidaqmx.stream_readers import DigitalSingleChannelReader

from rig.simulated.daq.errors import DaqmxError
from rig.simulated.daq.products import PRODUCTS
from rig.simulated.daq.timing import coerced_period_ns, default_input_buffer

MS = 1_000_000


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


RATES = {
    "one input of a multiplexed card": ("USB-6363", 1, 2e6),
    "two inputs share its converter": ("USB-6363", 2, 500e3),
    "eight share it": ("PCIe-6363", 8, 125e3),
    "simultaneous inputs do not": ("PXIe-6368", 8, 2e6),
}


@pytest.mark.parametrize(("product", "channels", "limit_hz"), RATES.values(), ids=RATES.keys())
def test_the_fastest_rate_is_that_of_the_manual(product, channels, limit_hz):
    """Source: X Series User Manual, table 4-5: 2 MS/s single channel, 1 MS/s aggregate multichannel on the 6363."""
    assert PRODUCTS[product].ai_limit_hz(channels) == limit_hz
    with desk_of(product=product) as desk, desk.task() as task:
        clocked_inputs(desk, task, f"Dev1/ai0:{channels - 1}", rate_hz=limit_hz)
        with pytest.raises(DaqError, match=f"Maximum Value: {limit_hz:g}".replace("+", r"\+")) as caught:
            task.timing.cfg_samp_clk_timing(limit_hz * 1.01)
        assert caught.value.error_code == -200077


@pytest.mark.parametrize(
    ("asked_hz", "divisor"), [(1e6, 100), (44_100.0, 2268), (3e5, 333), (1e3, 100_000), (99_999.0, 1000)]
)
def test_a_rate_becomes_100_mhz_over_a_whole_number(desk, asked_hz, divisor):
    """The client reads back what it got, to the last digit of 100 MHz / N."""
    with desk.task() as task:
        clocked_inputs(desk, task, rate_hz=asked_hz)
        assert task.timing.samp_clk_rate == 1e8 / divisor
        assert coerced_period_ns(asked_hz, 2e6) == 10 * divisor


def test_a_rate_above_the_limit_or_below_the_divider_is_refused():
    """Nothing is clamped in silence."""
    for rate_hz in (2.0001e6, 0.0, -1.0, 0.02, float("nan")):
        with pytest.raises(DaqmxError, match="-200077"):
            coerced_period_ns(rate_hz, 2e6)


@pytest.mark.parametrize(
    ("rate_hz", "samples", "size"),
    [
        (100.0, 10, 1000),
        (101.0, 10, 10_000),
        (10e3, 10, 10_000),
        (1e6, 10, 100_000),
        (1e6, 10**6, 10**6),
        (2e6, 2, 10**6),
    ],
)
def test_the_default_input_buffer_is_that_of_the_table(desk, rate_hz, samples, size):
    """Source: ni.com, "How Is Buffer Size Determined in NI-DAQmx?"; at 500 kS/s it is 0.2 s, which overflows."""
    assert default_input_buffer(rate_hz, samples) == size
    with desk.task() as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
        task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=CONTINUOUS, samps_per_chan=samples)
        assert task.in_stream.input_buf_size == size


def test_an_overflow_comes_at_the_default_buffer_and_not_with_a_longer_one(desk):
    """1 kHz, default 10 000 samples: nothing at 10 s, -200279 just behind; with 4 x the buffer nothing at 20 s."""
    for buffer, fails in ((0, True), (40_000, False)):
        with desk.task() as task:
            task.ai_channels.add_ai_voltage_chan("Dev1/ai0")
            task.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)
            if buffer:
                task.in_stream.input_buf_size = buffer
            task.start()
            start_ns = desk.lab.clock.now_ns()
            desk.lab.clock.wait_until(start_ns + 10_000 * MS)
            assert task.in_stream.avail_samp_per_chan == 10_000
            desk.lab.clock.wait_until(start_ns + 20_000 * MS)
            if fails:
                with pytest.raises(DaqError, match="-200279"):
                    task.read(1)
            else:
                assert len(task.read(20_000)) == 20_000


def test_reading_all_there_is(desk):
    """daq.md trap 10: of a continuous task what is there now, of a finite one everything that it takes."""
    with desk.task() as task:
        clocked_inputs(desk, task, "Dev1/ai0", rate_hz=1000.0).start()
        desk.lab.clock.wait_until(25 * MS)
        assert len(task.read(-1)) == 25
        task.stop()
        task.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=40)
        assert len(task.read(-1)) == 40
        assert task.is_task_done()


def test_lines_on_the_clock_of_the_inputs_are_sampled_with_them(desk):
    """DI on /Dev1/ai/SampleClock: the status line's word changes at the sample behind the laboratory's instant."""
    with desk.task() as ai, desk.task() as di, desk.task() as ao:
        clocked_inputs(desk, ai, rate_hz=100e3)
        di.di_channels.add_di_chan("Dev1/port0/line16", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        di.timing.cfg_samp_clk_timing(100e3, source="/Dev1/ai/SampleClock", sample_mode=CONTINUOUS)
        di.in_stream.input_buf_size = 400_000
        samples_v = steps_v([(0.02, 10.0)], 0.4)
        streamed_output(desk, ao, buffer=samples_v.size).write_many_sample(samples_v)
        di.start()
        ao.start()
        ai.start()
        ai.read(30_000)
        words = np.zeros(30_000, np.uint32)
        DigitalSingleChannelReader(di.in_stream).read_many_sample_port_uint32(words, 30_000)
        changes = [(t, state) for t, role, state in desk.lab.lines(0, 300 * MS) if role == "status"]
        ups = [t for t, state in changes if state]
        assert ups
        first = int(np.flatnonzero(words)[0])
        assert (first - 1) * 10_000 < ups[0] <= first * 10_000


def test_a_task_on_another_clock_ends_with_it(desk):
    """The outputs use the inputs' clock: while those are stopped nothing is put out and nothing underflows."""
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai, rate_hz=10e3)
        ao.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        ao.timing.cfg_samp_clk_timing(10e3, source="/Dev1/ai/SampleClock", sample_mode=CONTINUOUS)
        ao.out_stream.regen_mode = ao.out_stream.regen_mode.DONT_ALLOW_REGENERATION
        ao.write(np.linspace(0.0, 1.0, 100), auto_start=False)
        ao.start()
        desk.lab.clock.wait_until(5 * MS)
        assert ao.out_stream.total_samp_per_chan_generated == 0
        ai.start()
        ai.read(50)
        ai.stop()
        desk.lab.clock.wait_until(500 * MS)
        assert ao.out_stream.total_samp_per_chan_generated == 50
        assert not ao.is_task_done()


def test_a_finite_acquisition_starts_with_the_edge(desk):
    """A line looped to PFI1 rises at 3 ms and falls at 7 ms; the inputs wait for the falling edge and hold just the
    samples from then on: what ao1 puts out from 7 ms + 5 samples on stands in sample 5."""
    with desk.task() as line, desk.task() as ai, desk.task() as ao:
        line.do_channels.add_do_chan("Dev1/port0/line3")
        ao.ao_channels.add_ao_voltage_chan("Dev1/ao1")
        clocked_inputs(desk, ai, "Dev1/ai2", 1000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=10)
        ai.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/PFI1", trigger_edge=Edge.FALLING)
        ai.start()
        for at_ms, state in ((3, True), (7, False)):
            desk.lab.clock.wait_until(at_ms * MS)
            line.write(state)
        desk.lab.clock.wait_until(12 * MS)
        ao.write(4.0)
        volts = np.array(ai.read(10))
        assert desk.host.task(ai.name).t0_ns == 7 * MS
        assert (np.abs(volts[:5]) < 0.01).all()
        assert (np.abs(volts[5:] - 4.0) < 0.02).all()


TRIGGERS = {
    "a comparator at PFI0": lambda ai: ai.triggers.reference_trigger.cfg_dig_edge_ref_trig("/Dev1/PFI0", 200),
    "a level of the input": lambda ai: ai.triggers.reference_trigger.cfg_anlg_edge_ref_trig(
        "Dev1/ai0", 200, trigger_slope=Slope.RISING, trigger_level=5e-3 * 100.0
    ),
}


@pytest.mark.parametrize("configure", TRIGGERS.values(), ids=TRIGGERS.keys())
def test_a_reference_trigger_keeps_what_was_before_it(desk, configure):
    """The first stimulation pulse in the middle of the record: 200 samples of rest before it, the pulse behind it.
    Truth: the laboratory's crossing of 5 mA."""
    assert desk.front_end.volts_per_unit("current") == 100.0
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai, "Dev1/ai0", 1e6, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        configure(ai)
        samples_v = steps_v([(0.02, 10.0)], 1.0)
        streamed_output(desk, ao, buffer=samples_v.size).write_many_sample(samples_v)
        ao.start()
        ai.start()
        amperes = np.array(ai.read(1000, timeout=2.0)) / 100.0
        t_ns, _ = desk.lab.crossings("current", 5e-3, 0, desk.lab.reached_ns)
        task = desk.host.task(ai.name)
        first_ns = task.t0_ns + (task.does.read_index - 1000) * 1000
        assert first_ns + 199_000 < t_ns[0] <= first_ns + 200_000
        assert np.abs(amperes[:199]).max() < 1e-3 < amperes[200:240].max()
        assert ai.is_task_done()


def test_a_reference_trigger_that_never_comes_is_a_time_out(desk):
    """-200284 within the time given; no sample is handed out."""
    with desk.task() as ai:
        clocked_inputs(desk, ai, "Dev1/ai0", 1e5, sample_mode=AcquisitionType.FINITE, samps_per_chan=100)
        ai.triggers.reference_trigger.cfg_dig_edge_ref_trig("/Dev1/PFI0", 20)
        ai.start()
        with pytest.raises(DaqError, match="-200284") as caught:
            ai.read(100, timeout=0.05)
        assert caught.value.samps_per_chan_read == 0
