"""The System Control Space: registers of interrupt controller, system control block, SysTick and floating point.

Source: ARMv7-M ARM B3.2 (system control block), B3.4 (interrupt controller), B3.2.20 (CPACR), B3.2.21 (FPCCR).
"""

from typing import TYPE_CHECKING, ClassVar, Final

from rig.firmware.machine import nvic as exceptions
from rig.firmware.machine.core_registers import CONSTANTS, core_register_name
from rig.firmware.machine.peripheral import Peripheral, Unmodelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from rig.firmware.machine.dwt import CycleCounter
    from rig.firmware.machine.exception_unit import ExceptionUnit
    from rig.firmware.machine.processor import Processor
    from rig.firmware.machine.systick import SysTick

_VECTKEY: Final = 0x05FA0000
_VECTKEYSTAT: Final = 0xFA050000
_SYSRESETREQ: Final = 4
_CCR_WRITABLE: Final = 0x219
"""NONBASETHRDENA, UNALIGN_TRP, DIV_0_TRP, STKALIGN."""
_SHCSR_ENABLES: Final = {16: exceptions.MEMORY_FAULT, 17: exceptions.BUS_FAULT, 18: exceptions.USAGE_FAULT}
_SHCSR_PENDED: Final = {
    12: exceptions.USAGE_FAULT,
    13: exceptions.MEMORY_FAULT,
    14: exceptions.BUS_FAULT,
    15: exceptions.SV_CALL,
}
_SHCSR_ACTIVE: Final = {
    0: exceptions.MEMORY_FAULT,
    1: exceptions.BUS_FAULT,
    3: exceptions.USAGE_FAULT,
    7: exceptions.SV_CALL,
    8: exceptions.DEBUG_MONITOR,
    10: exceptions.PEND_SV,
    11: exceptions.SYS_TICK,
}
_BANKS: Final = {0x100: "enable", 0x180: "disable", 0x200: "pend", 0x280: "unpend", 0x300: "active"}
_ICSR_PENDS: Final = (
    (31, exceptions.NMI, True),
    (28, exceptions.PEND_SV, True),
    (27, exceptions.PEND_SV, False),
    (26, exceptions.SYS_TICK, True),
    (25, exceptions.SYS_TICK, False),
)
"""Bit, exception, and whether it sets or clears."""
_TRCENA: Final = 1 << 24


