"""The nets of a board: each signal of the stimulator, and the pin, converter or word of the HAL that carries it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rig.firmware.board.chip_facts import CHIP_FACTS, ChipFacts
from scenarios.fields import Key, as_text, integer, quantity, read_keys, word
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Where
from sim.errors import ScenarioError
from sim.stimulator.panel import PANEL

STAGE: Final = ("phase_1", "phase_2", "amplitude", "probe")
"""The output stage: the two switches of the bridge, the size of its current, and its small source for probing."""
NEEDED: Final = ("phase_1", "phase_2", "amplitude")
"""What no output stage can do without."""
INPUTS: Final = {
    "heel_switch": "V",
    "supply": "V",
    "output_current": "A",
    "output_voltage": "V",
    "probe_voltage": "V",
}
"""Analogue input -> SI unit of what it measures."""
BUTTONS: Final = ("button.stop", "button.rearm")
IMU: Final = "imu"
NETS: Final = (*STAGE, *INPUTS, *BUTTONS, *PANEL, IMU)
"""Every net that a board may have."""


@dataclass(frozen=True, slots=True)
class Net:
    """Where a signal is wired to; what does not apply is None or "".

    Attributes:
        role: the signal.
        pin: port and number (`PA5`).
        active_low: True where the signal is on while the pin is low.
        dac: channel of the converter, from 1.
        full_scale_a: current of the full code, A.
        adc: converter, from 1.
        channel: its channel.
        volts_per_unit: volts at the converter's input per SI unit of the signal.
        current_a: of the probe's source, A.
        bus: `I2C1`, `SPI2`.
        address: on the bus.
        hal_adc: number in the HAL of a firmware built for this machine.
        hal_panel: bit of `hal_panel`.
        hal_button: number of `fw_button`.
    """

    role: str
    pin: str = ""
    active_low: bool = False
    dac: int | None = None
    full_scale_a: float = 0.1
    adc: int | None = None
    channel: int | None = None
    volts_per_unit: float = 1.0
    current_a: float = 5e-6
    bus: str = ""
    address: int | None = None
    hal_adc: int | None = None
    hal_panel: int | None = None
    hal_button: int | None = None

    @property
    def port(self) -> str:
        """Letter of the pin's port."""
        return self.pin[1:2]

    @property
    def bit(self) -> int:
        """Number of the pin in its port."""
        return int(self.pin[2:])


def read_net(role: str, node: Node, chip: str) -> Net:
    """Read one net of a board.

    Raises:
        ScenarioError: a key that this signal has not, or something that the chip has not.
    """
    facts = CHIP_FACTS[chip]
    keys = _keys_on_host(role) if chip == "host" else _keys(role, facts, chip)
    problems = Problems()
    found = read_keys(node, keys, f"net `{role}`", problems)
    problems.raise_any()
    active = found.pop("active", "high")
    renamed = {"full_scale": "full_scale_a", "current": "current_a"}
    return Net(role, active_low=active == "low", **{renamed.get(name, name): value for name, value in found.items()})


def _keys(role: str, facts: ChipFacts, chip: str) -> dict[str, Key]:
    if role == "amplitude":
        full_scale = Key(quantity("A", 1e-6, 1.0, "full_scale"))
        return {"dac": Key(_one_of(chip, "DAC channel", 1, facts.dacs), required=True), "full_scale": full_scale}
    if role in INPUTS:
        return {
            "adc": Key(_one_of(chip, "ADC", 1, facts.adcs), required=True),
            "channel": Key(_one_of(chip, "ADC channel", 0, facts.adc_channels - 1), required=True),
            "volts_per_unit": Key(_scale),
        }
    if role == IMU:
        return {"bus": Key(word(facts.buses, "bus"), required=True), "address": Key(_bus_address)}
    keys = {"pin": Key(lambda each: _pin(each, facts, chip), required=True), "active": Key(word(_LEVELS, "level"))}
    return keys | ({"current": Key(quantity("A", 1e-9, 1e-3, "current"))} if role == "probe" else {})


