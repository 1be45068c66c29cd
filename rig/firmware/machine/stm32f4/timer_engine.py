"""What a timer does by itself: shadow registers, matches, updates, one pulse, triggers, DMA requests, outputs.

Counting up is modelled. A flag that nobody waits for is worked out when it is read; events are asked for only where an
interrupt, a request, a trigger or a pin depends on them.

Source: RM0090 17 (TIM1), 18 (TIM2 to TIM5), 19 (TIM9 to TIM14), 20 (TIM6, TIM7). A compare value that is written when
the counter already stands there matches a whole period later (recalled, and the choice that forgives least).
"""

import copy
from dataclasses import asdict
from typing import Any, Final

from rig.firmware.machine.stm32f4.registers import RegisterBlock
from rig.firmware.machine.stm32f4.timer_counter import NEVER, Counter
from rig.firmware.machine.stm32f4.timer_outputs import Outputs

_CHANNELS: Final = {"TIM6": 0, "TIM7": 0, "TIM9": 2, "TIM12": 2, "TIM10": 1, "TIM11": 1, "TIM13": 1, "TIM14": 1}
_WIDE: Final = {"TIM2", "TIM5"}
_DUE: Final = 0
_UIF: Final = 1


class TimerEngine(RegisterBlock):
    """A timer without its registers.

    Attributes:
        sr: flags.
        dier: enables of interrupts and requests.
        cr1, cr2: control.
        ccr: compare values in use, by channel; `ccr_next` those that the next update brings.
        psc_next, arr_next: what the next update brings.
        repeat: overflows until the next update, less one.
    """

    STATE = (
        *("sr", "dier", "cr1", "cr2", "ccr", "ccr_next", "psc_next", "arr_next", "repeat"),
        *("settled", "due", "_awaited", "_watched", "_watches_update"),
    )

    def __init__(self, *args: Any) -> None:
        self.cr1 = self.cr2 = self.sr = self.dier = self.psc_next = self.repeat = 0
        name = args[0].name
        self.channels = _CHANNELS.get(name, 4)
        self.top = 0xFFFF_FFFF if name in _WIDE else 0xFFFF
        self.counter = Counter(self.top, self.top)
        self.arr_next = self.top
        self.ccr, self.ccr_next = [0] * self.channels, [0] * self.channels
        self.outputs = Outputs(self.channels)
        self.settled, self.due, self._awaited = -1, NEVER, NEVER
        self._watched, self._watches_update = [False] * self.channels, False
        super().__init__(*args)
        for source in ("UP", *(f"CH{channel + 1}" for channel in range(self.channels))):
            self.fabric.requests(f"{name}_{source}", self)

    def dma_resume(self, source: str) -> None:
        """A stream has been set: a timer's request is a moment, none has been waiting."""

    # -- time ----------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Bring flags and outputs up to now."""
        now = self.soc.now()
        if now < self.due:
            self.settled = now
            return
        counter = self.counter
        while counter.running:
            over = counter.overflow_at(counter.value(self.settled) if self.settled >= counter.origin else 0)
            self._match(min(now, over - 1))
            if over > now:
                break
            self._overflow(over)
            span = (counter.arr + 1) * counter.step
            if counter.running and now - counter.origin > 3 * span and not self.repeat:
                # nobody waited for these periods, so all that they leave is their flags
                counter.origin += (now - counter.origin) // span * span - span
                self.settled = counter.origin - 1
        self.settled = now
        self.look_ahead()

    def _match(self, until: int) -> None:
        """Compare values that the counter came to after `settled`, up to a cycle."""
        counter, arr = self.counter, self.counter.arr
        for channel, compare in enumerate(self.ccr):
            if compare <= arr and self.settled < counter.match_at(compare) <= until:
                self.matched(channel)
        self.settled = max(self.settled, until)

    def matched(self, channel: int) -> None:
        """The counter has come to the compare value of a channel."""
        self._flag(2 << channel)
        if self.outputs.match(channel):
            self.drive(channel)
        if self.dier >> 9 + channel & 1:
            self.fabric.dma_request(f"{self.name}_CH{channel + 1}")
        self.fabric.trigger(f"{self.name}_CC{channel + 1}")
        if self.cr2 >> 4 & 7 == 3 and channel == 0:
            self.fabric.trigger(f"{self.name}_TRGO")

    def _overflow(self, cycle: int) -> None:
        """The counter begins again at 0; this is an update, but where repetitions are counted."""
        counter = self.counter
        wrapped = counter.value(cycle - 1) > counter.arr
        counter.origin, self.settled = cycle, cycle - 1
        for channel in range(self.channels):
            if self.ccr[channel] > counter.arr:
                self._flag(2 << channel)
        if not wrapped:
            if self.repeat:
                self.repeat -= 1
            else:
                self.update(flag=True)
                if self.cr1 & 8:
                    self.cr1 &= ~1
                    counter.running, counter.held = False, 0
        for channel in range(self.channels):
            if self.outputs.restart(channel, self.ccr[channel]):
                self.drive(channel)

    def update(self, flag: bool) -> None:
        """Shadow registers are taken, and who waits for an update is told."""
        if self.cr1 & 2:
            return
        self.counter.psc, self.counter.arr = self.psc_next, self.arr_next
        self.ccr[:] = self.ccr_next
        self.repeat = self.r["RCR"]
        if flag:
            self._flag(_UIF)
            if self.dier & 0x100:
                self.fabric.dma_request(f"{self.name}_UP")
        if self.cr2 >> 4 & 7 == 2:
            self.fabric.trigger(f"{self.name}_TRGO")

    def _flag(self, bit: int) -> None:
        self.sr |= bit
        if self.dier & bit:
            self.lines()

    def lines(self) -> None:
        """Drive the interrupt lines by flags and enables."""
        active = self.sr & self.dier
        irqs = self.block.irqs
        if "cc" in irqs:
            self.irq(irqs["up"], bool(active & 1))
            self.irq(irqs["cc"], bool(active & 0x1E))
        else:
            self.irq(irqs["global"], bool(active & 0x1F))

    def look_ahead(self) -> None:
        """When the next flag may change, and when somebody waits for it."""
        counter, now = self.counter, self.settled
        if not counter.running:
            self.due = NEVER
            self.unschedule(_DUE)
            return
        step, arr, origin, dier = (counter.psc + 1) * counter.clock, counter.arr, counter.origin, self.dier
        over = counter.overflow_at((now - origin) // step)
        # flags that would interrupt if they rose: a match of channel n is bit n + 1
        missing = dier & ~self.sr
        due, awaited = over, over if missing & 1 or dier & 0x100 or self._watches_update else NEVER
        # in the next period, of which only the overflow can tell where shadow registers wait or it is the last
        ends_here = self._ends_here()
        for channel, compare in enumerate(self.ccr):
            match = origin + compare * step if compare <= arr else over
            if match <= now:
                match = over if ends_here else over + compare * step
            due = min(due, match)
            if match < awaited and (missing >> channel + 1 & 1 or dier >> channel + 9 & 1 or self._watched[channel]):
                awaited = match
        self.due = due
        if awaited >= NEVER:
            self.unschedule(_DUE)
        elif _DUE not in self.handles or self._awaited != awaited:
            self._awaited = awaited
            self.schedule(_DUE, awaited)

    def _ends_here(self) -> bool:
        """Whether the next period differs from this one."""
        counter = self.counter
        if self.cr1 & 8 or self.ccr_next != self.ccr:
            return True
        return self.psc_next != counter.psc or self.arr_next != counter.arr

    def listeners_changed(self) -> None:
        """Work out which matches and updates somebody inside or at a pin depends on."""
        mode, heard = self.cr2 >> 4 & 7, self.fabric.listened(f"{self.name}_TRGO")
        for channel in range(self.channels):
            name = f"{self.name}_CH{channel + 1}"
            shown = self.outputs.level(channel) is not None and self.fabric.carried(name)
            shown = shown or (heard and mode == 4 + channel)
            compared = self.fabric.listened(f"{self.name}_CC{channel + 1}") or (heard and mode == 3 and channel == 0)
            self._watched[channel] = compared or (shown and self.outputs.moves(channel))
        modulated = any(self._watched[channel] and self.outputs.modulates(channel) for channel in range(self.channels))
        self._watches_update = modulated or (heard and mode == 2)
        self.settle()
        self.look_ahead()

    def tick(self, kind: int, value: int) -> None:
        """Something that somebody waits for is due."""
        del value
        self.handles.pop(kind, None)
        if self.soc.now() < self.due:
            self.look_ahead()
        else:
            self.settle()

    # -- outputs -------------------------------------------------------------------------------------------------------

    def drive(self, channel: int) -> None:
        """The reference of a channel has changed."""
        if self.cr2 >> 4 & 7 == 4 + channel and self.outputs.reference[channel]:
            self.fabric.trigger(f"{self.name}_TRGO")
        function = f"{self.name}_CH{channel + 1}"
        self.fabric.drive_function(function, self.function_level(function))

    def function_level(self, function: str) -> int | None:
        """Level of an output; None where it is not enabled."""
        channel = int(function[-1]) - 1
        if channel >= self.channels or (self.name == "TIM1" and not self.r["BDTR"] & 0x8000):
            return None
        return self.outputs.level(channel)

    def reconfigure(self) -> None:
        """Modes, enables or values have changed: bring the outputs and the events to it."""
        value = self.counter.value(self.soc.now())
        for channel in range(self.channels):
            self.outputs.follow(channel, value, self.ccr[channel])
            self.drive(channel)
        self.listeners_changed()

    # -- clocks and life -----------------------------------------------------------------------------------------------

    def clocks_change(self) -> None:
        """Frequencies are about to change."""
        if self.counter.running:
            self.settle()
            self.counter.held = self.counter.value(self.soc.now())

    def clocks_changed(self) -> None:
        """Frequencies have changed: count on from here at the new pace."""
        if self.counter.running:
            self.counter.clock = self.fabric.divider(self.fabric.clocks.timer_hz[self.block.bus], self.name)
            self.counter.start(self.soc.now())
            self.look_ahead()

    def reset_block(self) -> None:
        """Everything as after a reset: it stands still."""
        super().reset_block()
        self.cr1 = self.cr2 = self.sr = self.dier = self.psc_next = self.repeat = 0
        self.counter, self.arr_next = Counter(self.top, self.top), self.top
        self.ccr, self.ccr_next = [0] * self.channels, [0] * self.channels
        self.outputs = Outputs(self.channels)
        self.settled, self.due, self._awaited = -1, NEVER, NEVER
        for channel in range(self.channels):
            self.drive(channel)

    def state(self) -> dict[str, Any]:
        """All that it remembers, as plain data."""
        return super().state() | {"counter": asdict(self.counter), "outputs": asdict(self.outputs)}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        self.counter, self.outputs = Counter(**state["counter"]), Outputs(**copy.deepcopy(state["outputs"]))