class SystemControl(Peripheral):
    """The page at 0xE000E000.

    Args:
        processor: what is told of changes.
        core: its exceptions.
        systick: its timer.
        cycle_counter: that DEMCR switches on.
    """

    STATE: ClassVar = ("_demcr", "_fpcar")

    def __init__(
        self, processor: "Processor", core: "ExceptionUnit", systick: "SysTick", cycle_counter: "CycleCounter"
    ) -> None:
        super().__init__("SCS", 0xE000E000, 0x1000)
        self._processor, self._core = processor, core
        self._systick, self._cycle_counter = systick, cycle_counter
        self._tables()

    def reset(self) -> None:
        """The processor resets what it keeps itself."""
        self._demcr = self._fpcar = 0

    def read(self, offset: int, size: int) -> int:
        """A register; bytes and halfwords of it where the architecture has them."""
        if 0x10 <= offset < 0x20:
            return self._systick.read(offset - 0x10, size)
        return self._word(offset & ~3) >> 8 * (offset & 3)

    def write(self, offset: int, size: int, value: int) -> None:
        """A register; bytes and halfwords for priorities and fault status."""
        if 0x10 <= offset < 0x20:
            self._systick.write(offset - 0x10, size, value)
        elif 0x400 <= offset < 0x5F0:
            self._set_priorities(exceptions.FIRST_IRQ + offset - 0x400, size, value)
        elif 0xD18 <= offset < 0xD24:
            self._set_priorities(4 + offset - 0xD18, size, value)
        elif 0xD28 <= offset < 0xD2C:
            self._core.faults.cfsr &= ~(value << 8 * (offset & 3))
        elif size != 4:
            self._refuse(offset, f"write of {size} bytes")
        elif offset & ~0x7F in _BANKS:
            self._write_bank(offset, value)
        else:
            self._write_word(offset, value)
        self._processor.attend()

    def _refuse(self, offset: int, access: str) -> None:
        raise Unmodelled(core_register_name(self.base + offset), access, self.base + offset)

    def _set_priorities(self, number: int, size: int, value: int) -> None:
        nvic = self._core.nvic
        for place in range(size):
            if 4 <= number + place < len(nvic.priority):
                nvic.set_priority(number + place, value >> 8 * place & 0xFF)

    def _priorities(self, number: int) -> int:
        priorities = self._core.nvic.priority
        value = 0
        for place in range(4):
            if 4 <= number + place < len(priorities):
                value |= priorities[number + place] << 8 * place
        return value

    def _write_bank(self, offset: int, value: int) -> None:
        nvic, meaning = self._core.nvic, _BANKS[offset & ~0x7F]
        bits = value << (exceptions.FIRST_IRQ + 8 * (offset & 0x7F)) & nvic.implemented
        if meaning == "enable":
            nvic.enabled |= bits
        elif meaning == "disable":
            nvic.enabled &= ~bits
        elif meaning == "pend":
            nvic.pending |= bits
        elif meaning == "unpend":
            # a level that is still 1 makes it pending again at once, unless it is active
            nvic.pending &= ~(bits & (~nvic.lines | nvic.active))

    def _read_bank(self, offset: int) -> int:
        nvic, meaning = self._core.nvic, _BANKS[offset & ~0x7F]
        bits = {"enable": nvic.enabled, "disable": nvic.enabled, "pend": nvic.pending, "unpend": nvic.pending}
        held = bits.get(meaning, nvic.active) & nvic.implemented
        return held >> (exceptions.FIRST_IRQ + 8 * (offset & 0x7F)) & 0xFFFFFFFF

    def _word(self, offset: int) -> int:
        if offset & ~0x7F in _BANKS:
            return self._read_bank(offset)
        if 0x400 <= offset < 0x5F0:
            return self._priorities(exceptions.FIRST_IRQ + offset - 0x400)
        name = core_register_name(self.base + offset)
        if name in CONSTANTS:
            return CONSTANTS[name]
        reader = self._readers.get(name)
        if reader is None:
            raise Unmodelled(name, "read", self.base + offset)
        return reader()

    def _write_word(self, offset: int, value: int) -> None:
        name = core_register_name(self.base + offset)
        writer = self._writers.get(name)
        if writer is None:
            raise Unmodelled(name, f"write 0x{value:08x}", self.base + offset)
        writer(value)

    def _tables(self) -> None:
        core = self._core
        self._readers: dict[str, Callable[[], int]] = {
            "ICTR": lambda: (core.nvic.interrupts - 1) // 32,
            "ICSR": self._icsr,
            "VTOR": lambda: core.vtor,
            "AIRCR": lambda: _VECTKEYSTAT | core.nvic.prigroup << 8,
            "SCR": lambda: core.scr,
            "CCR": lambda: core.ccr,
            "SHPR1": lambda: self._priorities(4),
            "SHPR2": lambda: self._priorities(8),
            "SHPR3": lambda: self._priorities(12),
            "SHCSR": self._shcsr,
            "CFSR": lambda: core.faults.cfsr,
            "HFSR": lambda: core.faults.hfsr,
            "MMFAR": lambda: core.faults.mmfar,
            "BFAR": lambda: core.faults.bfar,
            "CPACR": lambda: core.cpacr,
            "DEMCR": lambda: self._demcr,
            "FPCCR": lambda: core.fpccr,
            "FPCAR": lambda: self._fpcar,
            "FPDSCR": lambda: 0,
        }
        self._writers: dict[str, Callable[[int], None]] = {
            "ICSR": self._set_icsr,
            "VTOR": lambda value: setattr(core, "vtor", value & 0x3FFFFF80),
            "AIRCR": self._set_aircr,
            "SCR": lambda value: setattr(core, "scr", value & 0x16),
            "CCR": self._set_ccr,
            "SHCSR": self._set_shcsr,
            "HFSR": lambda value: setattr(core.faults, "hfsr", core.faults.hfsr & ~value),
            "MMFAR": lambda value: setattr(core.faults, "mmfar", value),
            "BFAR": lambda value: setattr(core.faults, "bfar", value),
            "DFSR": lambda _: None,
            "AFSR": lambda _: None,
            "CPACR": lambda value: self._processor.set_coprocessors(value & 0x00F00000),
            "DEMCR": self._set_demcr,
            "STIR": self._set_stir,
            "FPCCR": lambda value: setattr(core, "fpccr", value & 0xC0000000),
            "FPCAR": lambda value: setattr(self, "_fpcar", value & ~7),
            "FPDSCR": self._set_fpdscr,
        }

    def _set_icsr(self, value: int) -> None:
        nvic = self._core.nvic
        for bit, number, pends in _ICSR_PENDS:
            if value >> bit & 1:
                nvic.pending = nvic.pending & ~(1 << number) | int(pends) << number

    def _set_aircr(self, value: int) -> None:
        if value & 0xFFFF0000 != _VECTKEY:
            return  # without the key the write is ignored (B3.2.6)
        if value & 0x3:
            raise Unmodelled("AIRCR.VECTRESET, AIRCR.VECTCLRACTIVE", f"write 0x{value:08x}", self.base + 0xD0C)
        self._core.nvic.group(value >> 8 & 7)
        if value & _SYSRESETREQ:
            self._processor.request_reset("software")

    def _set_ccr(self, value: int) -> None:
        if value & ~_CCR_WRITABLE:
            raise Unmodelled("CCR.USERSETMPEND, CCR.BFHFNMIGN", f"write 0x{value:08x}", self.base + 0xD14)
        self._processor.set_traps(value)

    def _set_demcr(self, value: int) -> None:
        if value & ~_TRCENA:
            raise Unmodelled("DEMCR", f"write 0x{value:08x}", self.base + 0xDFC)
        self._demcr = value
        self._cycle_counter.trace(bool(value & _TRCENA))

    def _set_stir(self, value: int) -> None:
        nvic = self._core.nvic
        nvic.pending |= 1 << (exceptions.FIRST_IRQ + (value & 0x1FF)) & nvic.implemented

    def _set_fpdscr(self, value: int) -> None:
        if value:
            raise Unmodelled("FPDSCR, other rounding than to nearest", f"write 0x{value:08x}", self.base + 0xF3C)

    def _icsr(self) -> int:
        nvic = self._core.nvic
        value = self._core.current | nvic.best() << 12
        if nvic.nested() <= 1:
            value |= 1 << 11
        if nvic.pending & nvic.implemented:
            value |= 1 << 22
        for bit, number, pends in _ICSR_PENDS:
            if pends and nvic.pending >> number & 1:
                value |= 1 << bit
        return value

    def _shcsr(self) -> int:
        nvic, value = self._core.nvic, 0
        for table, bits in (
            (_SHCSR_ENABLES, nvic.enabled),
            (_SHCSR_PENDED, nvic.pending),
            (_SHCSR_ACTIVE, nvic.active),
        ):
            for place, number in table.items():
                value |= (bits >> number & 1) << place
        return value

    def _set_shcsr(self, value: int) -> None:
        nvic = self._core.nvic
        for place, number in _SHCSR_ENABLES.items():
            nvic.enabled = nvic.enabled & ~(1 << number) | (value >> place & 1) << number
        for place, number in _SHCSR_PENDED.items():
            nvic.pending = nvic.pending & ~(1 << number) | (value >> place & 1) << number
        for place, number in _SHCSR_ACTIVE.items():
            if nvic.active >> number & 1 != value >> place & 1:
                raise Unmodelled("SHCSR, active bits", f"write 0x{value:08x}", self.base + 0xD24)
