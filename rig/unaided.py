"""The same walk without the device: what every relative number of a report stands against."""

from rig.record import Table
from rig.walks import prepare_walk
from scenarios.case import Case
from sim.timebase import NEVER, NS_PER_S
from sim.world import BlockLimits


def unaided_strides(case: Case) -> Table:
    """Gait columns of `case` walked from the same seed without a single pulse, rows 1..N.

    Strides, noise, floor, events and an orthosis are those of the run; the patient begins as one who is used to walking
    without the device (or uncompensated, where the case says so).
    """
    world = prepare_walk(case).world(BlockLimits())
    while not world.done:
        world.advance(NEVER - NS_PER_S)
    return world.walker.strides()
