"""Reset and clock control: oscillators, PLL, bus dividers, clock enables, and why the chip was reset.

Source: RM0090 7.2 and 7.3. Start-up times: DS8626 tables 32, 34, 36, typical (crystal 2 ms, internal 2 us, PLL 200 us).
"""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.fabric import INTERNAL_HZ, Clocks
from rig.firmware.machine.stm32f4.registers import RegisterBlock

_FULL: Final = 0xFFFFFFFF
_SWITCH: Final = 0
"""Event: the system clock changes over."""

_OSCILLATORS: Final = {"internal": (0, 2_000), "crystal": (16, 2_000_000), "pll": (24, 200_000)}
"""Name -> bit in CR that switches it on (the one above says that it is ready), start-up time, ns."""
_SOURCES: Final = ("internal", "crystal", "pll")
"""CFGR.SW -> oscillator."""

RESET_FLAGS: Final = {
    "power_on": 0x0E00_0000,
    "brown_out": 0x0600_0000,
    "watchdog": 0x2400_0000,
    "window_watchdog": 0x4400_0000,
    "software": 0x1400_0000,
    "pin": 0x0400_0000,
}
"""Cause -> flags that it sets in CSR: every reset from inside also pulls NRST low (RM0090 7.1.1), so PINRSTF is among
them; BORRSTF and PORRSTF are set by power alone."""


