"""A task: channels, clock, triggers and buffers, from the first channel to the last sample."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.channels import KIND_NAMES, Channel
from rig.simulated.daq.errors import NEVER_AVAILABLE, NO_CHANNELS, NO_SUCH_TASK, NOT_DONE, TASK_RUNNING, DaqmxError
from rig.simulated.daq.events import TaskEvents
from rig.simulated.daq.timing import Timing
from rig.simulated.daq.trigger import Trigger
from rig.simulated.daq.work import Work
from sim.timebase import NEVER, NS_PER_MS, NS_PER_S, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard

_LOOK_NS: Final = NS_PER_MS
"""While a task waits for an edge, the card looks this often."""
_NAP_NS: Final = 50 * NS_PER_MS
_FOREVER_NS: Final = 3600 * NS_PER_S
"""A wait without time-out ends after an hour of the laboratory's time: nothing may hang."""


@dataclass(slots=True)
class Buffers:
    """Sizes that the user set, samples a channel; 0 for the driver's choice.

    Attributes:
        input: of the input buffer.
        output: of the output buffer.
    """

    input: int = 0
    output: int = 0


@dataclass(slots=True, eq=False)
class Task:
    """One task of a card.

    Attributes:
        name: unique in the host.
        owner: who created it, as the host knows its clients.
        card: the card of its channels; None before the first.
        channels: in order.
        work: what it does, by kind of channel; None before the first.
        timing: of its sample clock.
        start_trigger: what it waits for.
        reference_trigger: what ends a finite acquisition.
        buffers: what the user set.
        settings: attributes that were set and change nothing, by (family, NI's number).
        events: who wants to know of its samples and its end.
        is_started: between start and stop.
        armed_ns: since when it waits for its start; what lies before has been looked at.
        t0_ns: instant of its first sample; None while it waits.
        failed: the error that ended it.
        failed_ns: when.
        clock_ends_ns: when its clock stopped: by an error, or with the task whose clock it uses.
    """

    name: str
    owner: str = ""
    card: "SimulatedCard | None" = None
    channels: list[Channel] = field(default_factory=list[Channel])
    work: Work | None = None
    timing: Timing = field(default_factory=Timing)
    start_trigger: Trigger = field(default_factory=Trigger)
    reference_trigger: Trigger = field(default_factory=Trigger)
    buffers: Buffers = field(default_factory=Buffers)
    settings: dict[tuple[str, int], Any] = field(default_factory=dict[tuple[str, int], Any])
    events: TaskEvents = field(default_factory=TaskEvents)
    is_started: bool = False
    armed_ns: TimeNs = 0
    t0_ns: TimeNs | None = None
    failed: DaqmxError | None = None
    failed_ns: TimeNs = NEVER
    clock_ends_ns: TimeNs = NEVER
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def kind(self) -> int:
        """`AI` ... `CO`; 0 without channels."""
        return self.channels[0].kind if self.channels else 0

    @property
    def kind_name(self) -> str:
        """`ai` ... `co`."""
        return KIND_NAMES.get(self.kind, "")

    @property
    def on(self) -> "SimulatedCard":
        """Its card.

        Raises:
            DaqmxError: -200478, the task has no channels.
        """
        if self.card is None:
            raise DaqmxError(NO_CHANNELS, f"Task Name: {self.name}")
        return self.card

    @property
    def does(self) -> Work:
        """Its work.

        Raises:
            DaqmxError: -200478, the task has no channels.
        """
        if self.work is None:
            raise DaqmxError(NO_CHANNELS, f"Task Name: {self.name}")
        return self.work

    def refuse_while_running(self) -> None:
        """Raises -200557 between start and stop, where nothing may be configured."""
        if self.is_started:
            raise DaqmxError(TASK_RUNNING, f"Task Name: {self.name}")

    def rest(self) -> None:
        """Between stop and start."""
        self.is_started, self.t0_ns, self.failed = False, None, None
        self.failed_ns = self.clock_ends_ns = NEVER

    def begin(self, t0_ns: TimeNs) -> None:
        """The first sample stands at `t0_ns`."""
        self.t0_ns = t0_ns
        self.does.begin(t0_ns)

    def first_sample_ns(self) -> TimeNs:
        """Instant of its first sample.

        Raises:
            DaqmxError: -200278, another client has stopped it, or reset the card, after it was waited for.
        """
        t0_ns = self.t0_ns
        if t0_ns is None:
            raise DaqmxError(NEVER_AVAILABLE, f"Task Name: {self.name}\nIt was stopped while it was read", read=0)
        return t0_ns

    def fail(self, error: DaqmxError, t_ns: TimeNs) -> None:
        """The task ends by an error at `t_ns`; whoever asks next is told, and its events at once."""
        if self.failed is None and self.is_started:
            self.failed, self.failed_ns = error, t_ns
            self.clock_ends_ns = min(self.clock_ends_ns, t_ns)
            self.events.ended(error.code)

    def check(self) -> None:
        """Raises what ended the task."""
        if self.failed is not None:
            raise DaqmxError(self.failed.code, self.failed.detail, self.failed.read, self.failed.written)

    def end_ns(self) -> TimeNs:
        """When it is done by itself; `NEVER` where it is not known yet."""
        if self.t0_ns is None or self.work is None:
            return NEVER
        return self.work.end_ns()

    def is_done(self, now_ns: TimeNs) -> bool:
        """True where nothing is left to be done: not started, ended, or failed."""
        return not self.is_started or self.failed is not None or self.end_ns() <= now_ns

    def wait(self, ready: Callable[[TimeNs], TimeNs], timeout_s: float) -> bool:
        """Let the laboratory live until a condition holds; False where the time ran out.

        Args:
            ready: now, ns -> the instant at which the condition will hold as far as is known, `NEVER` where it is not.
                An instant not after now ends the wait. It is called with the laboratory locked.
            timeout_s: negative for none.

        Raises:
            DaqmxError: -200088, the task was cleared meanwhile; or what ended the card.
        """
        card = self.on
        with card.lab.lock:
            now_ns = card.sync(exact=False)
            until_ns = now_ns + (
                round(timeout_s * NS_PER_S) if 0.0 <= timeout_s < _FOREVER_NS / NS_PER_S else _FOREVER_NS
            )
            at_ns = ready(now_ns)
        while at_ns > now_ns:
            if now_ns >= until_ns:
                return False
            next_ns = at_ns if at_ns < NEVER else now_ns + _LOOK_NS
            if card.lab.clock.paced:
                next_ns = min(next_ns, now_ns + _NAP_NS)
            if not card.lab.clock.wait_until(min(next_ns, until_ns), self.gone):
                raise DaqmxError(NO_SUCH_TASK, f"Task Name: {self.name}: it was cleared while it waited")
            with card.lab.lock:
                now_ns = card.sync(exact=False)
                at_ns = ready(now_ns)
        return True

    def wait_until_done(self, timeout_s: float) -> None:
        """Wait for the end of the task.

        Raises:
            DaqmxError: -200560, it was not done in time; or the error that ended it.
        """

        def done(now_ns: TimeNs) -> TimeNs:
            return now_ns if self.is_done(now_ns) else self.end_ns()

        if not self.wait(done, timeout_s):
            raise DaqmxError(NOT_DONE, f"Task Name: {self.name}")
        self.check()
