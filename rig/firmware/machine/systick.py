"""SysTick, the processor's own timer: counts down from its reload value once a cycle.

Source: ARMv7-M ARM B3.3. The external reference clock of this class is HCLK / 8 (RM0090 10.1.2).
"""

from collections.abc import Callable
from typing import ClassVar, Final

from rig.firmware.machine.peripheral import Peripheral

_ENABLE, _TICKINT, _CLKSOURCE, _COUNTFLAG = 1, 2, 4, 1 << 16
_CALIBRATION: Final = 0x40000000
"""SYST_CALIB: a reference clock is there, no calibration value. Source: ARMv7-M ARM B3.3.6."""


class SysTick(Peripheral):
    """The timer; the registers lie at offsets 0x0 to 0xF of its base.

    Args:
        pend: makes the SysTick exception pending.
    """

    STATE: ClassVar = ("control", "load", "flag", "_zero_at", "_held", "_handle")

    def __init__(self, pend: Callable[[], None]) -> None:
        super().__init__("SysTick", 0xE000E010, 0x10)
        self._pend = pend

    def reset(self) -> None:
        """Off."""
        self.control = self.load = self._zero_at = self._held = 0
        self.flag = False
        self._handle = 0

    def _divider(self) -> int:
        return 1 if self.control & _CLKSOURCE else 8

    def _current(self) -> int:
        if not self.control & _ENABLE:
            return self._held
        left = -(-(self._zero_at - self.soc.now()) // self._divider())
        return left if 0 < left <= self.load else 0

    def read(self, offset: int, size: int) -> int:
        """A register; reading the control register clears its COUNTFLAG."""
        if size != 4:
            self.unmodelled("access of less than a word", offset)
        if offset == 0x0:
            value = self.control | (_COUNTFLAG if self.flag else 0)
            self.flag = False
            return value
        return {0x4: self.load, 0x8: self._current() if offset == 0x8 else 0, 0xC: _CALIBRATION}[offset]

    def write(self, offset: int, size: int, value: int) -> None:
        """A register; any write to the current value sets it to 0."""
        if size != 4:
            self.unmodelled("access of less than a word", offset)
        if offset == 0x0:
            held = self._current()
            self.control = value & (_ENABLE | _TICKINT | _CLKSOURCE)
            self._held = held
            self._start(held)
        elif offset == 0x4:
            self.load = value & 0xFFFFFF
            if self.control & _ENABLE and not self._handle:
                self._start(0)
        elif offset == 0x8:
            self._held, self.flag = 0, False
            self._start(0)

    def _start(self, current: int) -> None:
        """Count down from `current`; from 0 the next count loads the reload value."""
        self.soc.cancel(self._handle)
        self._handle = 0
        if not self.control & _ENABLE:
            return
        counts = current or (self.load + 1 if self.load else 0)
        self._zero_at = self.soc.now() + counts * self._divider()
        if counts:
            self._handle = self.soc.at(self._zero_at, self, 0)

    def tick(self, kind: int, value: int) -> None:
        """The counter has reached 0."""
        del kind, value
        self.flag = True
        self._handle = 0
        if self.control & _TICKINT:
            self._pend()
        if self.load:
            self._zero_at += (self.load + 1) * self._divider()
            self._handle = self.soc.at(self._zero_at, self, 0)
