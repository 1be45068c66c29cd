"""The simulated card: its terminals in front of a laboratory, the tasks that run on it, and what they put out."""

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rig.simulated.daq.card_driver import OutputDriver
from rig.simulated.daq.channels import AI, AO, CI, CO, DO, Channel
from rig.simulated.daq.errors import (
    DEVICE_LOST,
    NO_SUCH_CHANNEL,
    RESERVED,
    DaqmxError,
    not_simulated,
)
from rig.simulated.daq.faults import Faults
from rig.simulated.daq.live import LiveLab
from rig.simulated.daq.names import key_of
from rig.simulated.daq.outputs import Outputs
from rig.simulated.daq.products import PRODUCTS, Product
from rig.simulated.daq.task import Task
from rig.simulated.daq.terminals import Terminals
from rig.simulated.daq.wiring import CardWire, Wiring
from rig.simulated.daq.work import Work
from rig.simulated.daq.works import work_for
from sim.front_end_settings import FrontEndSettings
from sim.streams import Streams
from sim.timebase import NS_PER_MS, NS_PER_S, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.converter import Converter

_SERIAL: Final = 0x5314_0001
"""Serial number of every simulated card (design choice); what matters is that `is_simulated` is true."""


class SimulatedCard:
    """One card.

    Args:
        lab: what its terminals see and drive.
        wires: what is wired to it.
        front_end: what its inputs are like; the tap must be chosen.
        streams: random streams of the case: the errors and the noise of its inputs.
        product: its model, a name of `PRODUCTS`.
        name: of the device, as tasks call it.

    Raises:
        ValueError: an unknown product, or two wires at one port.
    """

    def __init__(
        self,
        lab: LiveLab,
        wires: Iterable[CardWire],
        front_end: FrontEndSettings,
        streams: Streams,
        product: str = "USB-6363",
        name: str = "Dev1",
    ) -> None:
        if product not in PRODUCTS:
            raise ValueError(f"simulated card: no product {product!r}; known are {', '.join(sorted(PRODUCTS))}")
        self.lab, self.name, self.serial = lab, name, _SERIAL
        self.product: Product = PRODUCTS[product]
        self.wiring, self.front_end, self.streams = Wiring(wires), front_end, streams
        self.tasks: list[Task] = []
        self.faults = Faults()
        self.outputs = Outputs()
        self.converters: dict[tuple[str, float], Converter] = {}
        self.terminals = Terminals(self)
        self.is_lost = False
        self._forgotten_ns: TimeNs = 0
        self._synced_ns: TimeNs = -1
        self.origin_ns: TimeNs | None = None
        """The device's time 0: sample indices of the inputs' noise count from it."""
        self._reserved: dict[str, Task] = {}
        self._driver = OutputDriver(self)
        lab.drive(self._driver)

    def close(self) -> None:
        """The outputs leave the laboratory."""
        with self.lab.lock:
            for task in list(self.tasks):
                task.gone.set()
                task.events.close()
            self.lab.release(self._driver)

    def physical(self, kind: int) -> list[str]:
        """Names of the physical channels of a kind, device and all."""
        product = self.product
        if kind in {AI, AO}:
            letters, count = ("ai", product.ai) if kind == AI else ("ao", product.ao)
        elif kind in {CI, CO}:
            letters, count = "ctr", product.counters
        else:
            return [
                f"{self.name}/port{port}/line{line}" for port, n in enumerate(product.port_lines) for line in range(n)
            ]
        return [f"{self.name}/{letters}{number}" for number in range(count)]

    def ports(self) -> list[str]:
        """Names of the digital ports."""
        return [f"{self.name}/port{port}" for port in range(len(self.product.port_lines))]

    def lines_of(self, name: str, kind: int) -> tuple[str, ...]:
        """Physical lines that a name stands for: one line, or all of a port.

        Raises:
            DaqmxError: -200170, no such line or port.
        """
        port = key_of(name)
        known = self.physical(kind)
        found = tuple(line for line in known if key_of(line) == port or key_of(line).startswith(f"{port}/"))
        if not found:
            raise DaqmxError(NO_SUCH_CHANNEL, f"Physical Channel Name: {name}\nDevice Specified: {self.name}")
        return found

    def find(self, name: str, kind: int) -> str:
        """The physical channel of that name.

        Raises:
            DaqmxError: -200170, there is none.
        """
        for known in self.physical(kind):
            if known.lower() == name.lower().lstrip("/"):
                return known
        raise DaqmxError(NO_SUCH_CHANNEL, f"Physical Channel Name: {name}\nDevice Specified: {self.name}")

    def sync(self, *, exact: bool = True) -> TimeNs:
        """Bring everything up to the present: the laboratory, what was put out, triggers, errors, events.

        Args:
            exact: False where nobody looks at the laboratory yet: on a paced clock what was brought up less than 1 ms
                ago is then left as it is. Each of the ten calls of a loop would cost a block of the laboratory else.

        Returns:
            Now, ns.

        Raises:
            DaqmxError: -201003, the card was unplugged.
        """
        now_ns = self.lab.clock.now_ns()
        is_fresh = now_ns == self._synced_ns  # at one instant nothing happens twice
        is_near = not exact and self.lab.clock.paced and now_ns - self._synced_ns < NS_PER_MS
        if not (is_fresh or is_near):
            self._synced_ns = now_ns
            self.lab.advance_to(now_ns)
            self.settle(now_ns)
        if self.is_lost:
            raise DaqmxError(DEVICE_LOST, f"Device Specified: {self.name}")
        return now_ns

    def settle(self, now_ns: TimeNs) -> None:
        """What has happened to the tasks until `now_ns`."""
        started = [task for task in self.tasks if task.is_started]
        for task in started:  # first what comes out, then what looks at it
            if task.does.puts_out:
                task.does.live(now_ns)
        for task in started:
            if task.t0_ns is None:
                self._look_for_start(task, now_ns)
            self._settle_task(task, now_ns)
        if now_ns > self._forgotten_ns + NS_PER_S:
            self._forgotten_ns = now_ns
            self.outputs.forget(min([now_ns, *(task.does.looks_back_to(now_ns) for task in started)]))

    def _settle_task(self, task: Task, now_ns: TimeNs) -> None:
        work = task.does
        if task.failed is None and (failure := work.fails_at()) is not None and failure[0] < now_ns:
            task.fail(failure[1], failure[0])
            self._end_clock_of(task, failure[0])
        if not work.puts_out:  # those that do have lived before anybody looked at them
            work.live(now_ns)
        if task.events.is_wanted:
            task.events.counted(work.clocked(now_ns))
            if task.failed is None and task.end_ns() <= now_ns:
                task.events.ended(0)

    def start(self, task: Task) -> None:
        """Start a task; one that is running already stays as it is.

        Raises:
            DaqmxError: -50103 a resource is in use, -200462 nothing was written, -201003 the card is gone.
        """
        with self.lab.lock:
            now_ns = self.sync()
            if task.is_started and not task.is_done(now_ns):
                return
            if task.is_started:
                self.stop(task)
            self.reserve(task)
            try:
                task.does.prepare()
            except DaqmxError:
                self.unreserve(task)
                raise
            task.rest()
            task.is_started, task.armed_ns = True, now_ns
            task.events.begin()
            if task.start_trigger.source or task.timing.source:
                self._look_for_start(task, now_ns)
            else:
                self.begin(task, now_ns)

    def begin(self, task: Task, t0_ns: TimeNs) -> None:
        """The task's first sample stands at `t0_ns`; whoever waited for its trigger or clock begins with it."""
        if task.kind == AI and task.timing.is_clocked and self.terminals.reference_v() is None:
            self.origin_ns = self.lab.power_on(t0_ns)
        task.begin(t0_ns)
        for other in self.tasks:
            if other.is_started and other.t0_ns is None and self._follows(other, task):
                self._take_clock(other, task)
                self.begin(other, t0_ns)

    def _follows(self, task: Task, leader: Task) -> bool:
        """True where a task waits for the start trigger of another one, or for its clock without any trigger."""
        if task is leader:
            return False
        if task.start_trigger.source:
            return key_of(task.start_trigger.source) == f"{leader.kind_name}/starttrigger"
        return self._uses_clock_of(task, leader)

    def _uses_clock_of(self, task: Task, leader: Task) -> bool:
        source = task.timing.source
        return bool(source) and key_of(source) == f"{leader.kind_name}/sampleclock"

    def _take_clock(self, task: Task, leader: Task) -> None:
        """A task on another one's clock has its period, and ends where that clock does."""
        if self._uses_clock_of(task, leader):
            task.timing.period_ns = leader.timing.period_ns
            task.clock_ends_ns = leader.end_ns()

    def _end_clock_of(self, leader: Task, t_ns: TimeNs) -> None:
        """The clock of a task has stopped, and with it whoever uses it."""
        for task in self.tasks:
            if task is not leader and task.is_started and self._uses_clock_of(task, leader):
                task.clock_ends_ns = min(task.clock_ends_ns, t_ns)

    def _look_for_start(self, task: Task, now_ns: TimeNs) -> None:
        """Begin a waiting task if what it waits for has come."""
        trigger = task.start_trigger
        if not trigger.source:
            self._join_clock(task, now_ns)
        elif not key_of(trigger.source).endswith("/starttrigger"):
            edge_ns = self.terminals.first(trigger, task.armed_ns, now_ns)
            if edge_ns is not None:
                # what a card puts out cannot begin in the past: it follows when the card has seen the edge
                self.begin(task, now_ns if task.kind in {AO, DO, CO} else edge_ns)
            else:
                task.armed_ns = max(task.armed_ns, now_ns)

    def _join_clock(self, task: Task, now_ns: TimeNs) -> None:
        """Begin with the next tick of a clock that is running already."""
        for leader in self.tasks:
            if leader.is_started and leader.t0_ns is not None and self._uses_clock_of(task, leader):
                period_ns = leader.timing.period_ns
                tick = -(-(now_ns - leader.t0_ns) // period_ns)
                self._take_clock(task, leader)
                self.begin(task, leader.t0_ns + tick * period_ns)
                return

    def stop(self, task: Task) -> None:
        """Stop a task: its outputs hold, its resources are free.

        Raises:
            DaqmxError: the error that had ended it, told once.
        """
        with self.lab.lock:
            now_ns = self.lab.clock.now_ns()
            if not self.is_lost:
                self.lab.advance_to(now_ns)
                self.settle(now_ns)
            if task.work is not None and task.is_started:
                task.work.stop(now_ns)
            failed = task.failed
            task.rest()
            self.unreserve(task)
            self._end_clock_of(task, now_ns)
        if failed is not None:
            raise failed

    def clear(self, task: Task) -> None:
        """Forget a task; its outputs hold what they have."""
        with self.lab.lock:
            with contextlib.suppress(DaqmxError):  # clearing a failed task is how its user mends it
                self.stop(task)
            if task in self.tasks:
                self.tasks.remove(task)
            task.gone.set()
            task.events.close()

    def reserve(self, task: Task) -> None:
        """Take what the task needs.

        Raises:
            DaqmxError: -50103, another task has it.
        """
        wanted = task.does.resources()
        for resource in sorted(wanted):
            holder = self._reserved.get(resource)
            if holder not in {None, task}:
                assert holder is not None
                detail = f"Resource: {self.name}/{resource}\nTask Name: {task.name}\nReserved by: {holder.name}"
                raise DaqmxError(RESERVED, detail)
        self._reserved.update(dict.fromkeys(wanted, task))

    def unreserve(self, task: Task) -> None:
        """Give back what the task had."""
        self._reserved = {resource: holder for resource, holder in self._reserved.items() if holder is not task}

    def unplug(self) -> None:
        """The cable is pulled: every task is aborted, every output is gone.

        Source: NI-DAQmx Key Concepts, "Aborting a Task": removing a device aborts all tasks that use it.
        """
        with self.lab.lock:
            now_ns = self.lab.clock.now_ns()
            self.lab.advance_to(now_ns)
            self.settle(now_ns)
            self.is_lost = True
            for task in self.tasks:
                task.fail(DaqmxError(DEVICE_LOST, f"Device Specified: {self.name}"), now_ns)
            self.outputs.rest(now_ns)

    def reset(self) -> None:
        """Abort every task and bring every output to its state at power-up; a card plugged in again is found again."""
        with self.lab.lock:
            now_ns = self.lab.clock.now_ns()
            self.lab.advance_to(now_ns)
            self.settle(now_ns)
            self.is_lost = False
            for task in self.tasks:
                if task.is_started:
                    task.does.stop(now_ns)
                    task.events.ended(DEVICE_LOST)
                task.rest()
            self._reserved.clear()
            self.outputs.rest(now_ns)

    def adopt_work(self, task: Task, work: Work) -> None:
        """Let a task without channels (a watchdog) work on this card."""
        with self.lab.lock:
            task.card, task.work = self, work
            self.tasks.append(task)

    def adopt(self, task: Task, channels: list[Channel]) -> None:
        """Add channels to a task, which thereby works on this card.

        Raises:
            DaqmxError: -200452, channels of another kind or of another card.
        """
        if task.card not in {None, self} or (task.channels and task.kind != channels[0].kind):
            raise not_simulated("tasks with channels of several kinds or cards")
        task.refuse_while_running()
        with self.lab.lock:
            if task.card is None:
                task.card, task.work = self, work_for(task, channels[0])
                self.tasks.append(task)
            task.channels.extend(channels)
