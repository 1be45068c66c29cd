"""Reads and writes the item under test (`item/1`): `stimrig run --item item.yaml`, or inlined in a `case.yaml`.

```yaml
schema: item/1
maker: Example Medical
model: Stepper 2
serial: SN-0042
lot: 2026-11
hardware: rev C
firmware: {version: 1.4.2, file: stepper-1.4.2.bin, sha256: 9f86d081...}
electrodes: {area: 25 cm^2, type: hydrogel 5 x 5 cm, lot: E7}
operator: Jane Doe
condition: new, sealed
lab:
  patient_leakage_nc: {value: 12 uA, U: 1 uA, report: LAB-2026-117, lab: Example Lab, on: 2026-10-02}
```
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scenarios.fields import Key, as_table, as_text, quantity, read_keys, word
from scenarios.item import Firmware, Item, ItemElectrodes, LabResult
from scenarios.problems import Problems, nearest
from scenarios.quantities import exact_quantity
from scenarios.text import Node, Table, read_document
from sim.errors import ScenarioError

SCHEMA: Final = "item/1"
LAB: Final = {
    "patient_leakage_nc": "A",
    "patient_leakage_sfc": "A",
    "patient_leakage_dc_nc": "A",
    "patient_leakage_dc_sfc": "A",
}
"""Results of another laboratory that a check may take, with their SI unit: patient leakage current, a.c. and d.c., in
normal condition (nc) and with a single fault (sfc)."""
AREA_M2: Final = (1e-8, 0.1)
"""Smallest and largest electrode area, m^2: a contact of a cuff to a back pad (design choice)."""
_TEXTS: Final = ("maker", "model", "serial", "lot", "hardware", "operator", "condition", "note")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_item_file(path: Path) -> Item:
    """The item of a file; where it names its firmware's image, the image is hashed.

    Raises:
        ScenarioError: the file does not read, the image is missing, or its hash is not the stated one.
    """
    return read_item(read_document(path), path.resolve().parent)


def read_item(node: Node, folder: Path | None = None) -> Item:
    """The table of an item.

    Args:
        node: the table.
        folder: where the firmware's image is looked for; None takes the stated hash as it is.

    Raises:
        ScenarioError: as in `read_item_file`.
    """
    problems = Problems()
    keys = {
        "schema": Key(word((SCHEMA,), "schema"), required=folder is not None),
        **{name: Key(as_text) for name in _TEXTS},
        "firmware": Key(lambda inner: _read_firmware(inner, folder)),
        "electrodes": Key(_read_electrodes),
        "lab": Key(_read_lab),
    }
    found = read_keys(node, keys, "an item under test", problems)
    problems.raise_any()
    found.pop("schema", None)
    return Item(**found)


def _read_firmware(node: Node, folder: Path | None) -> Firmware:
    problems = Problems()
    keys = {
        "version": Key(as_text),
        "file": Key(as_text),
        "sha256": Key(_shaped(_SHA256, "no SHA-256", "64 hex digits, as `sha256sum` prints them")),
    }
    found = read_keys(node, keys, "`firmware`", problems)
    problems.raise_any()
    firmware = Firmware(**found)
    if folder is None or not firmware.file or not isinstance(node, Table):
        return firmware
    where = node.values["file"].where
    path = folder / firmware.file
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        mend = f"the path is taken from {folder}; without the image, state `sha256` alone"
        raise ScenarioError(str(where), f"the image `{firmware.file}` cannot be read: {error.strerror}", mend) from None
    if firmware.sha256 and firmware.sha256 != digest:
        problem = f"`{firmware.file}` has the SHA-256 {digest}, not the stated one"
        raise ScenarioError(str(node.values["sha256"].where), problem, "is it the image that is in the item?")
    return Firmware(firmware.version, Path(firmware.file).name, digest)


def _read_electrodes(node: Node) -> ItemElectrodes:
    problems = Problems()
    keys = {"area": Key(quantity("m^2", *AREA_M2, "area")), "type": Key(as_text), "lot": Key(as_text)}
    found = read_keys(node, keys, "`electrodes`", problems)
    problems.raise_any()
    return ItemElectrodes(found.get("area"), found.get("type", ""), found.get("lot", ""))


def _read_lab(node: Node) -> dict[str, LabResult]:
    problems = Problems()
    results: dict[str, LabResult] = {}
    table = as_table(node, "`lab`")
    for name, value in table.values.items():
        if name not in LAB:
            problems.add(table.keys[name].where, f"unknown result `{name}` in `lab`", nearest(name, LAB))
            continue
        keys = {
            "value": Key(quantity(LAB[name], 0.0, None, "value"), required=True),
            "U": Key(quantity(LAB[name], 0.0, None, "U"), required=True),
            "report": Key(as_text, required=True),
            "lab": Key(as_text),
            "on": Key(_shaped(_DATE, "no date", "write 2026-11-22")),
        }
        inner = Problems()
        found = read_keys(value, keys, f"`{name}`", inner)
        if inner:
            with problems.gathered():
                inner.raise_any()
            continue
        results[name] = LabResult(
            found["value"], found["U"], found["report"], found.get("lab", ""), found.get("on", "")
        )
    problems.raise_any()
    return results


def _shaped(shape: re.Pattern[str], what: str, mend: str) -> Any:
    def read(node: Node) -> str:
        text = as_text(node)
        if not shape.fullmatch(text):
            raise ScenarioError(str(node.where), f"`{text[:80]}` is {what}", mend)
        return text

    return read


def item_values(item: Item) -> dict[str, Any]:
    """The inverse of `read_item`, exact to the last bit: what is stated, as texts."""
    area_m2 = item.electrodes.area_m2
    written: dict[str, Any] = {name: getattr(item, name) for name in _TEXTS}
    written["firmware"] = _stated({name: getattr(item.firmware, name) for name in ("version", "file", "sha256")})
    electrodes = {"area": "" if area_m2 is None else exact_quantity(area_m2, "m^2")}
    written["electrodes"] = _stated(electrodes | {"type": item.electrodes.type, "lot": item.electrodes.lot})
    written["lab"] = {name: _lab_values(name, result) for name, result in item.lab.items()}
    return _stated(written)


def _lab_values(name: str, result: LabResult) -> dict[str, str]:
    numbers = {"value": exact_quantity(result.value, LAB[name]), "U": exact_quantity(result.expanded, LAB[name])}
    return _stated(numbers | {"report": result.report, "lab": result.lab, "on": result.on})


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
