"""The firmware that ran in the device: what it is, how busy its processor was, how deep its stack, what it said."""

from collections.abc import Mapping
from typing import Any, Final

from reports.quantities import quantity
from reports.sections.blocks import Block, Cell, code, details, facts, mono, section, table, text
from reports.sections.firmware_faults import fault_blocks
from reports.verdict import CaseResult, RunResult
from rig.lines import UART_PREFIX

_TOLD: Final = 12
"""Lines of a serial log that are printed of each case; `events.jsonl` has them all."""
_BEFELL: Final = 24
"""Resets, faults and losses of power of a case that are printed one by one (design choice)."""
_IDENTITY: Final = {
    "kind": "Kind",
    "image": "Image",
    "sha256": "SHA-256",
    "compiler": "Compiler",
    "board": "Board",
    "chip": "Chip",
    "engine": "Executed by",
    "counter": "Time base",
    "instructions": "Time base",
    "board_sha256": "Board file SHA-256",
    "told_answer": "Its own answer",
    "told_firmware": "Version it tells",
    "told_serial": "Serial it tells",
}
_TIME_BASES: Final = {
    "engine": "instructions, as the engine counts them",
    "blocks": "instructions, from the blocks of code that were entered",
    "not counted: no instruction takes time": "no instruction takes time; the rig's clock, to the microsecond",
}
_WAYS: Final = ("reset: ", "power: ", "fault: ")
_CAUSES: Final = {
    "reset: software": "reset: the firmware asked for it",
    "reset: watchdog": "reset: nobody had served the watchdog",
    "reset: power_on": "reset: power came",
    "reset: brown_out": "reset: the supply was below the brown-out level",
    "reset: pin": "reset: by the reset pin",
}


def build(run: RunResult) -> dict[str, Any] | None:
    """Identity, load, interrupts, stack, resets and log; None where no device executed a firmware."""
    cases = [case for case in run.cases if case.record is not None and case.record.firmware]
    if not cases:
        return None
    blocks: list[Block] = [facts(_identity(cases), title="What ran")]
    if loads := [row for case in cases if (row := _load(case)) is not None]:
        columns = ("Case", "Processor load", "Longest interrupt", "Longest wait", "Stack used", "Resets")
        blocks.append(table(columns, loads, title="Processor", widths=(2.4, 1.1, 2.2, 2.2, 2.2, 1.0)))
        blocks.append(
            text(
                "Load: share of the processor's time in which it did not sleep. Longest interrupt: one service of a "
                "handler, what interrupted it left out. Longest wait: from pending to the handler's first instruction. "
                "Instructions are counted, not timed: the emulator is deterministic, and off real silicon by what wait "
                "states and buses add."
            )
        )
    blocks += [details(f"Interrupts of {case.case.id}", _interrupts(case)) for case in cases if _of(case, "interrupts")]
    if covered := _coverage(cases):
        blocks.append(covered)
    if hashes := [(case.case.id, mono(_of(case, "trace_hash"))) for case in cases if _of(case, "trace_hash")]:
        blocks.append(table(("Case", "SHA-256"), hashes, title="Trace: equal hash, equal run", widths=(1.6, 4.0)))
    blocks += [block for case in cases for block in _told(case)]
    return section("Firmware", *blocks)


def _facts(case: CaseResult) -> Mapping[str, Any]:
    return {} if case.record is None else case.record.firmware


def _of(case: CaseResult, key: str) -> Any:
    return _facts(case).get(key)


def _identity(cases: list[CaseResult]) -> list[tuple[str, Cell]]:
    """Every fact once; where cases differ each value with the first case that has it."""
    found: dict[str, dict[str, str]] = {}
    for case in cases:
        for name, value in (_of(case, "identity") or {}).items():
            found.setdefault(name, {}).setdefault(str(value), case.case.id)
    order = [*(name for name in _IDENTITY if name in found), *(name for name in found if name not in _IDENTITY)]
    rows: list[tuple[str, Cell]] = []
    for name in order:
        for value, case in found[name].items():
            label = _IDENTITY.get(name, name.replace("_", " "))
            if len(found[name]) > 1:
                label += f" (from {case} on)"
            rows.append((label, mono(value) if "sha256" in name else _TIME_BASES.get(value, value)))
    return rows


