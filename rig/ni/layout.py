"""Which terminal of the card does what in a case: from the wires of a laboratory to names that NI-DAQmx knows."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rig.bench_file.laboratory import Laboratory
from rig.bench_file.wiring import SafeOutput, Wire
from scenarios.case import Case
from scenarios.roles import LINES
from sim.errors import BenchError

TIMED_PORT: Final = "port0"
"""Lines of other ports have no sample clock (X Series User Manual, static and hardware-timed digital I/O)."""
BY_HAND: Final = ("interlock", "zero", "span")
"""Lines that no event of a case moves; they are set at once, by tasks of their own."""
_NOT_RUNNING: Final = math.nan


@dataclass(frozen=True, slots=True)
class Input:
    """An analogue input.

    Attributes:
        role: what it captures.
        physical: `Dev1/ai0`.
        range_v: V.
        reference: `differential`, `rse` or `nrse`.
        number: its place among the inputs of the task, from 0.
    """

    role: str
    physical: str
    range_v: float
    reference: str
    number: int


@dataclass(frozen=True, slots=True)
class Output:
    """An analogue output.

    Attributes:
        role: what it carries.
        physical: `Dev1/ao0`.
        range_v: V.
        limit_v: most that may be put out, V.
        volts_per_unit: V at the terminal per SI unit of the role.
        rest_v: where it harms nobody, V.
    """

    role: str
    physical: str
    range_v: float
    limit_v: float
    volts_per_unit: float
    rest_v: float


@dataclass(frozen=True, slots=True)
class Lines:
    """A group of digital lines that belong together: one relay or button, or the code of a bank.

    Attributes:
        role: what they carry.
        physical: `Dev1/port0/line9`, ..., the least significant first.
        numbers: in their port.
        invert: low for what is on.
        rest: code in which they harm nobody, electrical.
        codes: load -> code that chooses it; empty for a relay or button.
    """

    role: str
    physical: tuple[str, ...]
    numbers: tuple[int, ...]
    invert: bool = False
    rest: int = 0
    codes: Mapping[object, int] = field(default_factory=dict[object, int])

    @property
    def mask(self) -> int:
        """Its bits in a word of the port."""
        return sum(1 << number for number in self.numbers)

    def word(self, code: int) -> int:
        """Its bits in a word of the port that stand for `code`, as the lines then are."""
        levels = code ^ ((1 << len(self.numbers)) - 1) if self.invert else code
        return self.levels(levels)

    def levels(self, levels: int) -> int:
        """Its bits in a word of the port for electrical levels."""
        return sum(((levels >> place) & 1) << number for place, number in enumerate(self.numbers))

    def at_rest(self) -> dict[str, bool]:
        """Physical line -> level where it harms nobody."""
        return {physical: bool(self.rest >> place & 1) for place, physical in enumerate(self.physical)}

    def driven(self) -> dict[str, bool]:
        """Physical line -> level where it is on."""
        return dict.fromkeys(self.physical, not self.invert)


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter that measures pulse widths.

    Attributes:
        physical: `Dev1/ctr0`.
        gate: `/Dev1/PFI9`.
        invert: low while the current is above the level.
    """

    physical: str
    gate: str
    invert: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What the tasks of a case are made of.

    Attributes:
        part: name of the card on the bench.
        device: its name in the driver, `Dev1`.
        inputs: captured as waveforms, in the order of the case.
        outputs: analogue, in file order.
        lines: moved by commands, all of one timed port.
        by_hand: interlock, zero and span.
        status: lines that are captured.
        order: roles in the order in which they are driven safe.
        counter: behind the comparator on the current; None where that is not wired, or no current captured.
    """

    part: str
    device: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    lines: tuple[Lines, ...]
    by_hand: Mapping[str, Lines]
    status: tuple[Lines, ...]
    order: tuple[str, ...]
    counter: Counter | None = None


def layout_of(laboratory: Laboratory, case: Case) -> Layout:
    """The layout of a case, taps chosen (`Laboratory.for_device`).

    Raises:
        BenchError: the bench has no card, or something is wired to a line without a sample clock.
    """
    card = laboratory.card_instrument
    if card is None:
        raise BenchError(laboratory.id, _NOT_RUNNING, "the bench has no card", "add one with `driver: ni.daqmx`")
    safe = {each.role: each for each in laboratory.safe_state}
    inputs: list[Input] = []
    outputs: list[Output] = []
    lines: list[Lines] = []
    by_hand: dict[str, Lines] = {}
    status: list[Lines] = []
    captured = [role for role in case.capture.channels if role not in LINES]
    wires = laboratory.wires_of(card.name)
    for role in captured:
        wire = _wire(wires, role, "ai")
        if wire is None:
            raise BenchError(laboratory.id, _NOT_RUNNING, f"no input of `{card.name}` captures `{role}`")
        inputs.append(Input(role, f"{card.device}/{wire.port}", wire.range_v, wire.reference, len(inputs)))
    for wire in wires:
        if wire.kind == "ao":
            outputs.append(_output(laboratory, wire, safe.get(wire.role)))
        elif wire.lines and wire.role in LINES:
            if wire.role in case.capture.channels or _feature_of(wire.role) in case.device.features:
                status.append(_timed(_lines(laboratory, wire, None), laboratory))
        elif wire.lines and wire.role in BY_HAND:
            by_hand[wire.role] = _lines(laboratory, wire, safe.get(wire.role))
        elif wire.lines:
            lines.append(_timed(_lines(laboratory, wire, safe.get(wire.role)), laboratory))
    return Layout(
        part=card.name,
        device=card.device,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        lines=tuple(lines),
        by_hand=by_hand,
        status=tuple(status),
        order=tuple(each.role for each in laboratory.safe_state),
        counter=_counter(card.device, _wire(wires, "comparator", "ctr")) if "current" in captured else None,
    )


def _counter(device: str, wire: Wire | None) -> Counter | None:
    return None if wire is None else Counter(f"{device}/{wire.port}", f"/{device}/{wire.gate}", wire.invert)


def _feature_of(line: str) -> str:
    """The feature of a device that has this line: what is wired to no lamp would read as a lamp that is off."""
    return "status_line" if line == "status" else "indicators"


def _wire(wires: Iterable[Wire], role: str, kind: str) -> Wire | None:
    return next((wire for wire in wires if wire.role == role and wire.kind == kind), None)


def _output(laboratory: Laboratory, wire: Wire, safe: SafeOutput | None) -> Output:
    card = laboratory.instruments[wire.instrument]
    limit = card.limits.get(wire.port)
    rest = 0.0 if safe is None or math.isnan(safe.value) else safe.value
    return Output(
        role=wire.role,
        physical=f"{card.device}/{wire.port}",
        range_v=wire.range_v,
        limit_v=limit.voltage_v if limit is not None else wire.range_v,
        volts_per_unit=wire.volts_per_unit,
        rest_v=rest * wire.volts_per_unit,
    )


def _lines(laboratory: Laboratory, wire: Wire, safe: SafeOutput | None) -> Lines:
    card = laboratory.instruments[wire.instrument]
    bank = next((laboratory.fixtures[name] for name in wire.through if laboratory.fixtures[name].positions), None)
    positions = bank.positions if bank is not None else ()
    numbers = tuple(int(line.rpartition("line")[2]) for line in wire.lines)
    found = Lines(
        role=wire.role,
        physical=tuple(f"{card.device}/{line}" for line in wire.lines),
        numbers=numbers,
        invert=wire.invert,
        codes={each.load: each.select for each in positions if each.load is not None and each.select >= 0},
    )
    rest = 0
    if safe is not None:
        chosen = next((each.select for each in positions if each.name == safe.state), None)
        if chosen is not None:
            rest = chosen ^ (1 << len(numbers)) - 1 if wire.invert else chosen
        elif safe.state in {"high", "low"}:
            rest = (1 << len(numbers)) - 1 if safe.state == "high" else 0
    return Lines(found.role, found.physical, found.numbers, found.invert, rest, found.codes)


def _timed(lines: Lines, laboratory: Laboratory) -> Lines:
    if any(f"/{TIMED_PORT}/" not in physical for physical in lines.physical):
        problem = f"`{lines.role}` is wired to {lines.physical[0]}, which has no sample clock"
        raise BenchError(laboratory.id, _NOT_RUNNING, problem, f"wire it to a line of {TIMED_PORT}")
    return lines
