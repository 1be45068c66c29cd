"""Faults that are put into a card or its link on purpose."""

import re
from dataclasses import dataclass
from typing import Final

from rig.simulated.daq.errors import NOT_YET_AVAILABLE, ONBOARD_OVERFLOW, OVERFLOW, RESERVED, UNDERFLOW, DaqmxError

KINDS: Final = {
    "no_answer": r".*",
    "late_answer": r".*",
    "disconnect": r".*",
    "unplug": r".*",
    "overflow": r"Read.*",
    "onboard_overflow": r"Read.*",
    "underflow": r"Write.*",
    "timeout": r"Read.*",
    "reserved": r"StartTask|TaskControl",
}
"""Kind -> the calls that it strikes, as a pattern of their names."""
_CODES: Final = {
    "overflow": OVERFLOW,
    "onboard_overflow": ONBOARD_OVERFLOW,
    "underflow": UNDERFLOW,
    "timeout": NOT_YET_AVAILABLE,
    "reserved": RESERVED,
}


@dataclass(slots=True)
class Fault:
    """One fault that waits for its calls.

    Attributes:
        kind: of `KINDS`.
        after: calls that still pass first.
        times: calls that it then strikes.
        task: name of the only task that it concerns, empty for all.
        call: pattern of the names of the calls.
        delay_s: how late a late answer comes, and how long no answer holds the line, s of the laboratory.
    """

    kind: str
    after: int
    times: int
    task: str
    call: str
    delay_s: float


class Faults:
    """The faults of one card, in the order in which they were put in."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def inject(
        self, kind: str, *, after: int = 0, times: int = 1, task: str = "", call: str = "", delay_s: float = 0.2
    ) -> None:
        """Put in a fault.

        Args:
            kind: `no_answer`, `late_answer`, `overflow` (-200279), `onboard_overflow` (-200361), `underflow` (-200290),
                `timeout` (-200284), `reserved` (-50103), `unplug` (-201003 until `reset_device`) or `disconnect` (the
                link is lost).
            after: matching calls that pass first.
            times: matching calls that it strikes then.
            task: name of the only task that it concerns.
            call: pattern of the remote calls, where it is not the kind's own.
            delay_s: of `late_answer` and `no_answer`, s.

        Raises:
            ValueError: an unknown kind.
        """
        if kind not in KINDS:
            raise ValueError(f"simulated card: no fault {kind!r}; known are {', '.join(sorted(KINDS))}")
        self._waiting.append(Fault(kind, after, times, task, call or KINDS[kind], delay_s))

    @property
    def waits(self) -> bool:
        """True while a fault waits for its call."""
        return bool(self._waiting)

    def clear(self) -> None:
        """Take out every fault that has not struck."""
        self._waiting.clear()

    def struck(self, call: str, task: str) -> Fault | None:
        """The fault that strikes this call, None for none; each call is asked once."""
        for fault in list(self._waiting):
            if not re.fullmatch(fault.call, call) or fault.task not in {"", task}:
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
            return fault
        return None


def error_of(fault: Fault, task: str) -> DaqmxError | None:
    """The driver's error of a fault; None where the fault is one of the link."""
    code = _CODES.get(fault.kind)
    if code is None:
        return None
    detail = f"Task Name: {task}\nThis fault was put in on purpose."
    return DaqmxError(
        code,
        detail,
        read=0 if code in {OVERFLOW, ONBOARD_OVERFLOW, NOT_YET_AVAILABLE} else None,
        written=0 if code == UNDERFLOW else None,
    )
