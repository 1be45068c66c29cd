"""How long interrupts take and how long they wait, in cycles of the processor."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Served:
    """What is known of one exception.

    Attributes:
        entries: how often it was served to its end.
        total: cycles in its handler, those of exceptions that interrupted it left out.
        longest: of one service, likewise.
        longest_at: cycle at which that one began.
        longest_with_nested: cycles from entry to return of one service, with all that interrupted it.
        waits: entries whose wait is known.
        wait_total: cycles from pending to the first instruction of the handler.
        wait_longest: of one entry.
    """

    entries: int = 0
    total: int = 0
    longest: int = 0
    longest_at: int = 0
    longest_with_nested: int = 0
    waits: int = 0
    wait_total: int = 0
    wait_longest: int = 0


@dataclass(slots=True)
class _Open:
    number: int
    entered: int
    nested: int = 0


@dataclass(slots=True)
class InterruptTimes:
    """Listens to the exceptions of a processor.

    Attributes:
        served: by exception number (16 is the first interrupt of the chip).
        open: entered and not left, outermost first.
    """

    served: dict[int, Served] = field(default_factory=dict[int, Served])
    open: list[_Open] = field(default_factory=list[_Open])

    def entered(self, number: int, cycle: int, pended: int | None) -> None:
        """The first instruction of a handler is next.

        Args:
            number: of the exception.
            cycle: now.
            pended: cycle at which it became pending; None where that is not known.
        """
        self.open.append(_Open(number, cycle))
        if pended is not None:
            served = self._of(number)
            wait = cycle - pended
            served.waits += 1
            served.wait_total += wait
            served.wait_longest = max(served.wait_longest, wait)

    def left(self, number: int, cycle: int) -> None:
        """A handler has returned; one that was not seen entering is passed over."""
        if not self.open or self.open[-1].number != number:
            return
        one = self.open.pop()
        whole = cycle - one.entered
        if self.open:
            self.open[-1].nested += whole
        served, own = self._of(number), whole - one.nested
        served.entries += 1
        served.total += own
        served.longest_with_nested = max(served.longest_with_nested, whole)
        if own > served.longest:
            served.longest, served.longest_at = own, one.entered

    def _of(self, number: int) -> Served:
        served = self.served.get(number)
        if served is None:
            served = self.served[number] = Served()
        return served

    def restarted(self) -> None:
        """The processor was reset: what was open will never return."""
        self.open.clear()
