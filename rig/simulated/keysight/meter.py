"""The simulated multimeter: a Keysight 34465A across the load of the laboratory.

Source: Keysight Truevolt Series Operating and Service Guide: `CONFigure`, `MEASure`, `READ?`, `[SENSe:]`.
"""

import math
from collections.abc import Iterable
from typing import ClassVar, Final

import numpy as np

from rig.simulated.keysight.bench_time import BenchTime
from rig.simulated.keysight.meter_commands import METER_COMMANDS
from rig.simulated.keysight.meter_ranges import RANGES, range_for
from rig.simulated.keysight.pieces import Grid, means_over, pieces_of
from rig.simulated.keysight.terminals import Wired
from rig.simulated.lab import Lab
from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.register_commands import STATUS_COMMANDS
from sim.streams import Streams
from sim.timebase import NS_PER_S, TimeNs

IDENTITY: Final = "Keysight Technologies,34465A,SIM00000005,A.03.02-02.40-03.02-00.52-04-02"
MAINS_HZ: Final = 50.0
LEAD_OHM: Final = 0.2
"""Two leads, which a measurement with two wires cannot tell from the load (design choice)."""
_NOISE_SHARE: Final = 0.1
"""Rms noise of a reading over one cycle of the mains, as a share of the range's accuracy (design choice)."""
_LOAD: Final = "load.check"
_OF_LOAD: Final = {"VOLT": "voltage", "CURR": "current"}


class Multimeter(Instrument):
    """A meter across the electrodes' load, or at another role.

    Wired to `load.check` (or to nothing in particular) it reads the resistance of the load that lies on the bench, the
    mean voltage across it and, in series, the mean current; wired to a role it reads the mean voltage of that role.

    Args:
        lab: plant and clock.
        role: what its terminals are at.
        seed: of its errors and noise.
        identity: answer to `*IDN?`.
    """

    commands: ClassVar[tuple[Command, ...]] = (*STATUS_COMMANDS, *METER_COMMANDS)

    def __init__(self, lab: Lab, role: str = _LOAD, seed: int = 0, identity: str = IDENTITY) -> None:
        self.time = BenchTime(lab)
        super().__init__(identity, pause=self.time.pass_on)
        self.lab, self._role = lab, role
        streams = Streams(seed)
        self._noise = streams.generator("meter.noise")
        self._errors = {
            function: streams.generator(f"meter.{function}.errors").uniform(-1.0, 1.0, (len(ranges), 2))
            for function, ranges in RANGES.items()
        }
        self.function = "VOLT"
        self.cycles: dict[str, float] = {}
        self.ranges: dict[str, float | None] = {}
        self.last: float | None = None
        self.reset()

    def reset(self) -> None:
        """`*RST`: direct voltage, automatic range, ten cycles of the mains."""
        self.function, self.last = "VOLT", None
        self.cycles, self.ranges = dict.fromkeys(RANGES, 10.0), dict.fromkeys(RANGES)

    def refresh(self) -> None:
        """Live until now."""
        problem = self.time.catch_up()
        if problem is not None:
            self.status.report(ScpiError(-310, problem))

    def configure(self, function: str, range_: float | str | None = None) -> None:
        """Choose a function; its range is automatic unless one is given, its integration time ten cycles again."""
        self.function, self.last = function, None
        self.cycles[function], self.ranges[function] = 10.0, self.range_of(function, range_)

    def range_of(self, function: str, asked: float | str | None) -> float | None:
        """Full scale of the range that is asked for; None for an automatic one.

        Raises:
            ScpiError: -222 where there is no range so large.
        """
        if asked is None or asked in {"AUTO", "DEF"}:
            return None
        ranges = RANGES[function]
        if isinstance(asked, str):
            return ranges[0 if asked == "MIN" else -1].full_value
        if not 0.0 <= asked <= ranges[-1].full_value * 1.2:
            raise ScpiError(-222)
        return next((each.full_value for each in ranges if asked <= each.full_value * 1.2), ranges[-1].full_value)

    def read(self) -> float:
        """A new reading; the answer comes when its integration is over."""
        function = self.function
        begin_ns = self.lab.reached_ns
        span_ns = round(self.cycles[function] / MAINS_HZ * NS_PER_S)
        self.wait_until(lambda: self.lab.reached_ns >= begin_ns + span_ns)
        with self.lab.lock:
            value = self._true(function, begin_ns, span_ns)
        self.last = self._as_read(function, value)
        return self.last

    def _true(self, function: str, begin_ns: TimeNs, span_ns: TimeNs) -> float:
        if function in {"RES", "FRES"}:
            if self._role != _LOAD:
                raise ScpiError(-221, f"Settings conflict; the meter is wired to {self._role}, not to a resistance")
            return self.lab.load().resistance_ohm + (LEAD_OHM if function == "RES" else 0.0)
        if self._role != _LOAD and function == "CURR":
            raise ScpiError(-221, f"Settings conflict; the meter is wired across {self._role}, not in series")
        role = _OF_LOAD[function] if self._role == _LOAD else self._role
        segments = self.lab.segments(role, begin_ns, begin_ns + span_ns)
        window = Grid(begin_ns, 0.5 * span_ns, float(span_ns), 1)
        return float(means_over(pieces_of(segments, begin_ns, 1.0, 0.0), window)[0])

    def _as_read(self, function: str, value: float) -> float:
        chosen = range_for(function, value, self.ranges[function])
        if chosen is None:
            return math.copysign(math.inf, value)
        gain, offset = self._errors[function][RANGES[function].index(chosen)]
        error = gain * chosen.reading_ratio * value + offset * chosen.range_ratio * chosen.full_value * (
            1.0 - _NOISE_SHARE
        )
        sigma = _NOISE_SHARE * chosen.range_ratio * chosen.full_value / np.sqrt(max(self.cycles[function], 1e-3)) / 3.0
        return float(value + error + sigma * self._noise.standard_normal())

    def close(self) -> None:
        """Nothing to let go of."""


def multimeter(lab: Lab, wires: Iterable[Wired] = (), seed: int = 0) -> Multimeter:
    """A meter on the lab: across the load, or at the role of its wire."""
    return Multimeter(lab, next((wire.role for wire in wires), _LOAD), seed)
