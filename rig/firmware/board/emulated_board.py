"""A board with an emulated microcontroller: time, supply, terminals and faults around a `Machine`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rig.firmware.board.board_file import Board
from rig.firmware.board.board_line import BAUD, BITS, NO_STOP, BoardLine
from rig.firmware.board.board_nets import IMU
from rig.firmware.board.board_wiring import BoardWiring
from rig.firmware.board.device_time import DeviceTime
from rig.firmware.board.sampled_terminals import SampledTerminals
from rig.firmware.device_under_test import Event, EventKind
from rig.firmware.image.image_file import LoadedImage
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.stm32f4.models import build_peripherals, wire_imu
from rig.firmware.machine.svd import read_svd
from rig.firmware.options import Counter
from sim.errors import ScenarioError
from sim.timebase import NS_PER_S, TimeNs

if TYPE_CHECKING:
    from rig.firmware.machine.soc import Emission

RESET_TIME_NS: Final = 1_000_000
"""From the supply to the first instruction. Source: DS8626 table 18, tRSTTEMPO 0.5 to 3 ms; a whole millisecond (design
choice), so that a firmware whose ticks count from its reset ticks where the device's clock does."""


@dataclass(frozen=True, slots=True)
class BoardState:
    """All that changes on a board, as plain data.

    Attributes:
        machine: processor, peripherals, memory, with what waits on the serial line and how the keys stand.
        wiring: what the nets carry.
        pieces: of the clock.
        supply_v: of the box, V.
        is_powered: whether the microcontroller has its supply.
        error_ratio: of the clock.
        held: events of an instant that was not asked for yet.
        line_free_ns: when the last byte that is coming will have come.
    """

    machine: Mapping[str, Any]
    wiring: Mapping[str, Any]
    pieces: tuple[DeviceTime, ...]
    supply_v: float
    is_powered: bool
    error_ratio: float
    held: tuple[Event, ...]
    line_free_ns: TimeNs


