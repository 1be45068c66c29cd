"""The world: a patient who walks, a sensor that sees it, events that happen; it gives the bench its next block.

The block rule (design.md section 4). `settled` is the instant before which every pulse is known, D the patient's
electromechanical delay, the shortest way from a pulse to anything the sensor shows. The body is integrated to
``settled + D`` and no further. A block may end where the sensor needs no more of the body than that, which the sensor
says itself (`Sensor.horizon_ns`). Every block is cut at scheduled commands.
"""

from dataclasses import dataclass
from typing import Protocol

from numpy.typing import NDArray

from sim.body.walker import Walker
from sim.errors import CausalityError
from sim.sensor.sensor import Sensor
from sim.signal import Command, Stimulus
from sim.timebase import NS_PER_MS, TimeNs, s_from_ns

LONGEST_BLOCK_NS = 500 * NS_PER_MS
"""No block is longer, so that a capture stays small in memory (design choice)."""


@dataclass(frozen=True, slots=True)
class BlockLimits:
    """How long a block may be.

    Attributes:
        longest_ns: upper bound of a block.
        horizon: False cuts blocks at multiples of `longest_ns`, as a card with a fixed buffer does.
    """

    longest_ns: TimeNs = LONGEST_BLOCK_NS
    horizon: bool = True


class StimulusSource(Protocol):
    """What a run needs of a world, of a patient or of a recording: its next block until it is done."""

    @property
    def done(self) -> bool:
        """True once the last block has been given out."""
        ...

    @property
    def end_ns(self) -> TimeNs:
        """End of the run."""
        ...

    def add_pulses(self, pulses: NDArray) -> None:  # pyright: ignore[reportMissingTypeArgument]
        """Let the nerve feel pulses, in time order."""
        ...

    def advance(self, settled_ns: TimeNs) -> Stimulus:
        """The next block; every pulse before `settled_ns` has been added."""
        ...


class CommandQueue:
    """Timed commands that cut blocks: each block begins at the commands that it holds.

    Args:
        commands: in time order.
    """

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self._commands = commands
        self._next = 0

    def cut(self, t0_ns: TimeNs, t1_ns: TimeNs) -> tuple[TimeNs, tuple[Command, ...]]:
        """Where a block from `t0_ns` ends, at `t1_ns` or at the next command, and the commands at its start."""
        last = self._next
        while last < len(self._commands) and self._commands[last].t_ns < t1_ns:
            last += 1
        commands = self._commands[self._next : last]
        if commands and commands[-1].t_ns > t0_ns:
            t1_ns = next(c.t_ns for c in commands if c.t_ns > t0_ns)
            commands = tuple(c for c in commands if c.t_ns < t1_ns)
        if t1_ns > t0_ns:
            self._next += len(commands)
        return t1_ns, commands


def block_end_ns(t0_ns: TimeNs, limits: BlockLimits) -> TimeNs:
    """Where a block that begins at `t0_ns` must end at the latest."""
    longest = limits.longest_ns
    return t0_ns + longest if limits.horizon else (t0_ns // longest + 1) * longest


class World:
    """A walk under way.

    Args:
        walker: the patient's body.
        sensor: on the stimulated leg.
        commands: timed changes, in time order.
        limits: of a block.
    """

    def __init__(
        self,
        walker: Walker,
        sensor: Sensor,
        commands: tuple[Command, ...] = (),
        limits: BlockLimits = BlockLimits(),
    ) -> None:
        self._walker, self._sensor = walker, sensor
        self._commands, self._limits = CommandQueue(commands), limits
        self.t_ns: TimeNs = 0
        self.end_ns: TimeNs = walker.schedule.end_ns
        self.blocks = 0

    @property
    def walker(self) -> Walker:
        """The patient's body."""
        return self._walker

    @property
    def done(self) -> bool:
        """True once the last block has been given out."""
        return self.t_ns >= self.end_ns

    def add_pulses(self, pulses: NDArray) -> None:  # pyright: ignore[reportMissingTypeArgument]
        """Let the nerve feel pulses (`PULSE_DTYPE`), in time order.

        Raises:
            CausalityError: the body has already passed the effect of one of them.
        """
        self._walker.add_pulses(pulses)

    def advance(self, settled_ns: TimeNs) -> Stimulus:
        """The next block: sensor signals and commands from `t_ns` on, as far as the world may go.

        Args:
            settled_ns: every pulse before this instant has been added.

        Raises:
            CausalityError: the sensor would need more of the body than is known.
        """
        t0_ns = self.t_ns
        self._walker.integrate(min(self.end_ns, settled_ns + self._walker.electromechanical_delay_ns))
        reach_ns = min(self._sensor.horizon_ns(self._walker), block_end_ns(t0_ns, self._limits), self.end_ns)
        t1_ns, commands = self._commands.cut(t0_ns, reach_ns)
        if t1_ns <= t0_ns:
            raise CausalityError("block rule", s_from_ns(t0_ns), "the sensor needs more of the body than is known")
        signals = self._sensor.emit(t0_ns, t1_ns, self._walker)
        self.t_ns = t1_ns
        self.blocks += 1
        return Stimulus(t0_ns, t1_ns, signals, commands)
