"""The errors that a SCPI instrument keeps in its queue.

Source: SCPI-1999 volume 2, chapter 21 (error/event queue), IEEE 488.2-1992 section 11.5.1 (standard event status).
"""

from collections import deque

from sim.errors import RigError

STANDARD = {
    -100: "Command error",
    -101: "Invalid character",
    -102: "Syntax error",
    -103: "Invalid separator",
    -104: "Data type error",
    -108: "Parameter not allowed",
    -109: "Missing parameter",
    -113: "Undefined header",
    -114: "Header suffix out of range",
    -123: "Exponent too large",
    -131: "Invalid suffix",
    -138: "Suffix not allowed",
    -148: "Character data not allowed",
    -151: "Invalid string data",
    -158: "String data not allowed",
    -161: "Invalid block data",
    -168: "Block data not allowed",
    -171: "Invalid expression",
    -178: "Expression data not allowed",
    -200: "Execution error",
    -211: "Trigger ignored",
    -221: "Settings conflict",
    -222: "Data out of range",
    -223: "Too much data",
    -224: "Illegal parameter value",
    -230: "Data corrupt or stale",
    -231: "Data questionable",
    -310: "System error",
    -350: "Queue overflow",
    -363: "Input buffer overrun",
    -410: "Query INTERRUPTED",
    -420: "Query UNTERMINATED",
    -430: "Query DEADLOCKED",
    785: "Specified arb waveform already exists",
}
"""Code to text. +785 is Keysight's (33500 Series Operating and Service Guide, error messages)."""


class ScpiError(RigError):
    """A command that the simulated instrument refuses; it ends in the error queue, never in a traceback.

    Args:
        code: number of the error; negative ones are SCPI's, positive ones the maker's.
        text: what `SYST:ERR?` says; the standard's text where it is empty.
    """

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text or STANDARD.get(code, "Device-specific error")

    def __str__(self) -> str:
        return f'{self.code:+d},"{self.text}"'


NO_ERROR = '+0,"No error"'


class ErrorQueue:
    """First in, first out; when it is full its last place says so.

    Args:
        depth: places. Source: 30 on the InfiniiVision 3000T, 20 on the others; 20 is the design choice.
    """

    def __init__(self, depth: int = 20) -> None:
        self.depth = depth
        self._errors: deque[ScpiError] = deque()

    def __len__(self) -> int:
        return len(self._errors)

    def push(self, error: ScpiError) -> None:
        """Keeps the error; the last place of a full queue becomes -350."""
        if len(self._errors) < self.depth:
            self._errors.append(error)
        else:
            self._errors[-1] = ScpiError(-350)

    def pop(self) -> str:
        """The oldest error as `SYST:ERR?` answers it, or `+0,"No error"`."""
        return str(self._errors.popleft()) if self._errors else NO_ERROR

    def clear(self) -> None:
        """Forgets all of them."""
        self._errors.clear()
