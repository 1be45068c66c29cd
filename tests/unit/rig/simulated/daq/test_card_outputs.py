"""What the card puts out reaches the device: volts as sensor signals, lines as commands; held, read back, and reset."""

import numpy as np
import pytest
from card_desk import CONTINUOUS, WIRES, clocked_inputs, desk_of, streamed_output
from lab_desk import steps_v
from nidaqmx.constants import LineGrouping, RegenerationMode
from nidaqmx.stream_writers import AnalogSingleChannelWriter, DigitalSingleChannelWriter

from rig.simulated.daq.wiring import CardWire
from sim.electrode.load import Load

LSB_V = 10.0 / 32768
MS = 1_000_000


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


def written(desk, ports, values):
    """Software-timed lines."""
    with desk.task() as task:
        task.do_channels.add_do_chan(ports, line_grouping=LineGrouping.CHAN_PER_LINE)
        task.write(values)


def test_a_streamed_output_is_held_sample_by_sample(desk):
    """The laboratory's heel switch shows each written sample, rounded to 16 bits, from its own tick to the next."""
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai)
        writer = streamed_output(desk, ao, rate_hz=1000.0)
        volts = np.linspace(-9.0, 9.0, 40)
        writer.write_many_sample(volts)
        ao.start()
        ai.start()
        ai.read(40_000)
        seen = desk.lab.values("heel_switch", 0, MS // 4, 160)
        assert np.array_equal(seen, np.repeat(np.rint(volts / LSB_V) * LSB_V, 4))


def test_a_software_timed_output_holds_from_now_on(desk):
    """A write at 5 ms shows from 5 ms on, not before; the input looped to it reads it back within its own error."""
    with desk.task() as ao, desk.task() as ai, desk.task() as back:
        ao.ao_channels.add_ao_voltage_chan("Dev1/ao0:1")
        clocked_inputs(desk, ai).start()
        ai.read(5000)
        ao.write([1.5, -3.0])
        ai.read(5000)
        before, after = desk.lab.values("heel_switch", 5 * MS - 1, 1, 2).tolist()
        assert before == desk.lab.values("heel_switch", 0, 1, 1)[0]
        assert after == np.rint(1.5 / LSB_V) * LSB_V
        ai.stop()
        back.ai_channels.add_ai_voltage_chan("Dev1/ai2")
        assert back.read() == pytest.approx(-3.0, abs=0.01)
        inside = desk.task()
        inside.ai_channels.add_ai_voltage_chan("Dev1/_ao1_vs_aognd")
        assert inside.read() == pytest.approx(-3.0, abs=0.01)
        inside.close()


def test_a_buffer_that_regenerates_repeats(desk):
    """Four samples at 1 kHz, written once: they come round for ever, and no underflow ends the task."""
    with desk.task() as task, desk.task() as ai:
        task.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        task.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)
        assert task.out_stream.regen_mode == RegenerationMode.ALLOW_REGENERATION
        AnalogSingleChannelWriter(task.out_stream, auto_start=False).write_many_sample(np.array([0.0, 1.0, 2.0, 3.0]))
        clocked_inputs(desk, ai)
        ai.start()
        task.start()
        ai.read(20_000)
        seen = desk.lab.values("heel_switch", 0, MS, 20)
        assert np.allclose(seen, np.tile([0.0, 1.0, 2.0, 3.0], 5), atol=LSB_V)


