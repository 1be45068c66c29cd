"""A device whose firmware lives in a process of its own: the port `DeviceUnderTest` on one side, frames on the other.

What differs between a firmware built for this machine and an emulated one is which process is started, what it must
know of its board, and whether a reset needs a new process.
"""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeVar

from rig.firmware.device_under_test import Batch, ClockSetting, Event, EventKind, Injected, Sense
from rig.firmware.process.child import START_S, Child
from rig.firmware.process.fate import EndedChildError
from rig.firmware.process.inputs import Input, Inputs, checked, noise
from rig.firmware.process.last_words import LastWords
from rig.firmware.process.signals_sent import SignalsSent
from rig.firmware.process.supply import Supply
from rig.firmware.process.wire import Report
from rig.firmware.process.wire_frame import Frame
from rig.firmware.process.wire_reports import Accepted, Answer, Ask, Done, Events, Failed, Held, Ready, Refused, Stored
from rig.firmware.process.wire_requests import Advance, Inject, Power, Question, Quit, Receive, Start, Terminal, Value
from sim.errors import BenchError
from sim.signal import Signal
from sim.timebase import NEVER, TimeNs

R = TypeVar("R", Ready, Accepted, Done, Answer)

_LASTING: Final = ("clock", "adc_reference")
"""Faults of the board, which no reset mends."""


