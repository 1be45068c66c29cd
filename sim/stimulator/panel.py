"""What a stimulator shows of itself: its status line and its lamps, as lists of changes."""

import math
from typing import Final

from sim.timebase import TimeNs

STATUS: Final = "status"
"""On while a train is enabled: from the decision to start until nothing more will come."""
OUTPUT_LAMP: Final = "indicator.output"
"""On while there is output."""
LOW_BATTERY: Final = "indicator.low_battery"
"""On while the supply is low."""
FAULT_LAMP: Final = "indicator.fault"
"""On while the device will not stimulate because something is wrong."""
HIGH_IMPEDANCE: Final = "indicator.high_impedance"
"""On while the last pulse fell short of the set current."""

PANEL: Final[tuple[str, ...]] = (STATUS, OUTPUT_LAMP, LOW_BATTERY, FAULT_LAMP, HIGH_IMPEDANCE)


class Panel:
    """Two-state lines of a device, all off at power-up. Changes of one line must come in time order."""

    def __init__(self) -> None:
        self._lit: dict[str, int] = dict.fromkeys(PANEL, 0)
        self._states: dict[str, int] = dict.fromkeys(PANEL, 0)
        self._dark: set[str] = set()
        self._changes: list[tuple[TimeNs, str, int]] = [(0, line, 0) for line in PANEL]

    def show(self, t_ns: TimeNs, line: str, *, on: bool, dark_ratio: float = 0.0) -> None:
        """A line is on or off from `t_ns` on; of the times that it should go on, the share `dark_ratio` is dark."""
        if self._states[line] == int(on):
            return
        self._states[line] = int(on)
        if on:
            self._lit[line] += 1
            before, after = (math.floor(dark_ratio * n + 1e-9) for n in (self._lit[line] - 1, self._lit[line]))
            if after > before:
                self._dark.add(line)
                return
        elif line in self._dark:
            self._dark.discard(line)
            return
        self._changes.append((t_ns, line, int(on)))

    def is_on(self, line: str) -> bool:
        """How a line should stand now."""
        return self._states[line] == 1

    def take(self) -> tuple[tuple[TimeNs, str, int], ...]:
        """(instant, line, state) of the changes since the last call, in time order."""
        changes = tuple(sorted(self._changes, key=lambda change: change[0]))
        self._changes.clear()
        return changes
