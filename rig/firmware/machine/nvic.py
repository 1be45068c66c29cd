"""Exceptions by number: which are pending, enabled, active, and which of them comes first.

Numbers are those of the ARMv7-M manual: 3 HardFault, 11 SVCall, 14 PendSV, 15 SysTick, 16 + n interrupt n.

Source: ARMv7-M ARM B1.5.2 (numbers), B1.5.4 (priorities), B3.4 (controller), B3.4.1 (interrupt lines).
"""

from typing import Any, Final

RESET: Final = 1
NMI: Final = 2
HARD_FAULT: Final = 3
MEMORY_FAULT: Final = 4
BUS_FAULT: Final = 5
USAGE_FAULT: Final = 6
SV_CALL: Final = 11
DEBUG_MONITOR: Final = 12
PEND_SV: Final = 14
SYS_TICK: Final = 15
FIRST_IRQ: Final = 16
THREAD: Final = 256
"""Priority of thread mode: lower than any exception's."""
_CONFIGURABLE: Final = 1 << MEMORY_FAULT | 1 << BUS_FAULT | 1 << USAGE_FAULT
_SYSTEM: Final = (1 << FIRST_IRQ) - 1


class Nvic:
    """The exceptions of one processor.

    Args:
        interrupts: number of interrupt lines of the chip.
        priority_bits: bits of a priority that are there.

    Attributes:
        pending: bit n: exception n is pending.
        enabled: bit n: exception n may become active.
        active: bit n: exception n is active.
        priority: by exception number; negative for those that are fixed.
        active_priority: of the active exceptions, without the sub-priority; `THREAD` if there is none.
    """

    def __init__(self, interrupts: int, priority_bits: int) -> None:
        self.interrupts = interrupts
        self.implemented = ((1 << interrupts) - 1) << FIRST_IRQ
        self._priority_mask = 0xFF & ~(0xFF >> priority_bits)
        self.reset()

    def reset(self) -> None:
        """As after a reset of the processor; the levels of the lines come from the peripherals."""
        self.pending = self.active = self.lines = 0
        self.enabled = _SYSTEM & ~_CONFIGURABLE
        self.priority = [0] * (FIRST_IRQ + self.interrupts)
        self.priority[RESET], self.priority[NMI], self.priority[HARD_FAULT] = -3, -2, -1
        self.group(0)

    def group(self, prigroup: int) -> None:
        """Set the split of a priority: bits `prigroup` and below are the sub-priority, which does not preempt."""
        self.prigroup = prigroup
        self._group_mask = ~((2 << prigroup) - 1)
        self._rank()

    def set_priority(self, number: int, value: int) -> None:
        """Set the priority byte of an exception."""
        self.priority[number] = value & self._priority_mask
        self._rank()

    def preempting(self, priority: int) -> int:
        """The part of a priority that decides whether it preempts."""
        return priority if priority < 0 else priority & self._group_mask

    def line(self, number: int, level: int) -> bool:
        """Set the level of an interrupt line; returns whether it has made the interrupt pending.

        Raises:
            ValueError: the chip has no such line.
        """
        if not 0 <= number < self.interrupts:
            raise ValueError(f"interrupt line {number} of {self.interrupts}")
        bit = 1 << (FIRST_IRQ + number)
        if not level:
            self.lines &= ~bit
            return False
        rises = not self.lines & bit
        self.lines |= bit
        if rises:
            self.pending |= bit
        return rises

    def best(self) -> int:
        """The exception that would be taken first of those that are pending and enabled; 0 if there is none."""
        waiting = self.pending & self.enabled
        if not waiting & (waiting - 1):
            return waiting.bit_length() - 1 if waiting else 0
        chosen, chosen_priority = 0, THREAD
        while waiting:
            bit = waiting & -waiting
            number = bit.bit_length() - 1
            priority = self.priority[number]
            if priority < chosen_priority:
                chosen, chosen_priority = number, priority
            waiting ^= bit
        return chosen

    def activate(self, number: int) -> None:
        """It is taken: no longer pending, but active."""
        bit = 1 << number
        self.pending &= ~bit
        self.active |= bit
        self._rank()

    def deactivate(self, number: int) -> None:
        """Its handler has returned; a line that is still 1 makes it pending again."""
        bit = 1 << number
        self.active &= ~bit
        self.pending |= self.lines & bit
        self._rank()

    def nested(self) -> int:
        """How many exceptions are active."""
        return self.active.bit_count()

    def execution_priority(self, primask: int, faultmask: int, basepri: int) -> int:
        """Priority at which the processor executes. Source: ARMv7-M ARM B1.5.4, ExecutionPriority."""
        priority = self.active_priority
        if basepri & self._priority_mask:
            priority = min(priority, basepri & self._priority_mask & self._group_mask)
        if primask & 1:
            priority = min(priority, 0)
        if faultmask & 1:
            priority = min(priority, -1)
        return priority

    def state(self) -> dict[str, Any]:
        """All of it as plain data."""
        names = ("pending", "enabled", "active", "lines", "prigroup")
        return {"priority": list(self.priority)} | {name: getattr(self, name) for name in names}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        self.pending, self.enabled, self.active = state["pending"], state["enabled"], state["active"]
        self.lines, self.priority = state["lines"], list(state["priority"])
        self.group(state["prigroup"])

    def _rank(self) -> None:
        priority, active = THREAD, self.active
        if not active & (active - 1):
            priority, active = self.priority[active.bit_length() - 1] if active else THREAD, 0
        while active:
            bit = active & -active
            priority = min(priority, self.priority[bit.bit_length() - 1])
            active ^= bit
        self.active_priority = priority if priority < 0 or priority == THREAD else priority & self._group_mask
