"""The simulated card of a bench file: its wires, its inputs, its errors."""

from rig.bench_file.instruments import Instrument
from rig.bench_file.laboratory import Laboratory
from rig.bench_file.wiring import Wire
from rig.simulated.daq.card import SimulatedCard
from rig.simulated.daq.wiring import CardWire
from rig.simulated.lab import Lab
from scenarios.case import Case
from sim.streams import Streams


def card_of_bench(lab: Lab, laboratory: Laboratory, instrument: Instrument, case: Case) -> SimulatedCard:
    """The card in front of `lab`, drawn from the seed of `case` as the virtual bench draws its own.

    Raises:
        BenchError: no tap fits the device.
    """
    fitted = laboratory.for_device(case.device.max_current_a)
    wires = [card_wire(fitted, wire) for wire in fitted.wires_of(instrument.name) if wire.port]
    product = instrument.identity or "USB-6363"
    name = instrument.device or "Dev1"
    return SimulatedCard(lab, wires, fitted.front_end(), Streams(case.seed), product, name)


def fit_card(card: SimulatedCard, laboratory: Laboratory, case: Case) -> None:
    """The inputs of a card for another case: its taps, its errors and its noise; tasks that run keep theirs.

    Raises:
        BenchError: no tap fits the device.
    """
    fitted = laboratory.for_device(case.device.max_current_a)
    card.front_end, card.streams = fitted.front_end(), Streams(case.seed)
    card.converters.clear()


def card_wire(laboratory: Laboratory, wire: Wire) -> CardWire:
    """One wire as the card sees it."""
    loads = {
        position.select: position.load
        for name in wire.through
        if laboratory.fixtures[name].kind == "load"
        for position in laboratory.fixtures[name].positions
        if position.load is not None and position.select >= 0
    }
    if wire.lines:
        sources = [laboratory.fixtures[name] for name in wire.through if laboratory.fixtures[name].kind == "reference"]
        return CardWire(
            wire.lines[0],
            wire.role,
            invert=wire.invert,
            more_lines=wire.lines[1:],
            choices=loads or None,
            level=sources[0].value if sources else 0.0,
        )
    if wire.role == "comparator":  # its counter is told by the task, its output stands at the gate
        return CardWire(wire.gate, "current", invert=wire.invert, level=wire.level)
    gain = wire.volts_per_unit or 1.0
    return CardWire(wire.port, wire.role, -gain if wire.invert else gain)