class Rcc(RegisterBlock):
    """Clock tree and reset flags."""

    STATE = ("cr", "cfgr", "csr", "ready_at", "source")
    PLAIN: ClassVar = {
        "PLLCFGR": (0x2400_3010, 0x7F43_7FFF),
        "CIR": (0, 0x0000_3F3F),
        "AHB2RSTR": (0, 0xFF),
        "AHB3RSTR": (0, 3),
        "AHB1LPENR": (0x7E67_91FF, _FULL),
        "AHB2LPENR": (0xF1, _FULL),
        "AHB3LPENR": (1, _FULL),
        "APB1LPENR": (0x36FE_C9FF, _FULL),
        "APB2LPENR": (0x0007_5F33, _FULL),
        "AHB1ENR": (0x0010_0000, _FULL),
        "AHB2ENR": (0, _FULL),
        "AHB3ENR": (0, _FULL),
        "APB1ENR": (0, _FULL),
        "APB2ENR": (0, _FULL),
    }
    REFUSED: ClassVar = {"CIR": ((0x3F00, "interrupts of oscillators"),)}

    cr = 0x83
    cfgr = 0
    csr = 0
    source = "internal"

    def __init__(self, *args: Any) -> None:
        self.ready_at: dict[str, int] = {"internal": 0}
        super().__init__(*args)

    # -- oscillators ---------------------------------------------------------------------------------------------------

    def _ready(self, oscillator: str) -> bool:
        return self.ready_at.get(oscillator, 1 << 62) <= self.soc.now()

    def read_cr(self) -> int:
        """Which oscillators are on and which are ready."""
        flags = sum(2 << bit for name, (bit, _) in _OSCILLATORS.items() if self._ready(name))
        return self.cr & ~0x0202_0002 | flags

    def write_cr(self, value: int) -> None:
        """Switch oscillators; the one that drives the processor stays on."""
        if value & 1 << 26:
            self.no_model("CR", "PLLI2S", value)
        if value & 1 << 19:
            self.no_model("CR", "the clock security system", value)
        used = {"pll": ("pll", "crystal" if self.r["PLLCFGR"] & 1 << 22 else "internal")}.get(
            self.source, (self.source,)
        )
        now = self.soc.now()
        for name, (bit, start_ns) in _OSCILLATORS.items():
            on = bool(value >> bit & 1) or name in used
            value = value | 1 << bit if on else value & ~(1 << bit)
            if not on:
                self.ready_at.pop(name, None)
            elif name not in self.ready_at:
                begin = now
                if name == "pll":
                    self._pll_hz()
                    begin = max(now, self.ready_at.get(self._pll_input(), now))
                self.ready_at[name] = begin + start_ns * self.soc.hclk_hz // 1_000_000_000
        self.cr = value & 0x0D0D_00F9

    def write_pllcfgr(self, value: int) -> None:
        """Factors of the PLL; they stand while it runs."""
        if not self.cr >> 24 & 1:
            self.keep("PLLCFGR", value)
        elif (value ^ self.r["PLLCFGR"]) & 0x0043_7FFF:
            self.fabric.misuse("RCC.PLLCFGR is written while the PLL runs: it keeps what it had")

    def _pll_input(self) -> str:
        return "crystal" if self.r["PLLCFGR"] & 1 << 22 else "internal"

    def _pll_hz(self) -> int:
        """RM0090 7.3.2: source / M * N / P, with the ranges that the manual allows."""
        factors = self.r["PLLCFGR"]
        m, n, p = factors & 0x3F, factors >> 6 & 0x1FF, 2 * (factors >> 16 & 3) + 2
        source_hz = self.fabric.crystal_hz if self._pll_input() == "crystal" else INTERNAL_HZ
        if m < 2 or not 50 <= n <= 432:
            self.fabric.misuse(f"RCC.PLLCFGR: M = {m} and N = {n}; the manual allows 2 to 63 and 50 to 432")
        vco_hz = source_hz * n // max(m, 1)
        if not 950_000 <= source_hz / max(m, 1) <= 2_100_000 or not 100e6 <= vco_hz <= 432e6:
            told = f"{source_hz / max(m, 1) / 1e6:g} MHz in, {vco_hz / 1e6:g} MHz out"
            self.fabric.misuse(f"RCC.PLLCFGR: {told}; the manual allows 1 to 2 MHz and 100 to 432 MHz")
        return vco_hz // p

    # -- the processor's clock -----------------------------------------------------------------------------------------

    def read_cfgr(self) -> int:
        """Dividers, the wanted source and the source in use."""
        return self.cfgr | _SOURCES.index(self.source) << 2

    def write_cfgr(self, value: int) -> None:
        """Choose the source and the dividers."""
        if value & 3 == 3:
            self.no_model("CFGR", "SW = 3", value)
        self.cfgr = value & ~0xC
        self._switch()

    def _switch(self) -> None:
        wanted = _SOURCES[self.cfgr & 3]
        if self._ready(wanted):
            self.unschedule(_SWITCH)
            self.source = wanted
            self._set_clocks()
        elif wanted in self.ready_at:
            self.schedule(_SWITCH, self.ready_at[wanted])
        else:
            self.fabric.misuse(f"RCC.CFGR: switched to {wanted}, which is off")

    def tick(self, kind: int, value: int) -> None:
        """The wanted source has become ready."""
        del value
        self.handles.pop(kind, None)
        self._switch()

    def _frequencies(self) -> Clocks:
        source_hz = {"internal": INTERNAL_HZ, "crystal": self.fabric.crystal_hz}.get(self.source) or self._pll_hz()
        hpre = self.cfgr >> 4 & 15
        hclk_hz = source_hz >> (0 if hpre < 8 else (1, 2, 3, 4, 6, 7, 8, 9)[hpre - 8])
        apb1, apb2 = (1 << max((self.cfgr >> shift & 7) - 3, 0) for shift in (10, 13))
        return Clocks.of(hclk_hz, apb1, apb2)

    def _set_clocks(self) -> None:
        fabric, clocks = self.fabric, self._frequencies()
        told = f"RCC: HCLK {clocks.hclk_hz / 1e6:g} MHz"
        if clocks.hclk_hz > fabric.chip.maximum_hz:
            fabric.misuse(f"{told}, above {fabric.chip.maximum_hz / 1e6:g} MHz")
        slow_hz, fast_hz = {"stm32f405": (42e6, 84e6)}.get(fabric.chip.name, (45e6, 90e6))
        if clocks.apb1_hz > slow_hz or clocks.apb2_hz > fast_hz:
            buses = f"PCLK1 {clocks.apb1_hz / 1e6:g}, PCLK2 {clocks.apb2_hz / 1e6:g} MHz"
            fabric.misuse(f"{told}, {buses}: the limits are {slow_hz / 1e6:g} and {fast_hz / 1e6:g} MHz")
        if clocks.hclk_hz > 30_000_000 * (fabric.wait_states + 1):
            fabric.misuse(f"{told} with {fabric.wait_states} wait states in FLASH.ACR; at 3.3 V each carries 30 MHz")
        if self.source == "pll" and clocks.hclk_hz != self.soc.hclk_hz:
            fabric.misuse(f"{told}; the board file says {self.soc.hclk_hz / 1e6:g} MHz")
        fabric.set_clocks(clocks)

    # -- clock enables and resets of blocks ----------------------------------------------------------------------------

    def _enable(self, register: str, value: int) -> None:
        self.keep(register, value)
        offset = self.offset_of(register)
        for block in self.fabric.blocks.values():
            if block.block.enable is not None and block.block.enable[0] == offset:
                # the registers that the three converters share run with the clock of any of them (recalled)
                bits = 7 if block.block.layout == "adc_common" else 1
                on = bool(value >> block.block.enable[1] & bits)
                if on != block.clocked:
                    block.set_clock(on)

    def _reset_blocks(self, register: str, value: int) -> None:
        offset = self.offset_of(register) + 0x20
        for block in self.fabric.blocks.values():
            enable = block.block.enable
            if enable is not None and enable[0] == offset and value >> enable[1] & 1:
                block.reset_block()

    def write_ahb1enr(self, value: int) -> None:
        """Clocks of ports and DMA."""
        self._enable("AHB1ENR", value)

    def write_apb1enr(self, value: int) -> None:
        """Clocks of the slow bus."""
        self._enable("APB1ENR", value)

    def write_apb2enr(self, value: int) -> None:
        """Clocks of the fast bus."""
        self._enable("APB2ENR", value)

    def write_ahb1rstr(self, value: int) -> None:
        """Reset ports and DMA."""
        self._reset_blocks("AHB1RSTR", value)

    def write_apb1rstr(self, value: int) -> None:
        """Reset blocks of the slow bus."""
        self._reset_blocks("APB1RSTR", value)

    def write_apb2rstr(self, value: int) -> None:
        """Reset blocks of the fast bus; the three converters share a bit."""
        if value & 1 << 8:
            value |= 7 << 8
        self._reset_blocks("APB2RSTR", value)

    # -- reset flags ---------------------------------------------------------------------------------------------------

    def read_csr(self) -> int:
        """Reset flags; the slow oscillator is ready as soon as it is on."""
        return self.csr | (self.csr & 1) << 1

    def write_csr(self, value: int) -> None:
        """LSION, and RMVF clears the flags."""
        self.csr = (0 if value & 1 << 24 else self.csr & 0xFE00_0000) | value & 1

    def reset(self) -> None:
        """Back to the internal oscillator; the reset flags add up until RMVF, and start anew when power comes."""
        cause = self.soc.reset_cause
        if self.fabric.window_bite:
            cause, self.fabric.window_bite = "window_watchdog", False
        kept = 0 if cause in {"power_on", "brown_out"} else self.csr & 0xFE00_0000
        self.fabric.told.clear()
        super().reset()
        self.cr, self.cfgr, self.source, self.ready_at = 0x81, 0, "internal", {"internal": 0}
        self.csr = kept | RESET_FLAGS.get(cause, RESET_FLAGS["pin"])
        self.fabric.wait_states = 0
        self.fabric.set_clocks(Clocks.of(INTERNAL_HZ))

    def state(self) -> dict[str, Any]:
        """All that it remembers, and what was told of misuse."""
        return super().state() | {"told": list(self.fabric.told)}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken; the frequencies follow."""
        super().restore(state)
        self.fabric.told[:] = state["told"]
        self.fabric.clocks, self.fabric.adc_cycles = self._frequencies(), 0
