"""A simulated SCPI instrument: what it is told, in what order, and what it answers.

Subclasses say what they can do by decorated methods (`rig.simulated.scpi.commands.command`), by `settings` and by
`commands`; the transports of `rig.simulated.scpi.server` carry the messages. Whatever is not in the table is refused
with -113, never answered.
"""

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from rig.simulated.scpi.commands import Command, CommandTable, Setting, table_of
from rig.simulated.scpi.common_commands import CommonCommands
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.framing import split
from rig.simulated.scpi.replies import reply
from rig.simulated.scpi.session import CalledOff, Session
from rig.simulated.scpi.status import OPERATION_COMPLETE, Status

_MOST_RESPONSE_BYTES = 32 << 20
"""A longer response to one message is dropped (-430): no controller may fill the memory by asking."""

_POLL_S = 0.002
"""How often a pending operation is looked at, s of wall clock."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One command that an instrument was given.

    Attributes:
        text: header and the beginning of the arguments.
        error: number of the error that it caused, 0 for none.
    """

    text: str
    error: int = 0


class Instrument(CommonCommands):
    """One instrument, whoever talks to it; thread-safe by one lock, which waits do not hold.

    Args:
        identity: answer to `*IDN?`: maker, model, serial number, firmware. Serial numbers of simulated ones begin
            with `SIM`.
        pause: lets time pass while an operation is pending (moves a simulated clock on); called with the lock held,
            so it must be short. None waits in real time only.

    Attributes:
        lock: held while a command runs.
        status: errors and registers.
        log: the latest commands.
        crashes: tracebacks of faults of the simulation itself; a test that finds any has found a bug.
    """

    settings: ClassVar[tuple[Setting, ...]] = ()
    commands: ClassVar[tuple[Command, ...]] = ()

    def __init__(self, identity: str, *, pause: Callable[[], None] | None = None) -> None:
        self.identity = identity
        self.lock = threading.RLock()
        self.status = Status()
        self.log: deque[LogEntry] = deque(maxlen=2000)
        self.crashes: deque[str] = deque(maxlen=20)
        self._changed = threading.Condition(self.lock)
        self._pause = pause
        self._values: dict[tuple[Any, ...], Any] = {}
        self._settings = {
            setting.name: setting for base in type(self).__mro__ for setting in vars(base).get("settings", ())
        }
        self._session = Session()
        self._completion_asked = False

    # what subclasses fill in

    def reset(self) -> None:
        """Called by `*RST` after the settings have gone back; also to be called by the subclass when it is built."""

    def refresh(self) -> None:
        """Called before every command and status byte: brings registers up to the present."""

    def pending(self) -> bool:
        """An operation that `*OPC?` waits for is under way."""
        return False

    def trigger(self) -> None:
        """What `*TRG` and the trigger message of the link do; -211 where nothing waits for one."""
        raise ScpiError(-211)

    def changed(self, name: str, *suffixes: int) -> None:
        """Called after a setting was set."""

    # settings

    def get(self, name: str, *suffixes: int) -> Any:
        """The value of a setting."""
        key = (name, *suffixes)
        if key in self._values:
            return self._values[key]
        reset = self._settings[name].reset
        return reset(*suffixes) if callable(reset) else reset

    def put(self, name: str, *suffixes_and_value: Any) -> None:
        """Sets a setting: its name, its suffixes, its value."""
        *suffixes, value = suffixes_and_value
        if name not in self._settings:
            raise KeyError(name)
        self._values[(name, *suffixes)] = value
        self.changed(name, *suffixes)

    def restore(self) -> None:
        """`*RST`: settings and state as after power-on."""
        self._values.clear()
        self._completion_asked = False
        self.reset()

    # waiting

    @property
    def session(self) -> Session:
        """The controller whose command runs now."""
        return self._session

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Waits inside a command, letting other controllers in; raises CalledOff when a device clear breaks it off."""
        session = self._session
        try:
            with session.waiting():
                while not done():
                    session.check()
                    if self._pause is not None:
                        self._pause()
                    self._changed.wait(_POLL_S)
        finally:
            self._session = session

    def finish_pending(self) -> None:
        """Waits until nothing is under way."""
        if self.pending():
            self.wait_until(lambda: not self.pending())

    def forget_completion(self) -> None:
        """`*CLS`: nobody waits for the operation complete bit any more."""
        self._completion_asked = False

    def note_completion(self) -> None:
        """`*OPC`: the bit is set as soon as nothing is under way."""
        self._completion_asked = True
        self._refresh()

    # running

    @property
    def table(self) -> CommandTable:
        """What it answers to."""
        return table_of(type(self))

    def execute(self, message: bytes, session: Session | None = None) -> bytes:
        """Runs one program message.

        Args:
            message: without its terminator.
            session: the controller; another one each where it is left out.

        Returns:
            The response with its newline; nothing where nothing was asked, or where the controller called it off.
        """
        session = session or Session()
        session.begin()
        try:
            with self.lock:
                answers = self._answers(message, session)
                self._changed.notify_all()
        except CalledOff:
            return b""
        finally:
            session.end()
        return b";".join(answers) + b"\n" if answers else b""

    def status_byte(self, *, message_available: bool) -> int:
        """The status byte as the link reports it; never waits for a pending operation."""
        with self.lock:
            self._refresh()
            return self.status.byte(message_available=message_available)

    def report(self, code: int) -> None:
        """An error that the link found, into the queue."""
        with self.lock:
            self.status.report(ScpiError(code))

    def trigger_from_link(self, session: Session) -> None:
        """The trigger message of the link: like `*TRG`."""
        self.execute(b"*TRG", session)

    def _refresh(self) -> None:
        self.refresh()
        if self._completion_asked and not self.pending():
            self._completion_asked = False
            self.status.event |= OPERATION_COMPLETE

    def _answers(self, message: bytes, session: Session) -> list[bytes]:
        path = ""
        answers: list[bytes] = []
        length = 0
        for unit in split(message, b";"):
            head, text = _part(unit)
            if not head:
                continue
            session.check()
            self._session = session
            name = head if head.startswith("*") else head[1:] if head.startswith(":") else path + head
            if not head.startswith("*"):
                path = name[: name.rfind(":") + 1]
            answer = self._answer(name, text)
            if answer is not None:
                answers.append(answer)
                length += len(answer)
            if length > _MOST_RESPONSE_BYTES:
                self.status.report(ScpiError(-430))
                return []
        return answers

    def _answer(self, name: str, text: bytes) -> bytes | None:
        shown = f"{name} {text[:60].decode('latin-1')}".rstrip()
        try:
            self._refresh()
            entry, suffixes = self.table.find(name)
            value = entry.run(self, *suffixes, *entry.arguments(text, self))
            self.log.append(LogEntry(shown))
            return None if value is None else reply(value)
        except ScpiError as error:
            self.status.report(error)
            self.log.append(LogEntry(shown, error.code))
        except CalledOff:
            raise
        except Exception:  # noqa: BLE001 - a bug of one command must not end the link of every controller
            self.crashes.append(traceback.format_exc())
            self.status.report(ScpiError(-310))
            self.log.append(LogEntry(shown, -310))
        return None


def _part(unit: bytes) -> tuple[str, bytes]:
    """Header and arguments of one unit; trailing blanks of a block are its own."""
    head, *rest = unit.lstrip().split(maxsplit=1)[:2] or [b""]
    return head.decode("latin-1"), rest[0] if rest else b""
