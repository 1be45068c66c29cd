"""Runs of a bounded number of instructions on one emulated processor.

Memory is ours, so that everybody else reads and writes it without the engine.

Two ways to count instructions. `engine` reads the engine's own counter, whose place inside its private structure is
found by two known runs and proved again at each start; to stop behind the present instruction, the limit beside it is
lowered. `blocks` uses nothing private: it adds up the basic blocks that are entered and decodes the last of them; the
only way to stop is then to abort the present instruction, which is executed again with its accesses answered from a
log. Inside an IT block the engine ignores such a stop, which then comes at the next access or block. Instructions whose
condition fails are counted by `blocks` alone; so the two ways give times that differ by some cycles, each repeatable.
"""

import struct
from collections.abc import Callable, Iterable
from typing import Any, Final

from rig.firmware.machine.access_log import AccessLog
from rig.firmware.machine.block_counter import BlockCounter
from rig.firmware.machine.engine import Batch, load_library
from rig.firmware.machine.engine_codes import ERRORS, HINTS, INTERRUPTS, RETURN, WFI, WIDE_WFI
from rig.firmware.machine.stops import NOT_EXECUTED, Reason
from rig.firmware.options import Counter
from sim.errors import BenchError

_NOWHERE: Final = 1 << 40
"""An address at which no program of 32 bit ends."""
_ON_INTERRUPT: Final = "void(uc_engine *, uint32_t, void *)"
_ON_CODE: Final = "void(uc_engine *, uint64_t, uint32_t, void *)"
_ON_MEMORY: Final = "void(uc_engine *, int, uint64_t, int, int64_t, void *)"
_ON_INVALID: Final = "bool(uc_engine *, int, uint64_t, int, int64_t, void *)"
_TB_FLUSH: Final = 10 | 1 << 30
_SET_CPU_MODEL: Final = 7 | 1 << 26 | 1 << 30
_READ, _WRITE, _EXECUTE = 1, 2, 4


