"""The item under test: what the operator stated of it, and in amber what nobody stated."""

import dataclasses
from typing import Any, Final

from reports.quantities import quantity, quantity_with_uncertainty
from reports.sections.blocks import Block, Cell, amber, facts, mono, section, table, text
from reports.verdict import RunResult
from scenarios.item import Firmware, Item
from scenarios.item_file import LAB

NOT_STATED: Final = "not stated"
_LABELS: Final = {
    "patient_leakage_nc": "Patient leakage current, normal condition",
    "patient_leakage_sfc": "Patient leakage current, single fault",
    "patient_leakage_dc_nc": "Patient leakage current d.c., normal condition",
    "patient_leakage_dc_sfc": "Patient leakage current d.c., single fault",
}


def items_of(run: RunResult) -> list[Item | None]:
    """The items of a run, each once."""
    found: list[Item | None] = []
    for case in run.cases:
        if case.case.item not in found:
            found.append(case.case.item)
    return found


def build(run: RunResult) -> dict[str, Any] | None:
    """Facts of every item of the run; None where nothing ran."""
    items = items_of(run)
    if not items:
        return None
    blocks: list[Block] = []
    for item in items:
        blocks.append(facts(_rows(item or Item(firmware=_ran(run)))))
        if item is not None and item.lab:
            columns = ("Result of another laboratory", "Value ± U (k = 2)", "Report", "Laboratory", "Date")
            rows = [
                (_LABELS[name], quantity_with_uncertainty(r.value, r.expanded, LAB[name]), r.report, r.lab or "–", r.on)
                for name, r in item.lab.items()
            ]
            blocks.append(table(columns, rows, widths=(2.6, 1.7, 1.5, 1.5, 1.0)))
    if None in items:
        blocks.append(text("No item under test was named: `stimrig run --item item.yaml` records it."))
    blocks.append(text("The results relate only to the item named here."))
    return section("Item under test", *blocks)


def _ran(run: RunResult) -> Firmware:
    """The image that ran on an emulated board where nobody named an item; empty where none or several did."""
    firmwares = [case.case.device.firmware for case in run.cases if case.case.item is None]
    images = {(each.name, each.sha256) for each in firmwares if each is not None and each.kind == "image"}
    return Firmware("", *images.pop()) if len(images) == 1 and None not in firmwares else Firmware()


def _rows(item: Item) -> list[tuple[str, Cell]]:
    area_m2 = item.electrodes.area_m2
    stated = [
        ("Maker", item.maker),
        ("Model", item.model),
        ("Serial number", item.serial),
        ("Lot", item.lot),
        ("Hardware", item.hardware),
        ("Firmware", item.firmware.version),
        ("Firmware image", item.firmware.file),
        ("Image SHA-256", item.firmware.sha256),
        ("Electrode area", "" if area_m2 is None else f"{quantity(area_m2 * 1e4, '')} cm²"),
        ("Electrode type", item.electrodes.type),
        ("Electrode lot", item.electrodes.lot),
        ("Condition", item.condition),
        ("Operator", item.operator),
    ]
    rows: list[tuple[str, Cell]] = [(label, _cell(label, value)) for label, value in stated]
    return [*rows, ("Note", item.note)] if item.note else rows


def _cell(label: str, value: str) -> Cell:
    if not value:
        return amber(NOT_STATED)
    return mono(value) if label == "Image SHA-256" else value


def item_lines(run: RunResult) -> list[str]:
    """The item on page one: maker, model, serial number, firmware with the beginning of its hash."""
    return [_line(item) for item in items_of(run) if item is not None]


def _line(item: Item) -> str:
    firmware = item.firmware
    image = f" (SHA-256 {firmware.sha256[:16]}…)" if firmware.sha256 else ""
    return (
        f"{' '.join(part for part in (item.maker, item.model) if part) or 'Maker ' + NOT_STATED}, "
        f"serial number {item.serial or NOT_STATED}, firmware {firmware.version or NOT_STATED}{image}"
    )


def unstated(run: RunResult) -> list[str]:
    """What page one says in amber of items of which the identity is not complete."""
    told: dict[str, None] = {}
    for item in items_of(run):
        if item is None:
            told["Item under test: not stated."] = None
            continue
        missing = [
            field.name
            for field in dataclasses.fields(item)
            if field.name in _IDENTITY and not getattr(item, field.name)
        ]
        missing += [] if item.firmware.version else ["firmware version"]
        missing += [] if item.firmware.sha256 else ["firmware hash"]
        if missing:
            told[f"Item under test: {', '.join(missing)} not stated."] = None
    return list(told)


_IDENTITY: Final = ("maker", "model", "serial", "hardware", "operator")
