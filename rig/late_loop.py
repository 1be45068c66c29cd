"""A loop that is late: sensor samples must be written before their instant, so a pulse reaches the patient late.

A card that streams its outputs holds a filled buffer in front of it: what the world says of the instant t has to be
known `look_ahead` before t. The bench states that delay, and it is constant, however fast this computer is: a pulse
captured at t is felt online as if it had come at t + look_ahead. The block rule then holds exactly as it does without a
delay, and the run repeats to the last bit. Nothing is judged on that shifted walk: outcomes come from the replay with
the pulses at their captured instants, and `loop_error` says how far the sensor signals of the two differ.

Source: design.md section 4 (outcomes by replay); loop.md section 1 (look-ahead subtracts from the delay of the body).
"""

from typing import Any

from numpy.typing import NDArray

from rig.bench import Capture
from sim.errors import BenchError
from sim.pulse import PULSE_DTYPE
from sim.signal import Stimulus
from sim.timebase import NS_PER_S, TimeNs, s_from_ns
from sim.world import BlockLimits, StimulusSource

_INSTANTS = ("t_s", "end_s")


class LateWorld:
    """A world in front of a bench with a constant delay.

    Behind the end of the walk it gives out empty blocks, until the capture must have reached that end: the bench holds
    its outputs meanwhile.

    Args:
        world: not yet begun.
        look_ahead_ns: constant delay of the bench, ns.
        block_ns: longest block behind the end of the walk, ns.
    """

    def __init__(self, world: StimulusSource, look_ahead_ns: TimeNs, block_ns: TimeNs) -> None:
        self._world, self._look_ahead_ns, self._block_ns = world, look_ahead_ns, block_ns
        self._t_ns: TimeNs = 0

    @property
    def done(self) -> bool:
        """True once the last block has been given out."""
        return self._world.done and self._t_ns >= self.end_ns + self._look_ahead_ns

    @property
    def end_ns(self) -> TimeNs:
        """End of the walk; the capture reaches it."""
        return self._world.end_ns

    def add_pulses(self, pulses: NDArray[Any]) -> None:
        """Let the nerve feel captured pulses, in time order, each `look_ahead_ns` late."""
        self._world.add_pulses(shifted(pulses, self._look_ahead_ns))

    def advance(self, settled_ns: TimeNs) -> Stimulus:
        """The next block of the walk, or an empty one behind its end; every pulse captured before `settled_ns` is in.

        Raises:
            CausalityError: the sensor would need more of the body than is known.
        """
        if not self._world.done:
            stimulus = self._world.advance(settled_ns + self._look_ahead_ns)
        else:
            stimulus = Stimulus(self._t_ns, min(self._t_ns + self._block_ns, self.end_ns + self._look_ahead_ns))
        self._t_ns = stimulus.t1_ns
        return stimulus


def late(world: StimulusSource, look_ahead_ns: TimeNs, limits: BlockLimits) -> StimulusSource:
    """The world as a bench with this look-ahead meets it: itself where there is none."""
    return LateWorld(world, look_ahead_ns, limits.longest_ns) if look_ahead_ns else world


def shifted(pulses: NDArray[Any], delay_ns: TimeNs) -> NDArray[Any]:
    """Pulses (`PULSE_DTYPE`) as if they had come `delay_ns` later."""
    moved = pulses.astype(PULSE_DTYPE)
    for name in _INSTANTS:
        moved[name] += delay_ns / NS_PER_S
    return moved


def keep_promise(stimulus: Stimulus, capture: Capture, reached_ns: TimeNs, look_ahead_ns: TimeNs) -> None:
    """Hold a bench to the delay that it states: no capture may lag more, and none may leave time out.

    Raises:
        BenchError: it does.
    """
    if capture.t0_ns != reached_ns:
        problem = f"a capture must begin where the one before ended ({s_from_ns(reached_ns):.6f} s)"
        raise BenchError("capture", s_from_ns(capture.t0_ns), problem, "missing time is a stated gap inside a capture")
    due_ns = stimulus.t1_ns - look_ahead_ns
    if capture.t1_ns < due_ns:
        lag, stated = (s_from_ns(ns) * 1e3 for ns in (stimulus.t1_ns - capture.t1_ns, look_ahead_ns))
        problem = f"the capture lags by {lag:.3f} ms, the bench states {stated:.3f} ms"
        raise BenchError("capture", s_from_ns(capture.t1_ns), problem)
