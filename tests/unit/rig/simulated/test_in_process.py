"""Every simulated instrument of a bench file in this process: what a client library reads is what the device does."""

from dataclasses import replace

import numpy as np
import pytest
from lab_desk import CATALOGUE, Playing, case_of, steps_v

from rig.bench_file.instruments import Instrument
from rig.benches import open_bench, read_bench
from rig.plant_of_case import plant_of_case
from rig.simulated.in_process import open_laboratory
from sim.errors import BenchError
from sim.signal import Command, Signal, Stimulus
from sim.timebase import NS_PER_MS

nidaqmx = pytest.importorskip("nidaqmx")

END_NS = 600 * NS_PER_MS
SWITCH = steps_v([(0.1, 0.5)], 1.0)


def _codes_of_virtual_bench(case):
    bench = open_bench("virtual", CATALOGUE)
    bench.open(case)
    stimulus = Stimulus(0, END_NS, {"heel_switch": Signal(SWITCH[:6000], 0, 10_000.0, "V")})
    waveforms = bench.exchange(stimulus).waveforms
    bench.close()
    return {role: waveforms[role].samples for role in ("current", "voltage")}


def _codes_of_card(opened):
    from nidaqmx.constants import AcquisitionType
    from nidaqmx.stream_readers import AnalogMultiChannelReader

    codes = np.zeros((2, END_NS // 1000))
    with nidaqmx.Task(grpc_options=nidaqmx.GrpcSessionOptions(opened.card_channel, "")) as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1", min_val=-10.0, max_val=10.0)
        timing = {"sample_mode": AcquisitionType.CONTINUOUS, "samps_per_chan": 4_000_000}
        task.timing.cfg_samp_clk_timing(1e6, **timing)
        task.start()
        reader, block = AnalogMultiChannelReader(task.in_stream), np.zeros((2, 10_000))
        for first in range(0, codes.shape[1], 10_000):
            reader.read_many_sample(block, 10_000, timeout=5.0)
            codes[:, first : first + 10_000] = block
    return codes


def test_a_capture_through_nidaqmx_is_the_virtual_benchs_to_the_code():
    """The same stimulus: 600 000 samples of current and voltage, each the same code of the same noisy converter."""
    case = case_of()
    opened = open_laboratory(read_bench("simulated"), case, CATALOGUE.models)
    opened.lab.advance_to(33 * NS_PER_MS)  # the bench has been open for a while
    opened.lab.clock.wait_until(50 * NS_PER_MS)
    opened.lab.drive(Playing({"heel_switch": SWITCH}, t0_ns=50 * NS_PER_MS))
    volts = _codes_of_card(opened)
    assert opened.lab.origin_ns == 50 * NS_PER_MS
    opened.close()
    opened.close()
    for row, codes in zip(volts, _codes_of_virtual_bench(case).values(), strict=True):
        assert np.array_equal(np.rint(row / (10.0 / 32768)), codes)
        assert np.ptp(codes) > 5000


def test_a_device_driven_by_the_cards_output_lives_the_life_of_the_plant():
    """The sensor record streamed by an analogue output on the clock of the inputs: the rows of the plant, bit for bit.

    The converter has 16 bits, which no threshold of the device can tell from the record itself.
    """
    from nidaqmx.constants import AcquisitionType, RegenerationMode
    from nidaqmx.stream_writers import AnalogSingleChannelWriter

    case = case_of()
    plant = plant_of_case(case, CATALOGUE.models, "test")
    stimulus = Stimulus(0, END_NS, {"heel_switch": Signal(SWITCH[:6000], 0, 10_000.0, "V")})
    rows = plant.advance(stimulus).channels[0]
    opened = open_laboratory(read_bench("simulated"), case, CATALOGUE.models)
    with nidaqmx.Task(grpc_options=nidaqmx.GrpcSessionOptions(opened.card_channel, "")) as task:
        task.ao_channels.add_ao_voltage_chan("Dev1/ao0", min_val=-10.0, max_val=10.0)
        timing = {"sample_mode": AcquisitionType.CONTINUOUS, "samps_per_chan": 10_000}
        task.timing.cfg_samp_clk_timing(10_000.0, **timing)
        task.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/ai/StartTrigger")
        task.out_stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
        AnalogSingleChannelWriter(task.out_stream).write_many_sample(SWITCH)
        task.start()
        _codes_of_card(opened)
        found = opened.lab.edges(0, END_NS, with_running=False).channels[0]
    opened.close()
    assert opened.lab.origin_ns == 0
    assert found.tobytes() == rows.tobytes()


def test_the_control_sets_the_device_of_the_run():
    """A setting at an instant of the run reaches the device behind the card; its serial number says what it is."""
    opened = open_laboratory(read_bench("simulated"), case_of(), CATALOGUE.models)
    assert opened.control is not None
    opened.control.open(case_of())
    opened.control.set("current", 0.02, 300 * NS_PER_MS)
    opened.lab.drive(Playing({"heel_switch": SWITCH}))
    _codes_of_card(opened)
    highest_a = [opened.lab.values("current", t * NS_PER_MS, 1000, 200_000).max() for t in (100, 301)]
    assert highest_a == [0.03, 0.02]
    assert opened.control.identity()["serial"].startswith("SIM")
    opened.close()


def test_a_bench_without_a_simulated_card_has_its_device_on_at_once():
    """A card at another address is nobody's business here; the supply that a run finds is a fresh one."""
    bench = read_bench("simulated").at_addresses({"card": "grpc://127.0.0.1:1"})
    opened = open_laboratory(bench, case_of(), CATALOGUE.models)
    opened.lab.command(Command(0, "supply", 8.0))
    opened.lab.advance_to(NS_PER_MS)
    assert (opened.card_channel, opened.lab.origin_ns) == (None, 0)
    assert opened.lab.values("supply", 0, 1, 1)[0] == 8.0
    opened.close()


def test_what_cannot_be_built_is_one_clear_error():
    """A product that nobody simulates, and a device without a model."""
    bench = read_bench("simulated")
    odd = replace(bench.instruments["card"], identity="PCI-6025E")
    assert isinstance(odd, Instrument)
    with pytest.raises(BenchError, match="PCI-6025E"):
        open_laboratory(replace(bench, instruments={**bench.instruments, "card": odd}), case_of(), CATALOGUE.models)
    case = case_of()
    with pytest.raises(BenchError, match="no simulated model"):
        open_laboratory(bench, replace(case, device=replace(case.device, model="")), CATALOGUE.models)
