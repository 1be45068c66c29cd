"""The cycle counter of the debug unit, by which firmware measures short times.

Source: ARMv7-M ARM C1.8.7 (DWT_CTRL), C1.8.8 (DWT_CYCCNT). Its other counters and its comparators are not modelled.
"""

from typing import ClassVar, Final

from rig.firmware.machine.core_registers import core_register_name
from rig.firmware.machine.peripheral import Peripheral, Unmodelled

_CONTROL: Final = 0x40000000
"""Four comparators. Source: Cortex-M4 TRM 9.2."""
_CYCCNTENA: Final = 1


class CycleCounter(Peripheral):
    """DWT_CTRL and DWT_CYCCNT; it counts only while DEMCR.TRCENA is set (`traced`)."""

    STATE: ClassVar = ("traced", "enabled", "_held", "_since")

    def __init__(self) -> None:
        super().__init__("DWT", 0xE0001000, 0x1000)

    def reset(self) -> None:
        """Off."""
        self.traced = self.enabled = False
        self._held = self._since = 0

    def trace(self, enabled: bool) -> None:
        """DEMCR.TRCENA is written."""
        self._hold()
        self.traced = enabled

    def _hold(self) -> None:
        self._held = self._count()
        self._since = self.soc.now()

    def _count(self) -> int:
        if self.traced and self.enabled:
            return (self._held + self.soc.now() - self._since) & 0xFFFFFFFF
        return self._held

    def read(self, offset: int, size: int) -> int:
        """A register."""
        if size == 4 and offset == 0:
            return _CONTROL | (_CYCCNTENA if self.enabled else 0)
        if size == 4 and offset == 4:
            return self._count()
        raise Unmodelled(core_register_name(self.base + offset), "read", self.base + offset)

    def write(self, offset: int, size: int, value: int) -> None:
        """A register."""
        if size == 4 and offset == 0 and not value & ~(_CONTROL | _CYCCNTENA):
            self._hold()
            self.enabled = bool(value & _CYCCNTENA)
        elif size == 4 and offset == 4:
            self._held, self._since = value, self.soc.now()
        else:
            raise Unmodelled(core_register_name(self.base + offset), f"write 0x{value:08x}", self.base + offset)
