"""What failed in a microcontroller, as plain data: registers, place, the last drives and the end of the serial log."""

import re
from typing import Any, Final

from rig.firmware.device_under_test import Event
from rig.firmware.process.last_words import LastWords
from rig.firmware_facts import fault_words
from sim.errors import BenchError
from sim.timebase import TimeNs

KEPT: Final = 20
"""Faults that are kept whole (design choice): a firmware that fails at every start may fail a thousand times."""
ENDLESS: Final = 10_000
"""Faults after which a run is broken off (design choice: one a millisecond for ten seconds)."""
_REGISTER: Final = re.compile(r"\b(pc|cfsr|hfsr|bfar|mmfar)=(0x[0-9a-f]{8})")
_FRAME: Final = re.compile(r"(?P<function>.*?)(?: \((?P<place>.*)\))?$")


class FaultLog:
    """Hears what a device does; a fault, or a reset by the watchdog, is kept with what came before it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """The device is started anew."""
        self._last = LastWords()
        self._kept: list[dict[str, Any]] = []
        self._counts: dict[str, int] = {}

    def hear(self, event: Event) -> None:
        """The device did something."""
        self._last.hear((event,))
        if event.kind == "fault" or (event.kind == "reset" and event.name == "watchdog"):
            self._counts[event.name] = self._counts.get(event.name, 0) + 1
            if len(self._kept) < KEPT:
                self._kept.append(self._entry(event))

    def refuse_endless(self, t_ns: TimeNs) -> None:
        """End a device that does nothing but fail: a handler that returns meets the same instruction for ever.

        Raises:
            BenchError: it has failed `ENDLESS` times.
        """
        if sum(self._counts.values()) >= ENDLESS:
            problem = (
                f"the processor has failed {ENDLESS} times, and nothing else may come: {fault_words(self.document())}"
            )
            raise BenchError("firmware", t_ns * 1e-9, problem, "let the handler of the fault reset, not return")

    def document(self) -> dict[str, Any]:
        """Keys `faults` and `fault_counts` of `rig.firmware_facts`; empty where nothing failed."""
        return {"faults": list(self._kept), "fault_counts": dict(self._counts)} if self._kept else {}

    def _entry(self, event: Event) -> dict[str, Any]:
        text = event.data.decode("utf-8", "replace")
        told, _, place = f"; {text}".partition("; at ")
        told = told.removeprefix("; ")
        frames = [_frame(words) for words in place.split(" < ")] if place else []
        return {
            "t_s": event.t_ns * 1e-9,
            "name": event.name,
            "status": _REGISTER.split(told, maxsplit=1)[0].strip(),
            "registers": dict(_REGISTER.findall(told)),
            "place": frames[0]["place"] if frames else "",
            "stack": frames,
            "drives": [{"t_s": drive.t_ns * 1e-9, "current_a": drive.value} for drive in self._last.tail.pulses],
            "serial": self._last.tail.uart.decode("utf-8", "replace"),
        }


def _frame(words: str) -> dict[str, str]:
    found = _FRAME.fullmatch(words.strip())
    assert found is not None
    return {"function": found["function"], "place": found["place"] or ""}
