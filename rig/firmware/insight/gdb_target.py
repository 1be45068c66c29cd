"""A machine that stands still, as a debugger handles it: nothing that it only looks at changes."""

from collections.abc import Callable, Mapping
from typing import Final

from rig.firmware.insight.gdb_session import WatchKind
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.peripheral import BusFault, Unmodelled

_WORDS: Final = 4
_MASKS: Final = {"basepri": 0xFF, "primask": 1, "faultmask": 1}


class GdbTarget:
    """`gdb_session.Halted` on a machine.

    Args:
        machine: between two runs whenever a debugger talks.
        commands: what `monitor NAME` answers, by name.
    """

    def __init__(self, machine: Machine, commands: Mapping[str, Callable[[], str]]) -> None:
        self._machine, self._commands = machine, commands
        self._breakpoints: set[int] = set()
        self._watchpoints: dict[tuple[WatchKind, int, int], int] = {}
        self._hit: tuple[WatchKind, int] | None = None

    def read_register(self, name: str) -> int:
        """Value of a register; `pc` is the next instruction."""
        if name == "pc":
            return self._machine.processor.unit.pc
        if name[0] == "d":
            low, high = self._machine.engine.registers(_halves(name)).read()
            return high << 32 | low
        (value,) = self._machine.engine.registers((name,)).read()
        return value

    def write_register(self, name: str, value: int) -> None:
        """Set a register."""
        if name[0] == "d":
            self._machine.engine.registers(_halves(name)).write((value & 0xFFFF_FFFF, value >> 32))
        elif self.read_register(name) != value & _MASKS.get(name, 0xFFFF_FFFF):
            self._machine.set_registers({name: value})

    def read_memory(self, address: int, size: int) -> bytes:
        """Bytes of memory or of registers of peripherals, without the side effects of an access."""
        try:
            return self._machine.soc.memory_read(address, size)
        except BusFault:
            return self._read_registers(address, size)

    def _read_registers(self, address: int, size: int) -> bytes:
        """Words of peripherals; what reading them does (clear a flag, ask for DMA) is undone."""
        machine, soc = self._machine, self._machine.soc
        first, last = address // _WORDS * _WORDS, (address + size + _WORDS - 1) // _WORDS * _WORDS
        unit, queue = machine.processor.unit.nvic.state(), soc.queue.state()
        told = len(soc.emissions)
        words: list[bytes] = []
        for place in range(first, last, _WORDS):
            owner = next(
                (each for each in soc.peripherals.values() if each.base <= place < each.base + each.size), None
            )
            if owner is None:
                raise ValueError(f"nothing answers at 0x{place:08x}")
            state = owner.state()
            try:
                words.append((owner.read(place - owner.base, _WORDS) & 0xFFFF_FFFF).to_bytes(_WORDS, "little"))
            except (Unmodelled, BusFault) as error:
                raise ValueError(str(error)) from None
            finally:
                owner.restore(state)
        machine.processor.unit.nvic.restore(unit)
        soc.queue.restore(queue)
        del soc.emissions[told:]
        return b"".join(words)[address - first : address - first + size]

    def write_memory(self, address: int, data: bytes) -> None:
        """Set bytes of memory, or write to registers of peripherals as the processor would."""
        soc = self._machine.soc
        try:
            soc.memory_write(address, data)
        except BusFault:
            try:
                for place in range(0, len(data), _WORDS):
                    word = data[place : place + _WORDS]
                    soc.bus.write(address + place, len(word), int.from_bytes(word, "little"))
            except (Unmodelled, BusFault) as error:
                raise ValueError(str(error)) from None

    def set_breakpoint(self, address: int, *, is_set: bool) -> None:
        """Stop before the instruction at `address`, or no longer."""
        address &= ~1
        if is_set:
            self._machine.add_breakpoint(address)
            self._breakpoints.add(address)
        else:
            self._machine.remove_breakpoint(address)
            self._breakpoints.discard(address)

    def set_watchpoint(self, kind: WatchKind, address: int, size: int, *, is_set: bool) -> None:
        """Stop behind the instruction that accesses memory, or no longer."""
        key = (kind, address, size)
        engine = self._machine.engine
        if not is_set:
            if key in self._watchpoints:
                engine.unwatch(self._watchpoints.pop(key))
            return
        if self._machine.soc.memories.find(address, size) is None:
            raise ValueError(f"there is no memory at 0x{address:08x}")

        def look(_accessed: int, is_write: bool) -> None:
            if kind == "access" or is_write == (kind == "write"):
                self._hit = (kind, address)
                self._machine.processor.request_break()

        if key not in self._watchpoints:
            self._watchpoints[key] = engine.watch_data(address, address + size, look)

    def take_hit(self) -> tuple[WatchKind, int] | None:
        """Kind and address of the watchpoint that has stopped the processor since the last call; None for none."""
        hit, self._hit = self._hit, None
        return hit

    def forget_points(self) -> None:
        """Nothing stops the processor any more."""
        for address in tuple(self._breakpoints):
            self.set_breakpoint(address, is_set=False)
        for kind, address, size in tuple(self._watchpoints):
            self.set_watchpoint(kind, address, size, is_set=False)

    def monitor(self, words: list[str]) -> str:
        """Answer `monitor NAME`."""
        name = words[0] if words else "help"
        if name in self._commands:
            return self._commands[name]()
        return f"monitor {', '.join(self._commands)}"


def _halves(name: str) -> tuple[str, str]:
    """The two single registers of a double one."""
    number = int(name[1:])
    return f"s{2 * number}", f"s{2 * number + 1}"