def _keys_on_host(role: str) -> dict[str, Key]:
    if role == "amplitude":
        return {"full_scale": Key(quantity("A", 1e-6, 1.0, "full_scale"))}
    if role in INPUTS:
        return {"hal_adc": Key(integer(0, 15, "hal_adc"), required=True), "volts_per_unit": Key(_scale)}
    if role in BUTTONS:
        return {"hal_button": Key(integer(0, 7, "hal_button"), required=True)}
    if role in PANEL:
        return {"hal_panel": Key(integer(0, 31, "hal_panel"), required=True)}
    return {"current": Key(quantity("A", 1e-9, 1e-3, "current"))} if role == "probe" else {}


_LEVELS: Final = ("high", "low")


def _one_of(chip: str, what: str, low: int, high: int) -> Callable[[Node], int]:
    def read(node: Node) -> int:
        try:
            return integer(low, high, what)(node)
        except ScenarioError as error:
            raise ScenarioError(error.where, f"{chip} has no {what} {as_text(node)}", error.mend) from None

    return read


def _pin(node: Node, facts: ChipFacts, chip: str) -> str:
    text = as_text(node)
    if not re.fullmatch(r"P[A-K](1[0-5]|[0-9])", text):
        raise ScenarioError(str(node.where), f"`{text}` is no pin", "write port and number: `PA5`")
    if text[1] not in facts.ports:
        raise ScenarioError(str(node.where), f"{chip} has no port {text[1]}", nearest(text[1], facts.ports))
    return text


def _bus_address(node: Node) -> int:
    text = as_text(node)
    if not re.fullmatch("0x[0-9a-fA-F]{1,2}", text) or int(text, 16) > 0x7F:
        raise ScenarioError(str(node.where), f"`{text}` is no address on a bus", "write for example `0x68`")
    return int(text, 16)


def _scale(node: Node) -> float:
    value = float(quantity("", None, None, "volts_per_unit")(node))
    if value == 0.0:
        raise ScenarioError(str(node.where), "`volts_per_unit` 0 shows nothing", "write volts per SI unit: `0.6`")
    return value


def refuse_shared(nets: Mapping[str, Net], places: Mapping[str, Where], problems: Problems) -> None:
    """Note every pin, converter channel and word of the HAL that two nets claim."""
    taken: dict[tuple[Any, ...], str] = {}
    for role, net in nets.items():
        for claim in _claims(net):
            if claim in taken:
                problem = f"{' '.join(str(part) for part in claim)} is wired to `{taken[claim]}` and to `{role}`"
                problems.add(places[role], problem, "one of the two is wrong")
            taken.setdefault(claim, role)


_ADC_PINS: Final = (*(f"PA{k}" for k in range(8)), "PB0", "PB1", *(f"PC{k}" for k in range(6)))
_DAC_PINS: Final = ("PA4", "PA5")
"""Source: DS8626 and DS10693, table of pins: ADC12_IN0 to IN15, DAC_OUT1 and DAC_OUT2."""


def _analogue_pin(net: Net) -> str:
    """The pin of a converter's channel, where every package of these chips has the same."""
    if net.dac is not None:
        return _DAC_PINS[net.dac - 1]
    if net.adc in {1, 2} and net.channel is not None:
        return _ADC_PINS[net.channel]
    return ""


def _claims(net: Net) -> tuple[tuple[Any, ...], ...]:
    claims = (
        ("pin", net.pin or _analogue_pin(net) or None),
        ("DAC channel", net.dac),
        ("ADC channel", None if net.channel is None else f"{net.adc}.{net.channel}"),
        ("hal_adc", net.hal_adc),
        ("hal_panel", net.hal_panel),
        ("hal_button", net.hal_button),
    )
    return tuple(claim for claim in claims if claim[1] is not None)