def _load(case: CaseResult) -> tuple[Cell, ...] | None:
    known = _facts(case)
    if "load_ratio" not in known:
        return None
    interrupts = known.get("interrupts", [])
    longest = max(interrupts, key=lambda each: each["longest_s"], default=None)
    waited = max(
        (each for each in interrupts if each["wait_longest_s"] is not None),
        key=lambda each: each["wait_longest_s"],
        default=None,
    )
    return (
        case.case.id,
        f"{100.0 * known['load_ratio']:.2f} %",
        "–" if longest is None else f"{quantity(longest['longest_s'], 's', 3)} {longest['name']}",
        "–" if waited is None else f"{quantity(waited['wait_longest_s'], 's', 3)} {waited['name']}",
        ", ".join(_stack(each) for each in known.get("stacks", [])) or "–",
        str(_count(case, "reset: ")),
    )


def _stack(stack: Mapping[str, Any]) -> str:
    of = f" of {stack['size_bytes']}" if stack["size_bytes"] else ""
    deepest = f" ({stack['deepest']})" if stack["deepest"] else ""
    return f"{stack['name']} {stack['used_bytes']}{of} bytes{deepest}"


def _count(case: CaseResult, way: str) -> int:
    return 0 if case.record is None else sum(told.startswith(way) for _, told in case.record.messages)


def _interrupts(case: CaseResult) -> Block:
    columns = ("Exception", "Served", "Mean", "Longest", "With nested", "Mean wait", "Longest wait")
    rows = [
        (
            f"{each['name']} ({each['number']})",
            str(each["entries"]),
            *(
                "–" if each[name] is None else quantity(each[name], "s", 3)
                for name in ("mean_s", "longest_s", "longest_with_nested_s", "wait_mean_s", "wait_longest_s")
            ),
        )
        for each in _of(case, "interrupts")
    ]
    return table(columns, rows, widths=(2.0, 1.0, 1.1, 1.1, 1.2, 1.1, 1.2))


def _coverage(cases: list[CaseResult]) -> Block | None:
    rows = [
        (case.case.id, *(_share(*covered[part]) for part in ("lines", "functions")))
        for case in cases
        if (covered := _of(case, "coverage"))
    ]
    if not rows:
        return None
    return table(("Case", "Lines executed", "Functions executed"), rows, title="Coverage", widths=(2.4, 2.0, 2.0))


def _share(hit: int, of: int) -> str:
    # cut off, not rounded: 99.96 % is not 100 %
    return f"{int(1000.0 * hit / of) / 10.0:.1f} % ({hit} of {of})" if of else "–"


def _told(case: CaseResult) -> list[Block]:
    """What befell the processor, and the last of its serial log."""
    if case.record is None:
        return []
    blocks: list[Block] = []
    befell = [(f"{t_s:.6f} s", _befell(told)) for t_s, told in case.record.messages if told.startswith(_WAYS)]
    if befell:
        title = f"What befell the processor of {case.case.id}"
        if len(befell) > _BEFELL:
            title += f", the first {_BEFELL} of {len(befell)}; events.jsonl has all"
        blocks.append(table(("Instant", "What"), befell[:_BEFELL], title=title, widths=(1.0, 5.0)))
    blocks += fault_blocks(case)
    log = [f"{t_s:12.6f}  {told.removeprefix(UART_PREFIX)}" for t_s, told in case.record.messages if _is_said(told)]
    if log:
        count = f"the last {_TOLD} of {len(log)} lines" if len(log) > _TOLD else "all of it"
        blocks.append(details(f"Serial log of {case.case.id}, {count}", code("\n".join(log[-_TOLD:]))))
    return blocks


def _befell(told: str) -> str:
    """A message in short; what a fault was stands whole in its own block."""
    short = told.partition(" pc=")[0].partition("; at ")[0]
    kind, _, what = short.partition(": ")
    return _CAUSES.get(short, f"{kind}: {what.replace('_', ' ')}")


def _is_said(told: str) -> bool:
    return told.startswith(UART_PREFIX)
