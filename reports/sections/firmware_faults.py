"""What failed in the processor of a device: registers, source line, who had called, the last drives, the serial log."""

from collections.abc import Mapping
from typing import Any, Final

from reports.sections.blocks import Block, Cell, code, details, facts, mono, text
from reports.verdict import CaseResult

_SHOWN: Final = 4
"""Different faults of a case that are shown whole (design choice); `firmware.json` has the first 20 of all."""
_LINES: Final = 8
"""Lines of the serial log before a fault that are printed (design choice)."""
_MEANINGS: Final = {
    "IACCVIOL": "an instruction was fetched from where none may be executed",
    "MUNSTKERR": "the return from an interrupt read a stack that is not there",
    "IBUSERR": "an instruction was fetched from an address at which nothing answers",
    "PRECISERR": "an instruction read or wrote an address at which nothing answers",
    "IMPRECISERR": "an earlier write went to an address at which nothing answers",
    "UNSTKERR": "the return from an interrupt read a stack that is not in a memory",
    "STKERR": "the entry of an interrupt wrote to a stack that is not in a memory: it has overflowed, or never was",
    "UNDEFINSTR": "these bytes are no instruction",
    "INVSTATE": "a jump to an address without the Thumb bit: a pointer to a function that is none",
    "INVPC": "a return from an interrupt that was none, or to a state that is not there",
    "NOCP": "a floating-point instruction, and the unit is switched off",
    "UNALIGNED": "an access that must be aligned and is not",
    "DIVBYZERO": "an integer was divided by zero",
    "VECTTBL": "the vector of an exception could not be read",
    "DEBUGEVT": "a breakpoint instruction, and no debugger is attached",
}
"""Source: ARMv7-M ARM B3.2.15 (CFSR), B3.2.16 (HFSR), in plain words."""


def fault_blocks(case: CaseResult) -> list[Block]:
    """Each kind of fault once, with its first instant; nothing where nothing failed."""
    kept = case.record.firmware.get("faults", []) if case.record is not None else []
    kinds: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for fault in kept:
        key = (fault["name"], fault["status"], fault["registers"].get("pc", ""), fault["place"])
        kinds.setdefault(key, []).append(fault)
    blocks = [_block(case.case.id, alike) for alike in list(kinds.values())[:_SHOWN]]
    if len(kinds) > _SHOWN:
        blocks.append(text(f"{len(kinds) - _SHOWN} more kinds of fault of {case.case.id} are in its firmware.json."))
    return blocks


def _block(case: str, alike: list[Mapping[str, Any]]) -> Block:
    first = alike[0]
    kind = "Reset by the watchdog" if first["name"] == "watchdog" else first["name"].replace("_", " ").capitalize()
    rows: list[tuple[str, Cell]] = [("First instant", f"{first['t_s']:.6f} s")]
    if len(alike) > 1:
        rows.append(("Told again at", ", ".join(f"{each['t_s']:.6f} s" for each in alike[1:])))
    if first["status"]:
        rows.append(("Status", first["status"]))
        if meaning := _meaning(first):
            rows.append(("Which means", meaning))
    if first["registers"]:
        rows.append(
            ("Registers", mono(" ".join(f"{name.upper()}={held}" for name, held in first["registers"].items())))
        )
    rows.append(("Source line", mono(first["place"]) if first["place"] else "not known"))
    if first["stack"]:
        rows.append(("Call stack (a scan)", " < ".join(_frame(each) for each in first["stack"])))
    drives = ", ".join(f"{_current(each['current_a'])} at {each['t_s']:.6f} s" for each in first["drives"])
    rows.append(("Last drives before it", drives or "none"))
    serial = "\n".join(first["serial"].splitlines()[-_LINES:])
    log = code(serial, title="End of the serial log before it") if serial else text("Nothing on the serial log before.")
    return details(f"{kind} of {case}", facts(rows), log, unfolded=True)


def _current(current_a: float) -> str:
    return f"{current_a * 1e3:+.3g} mA".replace("-", "−") if current_a else "off"


def _meaning(fault: Mapping[str, Any]) -> str:
    """What a status bit says, with the address that it is about."""
    words = _MEANINGS.get(fault["status"].split(" ")[0], "")
    held = fault["registers"]
    address = held.get("bfar") or held.get("mmfar")
    return f"{words}, at {address}" if words and address else words


def _frame(frame: Mapping[str, str]) -> str:
    return f"{frame['function']} ({frame['place']})" if frame["place"] else frame["function"]
