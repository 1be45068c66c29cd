"""What hangs on the pins of an emulated microcontroller: the output stage, the panel, the sensed voltages."""

from collections.abc import Callable
from typing import Final, Protocol

from rig.firmware.board.board_file import Board
from rig.firmware.board.board_nets import INPUTS, Net
from rig.firmware.device_under_test import EventKind
from rig.firmware.machine.peripheral import Unmodelled

DAC_CODES: Final = 4095
"""Code of the full scale. Source: RM0090 14.3.5, 12 bit converter."""
_SHORT: Final = "phase_1 and phase_2 are both on: the bridge is shorted, nothing flows through the electrodes"
_MOST_TOLD: Final = 1000
"""Shorts of the bridge that are told (design choice): each pulse may have two."""
_MAGNITUDES: Final = ("output_current", "output_voltage", "probe_voltage")
"""Sensed ahead of the bridge that turns the current (`reference/firmware/hal.h`)."""
_STAGE_PINS: Final = ("phase_1", "phase_2", "probe")


class Tell(Protocol):
    """Takes what happens on the board."""

    def __call__(self, kind: EventKind, name: str, value: float, data: bytes, cycle: int) -> None:
        """Something happened at a cycle."""
        ...


class BoardWiring:
    """The nets of a board between the chip's pins and the terminals of the device.

    The bridge of the output stage has one switch a direction. While exactly one is closed, the current that the
    converter sets flows through the electrodes, or that of the probe's source while `probe` is on. A switch takes
    time to open: a bridge that turns round before the board's dead time has passed is shorted too.

    Args:
        board: its nets.
        value_at: ``(terminal, cycle) -> SI value`` of what an analogue input of the device carries.
        tell: hears drives, lines and faults.

    Attributes:
        reference_ratio: what the converters' reference is of what it should be; the converters ask for it.
    """

    def __init__(self, board: Board, value_at: Callable[[str, int], float], tell: Tell) -> None:
        self._board, self._value_at, self._tell = board, value_at, tell
        self._by_port: dict[str, list[Net]] = {}
        self._outputs = [net for role, net in board.nets.items() if net.pin and not role.startswith("button.")]
        for net in self._outputs:
            self._by_port.setdefault(f"GPIO{net.port}", []).append(net)
        self._inputs = {
            (f"ADC{net.adc}", net.channel): net for role, net in board.nets.items() if role in INPUTS and net.adc
        }
        self._amplitude = board.nets["amplitude"]
        self.reference_ratio = 1.0
        self._is_on = {net.role: False for net in self._outputs}
        self._amplitude_a, self._drive_a = 0.0, 0.0
        self._closed, self._opened, self._opened_at, self._shorts = "", "", 0, 0

    def pin_output(self, cycle: int, port: str, pins: int, levels: int) -> None:
        """Pins of a port are driven anew."""
        stage = False
        for net in self._by_port.get(port, ()):
            if not pins >> net.bit & 1:
                continue
            is_on = bool(levels >> net.bit & 1) != net.active_low
            stage = self._set(cycle, net, is_on) or stage
        if stage:
            self._switch(cycle)

    def pin_release(self, cycle: int, port: str, pins: int) -> None:
        """Pins are driven no longer: the board's resistors switch off what hangs on them."""
        stage = False
        for net in self._by_port.get(port, ()):
            if pins >> net.bit & 1:
                stage = self._set(cycle, net, is_on=False) or stage
        if stage:
            self._switch(cycle)

    def _set(self, cycle: int, net: Net, is_on: bool) -> bool:
        """A net switches on or off; whether the output stage must look."""
        if is_on == self._is_on[net.role]:
            return False
        self._is_on[net.role] = is_on
        if net.role in _STAGE_PINS:
            return True
        self._tell("line", net.role, float(is_on), b"", cycle)
        return False

    def dac_output(self, cycle: int, channel: int, code: int) -> None:
        """The converter that sets the current gives out another code."""
        if channel == self._amplitude.dac:
            self._amplitude_a = code * self._amplitude.full_scale_a / DAC_CODES
            self._switch(cycle)

    def sample(self, adc: str, channel: int, cycle: int) -> float:
        """Voltage at a converter's input, V.

        Raises:
            Unmodelled: the board wires nothing to this input.
        """
        net = self._inputs.get((adc, channel))
        if net is None:
            raise Unmodelled(f"{adc} channel {channel}", f"sampled, but the board {self._board.id} wires nothing to it")
        value = self._value_at(net.role, cycle)
        return (abs(value) if net.role in _MAGNITUDES else value) * net.volts_per_unit

    def _switch(self, cycle: int) -> None:
        forward, backward = self._is_on["phase_1"], self._is_on["phase_2"]
        self._turn(cycle, forward=forward, backward=backward)
        size_a = self._board.nets["probe"].current_a if self._is_on.get("probe") else self._amplitude_a
        drive_a = size_a * (forward - backward)
        if drive_a != self._drive_a:
            self._drive_a = drive_a
            self._tell("drive", "1", drive_a, b"", cycle)

    def _turn(self, cycle: int, *, forward: bool, backward: bool) -> None:
        """Look at how the bridge goes from one direction to the other."""
        if forward and backward:
            self._short(cycle, _SHORT)
        closed = "" if forward == backward else "phase_1" if forward else "phase_2"
        if closed == self._closed:
            return
        if self._closed:
            self._opened, self._opened_at = self._closed, cycle
        self._closed = closed
        open_s = (cycle - self._opened_at) / self._board.clock_hz
        dead_s = self._board.dead_time_s
        if closed and self._opened and closed != self._opened and open_s < dead_s:
            after = f"{open_s * 1e9:.0f} ns after {self._opened} has opened"
            self._short(cycle, f"{closed} closes {after}: the bridge is shorted for the rest of {dead_s * 1e9:.0f} ns")

    def _short(self, cycle: int, words: str) -> None:
        self._shorts += 1
        if self._shorts <= _MOST_TOLD:
            self._tell("fault", "shoot_through", 1.0, words.encode(), cycle)

    def state(self) -> dict[str, object]:
        """All that changes, as plain data."""
        return {
            "on": dict(self._is_on),
            "amplitude_a": self._amplitude_a,
            "drive_a": self._drive_a,
            "bridge": (self._closed, self._opened, self._opened_at, self._shorts),
            "reference_ratio": self.reference_ratio,
        }

    def restore(self, state: dict[str, object]) -> None:
        """Be again as when `state` was taken; nothing is told."""
        on = state["on"]
        assert isinstance(on, dict)
        self._is_on = dict(on)
        self._closed, self._opened, self._opened_at, self._shorts = state["bridge"]  # pyright: ignore[reportGeneralTypeIssues]
        self._amplitude_a, self._drive_a, self.reference_ratio = (
            float(state[name])  # pyright: ignore[reportArgumentType]
            for name in ("amplitude_a", "drive_a", "reference_ratio")
        )