class EmulatedBoard:
    """A firmware image on an emulated board.

    Args:
        image: that is in its flash.
        board: chip, clock and nets.
        counter: how instructions are counted.
        ask: ``(terminal, instant) -> SI value`` of a terminal of which nothing is known beforehand.

    Attributes:
        machine: the microcontroller.
        pieces: cycles against rig time, one piece after the other; the last is in force.
        heard: told of all that the machine tells, once each, in order.
    """

    def __init__(self, image: LoadedImage, board: Board, counter: Counter, ask: Callable[[str, TimeNs], float]) -> None:
        self._board, self._ask = board, ask
        self.heard: Callable[[Sequence[Emission]], None] = lambda _: None
        self.wiring = BoardWiring(board, self._value_at, self._tell)
        self._line = BoardLine(board.uart, {r: net for r, net in board.nets.items() if r.startswith("button.")})
        chip = CHIPS[board.chip]
        if board.svd:
            chip = replace(chip, register_names=read_svd(Path(board.svd)))
        peripherals = build_peripherals(chip, board.crystal_hz, board.adc_reference_v, BAUD)
        if (imu := board.nets.get(IMU)) is not None:
            wire_imu(peripherals, imu.bus, imu.address, self._value_at)
        self.machine = Machine(
            image,
            chip,
            [*peripherals, self._line],
            self.wiring,
            hclk_hz=board.clock_hz,
            cycles_per_instruction=board.cycles_per_instruction,
            counter=counter,
        )
        self._terminals = SampledTerminals()
        self._supply_v, self._error_ratio = 0.0, 0.0
        self._is_powered = False
        self._held: list[Event] = []
        self._line_free_ns: TimeNs = 0
        self.pieces = [DeviceTime.starting(0, board.clock_hz, 0.0)]

    # power

    def power_on(
        self, t_ns: TimeNs, cause: str, error_ratio: float | None = None, wait_ns: TimeNs = RESET_TIME_NS
    ) -> None:
        """The supply comes at `t_ns`; the processor begins `wait_ns` later. Before that its cycles stand still."""
        if error_ratio is not None:
            self._error_ratio = error_ratio
        cycle = self.machine.soc.now()
        self.pieces.append(DeviceTime.starting(t_ns + wait_ns, self._board.clock_hz, self._error_ratio, cycle))
        self.machine.power_on(cause)
        self._is_powered, self._line_free_ns = True, t_ns

    def power_off(self, t_ns: TimeNs) -> list[Event]:
        """The supply goes at `t_ns`: every pin lets go of what it drives; what the board does thereupon, at once."""
        self._is_powered = False
        self._line.forget()
        self.machine.take_emissions()
        for peripheral in self.machine.soc.peripherals.values():
            peripheral.reset()
        self.machine.soc.queue.clear()
        self._held.clear()
        let_go = [each for each in self.machine.take_emissions() if each.kind in {"drive", "line"}]
        return [Event(t_ns, each.kind, each.name, each.value) for each in let_go]

    def supply(self, supply_v: float) -> None:
        """The supply of the box is another; whether it is enough is for the rig to say."""
        self._supply_v = supply_v

    # what comes in

    def know(self, name: str, t0_ns: TimeNs, period_ns: TimeNs, samples: bytes) -> None:
        """Samples of a terminal are known beforehand."""
        self._terminals.feed(name, t0_ns, period_ns, samples)

    def press(self, role: str, *, is_pressed: bool) -> None:
        """A key goes down or comes up."""
        self._line.press(role, is_pressed=is_pressed)

    def receive(self, t_ns: TimeNs, data: bytes, broken: int = -1) -> None:
        """Bytes come in on the serial line from `t_ns` on, behind those that are still coming.

        The byte at the place `broken` has no stop bit.
        """
        start_ns = max(t_ns, self._line_free_ns)
        ends = [start_ns + (place * BITS * NS_PER_S) // BAUD for place in range(1, len(data) + 1)]
        self._line_free_ns = ends[-1] if ends else start_ns
        if self._is_powered:
            frames = [byte | (NO_STOP if place == broken else 0) for place, byte in enumerate(data)]
            self._line.send([(self.time.first_cycle_at(end), each) for end, each in zip(ends, frames, strict=True)])

    # faults

    def hang(self, span_s: float) -> None:
        """The processor stands still; its peripherals, the watchdog among them, do not."""
        self._line.hold_processor(round(span_s * self._board.clock_hz), self.machine.processor.unit)

    def hang_main_loop(self, span_s: float) -> None:
        """Thread mode stands still, as in an endless loop; interrupts are served as before."""
        self._line.hold_thread(round(span_s * self._board.clock_hz), self.machine.processor.unit)

    def set_clock_error(self, error_ratio: float) -> None:
        """The clock runs `error_ratio` too fast from now on."""
        self._error_ratio = error_ratio
        self.pieces.append(self.time.running_at(self.machine.soc.now(), self._board.clock_hz, error_ratio))

    def flip_bit(self, where: str, bit: int) -> int:
        """A bit of a byte in RAM or flash flips; returns the address.

        Raises:
            ValueError: no such symbol, or no memory there.
        """
        from rig.firmware.machine.peripheral import BusFault

        address = self._address(where)
        soc = self.machine.soc
        try:
            (byte,) = soc.memory_read(address, 1)
            soc.memory_write(address, bytes((byte ^ 1 << bit,)))
        except BusFault:
            raise ValueError(f"bit_flip: there is no memory at 0x{address:08x} on {self._board.chip}") from None
        return address

    def _address(self, where: str) -> int:
        name, _, offset = where.partition("+")
        try:
            distance = int(offset, 0) if offset else 0
            if name[:1].isdigit():
                return int(name, 0) + distance
            return self.machine.image.symbol(name.strip()).address + distance
        except ScenarioError as error:
            raise ValueError(f"bit_flip: {error}") from None
        except ValueError:
            raise ValueError(f"bit_flip: `{where}` is neither a symbol nor an address") from None

    # time

    @property
    def is_powered(self) -> bool:
        """Whether the microcontroller has its supply."""
        return self._is_powered

    @property
    def time(self) -> DeviceTime:
        """The clock as it runs now."""
        return self.pieces[-1]

    def instant_ns(self, cycle: int) -> TimeNs:
        """Rig time of a cycle, by the piece of the clock that was in force."""
        piece = next((piece for piece in reversed(self.pieces) if piece.cycle <= cycle), self.pieces[0])
        return piece.instant_ns(cycle)

    def cycle_at(self, t_ns: TimeNs) -> int:
        """The first cycle that does not belong to what happens before an instant."""
        return self.time.first_cycle_at(t_ns)

    def events_before(self, until_ns: TimeNs) -> list[Event]:
        """What the board has done before an instant and was not told yet, in time order.

        An instruction that begins before a cycle may end behind it, and so may what it does: that is told when its
        instant is asked for.
        """
        instant, emissions = self.time.instant_ns, self.machine.take_emissions()
        self.heard(emissions)
        self._held += [Event(instant(each.cycle), each.kind, each.name, each.value, each.data) for each in emissions]
        told = [event for event in self._held if event.t_ns < until_ns]
        self._held = self._held[len(told) :]
        return told

    def _tell(self, kind: EventKind, name: str, value: float, data: bytes, cycle: int) -> None:
        self.machine.soc.emit(kind, name, value, data, cycle)

    def _value_at(self, terminal: str, cycle: int) -> float:
        t_ns = self.time.instant_ns(cycle)
        if terminal == "supply":
            return self._supply_v
        known = self._terminals.value(terminal, t_ns)
        return self._ask(terminal, t_ns) if known is None else known

    # copies

    def state(self) -> BoardState:
        """The board as it is."""
        return BoardState(
            self.machine.state(),
            self.wiring.state(),
            tuple(self.pieces),
            self._supply_v,
            self._is_powered,
            self._error_ratio,
            tuple(self._held),
            self._line_free_ns,
        )

    def restore(self, state: BoardState) -> None:
        """Be again as when `state` was taken."""
        self.machine.restore(state.machine)
        self.wiring.restore(dict(state.wiring))
        self.pieces = list(state.pieces)
        self._supply_v, self._is_powered = state.supply_v, state.is_powered
        self._error_ratio, self._held = state.error_ratio, list(state.held)
        self._line_free_ns = state.line_free_ns
