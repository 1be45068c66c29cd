"""The registers of the timers. Source: RM0090 17.4, 18.4, 19.5, 20.4."""

from typing import Any, ClassVar

from rig.firmware.machine.stm32f4.timer_engine import TimerEngine


class Timer(TimerEngine):
    """A timer: TIM1 to TIM7 and TIM9 to TIM14 differ in channels, width and what TIM1 has besides."""

    PLAIN: ClassVar = {"SMCR": (0, 0xBFFF), "RCR": (0, 0xFF), "BDTR": (0, 0xFFFF), "OR": (0, 0x0CC3)}
    REFUSED: ClassVar = {
        "CR1": ((0x0010, "counting down"), (0x0060, "counting up and down")),
        "CR2": ((0x0080, "the XOR of inputs"),),
        "SMCR": ((0x0007, "slave mode"), (0x4000, "an external clock")),
        "CCMR1": ((0x0303, "input capture"), (0x8080, "clearing by ETRF")),
        "CCMR2": ((0x0303, "input capture"), (0x8080, "clearing by ETRF")),
        "CCER": ((0x0444, "complementary outputs"),),
        "BDTR": ((0x1000, "the break input"),),
        "DIER": ((0x0060, "interrupts of trigger and commutation"), (0x6000, "requests of trigger and commutation")),
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        absent: set[int] = set()
        if not self.channels:
            absent |= {0x08, 0x18, 0x1C, 0x20, 0x34, 0x38, 0x3C, 0x40}
        if self.name != "TIM1":
            absent |= {0x30, 0x44}
        if self.name in {"TIM9", "TIM10", "TIM11", "TIM12", "TIM13", "TIM14"}:
            absent |= {0x04}
        if self.name in {"TIM10", "TIM11", "TIM13", "TIM14"}:
            absent |= {0x08}
        absent |= {0x34 + 4 * channel for channel in range(self.channels, 4)}
        for offset in absent:
            self._all_readers.pop(offset, None)
            self._all_writers.pop(offset, None)

    def read_cr1(self) -> int:
        """Control."""
        self.settle()
        return self.cr1

    def write_cr1(self, value: int) -> None:
        """Start, stop, one pulse, preload of ARR."""
        self.settle()
        self.refuse("CR1", value)
        now = self.soc.now()
        was, self.cr1 = self.cr1, value & 0x038F
        if self.cr1 & 1 and not was & 1:
            self.counter.clock = self.fabric.divider(self.fabric.clocks.timer_hz[self.block.bus], self.name)
            self.counter.start(now)
            if self.cr2 >> 4 & 7 == 1:
                self.fabric.trigger(f"{self.name}_TRGO")
        elif was & 1 and not self.cr1 & 1:
            self.counter.stop(now)
        self.settled = now
        self.look_ahead()

    def read_cr2(self) -> int:
        """Source of the trigger output."""
        return self.cr2

    def write_cr2(self, value: int) -> None:
        """Source of the trigger output."""
        self.settle()
        self.refuse("CR2", value)
        self.cr2 = value & 0x7FFF
        self.listeners_changed()

    def read_dier(self) -> int:
        """Enables."""
        return self.dier

    def write_dier(self, value: int) -> None:
        """Enables of interrupts and requests."""
        self.settle()
        if value & 0x6060:
            self.refuse("DIER", value)
        self.dier = value & 0x5FFF
        self.lines()
        self.look_ahead()

    def read_sr(self) -> int:
        """Flags."""
        if self.soc.now() >= self.due:
            self.settle()
        return self.sr

    def write_sr(self, value: int) -> None:
        """A 0 clears."""
        self.settle()
        self.sr &= value
        self.lines()
        self.look_ahead()

    def write_egr(self, value: int) -> None:
        """Make an update or a match by software."""
        self.settle()
        if value & 0xE0:
            self.no_model("EGR", "trigger, commutation or break by software", value)
        if value & 1:
            now, counter = self.soc.now(), self.counter
            self.update(flag=not self.cr1 & 4)
            counter.held, counter.origin, self.settled = 0, now, now
            if not self.cr2 >> 4 & 7:
                self.fabric.trigger(f"{self.name}_TRGO")
        for channel in range(self.channels):
            if value >> channel + 1 & 1:
                self.matched(channel)
        self.reconfigure()

    def read_cnt(self) -> int:
        """Counter."""
        now = self.soc.now()
        if now >= self.due:
            self.settle()
        counter = self.counter
        return (now - counter.origin) // ((counter.psc + 1) * counter.clock) if counter.running else counter.held

    def write_cnt(self, value: int) -> None:
        """Put the counter somewhere."""
        self.settle()
        self.counter.set(self.soc.now(), value & self.top)
        self.settled = self.soc.now()
        self.reconfigure()

    def read_psc(self) -> int:
        """Prescaler as written."""
        return self.psc_next

    def write_psc(self, value: int) -> None:
        """Prescaler; taken by the next update."""
        self.settle()
        self.psc_next = value & 0xFFFF

    def read_arr(self) -> int:
        """Reload value as written."""
        return self.arr_next

    def write_arr(self, value: int) -> None:
        """Reload value; taken at once, or with ARPE by the next update."""
        self.settle()
        self.arr_next = value & self.top
        if not self.cr1 & 0x80:
            self.counter.arr = self.arr_next
            self.look_ahead()

    def compare(self, channel: int, value: int) -> None:
        """Compare value of a channel; taken at once, or with OCxPE by the next update."""
        self.settle()
        value &= self.top
        self.ccr_next[channel] = value
        if not self.outputs.preloads(channel):
            self.ccr[channel] = value
            if self.outputs.follow(channel, self.counter.value(self.soc.now()), value):
                self.drive(channel)
            self.look_ahead()

    # -- compare channels ----------------------------------------------------------------------------------------------

    def read_ccr1(self) -> int:
        """Compare value of channel 1 as written."""
        return self.ccr_next[0]

    def read_ccr2(self) -> int:
        """Compare value of channel 2 as written."""
        return self.ccr_next[1]

    def read_ccr3(self) -> int:
        """Compare value of channel 3 as written."""
        return self.ccr_next[2]

    def read_ccr4(self) -> int:
        """Compare value of channel 4 as written."""
        return self.ccr_next[3]

    def write_ccr1(self, value: int) -> None:
        """Compare value of channel 1."""
        self.compare(0, value)

    def write_ccr2(self, value: int) -> None:
        """Compare value of channel 2."""
        self.compare(1, value)

    def write_ccr3(self, value: int) -> None:
        """Compare value of channel 3."""
        self.compare(2, value)

    def write_ccr4(self, value: int) -> None:
        """Compare value of channel 4."""
        self.compare(3, value)

    def read_ccmr1(self) -> int:
        """Modes of channels 1 and 2."""
        return self.outputs.ccmr[0]

    def read_ccmr2(self) -> int:
        """Modes of channels 3 and 4."""
        return self.outputs.ccmr[1]

    def _modes(self, register: str, place: int, value: int) -> None:
        self.settle()
        self.refuse(register, value)
        self.outputs.ccmr[place] = value & 0x7C7C
        self.reconfigure()

    def write_ccmr1(self, value: int) -> None:
        """Modes of channels 1 and 2."""
        self._modes("CCMR1", 0, value)

    def write_ccmr2(self, value: int) -> None:
        """Modes of channels 3 and 4."""
        self._modes("CCMR2", 1, value)

    def read_ccer(self) -> int:
        """Enables and polarities."""
        return self.outputs.ccer

    def write_ccer(self, value: int) -> None:
        """Enables and polarities."""
        self.settle()
        self.refuse("CCER", value)
        self.outputs.ccer = value & 0x3333
        self.reconfigure()

    def write_bdtr(self, value: int) -> None:
        """Main output enable."""
        self.settle()
        self.keep("BDTR", value)
        self.reconfigure()
