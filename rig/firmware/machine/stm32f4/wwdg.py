"""The window watchdog: to be reloaded neither too late nor too early. Source: RM0090 22.3 to 22.6."""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.registers import RegisterBlock

_EARLY, _BITE = 0, 1
_STEP: Final = 4096


class Wwdg(RegisterBlock):
    """A 7 bit counter on PCLK1 / 4096 / 2**WDGTB that resets the chip when it falls below 0x40.

    Attributes:
        loaded: counter value at `loaded_at`.
        loaded_at: cycle.
        on: whether it has been activated.
        sr: early wake-up flag.
    """

    STATE = ("loaded", "loaded_at", "on", "sr")
    PLAIN: ClassVar = {"CFR": (0x7F, 0x3FF)}

    def __init__(self, *args: Any) -> None:
        self.loaded, self.loaded_at, self.on, self.sr = 0x7F, 0, False, 0
        super().__init__(*args)

    def _step(self) -> int:
        divider = self.fabric.divider(self.fabric.clocks.apb1_hz, self.name)
        return divider * _STEP << (self.r["CFR"] >> 7 & 3)

    def _counter(self) -> int:
        if not self.on:
            return self.loaded
        return max(self.loaded - (self.soc.now() - self.loaded_at) // self._step(), 0)

    def read_cr(self) -> int:
        """Activation and counter."""
        return int(self.on) << 7 | self._counter()

    def write_cr(self, value: int) -> None:
        """Reload the counter; too early or below 0x40 resets at once."""
        early = self.on and self._counter() > self.r["CFR"] & 0x7F
        self.on = self.on or bool(value & 0x80)
        self.loaded, self.loaded_at = value & 0x7F, self.soc.now()
        if self.on and (early or not self.loaded & 0x40):
            self._bite()
        elif self.on:
            self.schedule(_EARLY, self.loaded_at + (self.loaded - 0x40) * self._step())
            self.schedule(_BITE, self.loaded_at + (self.loaded - 0x3F) * self._step())

    def read_sr(self) -> int:
        """Whether the counter has come to 0x40."""
        return self.sr

    def write_sr(self, value: int) -> None:
        """A 0 clears."""
        self.sr &= value
        self._update()

    def write_cfr(self, value: int) -> None:
        """Window, time base, early interrupt."""
        self.keep("CFR", value | self.r["CFR"] & 0x200)
        self._update()

    def _update(self) -> None:
        self.irq(self.block.irqs["global"], bool(self.sr and self.r["CFR"] & 0x200))

    def _bite(self) -> None:
        self.fabric.window_bite = True
        self.soc.request_reset("watchdog")

    def tick(self, kind: int, value: int) -> None:
        """The counter has come to 0x40, or below."""
        del value
        self.handles.pop(kind, None)
        if kind == _BITE:
            self._bite()
        else:
            self.sr = 1
            self._update()

    def reset_block(self) -> None:
        """It stands still."""
        super().reset_block()
        self.loaded, self.loaded_at, self.on, self.sr = 0x7F, 0, False, 0
