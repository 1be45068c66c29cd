"""Table A: basic unit characteristics, from what was measured in the same run and from what the item states."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.quantities import quantity_with_uncertainty
from reports.verdict import CaseResult, Outcome, Verdict
from scenarios.item import Item

NOT_MEASURED: Final = "not measured in this run"

_MEASURED: Final = (
    ("Patient leakage current, normal condition and single fault", "SAF-16"),
    ("Average d.c. through the electrodes, on but no pulses", "CHG-05"),
    ("Channels: cross-talk and simultaneity", "OUT-12"),
    ("Regulated current", "OUT-06"),
    ("Automatic overload trip", "SAF-03"),
    ("Automatic no-load trip", "SAF-01"),
    ("Automatic shut-off", "SAF-08"),
    ("Patient override control", "SAF-05"),
    ("Indicators", "SAF-09"),
)
"""Field of the table -> check that answers it."""


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One field of table A.

    Attributes:
        field: its name.
        value: what is known.
        source: check or file that says it.
    """

    field: str
    value: str
    source: str


def table_a(cases: Sequence[CaseResult]) -> tuple[Characteristic, ...]:
    """The fields of the first device of the run."""
    case = cases[0].case
    device, item = case.device, case.item
    stated = "item file" if item is not None else "nobody stated it"
    rows = [
        Characteristic("Device name, model", device.title or device.id, "device file"),
        Characteristic("Manufacturer", (item.maker if item else "") or "not stated", stated),
        Characteristic("Serial, firmware", _serial(item) or "not stated", stated),
        Characteristic("Number of output channels", str(device.channels), "device file"),
        Characteristic("Software or firmware control", "yes" if device.model else "not stated", "device file"),
        Characteristic("Trigger and features", ", ".join(device.features) or "not stated", "device file"),
    ]
    rows += [Characteristic(field, *_answer(cases, identifier)) for field, identifier in _MEASURED]
    rows.append(Characteristic("Compliance with voluntary standards and 21 CFR 898", "not stated", "maker's claim"))
    return tuple(rows)


def _serial(item: Item | None) -> str:
    if item is None:
        return ""
    parts = (item.serial, f"firmware {item.firmware.version}" if item.firmware.version else "")
    return ", ".join(part for part in parts if part)


def _answer(cases: Sequence[CaseResult], identifier: str) -> tuple[str, str]:
    """What the run shows of one check, the worst verdict of its variants first."""
    found = [
        (case, verdict)
        for case in cases
        for verdict in case.verdicts
        if verdict.check.limit_id.partition("/")[0] == identifier and verdict.outcome is not Outcome.NOT_RUN
    ]
    if not found:
        return NOT_MEASURED, identifier
    words = "; ".join(dict.fromkeys(_words(verdict) for _, verdict in found))
    return words, f"{identifier} in {', '.join(dict.fromkeys(case.case.id for case, _ in found))}"


def _words(verdict: Verdict) -> str:
    value = "" if verdict.value is None else quantity_with_uncertainty(verdict.value, verdict.expanded, verdict.unit)
    return " ".join(part for part in (verdict.outcome.value, verdict.check.title + ":" if value else "", value) if part)
