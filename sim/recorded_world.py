"""A world that is a recording: the sensor shows what a foot once did, and nobody feels the pulses."""

from numpy.typing import NDArray

from sim.sensor.recording import Recording
from sim.signal import Command, Stimulus
from sim.timebase import TimeNs
from sim.world import BlockLimits, CommandQueue, block_end_ns


class RecordedWorld:
    """A recording under way; it needs no pulse, so a block ends where the limits or a command say.

    Args:
        recording: what the sensor shows.
        commands: timed changes, in time order.
        limits: of a block.
    """

    def __init__(self, recording: Recording, commands: tuple[Command, ...], limits: BlockLimits) -> None:
        self._recording, self._limits = recording, limits
        self._commands = CommandQueue(commands)
        self.t_ns: TimeNs = 0
        self.end_ns: TimeNs = recording.end_ns
        self.blocks = 0

    @property
    def done(self) -> bool:
        """True once the last block has been given out."""
        return self.t_ns >= self.end_ns

    def add_pulses(self, pulses: NDArray) -> None:  # pyright: ignore[reportMissingTypeArgument]
        """Nothing: a recording feels no pulse."""

    def advance(self, settled_ns: TimeNs) -> Stimulus:
        """The next block: samples and commands from `t_ns` on; it depends on no pulse."""
        del settled_ns
        t0_ns = self.t_ns
        t1_ns, commands = self._commands.cut(t0_ns, min(block_end_ns(t0_ns, self._limits), self.end_ns))
        self.t_ns = t1_ns
        self.blocks += 1
        return Stimulus(t0_ns, t1_ns, self._recording.emit(t0_ns, t1_ns), commands)
