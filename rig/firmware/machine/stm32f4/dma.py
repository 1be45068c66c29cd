"""Direct memory access: streams that move words between peripherals and memory. Source: RM0090 10.3 and 10.5.

A transfer happens in the cycle of its request; the some ten cycles of arbitration have no model, nor has the FIFO: with
its sizes apart, or in bursts, a stream is refused.
"""

from functools import partial
from typing import Any, Final

from rig.firmware.machine.peripheral import BusFault
from rig.firmware.machine.stm32f4.dma_requests import REQUESTS
from rig.firmware.machine.stm32f4.registers import RegisterBlock

_EN, _DMEIE, _TEIE, _HTIE, _TCIE, _CIRC, _PINC, _MINC = 1, 2, 4, 8, 16, 1 << 8, 1 << 9, 1 << 10
_DMEIF, _TEIF, _HTIF, _TCIF = 4, 8, 16, 32
_SHIFTS: Final = (0, 6, 16, 22)
"""Place of a stream's flags in LISR and HISR."""
_WHOLE: Final = 0
"""Event: a memory to memory transfer is done; the value is the stream."""
_CYCLES_PER_ITEM: Final = 6
"""HCLK cycles of a memory to memory item (design choice: two accesses through the FIFO)."""


class Dma(RegisterBlock):
    """A controller of eight streams.

    Attributes:
        streams: registers by stream: CR, NDTR, PAR, M0AR, M1AR, FCR.
        total: items with which each stream was started.
        done: items moved since.
        unreachable: streams that are set to an address where nothing answers them.
        flags: of each stream, as in its place of LISR or HISR.
    """

    STATE = ("streams", "total", "done", "flags", "unreachable")

    def __init__(self, *args: Any) -> None:
        self._clear()
        super().__init__(*args)
        for stream in range(8):
            for place, word in enumerate(("CR", "NDTR", "PAR", "M0AR", "M1AR", "FCR")):
                offset = 0x10 + 0x18 * stream + 4 * place
                self._all_readers[offset] = partial(self._read_stream, stream, word)
                self._all_writers[offset] = partial(self._write_stream, stream, word)
        for (stream, channel), sources in REQUESTS[self.name].items():
            for source in sources:
                self.fabric.serve_requests(source, self, stream, channel)

    def _clear(self) -> None:
        words = {"CR": 0, "NDTR": 0, "PAR": 0, "M0AR": 0, "M1AR": 0, "FCR": 0x21}
        self.streams = [dict(words) for _ in range(8)]
        self.total, self.done, self.flags = [0] * 8, [0] * 8, [0] * 8
        self.unreachable: list[int] = []

    # -- registers -----------------------------------------------------------------------------------------------------

    def _read_flags(self, first: int) -> int:
        return sum(self.flags[first + place] << shift for place, shift in enumerate(_SHIFTS))

    def _clear_flags(self, first: int, value: int) -> None:
        for place, shift in enumerate(_SHIFTS):
            if value >> shift & 0x3D:
                self.flags[first + place] &= ~(value >> shift & 0x3D)
                self._line(first + place)

    def read_lisr(self) -> int:
        """Flags of streams 0 to 3."""
        return self._read_flags(0)

    def read_hisr(self) -> int:
        """Flags of streams 4 to 7."""
        return self._read_flags(4)

    def write_lifcr(self, value: int) -> None:
        """Clear flags of streams 0 to 3."""
        self._clear_flags(0, value)

    def write_hifcr(self, value: int) -> None:
        """Clear flags of streams 4 to 7."""
        self._clear_flags(4, value)

    def _read_stream(self, stream: int, word: str) -> int:
        return self.streams[stream][word]

    def _write_stream(self, stream: int, word: str, value: int) -> None:
        registers = self.streams[stream]
        on = registers["CR"] & _EN
        if word == "CR":
            self._control(stream, value)
        elif on and word in {"NDTR", "PAR", "M0AR", "FCR"}:
            self.fabric.misuse(f"{self.name}.S{stream}{word} is written while the stream is on: it keeps what it had")
        else:
            empty = 0x20 if word == "FCR" else 0
            registers[word] = value & {"NDTR": 0xFFFF, "FCR": 0x87}.get(word, 0xFFFF_FFFF) | empty

    def _control(self, stream: int, value: int) -> None:
        registers = self.streams[stream]
        was = registers["CR"]
        if was & _EN and value & _EN:
            # RM0090 10.5.5: only the interrupt enables and EN change while the stream is on
            registers["CR"] = was & ~0x1E | value & 0x1E
        else:
            registers["CR"] = value & 0x0FEF_FFFF
        if value & _EN and not was & _EN:
            self._start(stream)
        elif was & _EN and not value & _EN:
            self.unschedule(8 + stream)
            self._flag(stream, _TCIF)  # RM0090 10.3.15: a stream that is stopped tells it by TCIF
        self._line(stream)

    def _start(self, stream: int) -> None:
        registers = self.streams[stream]
        control = registers["CR"]
        register = f"S{stream}CR"
        if control & 0x0004_0020 or control & 0x01E0_0000:
            what = (
                "double buffer" if control & 1 << 18 else "flow control by a peripheral" if control & 32 else "bursts"
            )
            self.no_model(register, what, control)
        if registers["FCR"] & 4 and control >> 6 & 3 != 2 and control >> 11 & 3 != control >> 13 & 3:
            self.no_model(register, "packing through the FIFO", control)
        if self.flags[stream] & (_TEIF | _DMEIF | _HTIF | _TCIF):
            # RM0090 10.3.17: the flags must be cleared before EN may be set
            self.fabric.misuse(f"{self.name}: stream {stream} is started with flags set from before; it does not start")
            registers["CR"] &= ~_EN
            return
        self.total[stream], self.done[stream] = registers["NDTR"], 0
        self.unreachable = [other for other in self.unreachable if other != stream]
        if not (self._reaches(registers["PAR"]) and self._reaches(registers["M0AR"])):
            self.unreachable.append(stream)
        if not registers["NDTR"]:
            registers["CR"] &= ~_EN
        elif control >> 6 & 3 == 2:
            self._memory_to_memory(stream)
        else:
            sources = REQUESTS[self.name].get((stream, control >> 25 & 7), ())
            if not sources:
                self.fabric.misuse(f"{self.name}: stream {stream} is started on channel {control >> 25 & 7}, where no "
                                   "request comes in")  # fmt: skip
            for source in sources:
                self.fabric.dma_ready(source)

    # -- transfers -----------------------------------------------------------------------------------------------------

    def serve(self, stream: int, channel: int) -> int:
        """One item for a request: 0 the stream is not set for it, 1 moved, 2 moved and it was the last."""
        control = self.streams[stream]["CR"]
        if not control & _EN or control >> 25 & 7 != channel or control >> 6 & 3 == 2 or not self.clocked:
            return 0
        last = self.done[stream] + 1 == self.total[stream]
        self._move(stream)
        return 2 if last else 1

    def _move(self, stream: int) -> None:
        registers = self.streams[stream]
        control, done = registers["CR"], self.done[stream]
        direction = control >> 6 & 3
        wide = 1 << (control >> 11 & 3)
        other = 1 << (control >> 13 & 3) if registers["FCR"] & 4 else wide
        outer = registers["PAR"] + (done * wide if control & _PINC else 0)
        inner = registers["M0AR"] + (done * other if control & _MINC else 0)
        source, target = (inner, outer) if direction == 1 else (outer, inner)
        # counted before it is moved: writing a register may bring the next request at once
        self.done[stream] = done = done + 1
        half, whole = done == (self.total[stream] + 1) // 2 and self.total[stream] > 1, done == self.total[stream]
        registers["NDTR"] = self.total[stream] - done
        if whole and control & _CIRC:
            registers["NDTR"], self.done[stream] = self.total[stream], 0
        elif whole:
            registers["CR"] &= ~_EN
        if not self._pass(stream, source, target, wide):
            registers["CR"] &= ~_EN
            self._flag(stream, _TEIF)
            return
        if half:
            self._flag(stream, _HTIF)
        if whole:
            self._flag(stream, _TCIF)

    def _pass(self, stream: int, source: int, target: int, wide: int) -> bool:
        """Read and write one item; False: the bus answers with an error."""
        if stream in self.unreachable:
            return False
        try:
            self.soc.bus_write(target, wide, self.soc.bus_read(source, wide))
        except BusFault:
            return False
        return True

    def _reaches(self, address: int) -> bool:
        """RM0090 2.3.1: the core-coupled memory hangs on the data bus of the processor alone."""
        memory = self.soc.memories.find(address)
        if memory is None:
            return self.fabric.chip.block_at(address) is not None
        return memory.region.kind != "ccm"

    def _memory_to_memory(self, stream: int) -> None:
        registers = self.streams[stream]
        if self.name == "DMA1":
            self.fabric.misuse("DMA1 cannot move from memory to memory")
            self._flag(stream, _TEIF)
            registers["CR"] &= ~_EN
            return
        until = self.soc.now() + registers["NDTR"] * _CYCLES_PER_ITEM
        self.schedule(8 + stream, until, stream)

    def tick(self, kind: int, value: int) -> None:
        """A memory to memory transfer is done: its items move together, at its end."""
        self.handles.pop(kind, None)
        while self.streams[value]["CR"] & _EN and self.done[value] < self.total[value]:
            self._move(value)

    def _flag(self, stream: int, flag: int) -> None:
        self.flags[stream] |= flag
        self._line(stream)

    def _line(self, stream: int) -> None:
        control, flags = self.streams[stream]["CR"], self.flags[stream]
        active = (
            (flags & _TCIF and control & _TCIE)
            or (flags & _HTIF and control & _HTIE)
            or (flags & _TEIF and control & _TEIE)
            or (flags & _DMEIF and control & _DMEIE)
        )
        self.irq(self.block.irqs[str(stream)], bool(active))

    def reset_block(self) -> None:
        """All streams off."""
        super().reset_block()
        self._clear()
