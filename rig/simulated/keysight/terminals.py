"""What lies at the terminals of a simulated instrument: roles, through what the bench has put between."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sim.errors import BenchError

_NAME = re.compile(r"^[A-Za-z_]*?(\d+)$")


class Wired(Protocol):
    """A wire of a bench file, as far as a simulated instrument needs it."""

    @property
    def role(self) -> str:
        """Role in the scenario."""
        ...

    @property
    def port(self) -> str:
        """Terminal of the instrument: `channel1`, `CH2`, `output 3` or just `1`."""
        ...

    @property
    def volts_per_unit(self) -> float:
        """Volts at the terminal per A, per V, per whatever the role is in."""
        ...

    @property
    def invert(self) -> bool:
        """True where the leads are swapped."""
        ...


@dataclass(frozen=True, slots=True)
class Terminal:
    """One role at one terminal.

    Attributes:
        role: as in `scenarios.roles`.
        volts_per_unit: signed volts at the terminal per SI unit of the role: a probe 10:1 is 0.1, a shunt its ohms.
    """

    role: str
    volts_per_unit: float = 1.0


def terminals_of(wires: Iterable[Wired], instrument: str, *, scales: bool = True) -> dict[int, Terminal]:
    """Number of the terminal -> what is wired to it; a port without a number (`ext`) is no signal of the device.

    Args:
        wires: of one instrument.
        instrument: its name, for errors.
        scales: it matters how many volts stand for a unit.

    Raises:
        BenchError: a port without a number, a port wired twice, or 0 V per unit.
    """
    found: dict[int, Terminal] = {}
    for wire in wires:
        if not wire.port[-1:].isdigit():
            continue
        number = port_number(wire.port, instrument)
        if number in found:
            problem = f"port {wire.port} carries both {found[number].role} and {wire.role}"
            raise BenchError(instrument, float("nan"), problem, "wire one role to each port")
        gain = float(wire.volts_per_unit) if scales else 1.0
        if gain == 0.0:
            raise BenchError(instrument, float("nan"), f"port {wire.port}: 0 V per unit shows nothing of {wire.role}")
        found[number] = Terminal(wire.role, -gain if wire.invert else gain)
    return found


def port_number(port: str, instrument: str) -> int:
    """The number in the name of a port.

    Raises:
        BenchError: there is none.
    """
    match = _NAME.match(port.replace(" ", ""))
    if match is None:
        problem = f"port {port!r} has no number"
        raise BenchError(instrument, float("nan"), problem, "name it channel1, output2 or 1")
    return int(match.group(1))
