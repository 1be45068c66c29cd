"""Outputs without a safe state, a bench without an interlock, a watchdog that the card has not, addresses that lie."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rig.bench_file.contradictions_of_ports import Found
from rig.bench_file.drivers import CARD, PRODUCTS, SUPPLY
from rig.bench_file.instruments import Instrument
from scenarios.problems import nearest
from scenarios.text import Where

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

_CARD_ADDRESS: Final = r"local|sim|grpc://[^/:]+:\d+"
_DEVICE_ADDRESS: Final = {
    "device.simulated": r"sim|tcp://[^/:]+:\d+",
    "device.serial": r"sim|COM\d+|/dev/\S+|socket://[^/:]+:\d+|tcp://[^/:]+:\d+",
    "device.operator": r"operator|sim",
}
_VISA_ADDRESS: Final = r"sim:(socket|hislip|vxi11)|(?i:TCPIP|USB|GPIB|ASRL|PXI)\S*::\S+"


def safety_problems(laboratory: "Laboratory", instruments_at: Where) -> Iterator[Found]:
    """Every contradiction that could hurt somebody, or hide what the bench is."""
    yield from _safe_states(laboratory)
    yield from _interlock(laboratory, instruments_at)
    yield from _watchdog(laboratory)
    for instrument in laboratory.instruments.values():
        yield from _address(laboratory, instrument)


def _safe_states(laboratory: "Laboratory") -> Iterator[Found]:
    stated = {each.role for each in laboratory.safe_state}
    for wire in laboratory.outputs:
        if wire.role not in stated:
            example = "low" if wire.lines else "off" if wire.kind == "ch" else "0 V"
            mend = f"add `{wire.role}: {example}` to `safe_state:`"
            yield wire.where, f"output `{wire.role}` ({wire.terminal}) has no safe state", mend
    outputs = {wire.role for wire in laboratory.outputs}
    for each in laboratory.safe_state:
        if laboratory.wire(each.role) is None:
            yield each.where, f"`{each.role}` has a safe state and is not wired", nearest(each.role, outputs)
        elif each.role not in outputs:
            yield each.where, f"`{each.role}` is no output", "only outputs have a safe state"
    if laboratory.safe_state and "interlock" in stated and laboratory.safe_state[0].role != "interlock":
        place = next(each.where for each in laboratory.safe_state if each.role == "interlock")
        yield place, "the interlock is not the first to be driven safe", "write it first: the order is kept"


def _interlock(laboratory: "Laboratory", instruments_at: Where) -> Iterator[Found]:
    wire = laboratory.wire("interlock")
    if wire is not None:
        state = next((each for each in laboratory.safe_state if each.role == "interlock"), None)
        opened = "high" if wire.invert else "low"
        if state is not None and state.state not in {opened, "off"}:
            problem = f"the safe state of the interlock is `{state.state}`, which closes it"
            yield state.where, problem, f"write `interlock: {opened}`"
        return
    supply = laboratory.wire("supply")
    if supply is not None and laboratory.instruments[supply.instrument].driver == SUPPLY:
        return  # its output relay is the interlock: the drivers switch it off first
    mend = "wire `interlock:` to a line that a relay in the electrode circuit follows"
    yield instruments_at, "the bench has no interlock: an output of a card stays where it was when the rig dies", mend


def _watchdog(laboratory: "Laboratory") -> Iterator[Found]:
    card, wire = laboratory.card_instrument, laboratory.wire("interlock")
    if not laboratory.card.watchdog_s > 0.0:
        return
    if card is None:
        yield laboratory.where, "a watchdog is asked for, and there is no card", "drop `watchdog:`"
    elif card.identity in PRODUCTS and not PRODUCTS[card.identity].watchdog:
        yield card.at("identity"), f"a {card.identity} has no watchdog", "drop `watchdog:`, or take an X series card"
    elif wire is not None and wire.instrument != card.name:
        yield (
            wire.at("to"),
            "the watchdog of the card does not reach this interlock",
            f"wire it to a line of `{card.name}`",
        )


def _address(laboratory: "Laboratory", instrument: Instrument) -> Iterator[Found]:
    driver = instrument.driver
    if driver == CARD:
        pattern, allowed = _CARD_ADDRESS, "local, grpc://HOST:PORT or sim"
    elif driver in _DEVICE_ADDRESS:
        pattern, allowed = _DEVICE_ADDRESS[driver], "sim, tcp://HOST:PORT, COM3, /dev/ttyUSB0 or socket://HOST:PORT"
    else:
        pattern, allowed = _VISA_ADDRESS, "a VISA resource, sim:socket, sim:hislip or sim:vxi11"
    place = instrument.at("address")
    if re.fullmatch(pattern, instrument.address) is None:
        yield place, f"`{instrument.address}` is no address for {driver}", allowed
    elif instrument.is_simulated and not laboratory.simulated:
        mend = "give its real address, or say `simulated: true`"
        yield place, f"`{instrument.name}` is simulated, and the bench claims to be real", mend
    elif laboratory.simulated and driver == CARD and instrument.address == "local":
        yield place, f"`{instrument.name}` is real, and the bench says `simulated: true`", "drop one of the two"
