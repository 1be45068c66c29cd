"""Faults of the processor: their status bits, and the exception that each of them raises.

Source: ARMv7-M ARM B1.5.14 (fault behaviour), B3.2.15 (CFSR), B3.2.16 (HFSR), B3.2.17, B3.2.18 (addresses).
"""

from dataclasses import dataclass
from typing import Final

from rig.firmware.machine.nvic import BUS_FAULT, HARD_FAULT, MEMORY_FAULT, USAGE_FAULT

MMARVALID: Final = 1 << 7
BFARVALID: Final = 1 << 15
VECTTBL: Final = 1 << 1
FORCED: Final = 1 << 30
DEBUGEVT: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail.

    Attributes:
        name: of the status bit.
        exception: number of the exception that it raises, if that is enabled and may preempt.
        status: bit of CFSR (HFSR for a hard fault).
    """

    name: str
    exception: int
    status: int


IACCVIOL = Fault("IACCVIOL", MEMORY_FAULT, 1 << 0)
MUNSTKERR = Fault("MUNSTKERR", MEMORY_FAULT, 1 << 3)
IBUSERR = Fault("IBUSERR", BUS_FAULT, 1 << 8)
PRECISERR = Fault("PRECISERR", BUS_FAULT, 1 << 9)
IMPRECISERR = Fault("IMPRECISERR", BUS_FAULT, 1 << 10)
UNSTKERR = Fault("UNSTKERR", BUS_FAULT, 1 << 11)
STKERR = Fault("STKERR", BUS_FAULT, 1 << 12)
UNDEFINSTR = Fault("UNDEFINSTR", USAGE_FAULT, 1 << 16)
INVSTATE = Fault("INVSTATE", USAGE_FAULT, 1 << 17)
INVPC = Fault("INVPC", USAGE_FAULT, 1 << 18)
NOCP = Fault("NOCP", USAGE_FAULT, 1 << 19)
UNALIGNED = Fault("UNALIGNED", USAGE_FAULT, 1 << 24)
DIVBYZERO = Fault("DIVBYZERO", USAGE_FAULT, 1 << 25)
VECTOR = Fault("VECTTBL", HARD_FAULT, VECTTBL)
FORCED_CALL = Fault("SVC at a priority that does not allow it", HARD_FAULT, FORCED)
DEBUG = Fault("DEBUGEVT", HARD_FAULT, DEBUGEVT)

EVENT_NAMES: Final = {
    HARD_FAULT: "hard_fault",
    MEMORY_FAULT: "memory_fault",
    BUS_FAULT: "bus_fault",
    USAGE_FAULT: "usage_fault",
}
"""By exception number, as `rig.firmware.device_under_test.FAULTS` has them."""


@dataclass(slots=True)
class FaultStatus:
    """What the fault status registers hold.

    Attributes:
        cfsr: configurable faults: a bit for each way to fail.
        hfsr: hard faults.
        mmfar: address of the latest memory management fault, while MMARVALID is set.
        bfar: address of the latest precise bus fault, while BFARVALID is set.
    """

    cfsr: int = 0
    hfsr: int = 0
    mmfar: int = 0
    bfar: int = 0

    def note(self, fault: Fault, address: int | None) -> None:
        """Set the status of a fault, with the address of the access where that is known."""
        if fault.exception == HARD_FAULT:
            self.hfsr |= fault.status
            return
        self.cfsr |= fault.status
        if address is not None and fault.exception == BUS_FAULT:
            self.cfsr |= BFARVALID
            self.bfar = address
        elif address is not None and fault.exception == MEMORY_FAULT:
            self.cfsr |= MMARVALID
            self.mmfar = address

    def text(self, fault: Fault | None, pc: int) -> str:
        """One line for a message."""
        name = f"{fault.name} " if fault is not None else ""
        line = f"{name}pc=0x{pc:08x} cfsr=0x{self.cfsr:08x} hfsr=0x{self.hfsr:08x}"
        if self.cfsr & BFARVALID:
            line += f" bfar=0x{self.bfar:08x}"
        if self.cfsr & MMARVALID:
            line += f" mmfar=0x{self.mmfar:08x}"
        return line
