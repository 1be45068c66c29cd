"""A run whose checks follow limit sets: one confirmed, one not, one confirmed before it changed; with an item."""

from dataclasses import replace

from reports.verdict import worst
from scenarios.case import LimitBasis
from scenarios.item import Firmware, Item, ItemElectrodes, LabResult

ITEM = Item(
    maker="Example Medical",
    model="Stepper 2",
    serial="SN-0042",
    hardware="rev C",
    firmware=Firmware("1.4.2", "fw.bin", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    electrodes=ItemElectrodes(25e-4),
    lab={"patient_leakage_nc": LabResult(12.3e-6, 1e-6, "LAB-117")},
)
_STANDARD = LimitBasis("standard", "IEC 60601-2-10", "2:2012", "201.12.1.102", confidence="medium")
BASES = {
    "latency": ("TIM-07", replace(_STANDARD, confirmed_by="Jane Doe", confirmed_on="2026-11-22")),
    "charge_balance": ("CHG-01", LimitBasis("proposal", note="design choice")),
    "lead_off": (
        "SAF-01",
        replace(_STANDARD, lapsed="confirmed by Jane Doe on 2026-01-02, but the limit has changed since"),
    ),
}


def cited_run(runs):
    """The rug-and-peel walk of the writers' tests, three checks of it, each with its basis."""
    whole = runs.walk()
    kept = [verdict for verdict in whole.verdicts if verdict.check.id in BASES]
    verdicts = tuple(
        replace(
            verdict, check=replace(verdict.check, limit_id=BASES[verdict.check.id][0], basis=BASES[verdict.check.id][1])
        )
        for verdict in kept
    )
    case = replace(
        whole.case,
        checks=tuple(verdict.check for verdict in verdicts),
        not_applicable=(("SAF-05", "not applicable: no button; SCN-CORE-STOP does it"),),
        profile="core",
        item=ITEM,
    )
    record = replace(whole.record, case=case)
    outcome = worst([verdict.outcome for verdict in verdicts])
    return runs.run_of(replace(whole, case=case, verdicts=verdicts, record=record, outcome=outcome))
