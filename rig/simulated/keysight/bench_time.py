"""How a simulated instrument lives with the laboratory: it catches up when asked, and follows when time goes on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rig.simulated.lab import Lab
from sim.errors import BenchError
from sim.signal import Command, Signal
from sim.timebase import NS_PER_MS, TimeNs

STEP_NS: Final = 5 * NS_PER_MS
"""What a look at the run state costs where no clock paces the laboratory (design choice: a round trip over a LAN)."""


class BenchTime:
    """One instrument's place in the laboratory's time; it drives nothing.

    Args:
        lab: the laboratory.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._followers: list[Callable[[TimeNs], None]] = []
        self._problem: str | None = None
        self._told: str | None = None

    def on_block(self, follow: Callable[[TimeNs], None]) -> None:
        """Let `follow` see the laboratory after every block; called with its lock held."""
        if not self._followers:
            self._lab.drive(self)
        self._followers.append(follow)

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """Nothing: it only looks, at what was before `t0_ns`."""
        del t1_ns
        self._follow(t0_ns)
        return {}

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """Nothing."""
        del t0_ns, t1_ns
        return ()

    def _follow(self, t_ns: TimeNs) -> None:
        try:
            for follow in self._followers:
                follow(t_ns)
        except BenchError as error:
            self._problem = str(error)

    def catch_up(self) -> str | None:
        """Let the laboratory live until now and look at it; a trouble is returned once."""
        with self._lab.lock:
            try:
                self._lab.catch_up()
            except BenchError as error:
                self._problem = str(error)
            else:
                self._follow(self._lab.reached_ns)
            problem, self._problem = self._problem, None
            if problem == self._told:
                return None
            self._told = problem
            return problem

    def pass_on(self) -> None:
        """Let a little time pass where no clock paces the laboratory; with a real clock it passes by itself."""
        if not self._lab.clock.paced:
            self._lab.clock.wait_until(self._lab.clock.now_ns() + STEP_NS)
        self.catch_up()

    def close(self) -> None:
        """Look no longer."""
        self._lab.release(self)