def test_lines_on_the_clock_of_the_outputs_change_with_their_ticks(desk):
    """DO on /Dev1/ao/SampleClock: the stop button goes down with sample 7 of the outputs, 700 us after the start."""
    with desk.task() as ai, desk.task() as ao, desk.task() as do:
        clocked_inputs(desk, ai)
        writer = streamed_output(desk, ao)
        writer.write_many_sample(np.zeros(100))
        do.do_channels.add_do_chan("Dev1/port0/line0:2", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        do.timing.cfg_samp_clk_timing(10_000.0, source="/Dev1/ao/SampleClock", sample_mode=CONTINUOUS)
        do.out_stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
        do.out_stream.output_buf_size = 400
        words = np.ones(100, np.uint32)
        words[7:] |= 2
        DigitalSingleChannelWriter(do.out_stream, auto_start=False).write_many_sample_port_uint32(words)
        do.start()
        ao.start()
        commands = []
        given = desk.card._driver.commands
        desk.card._driver.commands = lambda t0_ns, t1_ns: commands.extend(given(t0_ns, t1_ns)) or given(t0_ns, t1_ns)
        ai.start()
        ai.read(10_000)
        assert [(c.t_ns, c.target, c.value) for c in commands] == [(0, "interlock", 1), (700_000, "button", "stop")]


LINES = {
    "interlock closed": ("Dev1/port0/line0", True, ("interlock", 1)),
    "interlock open": ("Dev1/port0/line0", False, ("interlock", 0)),
    "stop pressed": ("Dev1/port0/line1", True, ("button", "stop")),
    "polarity reversed": ("Dev1/port0/line2", True, ("polarity", -1)),
    "power off": ("Dev1/port1/line0", True, ("button", "power_off")),
    "armed again": ("Dev1/port1/line1", True, ("button", "rearm")),
    "supply relay open": ("Dev1/port1/line2", False, ("supply", "off")),
    "contact that is on while low": ("Dev1/port1/line3", False, ("contact", 1.0)),
}


@pytest.mark.parametrize(("line", "state", "expected"), LINES.values(), ids=LINES.keys())
def test_a_line_is_a_command(line, state, expected):
    """Each role of a line, in the state that means something."""
    more = (
        CardWire("port1/line0", "button.power"),
        CardWire("port1/line1", "button.rearm"),
        CardWire("port1/line2", "supply.relay"),
        CardWire("port1/line3", "contact", invert=True),
    )
    with desk_of(wires=(*WIRES, *more)) as desk:
        written(desk, line, not state)
        desk.lab.clock.wait_until(MS)
        desk.card.sync()
        written(desk, line, state)
        found = desk.card._driver.commands(MS, MS + 1)
        assert [(command.target, command.value) for command in found] == [expected]


def test_lines_of_a_load_bank_choose_by_their_number():
    """Three lines, number 5: the load of that position; a number without one is the case's own load."""
    load = Load(500.0)
    bank = CardWire("port1/line0", "load.2", more_lines=("port1/line1", "port1/line2"), choices={5: load})
    with desk_of(wires=(bank,)) as desk:
        written(desk, "Dev1/port1/line0:2", [True, False, True])
        (command,) = desk.card._driver.commands(0, 1)
        assert (command.target, command.value, command.channel) == ("load", load, 2)
        desk.lab.clock.wait_until(MS)
        written(desk, "Dev1/port1/line0:2", [True, True, True])
        assert desk.card._driver.commands(MS, MS + 1)[0].value is None


def test_an_open_interlock_stops_the_current(desk):
    """The device stimulates; with the interlock's line low nothing flows."""
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai)
        samples_v = steps_v([(0.05, 10.0)], 2.0)
        writer = streamed_output(desk, ao, buffer=samples_v.size)
        writer.write_many_sample(samples_v)
        written(desk, "Dev1/port0/line0", True)
        ao.start()
        ai.start()

        def largest():
            return np.abs(desk.lab.values("current", desk.lab.reached_ns - 50 * MS, 10_000, 5000)).max()

        ai.read(600_000)
        assert largest() > 1e-3
        written(desk, "Dev1/port0/line0", False)
        ai.read(60_000)
        assert largest() < 1e-9


def test_reset_brings_every_output_to_rest(desk):
    """0 V and low at the instant of the reset, every task stopped, every resource free."""
    with desk.task() as ao:
        ao.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        ao.write(2.0)
        written(desk, "Dev1/port0/line0", True)
        desk.lab.clock.wait_until(MS)
        import nidaqmx
        from nidaqmx.system import Device

        Device("Dev1", grpc_options=nidaqmx.GrpcSessionOptions(desk.channel, "")).reset_device()
        assert desk.card.outputs.of("ao0").last == 0.0
        assert desk.card.outputs.of("port0/line0").last == 0.0
        assert desk.card._driver.commands(MS, MS + 1)[0].value == 0


@pytest.mark.parametrize(("line", "expected_v"), [("Dev1/port0/line4", 0.0), ("Dev1/port0/line5", 5.0)])
def test_zero_and_span_relays(desk, line, expected_v):
    """Every input reads the short or the reference source, within offset and gain bounds, and the device stays off:
    the readings before a run do not begin it."""
    written(desk, line, True)
    with desk.task() as ai:
        clocked_inputs(desk, ai, "Dev1/ai0:2")
        ai.start()
        volts = np.array(ai.read(20_000))
        assert np.allclose(volts.mean(axis=1), expected_v, atol=2e-3 + 2e-3 * expected_v)
        assert volts[:2].std(axis=1).min() > 1e-4  # noise of a card, not a constant
    assert desk.lab.origin_ns is None
    written(desk, line, False)
    with desk.task() as ai:
        clocked_inputs(desk, ai).start()
        ai.read(1000)
        assert desk.lab.origin_ns is not None
