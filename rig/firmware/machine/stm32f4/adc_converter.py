"""What an analogue to digital converter does by itself: one conversion after the other, at the right cycles.

A conversion takes its sample at the end of the sampling time, which is the instant that the value belongs to, and ends
6 to 12 cycles later. Where nothing but a look into SR or DR depends on that end, no event is asked for: the state
follows when somebody looks, or before an output of the chip changes what the inputs carry (`Fabric.settle`).

Source: RM0090 13.3 to 13.8.
"""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.adc_tables import (
    AWD,
    CONVERT_CYCLES,
    EOC,
    INJECTED_TRIGGERS,
    JEOC,
    JSTRT,
    OVR,
    REFERENCE_CHANNEL,
    REFERENCE_V,
    REGULAR_TRIGGERS,
    SAMPLE_CYCLES,
    SETTLING_US,
    STRT,
    THERMOMETER_CHANNEL,
    THERMOMETER_V,
    code_of,
)
from rig.firmware.machine.stm32f4.registers import RegisterBlock

_END: Final = 0
_EOCIE, _AWDIE, _JEOCIE, _SCAN, _AWDSGL, _JAUTO = 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10
_DISCEN, _JAWDEN, _AWDEN, _OVRIE = 1 << 11, 1 << 22, 1 << 23, 1 << 26
_ENABLES = _EOCIE | _AWDIE | _JEOCIE | _OVRIE
_ADON, _CONT, _DMA, _DDS, _EOCS, _LEFT = 1, 2, 1 << 8, 1 << 9, 1 << 10, 1 << 11


