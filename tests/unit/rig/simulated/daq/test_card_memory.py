"""A card that runs for long holds no more than one that has just begun."""

import numpy as np
from card_desk import CONTINUOUS, WIRES, clocked_inputs, desk_of, streamed_output

from rig.simulated.daq.wiring import CardWire


def test_what_was_put_out_and_read_is_forgotten():
    """20 s of an output that changes with every sample at 10 kHz, looped to an input: the held history stays at what
    nobody has read yet, the queue of blocks at what has not been put out. A software-timed task and one that waits for
    an edge which never comes change nothing of that."""
    wires = (*WIRES[:3], CardWire("ao1", "shank_tilt"), CardWire("ai3", "ao1"), WIRES[-1])
    with desk_of(wires=wires) as desk, desk.task() as ai, desk.task() as ao, desk.task() as di, desk.task() as idle:
        clocked_inputs(desk, ai, "Dev1/ai3", 10_000.0, buffer=50_000)
        di.di_channels.add_di_chan("Dev1/port0/line16")
        di.start()
        idle.di_channels.add_di_chan("Dev1/port0/line17")
        idle.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)
        idle.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/PFI1")
        idle.start()
        writer = streamed_output(desk, ao, "Dev1/ao1", buffer=4000)
        ramp = np.linspace(-1.0, 1.0, 1000)
        for _ in range(3):
            writer.write_many_sample(ramp)
        ao.start()
        ai.start()
        sizes = []
        for _ in range(200):
            read = ai.read(1000)
            writer.write_many_sample(ramp)
            sizes.append(desk.card.outputs.of("ao1").size)
        assert np.allclose(read, ramp, atol=0.01)
        assert max(sizes[100:]) <= max(sizes[:30]) <= 30_000
        assert len(desk.host.task(ao.name).does._blocks) <= 4
