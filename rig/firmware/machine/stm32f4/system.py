"""The small blocks around the processor: power control, configuration, checksums, the identity for debuggers.

Source: RM0090 5.4 (PWR), 9.2 (SYSCFG), 4.4 (CRC), 38.6 (DBGMCU).
"""

from typing import Any, ClassVar

from rig.firmware.machine.stm32f4.registers import RegisterBlock


class Pwr(RegisterBlock):
    """Power control: voltage scaling and access to the backup domain; stop and standby have no model."""

    PLAIN: ClassVar = {"CR": (0xC000, 0xFFF0), "CSR": (0, 0x0300)}
    REFUSED: ClassVar = {"CR": ((0x0010, "the voltage detector PVD"),)}

    def write_cr(self, value: int) -> None:
        """The bits that clear flags read as zero."""
        self.refuse("CR", value)
        self.r["CR"] = value & 0x3_FFE3

    def read_csr(self) -> int:
        """VOSRDY, and BRR while the backup regulator is on; on the F446 the over-drive flags follow their enables."""
        control = self.r["CR"]
        return self.r["CSR"] | 1 << 14 | (self.r["CSR"] & 0x200) >> 6 | control & 0x3_0000


class Syscfg(RegisterBlock):
    """System configuration: which port an EXTI line belongs to."""

    PLAIN: ClassVar = {
        "MEMRMP": (0, 0x103),
        "PMC": (0, 0x0080_0000),
        "EXTICR1": (0, 0xFFFF),
        "EXTICR2": (0, 0xFFFF),
        "EXTICR3": (0, 0xFFFF),
        "EXTICR4": (0, 0xFFFF),
        "CMPCR": (0, 1),
    }
    REFUSED: ClassVar = {"MEMRMP": ((0x103, "another memory at address 0"),)}

    def _map(self, register: int, value: int) -> None:
        self.keep(f"EXTICR{register + 1}", value)
        self.fabric.exti_ports[4 * register : 4 * register + 4] = [value >> 4 * place & 15 for place in range(4)]

    def write_exticr1(self, value: int) -> None:
        """Lines 0 to 3."""
        self._map(0, value)

    def write_exticr2(self, value: int) -> None:
        """Lines 4 to 7."""
        self._map(1, value)

    def write_exticr3(self, value: int) -> None:
        """Lines 8 to 11."""
        self._map(2, value)

    def write_exticr4(self, value: int) -> None:
        """Lines 12 to 15."""
        self._map(3, value)

    def reset_block(self) -> None:
        """All lines belong to port A."""
        super().reset_block()
        self.fabric.exti_ports[:] = [0] * 16

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        for register in range(4):
            self._map(register, self.r[f"EXTICR{register + 1}"])


class Dbgmcu(RegisterBlock):
    """Identity of the chip; what it would freeze under a halting debugger is frozen anyway: time stands still."""

    PLAIN: ClassVar = {"CR": (0, 0xE7), "APB1FZ": (0, 0x07E0_1DFF), "APB2FZ": (0, 0x0007_0003)}

    def read_idcode(self) -> int:
        """Device and revision."""
        return self.fabric.chip.device_id


class Crc(RegisterBlock):
    """Checksum of words: polynomial 0x04C11DB7, from all ones, highest bit first, nothing turned round or inverted."""

    STATE = ("sum",)
    PLAIN: ClassVar = {"IDR": (0, 0xFF)}

    sum = 0xFFFF_FFFF

    def read_dr(self) -> int:
        """The sum so far."""
        return self.sum

    def write_dr(self, value: int) -> None:
        """One more word."""
        rest = self.sum ^ value
        for _ in range(32):
            rest = (rest << 1 ^ 0x04C1_1DB7 if rest >> 31 else rest << 1) & 0xFFFF_FFFF
        self.sum = rest

    def read_cr(self) -> int:
        """Nothing of it stays."""
        return 0

    def write_cr(self, value: int) -> None:
        """Begin anew."""
        if value & 1:
            self.sum = 0xFFFF_FFFF

    def reset_block(self) -> None:
        """From all ones."""
        super().reset_block()
        self.sum = 0xFFFF_FFFF
