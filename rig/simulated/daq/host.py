"""The driver's side of the link: cards by name, tasks by name, and one door for every remote call."""

import itertools
import threading
from collections.abc import Iterable
from typing import Any, Final

from rig.simulated.daq.calls import Fields, Subscription
from rig.simulated.daq.card import SimulatedCard
from rig.simulated.daq.errors import (
    DEVICE_LOST,
    DUPLICATE_TASK,
    NO_SUCH_DEVICE,
    NO_SUCH_TASK,
    DaqmxError,
)
from rig.simulated.daq.faults import Fault, error_of
from rig.simulated.daq.handlers import handler_of, stream_of
from rig.simulated.daq.names import device_of
from rig.simulated.daq.task import Task
from sim.timebase import ns_from_s

_ATTACH: Final = 2
_INITIALIZE: Final = 1


class LinkFaultError(Exception):
    """The link, not the card, fails: the server does not answer, or the connection is gone.

    Args:
        kind: `no_answer` or `disconnect`.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def __str__(self) -> str:
        return "the card's server did not answer" if self.kind == "no_answer" else "the connection was lost"


class CardHost:
    """Cards and tasks of one server; thread-safe.

    Args:
        cards: at least one.
    """

    def __init__(self, cards: Iterable[SimulatedCard]) -> None:
        self.cards = {card.name: card for card in cards}
        self.lock = threading.RLock()
        self.tasks: dict[str, Task] = {}
        self.closed = threading.Event()
        self._numbers = itertools.count()

    @property
    def first(self) -> SimulatedCard:
        """The card of calls that name none."""
        return next(iter(self.cards.values()))

    def card(self, name: str) -> SimulatedCard:
        """The card that a channel, terminal or device name speaks of.

        Raises:
            DaqmxError: -200220 there is none, -201003 it was unplugged.
        """
        card = self.known(name)
        if card.is_lost:
            raise DaqmxError(DEVICE_LOST, f"Device Specified: {card.name}")
        return card

    def known(self, name: str) -> SimulatedCard:
        """The same, also where it is unplugged (a reset finds it again)."""
        wanted = device_of(name).lower()
        for known, card in self.cards.items():
            if known.lower() == wanted:
                return card
        raise DaqmxError(NO_SUCH_DEVICE, f"Device Specified: {device_of(name)}")

    def create_task(self, name: str, behavior: int, owner: str = "") -> tuple[Task, bool]:
        """A task of that name; whether it is new.

        Args:
            name: empty for one of its own.
            behavior: of the client's session: 0 attach or create, 1 create, 2 attach.
            owner: who asks, as the server knows its clients.

        Raises:
            DaqmxError: -200089 it exists already, -200088 there is none to attach to. That a real server uses these
                codes is unverified.
        """
        with self.lock:
            if name and name in self.tasks and behavior != _INITIALIZE:
                return self.tasks[name], False
            if behavior == _ATTACH:
                raise DaqmxError(NO_SUCH_TASK, f"Task Name: {name}")
            if name in self.tasks:
                raise DaqmxError(DUPLICATE_TASK, f"Task Name: {name}")
            while not name or name in self.tasks:
                name = f"_unnamedTask<{next(self._numbers)}>"
            self.tasks[name] = Task(name, owner)
            return self.tasks[name], True

    def task(self, name: str) -> Task:
        """The task of that name.

        Raises:
            DaqmxError: -200088, there is none.
        """
        found = self.tasks.get(name)
        if found is None:
            raise DaqmxError(NO_SUCH_TASK, f"Task Name: {name}")
        return found

    def clear_task(self, name: str) -> None:
        """Forget a task; one that is gone already stays gone."""
        with self.lock:
            task = self.tasks.pop(name, None)
        if task is None:
            return
        if task.card is not None:
            task.card.clear(task)
        task.gone.set()
        task.events.close()

    def abandon_task(self, name: str) -> None:
        """The clients of a task are gone: what it holds is released; one that watches over lines goes on to its end."""
        task = self.tasks.get(name)
        if task is not None and task.work is not None and task.work.outlives_client():
            return
        self.clear_task(name)

    def clear_tasks_of(self, owner: str) -> tuple[str, ...]:
        """Forget every task of one client; returns their names."""
        names = tuple(name for name, task in list(self.tasks.items()) if task.owner == owner)
        for name in names:
            self.clear_task(name)
        return names

    def call(self, name: str, request: Any) -> Fields:
        """Answer a remote call: the fields of its response, `status` left out where it is 0.

        Raises:
            DaqmxError: the card's answer is an error.
            LinkFaultError: a fault of the link was put in.
            NotServedError: nobody has written this call.
        """
        handler = handler_of(name)
        self._strike(name, request)
        return handler(self, request)

    def subscribe(self, name: str, request: Any) -> Subscription:
        """Open a stream of events: a `Subscription`, which is registered when this returns.

        Raises:
            DaqmxError: the task cannot tell of such events.
            LinkFaultError: a fault of the link was put in.
            NotServedError: nobody has written this call.
        """
        handler = stream_of(name)
        self._strike(name, request)
        return handler(self, request)

    def _strike(self, name: str, request: Any) -> None:
        """Let a fault that waits for this call strike."""
        session = getattr(request, "task", None)
        task = self.tasks.get(session.name) if session is not None else None
        card = self.first if task is None or task.card is None else task.card
        if not card.faults.waits:
            return
        fault = card.faults.struck(name, "" if task is None else task.name)
        if fault is not None:
            self._apply(fault, card, task)

    def _apply(self, fault: Fault, card: SimulatedCard, task: Task | None) -> None:
        if fault.kind == "unplug":
            card.unplug()
            raise DaqmxError(DEVICE_LOST, f"Device Specified: {card.name}")
        if fault.kind in {"late_answer", "no_answer"}:
            card.lab.clock.wait_until(card.lab.clock.now_ns() + ns_from_s(fault.delay_s), self.closed)
        if fault.kind in {"no_answer", "disconnect"}:
            raise LinkFaultError(fault.kind)
        error = error_of(fault, "" if task is None else task.name)
        if error is None:
            return
        if task is not None and fault.kind in {"overflow", "onboard_overflow", "underflow"}:
            with card.lab.lock:
                task.fail(error, card.lab.clock.now_ns())
        raise error

    def close(self) -> None:
        """Every task is cleared, every waiting call ends."""
        self.closed.set()
        for name in list(self.tasks):
            self.clear_task(name)
