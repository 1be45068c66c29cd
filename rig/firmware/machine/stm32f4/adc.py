"""The registers of the analogue to digital converters. Source: RM0090 13.13."""

from typing import Any, ClassVar

from rig.firmware.machine.stm32f4.adc_converter import Converter
from rig.firmware.machine.stm32f4.adc_tables import EOC, PRESCALERS, SETTLING_US
from rig.firmware.machine.stm32f4.registers import RegisterBlock


class Adc(Converter):
    """One of the three converters."""

    def read_sr(self) -> int:
        """Flags."""
        if self.group and self.soc.now() >= self.end_at:
            self.settle()
        return self.sr

    def write_sr(self, value: int) -> None:
        """A 0 clears."""
        self.settle()
        self.sr &= value
        self.lines()

    def read_cr1(self) -> int:
        """Control 1."""
        return self.cr1

    def write_cr1(self, value: int) -> None:
        """Interrupts, scan, resolution, analogue watchdog."""
        self.settle()
        self.refuse("CR1", value)
        self.cr1 = value & 0x07C0_FFFF
        self._await_end()
        self.lines()

    def read_cr2(self) -> int:
        """Control 2; the bits that start a conversion fall when it begins."""
        return self.cr2

    def write_cr2(self, value: int) -> None:
        """On, continuous, DMA, triggers, start by software."""
        self.settle()
        was, self.cr2 = self.cr2, value & 0x3F3F_0F03
        if not value & 1:
            self._stop()
        elif not was & 1:
            # RM0090 13.3.1: the write that switches it on only wakes it up
            self.settled_at = self.soc.now() + SETTLING_US * self.soc.hclk_hz // 1_000_000
        if value & 0x100 and not was & 0x100:
            self.spent = False
        if was != self.cr2:
            self.fabric.listening_changed()
            self._await_end()
        if was & value & 1:
            if value & 1 << 22:
                self.start("injected")
            if value & 1 << 30:
                self.start("regular")

    def _stop(self) -> None:
        self.group, self.code, self.regular_rank = "", -1, 0
        self.unschedule(0)
        if self in self.fabric.waiting:
            self.fabric.waiting.remove(self)

    def _await_end(self) -> None:
        """Ask for the end of the running conversion, if something new depends on it."""
        if self.group and self._awaited() and 0 not in self.handles:
            self.schedule(0, self.end_at)

    def read_dr(self) -> int:
        """The regular result; reading it clears EOC."""
        if self.group and self.soc.now() >= self.end_at:
            self.settle()
        self.unread = False
        if self.sr & EOC:
            self.sr &= ~EOC
            if self.levels:
                self.lines()
        return self.dr

    def read_jdr1(self) -> int:
        """First injected result."""
        self.settle()
        return self.jdr[0]

    def read_jdr2(self) -> int:
        """Second injected result."""
        self.settle()
        return self.jdr[1]

    def read_jdr3(self) -> int:
        """Third injected result."""
        self.settle()
        return self.jdr[2]

    def read_jdr4(self) -> int:
        """Fourth injected result."""
        self.settle()
        return self.jdr[3]

    def reset_block(self) -> None:
        """Off."""
        super().reset_block()
        self._stop()
        self._clear()

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        if self in self.fabric.waiting:
            self.fabric.waiting.remove(self)
        if self.group and self.code < 0:
            self.fabric.waiting.append(self)


class AdcCommon(RegisterBlock):
    """What the three share: prescaler, internal channels, a view of all flags."""

    PLAIN: ClassVar = {"CCR": (0, 0x00C3_EF1F)}
    REFUSED: ClassVar = {"CCR": ((0x1F, "dual and triple mode"), (0xC000, "DMA of all three"), (1 << 22, "VBAT"))}

    def write_ccr(self, value: int) -> None:
        """Prescaler and internal channels."""
        self.keep("CCR", value)
        self.fabric.adc_prescaler, self.fabric.adc_cycles = PRESCALERS[value >> 16 & 3], 0
        self.fabric.adc_internal = bool(value & 1 << 23)

    def read_csr(self) -> int:
        """Flags of the three."""
        flags = 0
        for place, name in enumerate(("ADC1", "ADC2", "ADC3")):
            flags |= self.fabric.blocks[name].read(0, 4) << 8 * place
        return flags

    def reset_block(self) -> None:
        """Fastest clock, internal channels off."""
        super().reset_block()
        self.write_ccr(0)

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        self.write_ccr(self.r["CCR"])
