"""Cost of the plant alone, by length of block; prints, asserts no time.

Run with ``tox -e benchmark``.
"""

import time

import numpy as np

from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS
from sim.plant import Plant
from sim.signal import Signal, Stimulus
from sim.streams import Streams
from sim.timebase import NS_PER_MS, NS_PER_S

STRIDE_S, SPAN_S, SAMPLE_NS = 1.2, 120, 100_000


def _stimuli(block_ns):
    for t0_ns in range(0, SPAN_S * NS_PER_S, block_ns):
        index = np.arange(t0_ns // SAMPLE_NS, (t0_ns + block_ns) // SAMPLE_NS)
        phase = index * (SAMPLE_NS * 1e-9) / STRIDE_S % 1.0
        heel = Signal(np.where(phase < 0.55, 2.6, 0.05), t0_ns, NS_PER_S / SAMPLE_NS, "V")
        yield Stimulus(t0_ns, t0_ns + block_ns, {"heel_switch": heel})


def test_plant_alone():
    """Microseconds of `Plant.advance` per simulated second, pulses included, in blocks of 500 and 10 ms."""
    print()
    for block_ms in (500, 10):
        stimuli, costs, pulses = list(_stimuli(block_ms * NS_PER_MS)), [], 0
        for _ in range(4):  # the first one compiles
            plant = Plant(MODELS[0], MODELS[0].settings(), {}, NAMED_LOADS["skin"], Streams(1), 37e-6)
            start = time.perf_counter()
            for stimulus in stimuli:
                plant.advance(stimulus)
            costs.append((time.perf_counter() - start) / SPAN_S * 1e6)
            pulses = len(plant.delivered())
        rate = pulses / SPAN_S
        print(f"plant, blocks of {block_ms} ms, {rate:.1f} pulses/s: {min(costs):.0f} us per simulated second")
        assert pulses > 20 * SPAN_S
