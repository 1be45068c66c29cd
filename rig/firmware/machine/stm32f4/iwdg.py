"""The independent watchdog: a counter on the slow internal oscillator that nothing but a reset stops.

Source: RM0090 21.3 and 21.4.
"""

from typing import Any, Final

from rig.firmware.machine.stm32f4.fabric import LSI_HZ
from rig.firmware.machine.stm32f4.registers import RegisterBlock

_BITE: Final = 0
_RELOAD, _ACCESS, _START = 0xAAAA, 0x5555, 0xCCCC
_UPDATE_PERIODS: Final = 5
"""Periods of the slow oscillator until a new prescaler or reload value is taken (RM0090 21.4.4)."""


class Iwdg(RegisterBlock):
    """Key, prescaler, reload value, status.

    Attributes:
        pr: prescaler: the oscillator divided by ``4 << pr``, 256 at most.
        rlr: value from which it counts down.
        running: whether it has been started.
        unlocked: whether prescaler and reload value can be written.
        bites_at: cycle at which it resets the chip; `watching_at` that of the event that looks.
        updating_until: cycle until which the last write of each is being taken, [prescaler, reload value].
    """

    STATE = ("pr", "rlr", "running", "unlocked", "updating_until", "bites_at", "watching_at")

    def __init__(self, *args: Any) -> None:
        self.pr, self.rlr = 0, 0xFFF
        self.running = self.unlocked = False
        self.updating_until = [0, 0]
        self.bites_at = self.watching_at = 0
        super().__init__(*args)

    def write_kr(self, value: int) -> None:
        """Reload, unlock or start."""
        key = value & 0xFFFF
        self.unlocked = key == _ACCESS
        if key == _START and not self.running:
            self.running = True
            self._count_from(0xFFF)
        elif key == _RELOAD and self.running:
            self._count_from(self.rlr)

    def _cycles(self, periods: int) -> int:
        return -(-periods * self.soc.hclk_hz // LSI_HZ)

    def _count_from(self, value: int) -> None:
        """RM0090 21.3.1: from 0xFFF when started, from RLR when reloaded; table 107: value + 1 periods."""
        self.bites_at = self.soc.now() + self._cycles((value + 1) * min(4 << self.pr, 256))
        if self.watching_at == 0 or self.bites_at < self.watching_at:
            self._watch()

    def _watch(self) -> None:
        """A reload is frequent and must be cheap: the event that is awaited may come early, and then looks again."""
        self.watching_at = self.bites_at
        self.schedule(_BITE, self.bites_at)

    def write_pr(self, value: int) -> None:
        """Prescaler; taken only after its key."""
        if self.unlocked:
            self.pr = value & 7
            self.updating_until[0] = self.soc.now() + self._cycles(_UPDATE_PERIODS)

    def read_pr(self) -> int:
        """Prescaler."""
        return self.pr

    def write_rlr(self, value: int) -> None:
        """Reload value; taken only after its key, and from the next reload on."""
        if self.unlocked:
            self.rlr = value & 0xFFF
            self.updating_until[1] = self.soc.now() + self._cycles(_UPDATE_PERIODS)

    def read_rlr(self) -> int:
        """Reload value."""
        return self.rlr

    def read_sr(self) -> int:
        """Which of the two is still being taken."""
        now = self.soc.now()
        return sum(1 << bit for bit, until in enumerate(self.updating_until) if now < until)

    def tick(self, kind: int, value: int) -> None:
        """Nobody has reloaded it, unless its instant has been put off."""
        del kind, value
        self.handles.clear()
        if self.soc.now() < self.bites_at:
            self._watch()
        else:
            self.soc.request_reset("watchdog")

    def reset_block(self) -> None:
        """It stands still until it is started again (no option byte starts it by hardware: design choice)."""
        super().reset_block()
        self.pr, self.rlr = 0, 0xFFF
        self.running = self.unlocked = False
        self.updating_until = [0, 0]
        self.bites_at = self.watching_at = 0
