"""A bench that cannot stream gets the whole sensor record at once, and answers once.

A scope and a generator know no loop: what the foot does with the pulses cannot reach the sensor any more. So the
patient is walked beforehand with the pulses of a device without delay, fault or loss; the sensor of that walk is the
record. Device checks stand, because they ask what the device did with the signal that it got; outcomes are NOT RUN:
nobody walked with the captured pulses.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.ideal_pulses import ideal_pulses_of
from rig.record import Table
from rig.recorded import PreparedRecording
from rig.walks import PreparedWalk
from sim.errors import BenchError, ModelError
from sim.pulse import PULSE_DTYPE
from sim.signal import Command, Signal, Stimulus
from sim.timebase import NEVER, NS_PER_S, TimeNs
from sim.world import BlockLimits, StimulusSource


class WholeRecord:
    """A world that gives out one block, from the beginning to the end, and feels no pulse.

    Attributes:
        gait: columns of the strides that were walked, rows 1..N.

    Args:
        walk: of a patient, or a recording.

    Raises:
        ModelError: the foot of the ideally stimulated patient leaves the domain of the model.
    """

    def __init__(self, walk: PreparedWalk | PreparedRecording) -> None:
        if isinstance(walk, PreparedRecording):
            world: StimulusSource = walk.world(BlockLimits())
            self._stimulus, self.gait = joined(world), walk.gait()
        else:
            pulses = ideal_pulses_of(walk.case, _walked(walk, np.zeros(0, PULSE_DTYPE))[1], np.zeros(0, PULSE_DTYPE))
            self._stimulus, self.gait = _walked(walk, pulses)
        self._given = False

    @property
    def done(self) -> bool:
        """True once the record has been given out."""
        return self._given

    @property
    def end_ns(self) -> TimeNs:
        """End of the record."""
        return self._stimulus.t1_ns

    def add_pulses(self, pulses: NDArray[Any]) -> None:
        """Nothing: the record is made before the first pulse is captured."""

    def advance(self, settled_ns: TimeNs) -> Stimulus:
        """The whole record; it depends on no pulse of the device."""
        del settled_ns
        self._given = True
        return self._stimulus


def whole_record(walk: PreparedWalk | PreparedRecording) -> WholeRecord:
    """The whole sensor record of a walk or of a recording.

    Raises:
        BenchError: the foot of the ideally stimulated patient leaves the domain of the model.
    """
    try:
        return WholeRecord(walk)
    except ModelError as error:
        raise BenchError("sensor record", error.t_s, f"{error.part}: {error.problem}") from error


def joined(world: StimulusSource) -> Stimulus:
    """Every block of a world that knows its pulses already, as one."""
    signals: dict[str, list[Signal]] = {}
    commands: list[Command] = []
    t_ns: TimeNs = 0
    while not world.done:
        block = world.advance(NEVER - NS_PER_S)
        t_ns = block.t1_ns
        commands.extend(block.commands)
        for role, signal in block.signals.items():
            signals.setdefault(role, []).append(signal)
    whole = {
        role: Signal(np.concatenate([part.samples for part in parts]), 0, parts[0].rate_hz, parts[0].unit)
        for role, parts in signals.items()
    }
    return Stimulus(0, t_ns, whole, tuple(commands))


def _walked(walk: PreparedWalk, pulses: NDArray[Any]) -> tuple[Stimulus, Table]:
    world = walk.world(BlockLimits())
    world.add_pulses(pulses)
    stimulus = joined(world)
    return stimulus, world.walker.strides()
