"""What the guardian is told: one order an instrument, first things first: supplies, generators, then the card."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rig.bench_addresses import is_in_process
from rig.bench_file.drivers import CARD, GENERATOR, SUPPLY
from rig.bench_file.instruments import Instrument
from rig.bench_file.laboratory import Laboratory
from rig.guardian import Guardian
from rig.safe_card import CardOrder
from rig.safe_order import SafeOrder

if TYPE_CHECKING:
    from rig.bench_file.wiring import SafeOutput, Wire

_FIRST: Final = (SUPPLY, GENERATOR, CARD)
"""Energy first: without supply nothing is stimulated, whatever the rest does."""


@dataclass(frozen=True, slots=True)
class InstrumentOrder:
    """Drive an instrument over VISA safe: every output off.

    Attributes:
        name: of the instrument in the bench file.
        instrument: its entry there.
        simulated: whether the bench claims a simulated one; the other kind is left alone.
    """

    name: str
    instrument: Instrument
    simulated: bool

    def prepare(self) -> None:
        """Load the driver while there is time."""
        import rig.instruments.opening as _  # noqa: F401  pyvisa itself is quick

    def drive_safe(self) -> str:
        """Open a link, switch the outputs off.

        Raises:
            BenchError: nobody answers, somebody else does, or it refuses.
        """
        from rig.instruments.opening import open_instrument

        driver = open_instrument(self.instrument, self.instrument.address, simulated=self.simulated)
        try:
            driver.safe_state()
        finally:
            driver.close()
        return "outputs off"


def guardian_of(laboratory: Laboratory, report: Path | None = None) -> Guardian:
    """The guardian of a bench: not started; of a bench that lives in this process it has nothing to do.

    Args:
        laboratory: the bench.
        report: where it says what it did; by default `guardian.report_file` of this process.
    """
    return Guardian(orders_of(laboratory), report=report)


def orders_of(laboratory: Laboratory) -> tuple[SafeOrder, ...]:
    """Orders for every instrument that drives something and lives outside this process."""
    found: list[SafeOrder] = []
    for driver in _FIRST:
        for instrument in laboratory.of_driver(driver):
            if is_in_process(instrument.address):
                continue
            if driver == CARD:
                lines, outputs = safe_levels(laboratory, instrument.name)
                if lines or outputs:
                    address = instrument.address
                    found.append(CardOrder(instrument.name, address, tuple(lines.items()), tuple(outputs.items())))
            else:
                found.append(InstrumentOrder(instrument.name, instrument, laboratory.simulated))
    return tuple(found)


def safe_levels(laboratory: Laboratory, card: str) -> tuple[Mapping[str, bool], Mapping[str, float]]:
    """The safe state of a card at its terminals, in the order of the bench file.

    Args:
        laboratory: the bench.
        card: name of the card.

    Returns:
        Physical line -> level, and physical analogue output -> V, as `Dev1/port0/line0` and `Dev1/ao0`.
    """
    device = laboratory.instruments[card].device
    lines: dict[str, bool] = {}
    outputs: dict[str, float] = {}
    for state in laboratory.safe_state:
        wire = laboratory.wire(state.role)
        if wire is None or wire.instrument != card:
            continue
        if wire.lines:
            number = _number(laboratory, wire, state)
            lines |= {f"{device}/{line}": bool(number >> bit & 1) for bit, line in enumerate(wire.lines)}
        else:
            volts = 0.0 if state.state else state.value * wire.volts_per_unit
            outputs[f"{device}/{wire.port}"] = volts
    return lines, outputs


def _number(laboratory: Laboratory, wire: "Wire", state: "SafeOutput") -> int:
    """The levels of a wire's lines as bits, the least significant line first."""
    every = (1 << len(wire.lines)) - 1
    if state.state in {"low", "high"}:
        return every if state.state == "high" else 0
    for name in wire.through:
        for position in laboratory.fixtures[name].positions:
            if position.name == state.state:
                return position.select ^ (every if wire.invert else 0)
    return 0
