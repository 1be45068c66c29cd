"""What NI-DAQmx says, as errors of the rig: one type a cause, NI's code and text kept, the mend added.

Codes by name: `nidaqmx.error_codes.DAQmxErrors`. Which code a card gives in which situation is NI's documentation where
it says so; for a pulled cable it is not documented (`DEV_CANNOT_BE_ACCESSED` and its neighbours are taken for it).
"""

import math
from typing import Final

from sim.errors import BenchError


class CardError(BenchError):
    """The card or its driver refused or failed.

    Args:
        part: name of the card on the bench.
        t_s: instant of the run, s, or NaN.
        problem: what happened, with NI's text and code.
        mend: what to do about it.
        code: NI's code; 0 where there is none.
    """

    def __init__(self, part: str, t_s: float, problem: str, mend: str = "", code: int = 0) -> None:
        super().__init__(part, t_s, problem, mend)
        self.args = (part, t_s, problem, mend, code)
        self.code = code


class DaqOverflowError(CardError):
    """Samples were lost: they were not fetched in time."""


class DaqUnderflowError(CardError):
    """An output ran dry: nothing new had been written in time."""


class DaqTimeoutError(CardError):
    """The card did not answer, or its samples did not come, in time."""


class DaqReservedError(CardError):
    """Another program holds the card."""


class DaqLostError(CardError):
    """The card, its server or the link to it is gone."""


class DaqGarbageError(CardError):
    """An answer that cannot be: wrong length, no number, not to be decoded."""


class DaqMissingError(CardError):
    """The driver or the client library is not installed."""


_FASTER: Final = "close what else runs here, raise `prefill` or lower the rate; see the lateness in run.json"
_WIRE: Final = "check cable, power and the name of the device (`stimrig bench doctor`)"
_HELD: Final = "end the other program, or reset the device (`stimrig bench doctor`)"

_CAUSES: Final[dict[int, tuple[type[CardError], str, str]]] = {
    **dict.fromkeys(
        (-200279, -200222, -200283, -200361, -200010, -209829, -200714, -200613, -200019),
        (DaqOverflowError, "samples were lost: they were not fetched in time", _FASTER),
    ),
    **dict.fromkeys(
        (-200290, -200621, -200016, -200018, -200462),
        (DaqUnderflowError, "an output ran dry: the next block came too late", _FASTER),
    ),
    **dict.fromkeys(
        (-200284, -200292, -200474, -200560),
        (DaqTimeoutError, "the card did not deliver in time", "check that its clock and start trigger run; " + _WIRE),
    ),
    **dict.fromkeys((-50103, -200022, -200587, -201420), (DaqReservedError, "another program holds the card", _HELD)),
    **dict.fromkeys(
        (-201003, -200324, -200045, -200175, -201390, -201190, -50405, -88709, -88708, -50152, -200088, -200220),
        (DaqLostError, "the card is gone", _WIRE),
    ),
}
"""Code -> what it means for a run."""

_OF_SERVER: Final[dict[str, tuple[type[CardError], str, str]]] = {
    "UNAVAILABLE": (DaqLostError, "the card's server cannot be reached", "is it started, at this address?"),
    "CANCELLED": (DaqLostError, "the link to the card's server was closed", "start the server, run again"),
    "DEADLINE_EXCEEDED": (DaqTimeoutError, "the card's server did not answer in time", "restart the server, run again"),
    "RESOURCE_EXHAUSTED": (DaqGarbageError, "an answer was too large", "lower rate or block"),
    "UNIMPLEMENTED": (CardError, "the card's server does not know this call", "use a server of the same version"),
}
"""Name of a gRPC status -> what it means for a run."""


def of_code(code: int, text: str, part: str, t_s: float = math.nan) -> CardError:
    """The error of a code of NI's.

    Args:
        code: negative.
        text: NI's own.
        part: name of the card on the bench.
        t_s: instant of the run, s.
    """
    kind, meaning, mend = _CAUSES.get(code, (CardError, "the card refused", ""))
    told = one_line(text)
    said = f"{told} ({code})" if str(code) not in told else told
    return kind(part, t_s, f"{meaning}: {said}", mend, code)


def of_server(status: str, text: str, part: str, t_s: float = math.nan) -> CardError:
    """The error of a gRPC status (its name) without a code of NI's."""
    kind, meaning, mend = _OF_SERVER.get(
        status, (DaqGarbageError, "the card's server answered what cannot be understood", "restart the server")
    )
    return kind(part, t_s, f"{meaning}: {one_line(text) or status} ({status})", mend)


def one_line(text: str) -> str:
    """NI's texts have many lines; ours have one."""
    return " ".join(text.split())
