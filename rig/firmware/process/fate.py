"""What can become of a device process, in words."""

import signal
from typing import Final, Literal, TypeAlias

from sim.errors import RigError

Fate: TypeAlias = Literal["crash", "exit", "hang", "flood", "garbled"]

_WINDOWS: Final = {
    0xC0000005: "access violation",
    0xC000001D: "illegal instruction",
    0xC0000094: "division by zero",
    0xC00000FD: "stack overflow",
    0xC0000409: "abort",
}


class EndedChildError(RigError):
    """A device process is no more, though it should be.

    Args:
        fate: what became of it.
        why: in words.
        printed: the last that it wrote to stdout and stderr.
    """

    def __init__(self, fate: Fate, why: str, printed: str = "") -> None:
        super().__init__(fate, why, printed)
        self.fate, self.why, self.printed = fate, why, printed

    def __str__(self) -> str:
        return f"{self.fate}: {self.why}" + (f"; it printed: {self.printed}" if self.printed else "")


def of_exit_code(code: int) -> tuple[Fate, str]:
    """Fate and words of a process that ended with `code` by itself: a signal below 0, a status of Windows above."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return "crash", f"it was ended by {name}"
    if code in _WINDOWS:
        return "crash", f"it was ended by an {_WINDOWS[code]} (0x{code:08X})"
    return "exit", f"it ended by itself with exit code {code}"
