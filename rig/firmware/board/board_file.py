"""Reads a board: which chip it carries, and which of its pins is which signal of the stimulator (`board/1`)."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rig.firmware.board.board_nets import INPUTS, NEEDED, NETS, Net, read_net, refuse_shared
from rig.firmware.board.chip_facts import CHIP_FACTS, Region
from scenarios.fields import Key, as_table, as_text, integer, quantity, read_keys, word
from scenarios.places import find_named
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table, Text, read_document
from sim.errors import ScenarioError

SCHEMA: Final = "board/1"


@dataclass(frozen=True, slots=True)
class Board:
    """A board between the microcontroller and the terminals of the stimulator.

    Attributes:
        id: its name.
        title: for people.
        note: where its numbers come from.
        chip: name of the microcontroller; `host` for a firmware built for this machine.
        clock_hz: of its processor, Hz.
        crystal_hz: from which the firmware makes that clock, unless it uses the internal oscillator, Hz.
        memory: `flash` and `ram`.
        image: shipped image that is made for it, or "".
        device: device file with the settings and the control of its firmware, or "".
        cycles_per_instruction: mean of the processor with its wait states.
        brown_out_v: supply at which the reset controller holds the microcontroller, V.
        compliance_v: highest voltage of the output stage at nominal supply, V.
        nominal_supply_v: supply of the whole box, V.
        phase_limit_s: longest drive in one direction that the output stage lets through, s; infinite without a limit.
        dead_time_s: time for which both switches of the bridge must be open before it turns round, s; 0: nobody looks.
        adc_reference_v: full scale of the converters, V.
        uart: serial line of the control protocol.
        svd: file with the names of the chip's registers, or "".
        nets: signal of the stimulator -> where it is wired to.
        path: of its file.
        sha256: of its file.
    """

    id: str
    title: str
    note: str
    chip: str
    clock_hz: int
    memory: Mapping[str, Region]
    image: str
    device: str
    cycles_per_instruction: float
    brown_out_v: float
    compliance_v: float
    nominal_supply_v: float
    adc_reference_v: float
    uart: str
    nets: Mapping[str, Net] = field(default_factory=dict[str, Net])
    path: Path = Path()
    sha256: str = ""
    crystal_hz: int = 8_000_000
    phase_limit_s: float = math.inf
    dead_time_s: float = 0.0
    svd: str = ""

    @property
    def is_host(self) -> bool:
        """True for the board of a firmware that is built for this machine."""
        return self.chip == "host"


def find_board(name: str | Path, where: str = "board") -> Board:
    """The board of a name or a file.

    Raises:
        ScenarioError: no such board, or a file that does not read.
    """
    path = Path(name)
    return read_board(path if path.is_file() else find_named("boards", str(name), (), where))


def read_board(path: Path) -> Board:
    """Read a board file.

    Raises:
        ScenarioError: with file:line:column: an unknown key, chip or net, a pin or channel that is wired twice or that
            the chip has not, a net that the output stage cannot do without.
    """
    table, problems = read_document(path), Problems()
    keys = {
        "schema": Key(word((SCHEMA,), "schema"), required=True),
        "id": Key(as_text, required=True),
        "title": Key(as_text),
        "note": Key(as_text),
        "chip": Key(word(CHIP_FACTS, "chip"), required=True),
        "clock": Key(quantity("Hz", 1e5, 1e9, "clock")),
        "crystal": Key(quantity("Hz", 4e6, 26e6, "crystal")),
        "memory": Key(_read_memory),
        "image": Key(as_text),
        "device": Key(as_text),
        "cycles_per_instruction": Key(quantity("", 0.5, 16.0, "cycles_per_instruction")),
        "brown_out": Key(quantity("V", 0.0, 100.0, "brown_out")),
        "stage": Key(_read_stage),
        "adc_reference": Key(quantity("V", 0.5, 10.0, "adc_reference")),
        "uart": Key(as_text),
        "svd": Key(as_text),
        "nets": Key(lambda node: as_table(node, "`nets`"), required=True),
    }
    found = read_keys(table, keys, "a board", problems)
    problems.raise_any()
    chip = CHIP_FACTS[found["chip"]]
    clock_hz = round(found.get("clock", 64e6))
    if clock_hz > chip.highest_clock_hz:
        problem = f"{found['chip']} cannot run at {clock_hz / 1e6:g} MHz"
        problems.add(table.values["clock"].where, problem, f"at most {chip.highest_clock_hz / 1e6:g} MHz")
    uart = found.get("uart", "")
    if chip.uarts and uart not in chip.uarts:
        place = table.values.get("uart", table).where
        problems.add(place, f"{found['chip']} has no serial line `{uart or '(none)'}`", nearest(uart, chip.uarts))
    elif uart and not chip.uarts:
        problems.add(table.values["uart"].where, "a board of this machine has no serial line of a chip", "drop `uart`")
    svd = str((path.parent / found["svd"]).resolve()) if "svd" in found else ""
    if svd and not Path(svd).is_file():
        problems.add(table.values["svd"].where, f"there is no file {svd}", "give the path from the folder of this file")
    stage = found.get("stage", {"compliance_v": 120.0, "nominal_supply_v": 9.0})
    if found["chip"] == "host" and stage.get("dead_time_s"):
        place, mend = table.values["stage"].where, "drop `dead_time`: its phases follow one another without a bridge"
        problems.add(place, "a board of this machine has no pins whose edges could be told apart", mend)
    nets = _read_nets(found["nets"], found["chip"], problems)
    problems.raise_any()
    return Board(
        id=found["id"],
        title=found.get("title", found["id"]),
        note=found.get("note", ""),
        chip=found["chip"],
        clock_hz=clock_hz,
        svd=svd,
        crystal_hz=round(found.get("crystal", 8e6)),
        memory=chip.memory | found.get("memory", {}),
        image=found.get("image", ""),
        device=found.get("device", ""),
        cycles_per_instruction=found.get("cycles_per_instruction", 1.25),
        brown_out_v=found.get("brown_out", 6.0),
        **stage,
        adc_reference_v=found.get("adc_reference", 3.3),
        uart=uart,
        nets=nets,
        path=path,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _read_nets(table: Table, chip: str, problems: Problems) -> dict[str, Net]:
    nets: dict[str, Net] = {}
    for role, node in table.values.items():
        if role not in NETS:
            problems.add(table.keys[role].where, f"unknown net `{role}`", nearest(role, NETS))
            continue
        with problems.gathered():
            nets[role] = read_net(role, node, chip)
    refuse_shared(nets, {role: node.where for role, node in table.values.items()}, problems)
    missing = [role for role in NEEDED if role not in table.values]
    if missing:
        problems.add(table.where, f"the output stage lacks {', '.join(missing)}", "wire them under `nets:`")
    if not any(role in table.values for role in INPUTS):
        problems.add(table.where, "no input of the device is wired", f"wire at least one of {', '.join(INPUTS)}")
    return nets


def _read_memory(node: Node) -> dict[str, Region]:
    problems = Problems()
    table = as_table(node, "`memory`")
    found = read_keys(table, {name: Key(_read_region) for name in ("flash", "ram")}, "`memory`", problems)
    problems.raise_any()
    return found


def _read_region(node: Node) -> Region:
    problems = Problems()
    found = read_keys(
        node, {"at": Key(_address, required=True), "size": Key(_size, required=True)}, "a region", problems
    )
    problems.raise_any()
    return Region(found["at"], found["size"])


def _address(node: Node) -> int:
    text = as_text(node)
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 32:
        raise ScenarioError(str(node.where), f"`{text}` is no address", "write for example `0x20000000`")
    return value


def _size(node: Node) -> int:
    text = as_text(node)
    number, _, unit = text.partition(" ")
    factor = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20}.get(unit.strip(), 0)
    if not factor:
        raise ScenarioError(str(node.where), f"`{text}` is no size of memory", "write for example `128 KiB`")
    return factor * integer(1, 1 << 30, "size")(Text(number, node.where))


def _read_stage(node: Node) -> dict[str, float]:
    problems = Problems()
    keys = {
        "compliance": Key(quantity("V", 1.0, 1000.0, "compliance"), required=True),
        "nominal_supply": Key(quantity("V", 0.5, 100.0, "nominal_supply"), required=True),
        "phase_limit": Key(quantity("s", 10e-6, 10.0, "phase_limit")),
        "dead_time": Key(quantity("s", 1e-9, 1e-3, "dead_time")),
    }
    found = read_keys(node, keys, "`stage`", problems)
    problems.raise_any()
    times = {"phase_limit_s": found.pop("phase_limit", math.inf), "dead_time_s": found.pop("dead_time", 0.0)}
    return times | {f"{name}_v": value for name, value in found.items()}


def schema_of_board() -> dict[str, Any]:
    """JSON Schema of a board file."""
    text = {"type": "string"}
    number = {"type": ["string", "number"]}
    region = {
        "type": "object",
        "properties": {"at": number, "size": number},
        "required": ["at", "size"],
        "additionalProperties": False,
    }
    net = {
        "type": "object",
        "properties": {
            "pin": {"type": "string", "pattern": "^P[A-K](1[0-5]|[0-9])$"},
            "active": {"enum": ["high", "low"]},
            **{name: {"type": ["string", "integer"]} for name in ("adc", "channel", "dac", "address")},
            **{name: {"type": ["string", "integer"]} for name in ("hal_adc", "hal_panel", "hal_button")},
            **dict.fromkeys(("volts_per_unit", "full_scale", "current"), number),
            "bus": text,
        },
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA},
            **dict.fromkeys(("id", "title", "note", "image", "device", "uart", "svd"), text),
            "chip": {"enum": list(CHIP_FACTS)},
            **dict.fromkeys(("clock", "crystal", "cycles_per_instruction", "brown_out", "adc_reference"), number),
            "memory": {"type": "object", "properties": {"flash": region, "ram": region}, "additionalProperties": False},
            "stage": {
                "type": "object",
                "properties": dict.fromkeys(("compliance", "nominal_supply", "phase_limit", "dead_time"), number),
                "required": ["compliance", "nominal_supply"],
                "additionalProperties": False,
            },
            "nets": {
                "type": "object",
                "properties": dict.fromkeys(NETS, net),
                "required": list(NEEDED),
                "additionalProperties": False,
            },
        },
        "required": ["schema", "id", "chip", "nets"],
        "additionalProperties": False,
    }
