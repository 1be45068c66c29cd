"""A patient who walks for ever, in closed loop with the device of a laboratory.

When the scenario's walk is over it is repeated from the start, with the same seed and with the device fresh from
power-on: each lap is the case once more, and whatever was set by hand or by an instrument stays (`Lab`). The strides
are counted on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.recorded import PreparedRecording
from rig.walks import PreparedWalk
from sim.signal import Command, Signal, Stimulus, moved
from sim.timebase import NS_PER_S, TimeNs
from sim.world import BlockLimits, StimulusSource


class LiveWalk:
    """See `rig.simulated.driver.Patient`.

    Args:
        walk: what is walked, lap after lap; of a recording, what is played.
    """

    def __init__(self, walk: PreparedWalk | PreparedRecording) -> None:
        self._walk = walk
        self._world: StimulusSource = walk.world(BlockLimits())
        self._starts_ns = walk.schedule.t0_ns[1:-1]
        self._start_ns: TimeNs = 0
        self._settled_ns: TimeNs = 0
        self._block = Stimulus(0, 0)
        self._strides_before = 0
        self._laps = 0

    @property
    def laps(self) -> int:
        """Walks that have begun."""
        return self._laps

    def strides(self, t_ns: TimeNs) -> int:
        """Strides that have begun by `t_ns`, those of the laps before included."""
        return self._strides_before + self._strides_of_lap(t_ns)

    def _strides_of_lap(self, t_ns: TimeNs) -> int:
        return int(np.searchsorted(self._starts_ns, t_ns - self._start_ns, "right")) if self._laps else 0

    def begin(self, t_ns: TimeNs) -> None:
        """Start the walk from its beginning at `t_ns`."""
        self._strides_before += self._strides_of_lap(t_ns)
        self._laps += 1
        if self._laps > 1:
            self._world = self._walk.world(BlockLimits())
        self._start_ns, self._settled_ns, self._block = t_ns, 0, Stimulus(0, 0)

    def reach_ns(self, t_ns: TimeNs) -> TimeNs:
        """How far the sensor is known at `t_ns`.

        Raises:
            ModelError: the walk cannot go on.
        """
        if self._block.t1_ns + self._start_ns <= t_ns:
            self._block = self._world.advance(self._settled_ns)
        return self._block.t1_ns + self._start_ns

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """Samples in [t0_ns, t1_ns), before `reach_ns`."""
        found: dict[str, Signal] = {}
        for role, signal in self._block.signals.items():
            period_ns, begin_ns = signal.period_ns, signal.t0_ns + self._start_ns
            first = max(0, -((begin_ns - t0_ns) // period_ns))
            last = max(first, -((begin_ns - t1_ns) // period_ns))
            if first < last and first < signal.samples.size:
                found[role] = moved(signal, begin_ns + first * period_ns, signal.samples[first:last])
        return found

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """What happens on the way."""
        start_ns = self._start_ns
        return tuple(
            replace(command, t_ns=command.t_ns + start_ns) if start_ns else command
            for command in self._block.commands
            if t0_ns <= command.t_ns + start_ns < t1_ns
        )

    def felt(self, pulses: NDArray[Any], shift_ns: TimeNs, settled_ns: TimeNs) -> None:
        """Let the patient feel the device's pulses; those from before the walk are nobody's."""
        self._settled_ns = max(0, settled_ns - self._start_ns)
        if not pulses.size:
            return
        if (later_ns := shift_ns - self._start_ns) != 0:
            for name in ("t_s", "end_s"):  # on whole ns, as the plant has them
                pulses[name] = (np.rint(pulses[name] * NS_PER_S).astype(np.int64) + later_ns) * 1e-9
            pulses = pulses[pulses["t_s"] >= 0.0]
        self._world.add_pulses(pulses)

    def is_over(self, t_ns: TimeNs) -> bool:
        """True where the walk has ended."""
        return self._world.done and t_ns >= self._world.end_ns + self._start_ns
