"""Status lines of the device: lists of changes, from the bench's captures to arrays in the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.timebase import NS_PER_S, TimeNs

Changes: TypeAlias = Mapping[str, tuple[tuple[TimeNs, int], ...]]
"""Role -> (instant, new state 0 or 1), in time order; the first of a run says how the line stood at its start."""

Lines: TypeAlias = Mapping[str, tuple[NDArray[np.float64], NDArray[np.int64]]]
"""Role -> instants of the changes (n,), s, and the states from then on (n,)."""

LINE_KIND: Final = "line"
MESSAGE_KIND: Final = "message"
UART_KIND: Final = "uart"
"""Kinds of the lines of `events.jsonl` that keep them."""

UART_PREFIX: Final = "uart: "
"""Begins a message that the device sent over its serial line."""


@dataclass(slots=True)
class LineLog:
    """What a device showed and told while it ran."""

    changes: dict[str, list[tuple[TimeNs, int]]] = field(default_factory=dict[str, list[tuple[TimeNs, int]]])
    told: list[tuple[TimeNs, str]] = field(default_factory=list[tuple[TimeNs, str]])

    def feed(self, changes: Changes, messages: Iterable[tuple[TimeNs, str]]) -> None:
        """Keep what one capture brought."""
        for role, more in changes.items():
            self.changes.setdefault(role, []).extend(more)
        self.told.extend(messages)

    def lines(self) -> Lines:
        """The changes as arrays, in time order."""
        found: dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]] = {}
        for role, changes in sorted(self.changes.items()):
            rows = np.array(sorted(changes, key=lambda change: change[0]), np.int64).reshape(-1, 2)
            found[role] = (rows[:, 0] / NS_PER_S, rows[:, 1].copy())
        return found

    def messages(self) -> tuple[tuple[float, str], ...]:
        """(instant, s, text), in time order."""
        return tuple((t_ns / NS_PER_S, text) for t_ns, text in sorted(self.told, key=lambda each: each[0]))


def in_time_order(changes: Changes, messages: Iterable[tuple[TimeNs, str]]) -> list[tuple[TimeNs, str, str, int | str]]:
    """(instant, kind, name, detail) of what one capture brought, as `events.jsonl` keeps it.

    The order follows from the instants alone, so that it does not depend on where a run is cut into blocks.
    """
    lines = [(t_ns, LINE_KIND, role, state) for role, of_role in changes.items() for t_ns, state in of_role]
    told = [(t_ns, *_kept(text)) for t_ns, text in messages]
    return sorted([*lines, *told], key=lambda each: each[:3])


def _kept(message: str) -> tuple[str, str, str]:
    """(kind, name, detail) of a message."""
    if message.startswith(UART_PREFIX):
        return UART_KIND, "device", message.removeprefix(UART_PREFIX)
    return MESSAGE_KIND, "device", message


def log_from(events: Iterable[Mapping[str, Any]]) -> LineLog:
    """What the lines of `events.jsonl` say of it."""
    log = LineLog()
    for line in events:
        if line["kind"] == LINE_KIND:
            log.feed({line["name"]: ((int(line["t_ns"]), int(line["detail"])),)}, ())
        elif line["kind"] == MESSAGE_KIND:
            log.feed({}, ((int(line["t_ns"]), str(line["detail"])),))
        elif line["kind"] == UART_KIND:
            log.feed({}, ((int(line["t_ns"]), f"{UART_PREFIX}{line['detail']}"),))
    return log


def state_at(lines: Lines, role: str, t_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """State of a line at instants (n,), s; -1 before its first word.

    Raises:
        KeyError: no such line was captured.
    """
    change_s, states = lines[role]
    index = np.searchsorted(change_s, t_s, "right") - 1
    return np.where(index >= 0, states[np.maximum(index, 0)] if states.size else -1, -1).astype(np.int64)


def spans_of(lines: Lines, role: str, end_s: float) -> tuple[tuple[float, float], ...]:
    """(from, to) in s of every span in which a line was on; one still on at the end lasts until `end_s`.

    Raises:
        KeyError: no such line was captured.
    """
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for t_s, state in zip(*(column.tolist() for column in lines[role]), strict=True):
        if state and since is None:
            since = t_s
        elif not state and since is not None:
            spans.append((since, t_s))
            since = None
    if since is not None and end_s > since:
        spans.append((since, end_s))
    return tuple(spans)


class SampledLines:
    """Lines as a card sees them: a change shows at the first tick of the card's clock that is not before it.

    Args:
        period_ns: of the card's sample clock.
    """

    def __init__(self, period_ns: TimeNs) -> None:
        self._period_ns = period_ns
        self._held: list[tuple[TimeNs, str, int]] = []

    def take(self, changes: Iterable[tuple[TimeNs, str, int]], until_ns: TimeNs) -> dict[str, tuple[Any, ...]]:
        """What the card has seen before `until_ns`; what it has not seen yet is kept for the next call.

        Args:
            changes: (instant, role, state), exact, those of one role in time order.
            until_ns: end of the capture, not included.
        """
        seen: dict[str, list[tuple[TimeNs, int]]] = {}
        waiting: list[tuple[TimeNs, str, int]] = []
        for t_ns, role, state in (*self._held, *changes):
            tick_ns = -(-t_ns // self._period_ns) * self._period_ns
            if tick_ns >= until_ns:
                waiting.append((t_ns, role, state))
                continue
            of_role = seen.setdefault(role, [])
            if of_role and of_role[-1][0] == tick_ns:  # two changes between two ticks: the card sees the last state
                of_role.pop()
            of_role.append((tick_ns, state))
        self._held = waiting
        return {role: tuple(found) for role, found in sorted(seen.items())}