class Engine:
    """One processor: registers, memory map, and runs of a bounded number of instructions.

    Args:
        counter: how executed instructions are counted.

    Attributes:
        reason: why the latest run ended.
        pc: where it stands: the next instruction, or the one that could not be executed.
        retired: instructions that it completed.
        address: of the access that failed.
        value: that was to be stored there.
        size: of that access, bytes.
        failed_at: address of the instruction whose access raised the error that `run` raised.
        counted: how: `engine` or `blocks`.
        version: of the library.
    """

    def __init__(self, counter: Counter) -> None:
        self._library = load_library()
        self._ffi, self._lib = self._library.ffi, self._library.lib
        self._unicorn = self._library.unicorn
        self.version = f"unicorn {self._library.version}"
        self.reason, self.pc, self.retired = Reason.COUNT, 0, 0
        self.address, self.value, self.size = 0, 0, 0
        self.failed_at = 0
        self._kept: list[Any] = []
        self._hooks: dict[int, list[Any]] = {}
        self._memory: list[tuple[int, int, bytearray]] = []
        self._interrupt = 0
        self._aborted: Reason | None = None
        self._failure: BaseException | None = None
        self._stopping = self._dirty = self._running = False
        self._log = AccessLog()
        self._begun = 0
        self._undone: tuple[bytearray, int, bytes] | None = None
        self._open()
        self.counted = counter
        self._block_counter: BlockCounter | None = None
        if counter == "engine":
            from rig.firmware.machine.calibration import counter_offset

            self._counter = self._ffi.cast("uint64_t *", self._place() + counter_offset())
        else:
            self._block_counter = BlockCounter(self._bytes_at)
            self.hook_blocks(self._block_counter.enter)

    def _open(self) -> None:
        ffi, lib = self._ffi, self._lib
        made = ffi.new("uc_engine **")
        self._check(
            lib.uc_open(self._unicorn.UC_ARCH_ARM, self._unicorn.UC_MODE_THUMB | self._unicorn.UC_MODE_MCLASS, made)
        )
        self._uc = ffi.gc(made[0], lib.uc_close)
        self._check(lib.uc_ctl(self._uc, _SET_CPU_MODEL, ffi.cast("int", self._library.registers.UC_CPU_ARM_CORTEX_M4)))
        self._start, self._read_register, self._stop_engine = lib.uc_emu_start, lib.uc_reg_read, lib.uc_emu_stop
        self._cell = ffi.new("uint32_t *")
        self._pc_number = self._library.registers.UC_ARM_REG_PC
        self._hook(self._unicorn.UC_HOOK_INTR, _ON_INTERRUPT, self._interrupted)
        self._hook(self._unicorn.UC_HOOK_MEM_INVALID, _ON_INVALID, self._invalid)

    def _check(self, error: int) -> None:
        if error:
            text = self._ffi.string(self._lib.uc_strerror(error)).decode()
            raise BenchError("the emulator", float("nan"), f"the engine refuses: {text}")

    def _place(self) -> int:
        return int(self._ffi.cast("uintptr_t", self._uc))

    def private_cells(self) -> tuple[int, ...]:
        """The first 2 KiB of the engine's structure as numbers of 64 bit."""
        return struct.unpack("<256Q", self._ffi.buffer(self._ffi.cast("char *", self._place()), 2048)[:])

    def registers(self, names: Iterable[str]) -> Batch:
        """Registers by name (`r0`, `xpsr`, `control`, `s5`), to be read and written together."""
        numbers = [getattr(self._library.registers, f"UC_ARM_REG_{name.upper()}") for name in names]
        return Batch(self._library, self._uc, numbers)

    def current_pc(self) -> int:
        """Inside a callback: address of the instruction that is executed."""
        self._read_register(self._uc, self._pc_number, self._cell)
        return self._cell[0]

    # Memory map
    def map_memory(self, at: int, data: bytearray, *, writable: bool, executable: bool) -> None:
        """Let a region be the bytes of `data`, which must keep their place and length."""
        held = self._ffi.from_buffer(data)
        self._kept.append(held)
        self._memory.append((at, at + len(data), data))
        rights = _READ | (_WRITE if writable else 0) | (_EXECUTE if executable else 0)
        self._check(self._lib.uc_mem_map_ptr(self._uc, at, len(data), rights, self._ffi.cast("void *", held)))

    def protect(self, at: int, size: int, *, writable: bool, executable: bool) -> None:
        """Change what may be done with a region; not from within a run, except for `writable` inside `on_store`."""
        rights = _READ | (_WRITE if writable else 0) | (_EXECUTE if executable else 0)
        self._check(self._lib.uc_mem_protect(self._uc, at, size, rights))

    def map_registers(
        self, at: int, size: int, read: Callable[[int, int], int], write: Callable[[int, int, int], None]
    ) -> None:
        """Let accesses to a window be answered by `read(offset, size)` and `write(offset, size, value)`."""
        replayed = self.counted == "blocks"

        def on_read(_uc: Any, offset: int, size: int, _data: Any) -> int:
            return read(offset, size)

        def on_write(_uc: Any, offset: int, size: int, value: int, _data: Any) -> None:
            write(offset, size, value)

        def on_read_logged(_uc: Any, offset: int, size: int, _data: Any) -> int:
            return self._logged(False, at + offset, lambda: read(offset, size))

        def on_write_logged(_uc: Any, offset: int, size: int, value: int, _data: Any) -> None:
            self._logged(True, at + offset, lambda: write(offset, size, value) or 0)

        reader = self._callback("io_read", on_read_logged if replayed else on_read)
        writer = self._callback("io_write", on_write_logged if replayed else on_write)
        null = self._ffi.NULL
        self._check(self._lib.uc_mmio_map(self._uc, at, size, reader, null, writer, null))

    def _logged(self, store: bool, address: int, act: Callable[[], int]) -> int:
        log = self._log
        value = log.access(store, address, self.retired_before(), act)
        if self._stopping and not log.replaying:
            # inside an IT block the first stop was lost
            self._lib.uc_emu_stop(self._uc)
        return value

    def _bytes_at(self, address: int, size: int) -> bytes:
        for first, end, data in self._memory:
            if first <= address and address + size <= end:
                return bytes(data[address - first : address - first + size])
        return b""

    # Hooks
    def _callback(self, signature: str, function: Callable[..., Any]) -> Any:
        made = self._ffi.callback(signature, function, onerror=self._failed)
        self._kept.append(made)
        return made

    def _failed(self, _kind: object, error: BaseException, _trace: object) -> None:
        if self._failure is None:
            self._failure, self.failed_at = error, self.current_pc()
            self._aborted = Reason.BUS_FAULT
        if self._block_counter is None:
            self.stop()
        self._lib.uc_emu_stop(self._uc)

    def _hook(self, kind: int, signature: str, function: Callable[..., Any], first: int = 1, last: int = 0) -> Any:
        made = self._ffi.new("uc_hook *")
        made_callback = self._callback(signature, function)
        self._check(self._lib.uc_hook_add(self._uc, made, kind, made_callback, self._ffi.NULL, first, last))
        return made

    def hook_blocks(self, entered: Callable[[int, int], None]) -> None:
        """Be told of every basic block that is entered: `entered(address, size)`; not from within a run."""

        def on_block(_uc: Any, address: int, size: int, _data: Any) -> None:
            entered(address, size)

        self._hook(self._unicorn.UC_HOOK_BLOCK, _ON_CODE, on_block)
        self.flush()

    def watch(self, addresses: Iterable[int], look: Callable[[int], Reason | None]) -> int:
        """Call `look(address)` before the instructions at some addresses; not from within a run.

        It answers None to go on, `Reason.COUNT` to stop behind the instruction, any other reason to stop before it.
        Returns the key for `unwatch`.
        """

        def on_code(_uc: Any, address: int, _size: int, _data: Any) -> None:
            if self._log.replaying:
                return
            reason = look(address)
            if reason is Reason.COUNT:
                self.stop()
            elif reason is not None:
                self._aborted = reason
                self._lib.uc_emu_stop(self._uc)

        return self._keep([self._hook(self._unicorn.UC_HOOK_CODE, _ON_CODE, on_code, at, at) for at in addresses])

    def watch_data(self, first: int, end: int, look: Callable[[int, bool], None]) -> int:
        """Call `look(address, is a write)` at every access to memory from `first` up to `end`; otherwise as `watch`."""

        def on_access(_uc: Any, kind: int, address: int, size: int, _value: int, _data: Any) -> None:
            if address < end and address + size > first and not self._log.replaying:
                look(address, kind == self._unicorn.UC_MEM_WRITE)

        kinds = self._unicorn.UC_HOOK_MEM_READ | self._unicorn.UC_HOOK_MEM_WRITE
        return self._keep([self._hook(kinds, _ON_MEMORY, on_access, max(first - 7, 0), end - 1)])

    def _keep(self, hooks: list[Any]) -> int:
        key = next(iter(set(range(len(self._hooks) + 1)) - set(self._hooks)))
        self._hooks[key] = hooks
        self.flush()
        return key

    def unwatch(self, key: int) -> None:
        """End a watch; not from within a run."""
        for hook in self._hooks.pop(key):
            self._check(self._lib.uc_hook_del(self._uc, hook[0]))
        self.flush()

    def trap_unaligned(self, trapped: bool) -> None:
        """Stop with `Reason.UNALIGNED` before an access whose address is no multiple of its size; not within a run."""
        if not trapped:
            self._check(self._lib.uc_hook_del(self._uc, self._alignment[0]))
        else:
            kinds = self._unicorn.UC_HOOK_MEM_READ | self._unicorn.UC_HOOK_MEM_WRITE
            self._alignment = self._hook(kinds, _ON_MEMORY, self._accessed)
        self.flush()

    def _accessed(self, _uc: Any, _kind: int, address: int, size: int, _value: int, _data: Any) -> None:
        if address % size and self._aborted is None:
            self._aborted = Reason.UNALIGNED
            for first, end, data in self._memory:
                if first <= address and address + size <= end:
                    # the engine stores before it stops
                    self._undone = (data, address - first, bytes(data[address - first : address - first + size]))
            self._lib.uc_emu_stop(self._uc)

    def flush(self) -> None:
        """Forget all translated code, because memory or hooks have changed."""
        if self._running:
            self._dirty = True
            return
        self._check(self._lib.uc_ctl(self._uc, _TB_FLUSH))
        if self._block_counter is not None:
            self._block_counter.forget()

    def _interrupted(self, _uc: Any, number: int, _data: Any) -> None:
        self._interrupt = number
        self._stop_engine(self._uc)

    def _invalid(self, _uc: Any, _kind: int, address: int, size: int, value: int, _data: Any) -> bool:
        self.address, self.size, self.value = address, size, value & ((1 << 8 * size) - 1)
        return False

    # Runs
    def run(self, pc: int, count: int) -> None:
        """Execute up to `count` instructions from `pc` on; the attributes tell how it ended.

        An IT block is never cut: a run that would end within goes to its end.

        Raises:
            BaseException: whatever a function raised that answered an access; the attributes are as for a bus fault.
        """
        self._forget_stops()
        self._begun = pc
        counter = self._block_counter
        if counter is not None:
            counter.begin()
            self._log.begin()
        self._running = True
        error = self._start(self._uc, pc | 1, _NOWHERE, 0, count)
        self._running = False
        self._read_register(self._uc, self._pc_number, self._cell)
        self.pc = self._cell[0]
        if not error and counter is None and self._aborted is None and not self._dirty:
            # the usual ends, without detours
            executed: int = self._counter[0]
            if self._interrupt == RETURN:
                self.reason, self.retired = Reason.RETURN, executed
                return
            if not self._interrupt:
                if executed > self._counter[1]:
                    self.reason, self.retired = Reason.COUNT, executed - 1
                else:
                    self.reason, self.retired = Reason.SLEEP, executed
                return
        if self._undone is not None:
            data, place, held = self._undone
            data[place : place + len(held)] = held
            self._undone = None
        self._settle(error)
        if counter is None:
            self._settle_engine()
        else:
            self._settle_blocks(counter, count)
        if self._dirty:
            self._dirty = False
            self.flush()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _forget_stops(self) -> None:
        self._interrupt, self._aborted, self._stopping = 0, None, False

    def _settle(self, error: int) -> None:
        if self._aborted is not None:
            self.reason = self._aborted
        elif self._interrupt:
            self.reason = INTERRUPTS.get(self._interrupt, Reason.UNDEFINED)
        elif error:
            self.reason = ERRORS.get(error, Reason.UNDEFINED)
            if self.reason is Reason.UNDEFINED:
                self.reason = self._hint()
        else:
            self.reason = Reason.COUNT

    def _hint(self) -> Reason:
        """The engine takes WFE and YIELD for undefined once it has executed them: they lie before the stop."""
        if self.pc == self._begun and self.retired_before() == 0:
            return Reason.UNDEFINED
        before = self._bytes_at(self.pc - 4, 4)
        return HINTS.get(before[2:]) or HINTS.get(before) or Reason.UNDEFINED

    def _settle_engine(self) -> None:
        executed: int = self._counter[0]
        if self.reason is Reason.COUNT:
            if executed > self._counter[1]:
                executed -= 1
            else:
                self.reason = Reason.SLEEP
        elif self.reason in NOT_EXECUTED:
            executed -= 1
        self.retired = executed

    def _settle_blocks(self, counter: BlockCounter, count: int) -> None:
        executed = counter.all() if self.reason is Reason.RETURN else counter.until(self.pc)
        if self.reason is Reason.COUNT:
            if self._stopping and executed == self._log.place:
                self._execute_again()
                executed += 1
            elif not self._stopping and (executed < count or counter.ends_at(self.pc)) and self._behind_wfi():
                self.reason = Reason.SLEEP
        self.retired = executed

    def _execute_again(self) -> None:
        """A stop has aborted the instruction at the program counter: complete it, its accesses answered by the log."""
        self._log.replaying = True
        self._forget_stops()
        error = self._lib.uc_emu_start(self._uc, self.pc | 1, _NOWHERE, 0, 1)
        self._log.replaying = False
        self._lib.uc_reg_read(self._uc, self._pc_number, self._cell)
        self.pc = self._cell[0]
        self._settle(error)

    def _behind_wfi(self) -> bool:
        before = self._bytes_at(self.pc - 4, 4)
        return before[2:] == WFI or before == WIDE_WFI

    def retired_before(self) -> int:
        """Inside a callback: instructions of this run that were completed before the present one."""
        if self._block_counter is None:
            return self._counter[0] - 1
        return self._block_counter.until(self.current_pc())

    def limit(self, count: int) -> None:
        """Inside a callback: let this run end after `count` instructions, if it would last longer."""
        if self._block_counter is not None:
            self.stop()
        elif count < self._counter[1]:
            self._counter[1] = max(count, self._counter[0])

    def stop(self) -> None:
        """Inside a callback: let this run end behind the present instruction."""
        if self._block_counter is None:
            self._counter[1] = self._counter[0]
        elif not self._log.replaying:
            self._log.at(self._block_counter.until(self.current_pc()))
            self._stopping = True
            self._lib.uc_emu_stop(self._uc)
