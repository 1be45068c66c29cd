"""The unmodified nidaqmx client reads what the device does, sample for sample as on the virtual bench."""

from dataclasses import replace

import numpy as np
from card_desk import clocked_inputs, desk_of, streamed_output
from lab_desk import CATALOGUE, case_of, steps_v
from nidaqmx.stream_readers import AnalogMultiChannelReader, AnalogUnscaledReader

from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from sim.signal import Signal, Stimulus

BLOCK = 10_000


def quantised(volts):
    """What a 16-bit output of ±10 V puts out."""
    return np.rint(volts * 3276.8) / 3276.8


def virtual_codes(samples_v, blocks):
    """Codes of the virtual bench for the same sensor signal."""
    case = case_of()
    case = replace(case, capture=replace(case.capture, channels=("current", "voltage"), rate_hz=1e6))
    bench = VirtualBench(VirtualBenchSettings(), CATALOGUE.models)
    bench.open(case)
    found = []
    for k in range(blocks):
        t0_ns = k * 10_000_000
        signal = Signal(samples_v[k * 100 : (k + 1) * 100], t0_ns, 10_000.0, "V")
        capture = bench.exchange(Stimulus(t0_ns, t0_ns + 10_000_000, {"heel_switch": signal}))
        found.append(np.array([capture.waveforms[role].samples for role in ("current", "voltage")]))
    return np.concatenate(found, axis=1)


def test_codes_and_volts_are_those_of_the_virtual_bench():
    """Same sensor samples, same device, same seed: every code of 0.5 s equals the virtual bench's, and a volt is a
    code times 10 V / 32 768 exactly. Truth: the virtual bench, which knows neither card nor laboratory."""
    samples_v = quantised(steps_v([(0.1, 0.45)], 0.6))
    expected = virtual_codes(samples_v, 50)
    assert np.abs(expected[0]).max() > 1000  # the device did stimulate
    with desk_of() as desk, desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai)
        writer = streamed_output(desk, ao)
        for k in range(3):
            writer.write_many_sample(samples_v[k * 100 : (k + 1) * 100])
        ao.start()
        ai.start()
        codes, volts = np.zeros((2, BLOCK), np.int16), np.zeros((2, BLOCK))
        for k in range(50):
            part = expected[:, k * BLOCK : (k + 1) * BLOCK]
            if k % 2:
                AnalogUnscaledReader(ai.in_stream).read_int16(codes, BLOCK)
                assert np.array_equal(codes, part)
            else:
                AnalogMultiChannelReader(ai.in_stream).read_many_sample(volts, BLOCK)
                assert np.array_equal(volts, part * (10.0 / 32768))
            if k + 3 < 60:
                writer.write_many_sample(samples_v[(k + 3) * 100 : (k + 4) * 100])


def test_any_cut_of_the_reads_gives_the_same_samples():
    """The same 40 ms read in blocks of 10 ms and in 13 uneven ones, on two cards of one seed: bit by bit the same,
    inputs with and without the front end of the electrodes."""
    cuts = [1, 16, 255, 257, 3000, 64, 6407, 9999, 1, 5000, 12_000, 2999, 1]
    assert sum(cuts) == 40_000
    records = []
    for blocks in ([BLOCK] * 4, cuts):
        with desk_of() as desk, desk.task() as ai, desk.task() as ao:
            clocked_inputs(desk, ai, "Dev1/ai0:2")
            writer = streamed_output(desk, ao)
            writer.write_many_sample(steps_v([(0.01, 0.03)], 0.04))
            desk.card.outputs.of("ao1").put(0, 1.25)
            ao.start()
            ai.start()
            records.append(np.concatenate([np.array(ai.read(n)).reshape(3, -1) for n in blocks], axis=1))
    assert np.array_equal(records[0], records[1])
    assert records[0][2].std() > 1e-4


def test_noise_goes_on_from_task_to_task():
    """Sample indices count from the device's time 0, not from each task's start: two readings of the same level do not
    repeat each other's noise, which a noise floor over repeated readings would not survive."""
    readings = []
    with desk_of() as desk:
        for _ in range(2):
            with desk.task() as ai:
                clocked_inputs(desk, ai, "Dev1/ai0:2").start()
                readings.append(np.array(ai.read(5000)))
    for row in range(3):
        assert np.corrcoef(readings[0][row], readings[1][row])[0, 1] < 0.1