class Converter(RegisterBlock):
    """One of the three converters, without its registers.

    Attributes:
        sr, cr1, cr2: status and control.
        dr, jdr: results.
        unread: whether `dr` has not been read.
        group: what is being converted: `regular`, `injected` or nothing.
        rank: place in the sequence of that group; `regular_rank` where the regular one goes on.
        channel: that is being converted.
        hold_at: cycle at which its sample is taken.
        end_at: cycle at which its conversion ends.
        code: its result, -1 before the sample is taken.
        settled_at: cycle from which conversions are accurate.
        spent: the last DMA transfer has been made, and no more are asked for (DDS = 0).
    """

    STATE = (
        *("sr", "cr1", "cr2", "dr", "jdr", "unread", "group", "rank", "regular_rank"),
        *("channel", "hold_at", "end_at", "code", "settled_at", "spent"),
    )
    PLAIN: ClassVar = {
        "SMPR1": (0, 0x07FF_FFFF),
        "SMPR2": (0, 0x3FFF_FFFF),
        "JOFR1": (0, 0xFFF),
        "JOFR2": (0, 0xFFF),
        "JOFR3": (0, 0xFFF),
        "JOFR4": (0, 0xFFF),
        "HTR": (0xFFF, 0xFFF),
        "LTR": (0, 0xFFF),
        "SQR1": (0, 0x00FF_FFFF),
        "SQR2": (0, 0x3FFF_FFFF),
        "SQR3": (0, 0x3FFF_FFFF),
        "JSQR": (0, 0x003F_FFFF),
    }
    REFUSED: ClassVar = {"CR1": ((1 << 12, "discontinuous injected conversion"),)}

    def __init__(self, *args: Any) -> None:
        self._clear()
        super().__init__(*args)
        for signal in (*REGULAR_TRIGGERS, *INJECTED_TRIGGERS):
            self.fabric.listen(signal, self)
        self.fabric.requests(self.name, self)

    def _clear(self) -> None:
        self.sr = self.cr1 = self.cr2 = self.dr = self.rank = self.regular_rank = 0
        self.jdr = [0, 0, 0, 0]
        self.unread = self.spent = False
        self.group = ""
        self.channel = self.hold_at = self.end_at = self.settled_at = 0
        self.code = -1

    # -- sequences -----------------------------------------------------------------------------------------------------

    def _length(self, group: str) -> int:
        if not self.cr1 & _SCAN:
            return 1
        return (self.r["JSQR"] >> 20 & 3) + 1 if group == "injected" else (self.r["SQR1"] >> 20 & 15) + 1

    def _channel_of(self, group: str, rank: int) -> int:
        r = self.r
        if group == "injected":
            # RM0090 13.13.12: a sequence of L conversions uses the last L fields
            return r["JSQR"] >> 5 * (3 - (r["JSQR"] >> 20 & 3) + rank) & 31
        if rank < 6:
            return r["SQR3"] >> 5 * rank & 31
        return (r["SQR3"] | r["SQR2"] << 30 | (r["SQR1"] & 0xF_FFFF) << 60) >> 5 * rank & 31

    def _begin(self, group: str, rank: int, at: int) -> None:
        """Start a conversion at a cycle, which may have passed already."""
        fabric = self.fabric
        channel = self._channel_of(group, rank)
        self.group, self.rank, self.channel, self.code = group, rank, channel, -1
        self.hold_at = at + self._sampling(channel)
        self.end_at = self.hold_at + CONVERT_CYCLES[self.cr1 >> 24 & 3] * fabric.adc_cycles
        if self not in fabric.waiting:
            fabric.waiting.append(self)
        if self._awaited():
            self.schedule(_END, self.end_at)

    def _sampling(self, channel: int) -> int:
        """Cycles of the emulation for which a channel is sampled."""
        cycles = self.fabric.adc_cycles or self.fabric.measure_adc_clock()
        selector = self.r["SMPR2"] >> 3 * channel if channel < 10 else self.r["SMPR1"] >> 3 * (channel - 10)
        return SAMPLE_CYCLES[selector & 7] * cycles

    def _awaited(self) -> bool:
        """Whether something depends on the end of the conversion before anybody looks."""
        if self.cr1 & _ENABLES:
            return True
        return bool(self.cr2 & _DMA) and self.group == "regular"

    def start(self, group: str) -> None:
        """A group is triggered, by software or a signal."""
        if not self.cr2 & _ADON:
            return
        now, fabric = self.soc.now(), self.fabric
        self.settle()
        if now < self.settled_at:
            fabric.misuse(f"{self.name}: converts within {SETTLING_US} us of ADON, before it has settled")
        if group == "regular":
            if self.sr & OVR and self.cr2 & (_DMA | _EOCS):
                return  # RM0090 13.8.2: after an overrun triggers are ignored until OVR is cleared
            self.sr |= STRT
            if self.group == "injected":
                self.regular_rank = 0
                return
            if self.group == "regular" and self.cr2 & _CONT:
                return
            self._begin("regular", self.regular_rank if self.cr1 & _DISCEN else 0, now)
        else:
            self.sr |= JSTRT
            if self.group == "injected":
                return
            # RM0090 13.3.9: a regular conversion is interrupted, and begun again after the injected group
            self.regular_rank = self.rank if self.group == "regular" else -1
            self._begin("injected", 0, now)

    # -- time ----------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Bring the state up to now."""
        if not self.group:
            return
        now = self.soc.now()
        while self.group and now >= self.end_at:
            if self.cr2 & _CONT:
                self._skip(now)
            self._finish()
        if self.group and self.code < 0:
            self.take_due_sample()

    def _skip(self, now: int) -> None:
        """Continuous conversion that nobody has looked at: what has been overwritten unseen was never asked for."""
        if self._awaited() or self.cr2 & _EOCS or self._length("regular") > 1 or self.code >= 0:
            return
        period = self.end_at - self.hold_at + self._sampling(self.channel)
        passed = max((now - self.end_at) // period, 0)
        self.hold_at += passed * period
        self.end_at += passed * period

    def take_due_sample(self, before: int | None = None) -> None:
        """Take the sample of the running conversion if its instant has come, or lies before a cycle."""
        if self.group and self.code < 0 and self.hold_at < (self.soc.now() + 1 if before is None else before):
            self._take_sample()

    def _take_sample(self) -> None:
        fabric = self.fabric
        full_scale_v = fabric.reference_v * fabric.reference_ratio()
        self.code = code_of(self._volts(), full_scale_v, CONVERT_CYCLES[self.cr1 >> 24 & 3])
        fabric.waiting.remove(self)

    def _volts(self) -> float:
        channel = self.channel
        return self.soc.sample(self.name, channel, self.hold_at) if channel <= 15 else self._internal_volts(channel)

    def _internal_volts(self, channel: int) -> float:
        fabric = self.fabric
        if self.name != "ADC1" or channel not in {REFERENCE_CHANNEL, THERMOMETER_CHANNEL[fabric.chip.name]}:
            self.no_model("SQR", f"channel {channel}", channel)
        if not fabric.adc_internal:
            fabric.misuse(f"ADC1: channel {channel} is converted while TSVREFE in ADC.CCR is off")
            return 0.0
        return REFERENCE_V if channel == REFERENCE_CHANNEL else THERMOMETER_V

    def tick(self, kind: int, value: int) -> None:
        """The conversion ends."""
        del value
        self.handles.pop(kind, None)
        self.settle()

    def _finish(self) -> None:
        """One conversion has ended; the next begins in the same cycle."""
        if self.code < 0 and self.group:
            self._take_sample()
        group, rank, at = self.group, self.rank, self.end_at
        code, self.group = self.code, ""
        if self.cr1 & (_AWDEN | _JAWDEN):
            self._guard(group, code)
        last = not self.cr1 & _SCAN or rank + 1 >= self._length(group)
        if group == "injected":
            offset = self.r[f"JOFR{rank + 1}"]
            self.jdr[rank] = (code - offset) & 0xFFFF
            if not last:
                self._begin("injected", rank + 1, at)
            else:
                self.sr |= JEOC
                if self.regular_rank >= 0 and not self.cr1 & _JAUTO:
                    self._begin("regular", self.regular_rank, at)
                self.regular_rank = max(self.regular_rank, 0)
        elif self._take(code, last) and (not last or self.cr1 & (_DISCEN | _JAUTO) or self.cr2 & _CONT):
            self._next(rank, last, at)
        if self.cr1 & _ENABLES:
            self.lines()

    def _take(self, code: int, last: bool) -> bool:
        """A regular result goes to DR; False: the one before is lost, and conversions end (RM0090 13.8.2)."""
        if self.unread and self.cr2 & (_DMA | _EOCS):
            self.sr |= OVR
            return False
        bits = CONVERT_CYCLES[self.cr1 >> 24 & 3]
        self.dr = code if not self.cr2 & _LEFT else code << (16 - bits if bits > 6 else 2) & 0xFFFF
        self.unread = True
        if last or self.cr2 & _EOCS:
            self.sr |= EOC
        if self.cr2 & _DMA and not self.spent:
            self._ask()
        return True

    def _ask(self) -> None:
        served = self.fabric.dma_request(self.name)
        self.spent = served == 2 and not self.cr2 & _DDS

    def dma_resume(self, source: str) -> None:
        """A stream has been set: a result that waits goes out."""
        del source
        if self.cr2 & _DMA and self.unread and not self.spent:
            self._ask()

    def _next(self, rank: int, last: bool, at: int) -> None:
        if self.cr1 & _DISCEN:
            count = (self.cr1 >> 13 & 7) + 1
            self.regular_rank = 0 if last else rank + 1
            if not last and (rank + 1) % count:
                self._begin("regular", rank + 1, at)
        elif not last:
            self._begin("regular", rank + 1, at)
        elif self.cr1 & _JAUTO:
            self.regular_rank = 0
            self._begin("injected", 0, at)
        elif self.cr2 & _CONT:
            self._begin("regular", 0, at)

    def _guard(self, group: str, code: int) -> None:
        """The analogue watchdog."""
        enabled = self.cr1 & (_JAWDEN if group == "injected" else _AWDEN)
        if enabled and (not self.cr1 & _AWDSGL or self.cr1 & 31 == self.channel):
            scaled = code << 12 - CONVERT_CYCLES[self.cr1 >> 24 & 3]
            if not self.r["LTR"] <= scaled <= self.r["HTR"]:
                self.sr |= AWD

    def lines(self) -> None:
        """The interrupt line, shared by the three converters."""
        sr, cr1 = self.sr, self.cr1
        active = (sr & EOC and cr1 & _EOCIE) or (sr & JEOC and cr1 & _JEOCIE) or (sr & AWD and cr1 & _AWDIE)
        self.irq(self.block.irqs["global"], bool(active or (sr & OVR and cr1 & _OVRIE)))

    # -- triggers ------------------------------------------------------------------------------------------------------

    def _awaits(self, signal: str) -> str:
        cr2 = self.cr2
        if cr2 & _ADON:
            if cr2 >> 28 & 3 and REGULAR_TRIGGERS[cr2 >> 24 & 15] == signal:
                return "regular"
            if cr2 >> 20 & 3 and INJECTED_TRIGGERS[cr2 >> 16 & 15] == signal:
                return "injected"
        return ""

    def hears(self, signal: str) -> bool:
        """Whether a group waits for a signal."""
        return bool(self._awaits(signal))

    def triggered(self, signal: str) -> None:
        """A pulse of the signal that a group waits for; whichever of its edges was asked for."""
        self.start(self._awaits(signal))
