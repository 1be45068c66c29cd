"""What goes wrong with the answers of a card's server, call by call: the link fails, or an array is too short."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from rig.simulated.daq.link import LinkFault


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """One fault that is waiting for its call.

    Attributes:
        kind: `wrong_length`: the last value of an array is missing, while its count says otherwise; the others are
            those of the link.
        call: name of the remote call that it waits for, or "" for any.
        after: such calls that still pass unharmed.
        times: calls that are harmed then.
        late_s: by how much `late_answer` is late, s.
    """

    kind: LinkFault | Literal["wrong_length"]
    call: str
    after: int
    times: int
    late_s: float


class AnswerFaults:
    """The faults of one server, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[AnswerFault] = []

    def inject(
        self,
        kind: LinkFault | Literal["wrong_length"],
        call: str = "",
        after: int = 0,
        times: int = 1,
        late_s: float = 0.2,
    ) -> None:
        """Let the answers to calls go wrong; the arguments are those of `AnswerFault`."""
        with self._lock:
            self._waiting.append(AnswerFault(kind, call, after, times, late_s))

    def heal(self) -> None:
        """No more faults from now on; a connection whose answers are withheld stays dead."""
        with self._lock:
            self._waiting.clear()

    def due(self, call: str) -> AnswerFault | None:
        """The fault of an answer to `call`, or None."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.call not in {"", call}:
                    continue
                if fault.after > 0:
                    self._waiting[place] = replace(fault, after=fault.after - 1)
                    return None
                if fault.times > 1:
                    self._waiting[place] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[place]
                return fault
        return None


def shortened(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same answer without the last value of its array."""
    return {name: value.ravel()[:-1] if isinstance(value, np.ndarray) else value for name, value in fields.items()}
