"""What will happen in a machine, by cycle: data only, so that it can be copied."""

import heapq
from typing import Any, Final, TypeAlias

NEVER: Final = 1 << 62
"""A cycle that no run reaches (1000 years at 100 MHz)."""

Entry: TypeAlias = tuple[int, int, str, int, int]
"""Cycle, order of asking, name of the peripheral, kind, value."""


class EventQueue:
    """Events by cycle; those of one cycle in the order in which they were asked for.

    Attributes:
        next_cycle: of the earliest event; `NEVER` if there is none.
    """

    __slots__ = ("_asked", "_heap", "_live", "next_cycle")

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._live: set[int] = set()
        self._asked = 0
        self.next_cycle = NEVER

    def at(self, cycle: int, owner: str, kind: int, value: int) -> int:
        """Ask for an event; returns the handle that cancels it."""
        self._asked += 1
        heapq.heappush(self._heap, (cycle, self._asked, owner, kind, value))
        self._live.add(self._asked)
        self.next_cycle = min(self.next_cycle, cycle)
        return self._asked

    def cancel(self, handle: int) -> None:
        """It will not happen; nothing if it has happened already."""
        if handle in self._live:
            self._live.discard(handle)
            self._look()

    def pop(self) -> Entry:
        """Take the earliest event out; there must be one."""
        entry = heapq.heappop(self._heap)
        self._live.discard(entry[1])
        self._look()
        return entry

    def clear(self) -> None:
        """Nothing will happen."""
        self._heap.clear()
        self._live.clear()
        self.next_cycle = NEVER

    def state(self) -> dict[str, Any]:
        """The events that are still to come."""
        return {"asked": self._asked, "events": sorted(entry for entry in self._heap if entry[1] in self._live)}

    def restore(self, state: dict[str, Any]) -> None:
        """Hold again what `state` held, under the same handles."""
        self._asked = state["asked"]
        self._heap = [tuple(entry) for entry in state["events"]]
        self._live = {entry[1] for entry in self._heap}
        self._look()

    def _look(self) -> None:
        heap, live = self._heap, self._live
        while heap and heap[0][1] not in live:
            heapq.heappop(heap)
        self.next_cycle = heap[0][0] if heap else NEVER