class LinkedDevice(ABC):
    """A device under test behind two pipes.

    Args:
        part: what to call it in messages.
        clock: how its clock runs.
        brown_out_v: supply below which the processor is held in reset, V.
        buttons: terminals beside `supply` that can be set.
        timeout_s: real seconds in which the process must answer, s.
    """

    RESTARTS: ClassVar[bool]
    """Whether a processor that has lost its supply or was reset needs a new process."""

    def __init__(
        self, part: str, clock: ClockSetting, brown_out_v: float, buttons: frozenset[str], timeout_s: float
    ) -> None:
        self._part, self._clock, self._timeout_s = part, clock, timeout_s
        self._buttons, self._pressed = buttons, dict[str, float]()
        self._supply = Supply(brown_out_v)
        self._child: Child | None = None
        self._reached_ns: TimeNs = 0
        self._stored = b""
        self._lasting: dict[str, Injected] = {}
        self._inputs, self._signals, self._last = Inputs(), SignalsSent(), LastWords()
        self._told: list[Event] = []
        self._facts: Mapping[str, Any] = {}
        self._failure = ""
        self._error: BenchError | None = None

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Command line of the process."""

    @abstractmethod
    def setup(self) -> bytes:
        """What the process must know of its board (`Start.setup`)."""

    def explained(self, why: str) -> str:
        """What a process said of its own end, with the place in the source where that can be told."""
        return why

    def start(self, t_ns: TimeNs, supply_v: float) -> None:
        """Power comes for the first time."""
        self._reached_ns = t_ns
        self._supply.becomes(supply_v)
        if self._supply.is_on:
            with self._link():
                self._power_comes(t_ns)

    def advance(
        self,
        until_ns: TimeNs,
        signals: Mapping[str, Signal],
        sense: Sense,
        break_on: frozenset[EventKind] = frozenset(),
    ) -> Batch:
        """Let everything happen before `until_ns` (`DeviceUnderTest.advance`)."""
        self._signals.know(signals)
        with self._link():
            broken = False
            while self._reached_ns < until_ns and not broken:
                while (wanted := self._inputs.due(self._reached_ns)) is not None:
                    self._let_in(wanted)
                stop_ns = min(until_ns, self._inputs.next_ns)
                if any(event.kind in break_on for event in self._told):
                    broken, stop_ns = True, self._reached_ns + 1
                if self._child is None or not self._supply.is_on:
                    self._reached_ns = stop_ns
                else:
                    broken |= self._run(stop_ns, sense, break_on)
        told, self._told = tuple(self._told), []
        return Batch(self._reached_ns, told)

    def terminal(self, t_ns: TimeNs, name: str, value: float) -> None:
        """A terminal changes (`DeviceUnderTest.terminal`)."""
        if name != "supply" and name not in self._buttons:
            known = ", ".join(sorted({"supply", *self._buttons}))
            raise ValueError(f"{self._part} has no terminal {name!r}; it has {known}")
        self._inputs.add(Terminal(t_ns, name, value), self._reached_ns)

    def receive(self, t_ns: TimeNs, data: bytes) -> None:
        """Bytes come in on the serial line (`DeviceUnderTest.receive`)."""
        self._inputs.add(Receive(t_ns, data), self._reached_ns)

    def inject(self, t_ns: TimeNs, fault: Injected) -> None:
        """Put a fault into the microcontroller (`DeviceUnderTest.inject`).

        One of an instant that has been reached is refused at once, a later one when it comes.
        """
        checked(fault)
        if fault.kind == "uart_noise":
            self.receive(t_ns, noise(t_ns, round(fault.dose)))
            return
        wanted = Inject(t_ns, fault.kind, fault.dose, fault.where)
        self._inputs.add(wanted, self._reached_ns)
        if self._inputs.next_ns == t_ns == self._reached_ns:
            with self._link():
                while (due := self._inputs.due(t_ns)) is not None:
                    self._let_in(due)

    def ask(self, **question: Any) -> Mapping[str, Any]:
        """Ask the process something else; `ask` names it.

        Raises:
            ValueError: the process cannot answer.
            BenchError: it has died, or is not there.
        """
        with self._link():
            if self._child is None:
                raise EndedChildError("exit", "it is not running")
            return self._exchange(Question(question), Answer).document

    def identity(self) -> Mapping[str, str]:
        """What runs, as the process itself tells it."""
        return {key: str(value) for key, value in self._facts.items()}

    @property
    def last_words(self) -> LastWords:
        """The last of what it did."""
        return self._last

    def close(self) -> None:
        """End the process; twice is fine."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(EndedChildError):
                child.send(Quit(), timeout_s=self._timeout_s)
            child.close()

    def _let_in(self, wanted: Input) -> None:
        """An input reaches the device; its instant is the one that has been reached."""
        if isinstance(wanted, Terminal) and wanted.name == "supply":
            self._supply_becomes(wanted)
            return
        if isinstance(wanted, Terminal):
            self._pressed[wanted.name] = wanted.value
        if isinstance(wanted, Inject) and wanted.kind in _LASTING:
            self._lasting[wanted.kind] = Injected(wanted.kind, wanted.dose)  # pyright: ignore[reportArgumentType]
        if self._child is None:
            return
        if isinstance(wanted, Inject):
            if self._supply.is_on or wanted.kind in _LASTING:
                self._exchange(wanted, Accepted)
        elif self._supply.is_on or isinstance(wanted, Terminal):
            self._send(wanted)

    def _supply_becomes(self, wanted: Terminal) -> None:
        t_ns, was_on = wanted.t_ns, self._supply.is_on
        self._supply.becomes(wanted.value)
        if self._child is not None:
            self._send(wanted)
        if was_on and not self._supply.is_on:
            self._told.append(Event(t_ns, "power", "", 0.0))
            if self._child is not None:
                self._exchange(Power(t_ns, comes=False), Done)
            if self.RESTARTS:
                self.close()
        elif self._supply.is_on and not was_on:
            self._power_comes(t_ns)

    def _power_comes(self, t_ns: TimeNs) -> None:
        self._told.append(Event(t_ns, "power", "", 1.0))
        if self._child is None:
            self._begin(t_ns, self._supply.cause)
        else:
            self._exchange(Power(t_ns, comes=True, cause=self._supply.cause), Done)

    def _begin(self, t_ns: TimeNs, cause: str) -> None:
        """A new process begins at `t_ns` with everything that outlives a processor's reset."""
        self.close()
        self._signals.forget_sent()
        self._child = Child(self.command())
        clock = (self._clock.error_ratio, self._clock.phase_ns)
        start = Start(t_ns, self._supply.supply_v, *clock, cause, self._stored, self.setup())
        self._facts = self._exchange(start, Ready, START_S).document
        for name, value in self._pressed.items():
            self._send(Terminal(t_ns, name, value))
        for fault in self._lasting.values():
            self._exchange(Inject(t_ns, fault.kind, fault.dose), Accepted)

    def _run(self, stop_ns: TimeNs, sense: Sense, break_on: frozenset[EventKind]) -> bool:
        """Let the process advance to `stop_ns`; True where it came back earlier because of an event."""
        self._send(Advance(stop_ns, break_on, self._signals.take_fresh()))
        told = self._told
        while not isinstance(report := self._receive(self._timeout_s), Done):
            if not isinstance(report, Ask):
                raise self._astray(report)
            value = sense(report.name, report.t_ns, tuple(told))
            told.clear()
            self._send(Value(value))
        self._reached_ns = report.reached_ns
        if report.is_over:
            is_broken = any(event.kind in break_on for event in told)
            self._begin(report.reached_ns, report.cause)
            return is_broken
        return report.reached_ns < stop_ns

    def _send(self, frame: Frame) -> None:
        assert self._child is not None
        self._child.send(frame, timeout_s=self._timeout_s)

    def _exchange(self, frame: Frame, wanted: type[R], timeout_s: float | None = None) -> R:
        self._send(frame)
        report = self._receive(self._timeout_s if timeout_s is None else timeout_s)
        if isinstance(report, Refused):
            raise ValueError(report.why)  # noqa: TRY004  what was asked cannot be
        if not isinstance(report, wanted):
            raise self._astray(report)
        return report

    def _receive(self, timeout_s: float) -> Report:
        """The next report that is an answer; events and what must be stored are taken on the way."""
        assert self._child is not None
        while self._takes(report := self._child.receive(timeout_s)):
            pass
        return report

    def _takes(self, report: Report) -> bool:
        """Take in a report that is no answer; False for one that is."""
        if isinstance(report, Events):
            self._told += report.events
            self._last.hear(report.events)
        elif isinstance(report, Stored):
            self._stored = report.data
        elif isinstance(report, Failed):
            self._failure = report.why
        else:
            return isinstance(report, Held)
        return True

    def _astray(self, report: Report) -> EndedChildError:
        return EndedChildError("garbled", f"it answered with {type(report).__name__}, which nobody had asked for")

    @contextlib.contextmanager
    def _link(self) -> Generator[None]:
        """Tell of the end of the process, once and for all, with the last that the device did."""
        if self._error is not None:
            raise self._error
        try:
            yield
        except EndedChildError as error:
            for report in self._child.last_reports() if self._child is not None else ():
                self._takes(report)
            self.close()
            self._error = self._told_of(error)
            raise self._error from error

    def _told_of(self, error: EndedChildError) -> BenchError:
        why = self.explained(self._failure)
        if not why or error.fate in {"crash", "hang"}:
            why = f"{error.fate}: {error.why}" + (f", {why}" if why else "")
        printed = f"; it printed: {error.printed!r}" if error.printed else ""
        problem = f"the process of the firmware has ended: {why}; {self._last.text}{printed}"
        heard_ns = self._last.heard_ns
        last_ns = self._reached_ns if heard_ns == NEVER else max(self._reached_ns, heard_ns)
        return BenchError(self._part, last_ns * 1e-9, problem, "look at the firmware, or at the library")
