"""The port behind which a firmware lives: terminals, time, and what it did, each with its instant.

The same port is served by the firmware built for this machine (in a child process), by its image on an emulated
microcontroller (in a child process), and by a simulated stimulator. All instants are rig time: whole nanoseconds of the
run, negative before it begins. Values at terminals are SI: volts of a switch, amperes through the electrodes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from sim.timebase import TimeNs

if TYPE_CHECKING:
    from sim.signal import Signal  # a device process begins without numpy

EventKind: TypeAlias = Literal["drive", "line", "uart", "power", "reset", "fault", "trace"]
"""What a device can do that somebody outside notices.

* `drive`: the output stage is switched; `value` is the current that it is asked for, A: positive in phase 1, negative
  in phase 2, 0 for off; `name` is the channel (`1`).
* `line`: a two-state line changes; `name` is its role (`status`, `indicator.fault`), `value` 1 or 0.
* `uart`: `data` left the serial line; the instant is the end of the last byte.
* `power`: the microcontroller's supply goes (`value` 0) or comes (1).
* `reset`: it starts from its reset vector; `name` is the cause, one of `RESET_CAUSES`.
* `fault`: something is wrong inside; `name` is one of `FAULTS`, `data` one line of text with registers and place.
* `trace`: a register was read or written, if that was asked for.
"""

RESET_CAUSES = ("power_on", "brown_out", "watchdog", "software", "pin", "lockup")
FAULTS = (
    "hard_fault",
    "bus_fault",
    "usage_fault",
    "memory_fault",
    "lockup",
    "unmodelled",
    "shoot_through",
    "crash",
    "hang",
    "flood",
    "misuse",
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the device did.

    Attributes:
        t_ns: when.
        kind: what.
        name: of what.
        value: new state.
        data: bytes that belong to it.
    """

    t_ns: TimeNs
    kind: EventKind
    name: str = ""
    value: float = 0.0
    data: bytes = b""


Sense: TypeAlias = Callable[[str, TimeNs, Sequence[Event]], float]
"""``(terminal, instant, events) -> value``: what a terminal carries at an instant, asked by a device that samples it.

The events are all that the device did since it was last heard, in time order: they may change the answer.
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a device did.

    Attributes:
        reached_ns: everything before this instant has happened.
        events: in time order; those that a `Sense` was given are not told again.
    """

    reached_ns: TimeNs
    events: tuple[Event, ...] = ()


InjectedKind: TypeAlias = Literal[
    "hang", "clock", "bit_flip", "adc_reference", "uart_noise", "hang_main_loop", "broken_frame"
]


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault put into the microcontroller from outside.

    Attributes:
        kind: `hang` (the processor stands still for `dose` s), `hang_main_loop` (the main loop alone does:
            on a chip all of thread mode, while interrupts are served), `clock` (its clock runs `dose` too fast, a
            ratio), `bit_flip` (bit `dose` of the byte at `where`), `adc_reference` (the reference voltage is `dose` of
            what it should be), `uart_noise` (`dose` bytes of garbage arrive), `broken_frame` (the text
            `where` arrives, and its byte `dose`, from 0, without a stop bit).
        dose: how much.
        where: symbol (`amplitude_code`, `settings+4`) or address (`0x20000010`) of a bit flip.
    """

    kind: InjectedKind
    dose: float
    where: str = ""


class DeviceUnderTest(Protocol):
    """A device between its terminals. Instants never fall; what lies at `until_ns` belongs to the next call."""

    def start(self, t_ns: TimeNs, supply_v: float) -> None:
        """Power comes for the first time."""
        ...

    def advance(
        self,
        until_ns: TimeNs,
        signals: Mapping[str, "Signal"],
        sense: Sense,
        break_on: frozenset[EventKind] = frozenset(),
    ) -> Batch:
        """Let everything happen before `until_ns`.

        Args:
            until_ns: end, not included.
            signals: what is known beforehand of the terminals (`heel_switch`); samples hold until the next, the last of
                them until the next call that brings some.
            sense: asked for every other terminal at the instant at which the device samples it.
            break_on: kinds of event after which to come back at once; `reached_ns` is then just behind it.

        Raises:
            BenchError: the device process has died or does not answer; its text holds the last pulses and the last of
                its serial log.
        """
        ...

    def terminal(self, t_ns: TimeNs, name: str, value: float) -> None:
        """A terminal changes: `supply` (V), or a button (`button.stop`, `button.rearm`; 1 pressed).

        Raises:
            ValueError: the device has no such terminal.
        """
        ...

    def receive(self, t_ns: TimeNs, data: bytes) -> None:
        """Bytes come in on the serial line from `t_ns` on, at its baud rate."""
        ...

    def inject(self, t_ns: TimeNs, fault: Injected) -> None:
        """Put a fault into the microcontroller.

        Raises:
            ValueError: this device cannot have it.
        """
        ...

    def identity(self) -> Mapping[str, str]:
        """What runs: kind, image and its sha256, compiler, chip, engine with its version, how instructions count."""
        ...

    def close(self) -> None:
        """End the process; twice is fine."""
        ...


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How the device's own clock runs against rig time.

    Attributes:
        error_ratio: relative error of its frequency; positive: it runs fast.
        phase_ns: rig time of a tick of its millisecond.
    """

    error_ratio: float = 0.0
    phase_ns: TimeNs = 0


@dataclass(frozen=True, slots=True)
class Tail:
    """The last of what a device did, for the message about its end.

    Attributes:
        pulses: the last drive events.
        uart: the last bytes of the serial log.
    """

    pulses: tuple[Event, ...] = field(default=())
    uart: bytes = b""
