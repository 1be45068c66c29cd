"""Edges of pins as interrupts and triggers. Source: RM0090 12.2 and 12.3."""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.registers import RegisterBlock

_PINS: Final = 0xFFFF
"""The lines of pins; the others (voltage detector, clock, USB) have no source here."""


class Exti(RegisterBlock):
    """Edge detectors of 16 lines.

    Attributes:
        pr: pending lines.
    """

    STATE = ("pr",)
    PLAIN: ClassVar = {
        "IMR": (0, 0x7F_FFFF),
        "EMR": (0, 0x7F_FFFF),
        "RTSR": (0, 0x7F_FFFF),
        "FTSR": (0, 0x7F_FFFF),
        "SWIER": (0, 0x7F_FFFF),
    }
    REFUSED: ClassVar = dict.fromkeys(PLAIN, ((0x7F_0000, "a line that is no pin"),))

    def __init__(self, *args: Any) -> None:
        self.pr = 0
        super().__init__(*args)
        self.fabric.pins_changed = self.pins_changed

    def pins_changed(self, letter: str, changed: int, levels: int) -> None:
        """Pins of a port have new levels."""
        edges = changed & (self.r["RTSR"] & levels | self.r["FTSR"] & ~levels)
        if not edges:
            return
        port = ord(letter) - ord("A")
        ports = self.fabric.exti_ports
        lines = sum(1 << line for line in range(16) if edges >> line & 1 and ports[line] == port)
        self._pend(lines)

    def _pend(self, lines: int) -> None:
        """An edge on lines: pending where it is an interrupt (RM0090 figure 41: the mask stands behind PR)."""
        self.pr |= lines
        self._update()
        for line in range(16):
            if lines >> line & 1:
                self.fabric.trigger(f"EXTI{line}")

    def _update(self) -> None:
        active = self.pr & self.r["IMR"]
        irqs = self.block.irqs
        for line in range(5):
            self.irq(irqs[str(line)], bool(active >> line & 1))
        self.irq(irqs["9_5"], bool(active & 0x03E0))
        self.irq(irqs["15_10"], bool(active & 0xFC00))

    def write_imr(self, value: int) -> None:
        """Mask of interrupts."""
        self.keep("IMR", value)
        self._update()

    def write_swier(self, value: int) -> None:
        """Make an edge by software: where the bit was 0."""
        risen = value & ~self.r["SWIER"] & _PINS
        self.keep("SWIER", self.r["SWIER"] | value)
        if risen:
            self._pend(risen)

    def read_pr(self) -> int:
        """Pending lines."""
        return self.pr

    def write_pr(self, value: int) -> None:
        """A 1 clears."""
        self.pr &= ~value
        self.r["SWIER"] &= ~value
        self._update()

    def reset_block(self) -> None:
        """Nothing pends."""
        self.pr = 0
        super().reset_block()
