"""What is wired to the card: terminal by terminal, the role behind it and how volts become its unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rig.simulated.daq.names import key_of


@dataclass(frozen=True, slots=True)
class CardWire:
    """One wire of the card.

    Attributes:
        port: `ai0`, `ao1`, `port0/line3`, `PFI0`.
        role: what it carries: a role of the scenario (`current`, `heel_switch`, `contact`, `button.stop`), `interlock`,
            or another port of the card for a plain loop (`ao0` read back by `ai7`).
        volts_per_unit: voltage at the port per SI unit of the role; inputs for current and voltage take what the front
            end says.
        offset_v: voltage at the port where the role is 0, V.
        invert: a line is low for what is on.
        more_lines: further lines of the same wire, next higher bits (a load bank).
        choices: loads by the number that the lines show; None in it is the load that the case began with.
        level: where a comparator in front of a digital terminal switches, SI of the role; of the line `span` the
            voltage of the reference source that its relay connects to every input, V (`zero` shorts them).
    """

    port: str
    role: str
    volts_per_unit: float = 1.0
    offset_v: float = 0.0
    invert: bool = False
    more_lines: tuple[str, ...] = ()
    choices: Mapping[int, Any] | None = None
    level: float = 0.0

    @property
    def lines(self) -> tuple[str, ...]:
        """Its digital lines, lowest bit first."""
        return (self.port, *self.more_lines)

    @property
    def is_output(self) -> bool:
        """True at an analogue output."""
        return key_of(self.port).startswith("ao")

    @property
    def is_line(self) -> bool:
        """True at a digital line."""
        return key_of(self.port).startswith("port")


class Wiring:
    """The wires of one card by port.

    Args:
        wires: at most one a port.

    Raises:
        ValueError: a port with two wires.
    """

    def __init__(self, wires: Iterable[CardWire]) -> None:
        self.all = tuple(wires)
        self._by_port: dict[str, CardWire] = {}
        for wire in self.all:
            for key in map(key_of, wire.lines):
                if key in self._by_port:
                    raise ValueError(f"simulated card: two wires at {key}")
                self._by_port[key] = wire

    def at(self, name: str) -> CardWire | None:
        """The wire at a port or terminal, None where nothing is wired."""
        return self._by_port.get(key_of(name))
