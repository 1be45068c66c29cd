"""What is kept of a processor while it runs: interrupts, executed code, accesses, the hash of it all."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rig.firmware.insight.interrupt_times import InterruptTimes
from rig.firmware.insight.register_trace import RegisterTrace
from rig.firmware.insight.trace_hash import TraceHash
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.soc import Emission


@dataclass(slots=True)
class Watched:
    """What was seen so far: everything that a snapshot must keep.

    Attributes:
        times: of exceptions.
        pended: cycle at which an exception became pending that is not served yet, by number.
        resets: (cycle, cause).
    """

    times: InterruptTimes = field(default_factory=InterruptTimes)
    pended: dict[int, int] = field(default_factory=dict[int, int])
    resets: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


class Observation:
    """Listens to a machine.

    Args:
        machine: that is watched, not started yet.
        coverage: whether executed code is kept.
        hashes: whether the hash is made.
        trace: file for accesses to registers, or None.

    Attributes:
        watched: what was seen.
        blocks: size of every basic block that was entered, by address.
        hash: of the trace, or None.
    """

    def __init__(self, machine: Machine, *, coverage: bool, hashes: bool, trace: RegisterTrace | None) -> None:
        self._machine, self._trace = machine, trace
        self.watched = Watched()
        self.blocks: dict[int, int] = {}
        self.hash = TraceHash() if hashes else None
        unit = machine.processor.unit
        self._nvic, self._now = unit.nvic, machine.soc.now
        unit.entered, unit.left, unit.attended = self._entered, self._left, self._attended
        if coverage:
            machine.on_block(self.blocks.__setitem__)
        if hashes or trace is not None:
            machine.observe_bus(self._accessed)

    def told(self, emissions: Sequence[Emission]) -> None:
        """The machine has told of these."""
        if self.hash is not None:
            self.hash.emissions(emissions)
        for each in emissions:
            if each.kind == "reset":
                self.watched.resets.append((each.cycle, each.name))
                self.watched.times.restarted()
                self.watched.pended.clear()

    def state(self) -> Mapping[str, Any]:
        """What was seen so far, to go back to."""
        return {
            "watched": copy.deepcopy(self.watched),
            "blocks": dict(self.blocks),
            "hash": None if self.hash is None else self.hash.copy(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Have seen what was seen when `state` was taken."""
        self.watched = copy.deepcopy(state["watched"])
        self.blocks.clear()
        self.blocks.update(state["blocks"])
        self.hash = None if state["hash"] is None else state["hash"].copy()

    def _attended(self) -> None:
        """Something is pending since now, or no longer."""
        pended, pending = self.watched.pended, self._nvic.pending
        if pended:
            for number in [number for number in pended if not pending >> number & 1]:
                del pended[number]
        while pending:
            bit = pending & -pending
            number = bit.bit_length() - 1
            if number not in pended:
                pended[number] = self._now()
            pending ^= bit

    def _entered(self, number: int) -> None:
        cycle = self._now()
        self.watched.times.entered(number, cycle, self.watched.pended.pop(number, None))
        if self.hash is not None:
            self.hash.exception(cycle, number, entered=True)

    def _left(self, number: int) -> None:
        cycle = self._now()
        self.watched.times.left(number, cycle)
        if self.hash is not None:
            self.hash.exception(cycle, number, entered=False)

    def _accessed(self, is_write: bool, address: int, size: int, value: int) -> None:
        cycle = self._now()
        if self.hash is not None:
            self.hash.access(cycle, is_write, address, size, value)
        if self._trace is not None:
            self._trace.access(cycle, is_write, address, size, value, self._machine.processor.pc())
