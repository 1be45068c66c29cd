"""The self-test of the measuring chain: that what was sent is found again, and that a bad instrument is noticed."""

from typing import Any

from reports.quantities import quantity
from reports.sections.blocks import details, section, table, text
from reports.verdict import RunResult


def build(run: RunResult) -> dict[str, Any] | None:
    """What the self-test of this bench showed before the run; None where none was made."""
    document = run.selftest
    if document is None:
        return None
    rows = document["instruments"]
    sound = [row for row in rows if row["expected"] == "sound"]
    faulty = [row for row in rows if row["expected"] == "faulty"]
    noticed = sum(row["ok"] for row in faulty)
    within, noticed = (sum(row["ok"] for row in group) for group in (sound, faulty))
    told = (
        f"{document['verdict']}: {within} of {len(sound)} sound instruments read reference waveforms of known charge, "
        f"width, rate and direct current within U; {noticed} of {len(faulty)} faults of an instrument were noticed, or "
        "did no harm."
    )
    why = (
        "The waveforms pass models of instruments, then the same finder and the same measures as the captures of this "
        "run. A fault that moves a result by more than U and that zero and span, the quality of the capture and its "
        "plausibility let through fails the self-test, and then nothing is measured. The models are simulated; on "
        "hardware, zero and span are read from the instrument itself before and after each case."
    )
    blind = f"{document['unnoticed']} faults would not be noticed: this bench takes no zero and span."
    blocks = [
        text(told, why, *([blind] if document["unnoticed"] else [])),
        _instruments(rows),
        details("Recovered against true", _recovered(rows)),
    ]
    return section("Self-test of the measuring chain", *blocks)


def _instruments(rows: list[dict[str, Any]]) -> dict[str, Any]:
    cells = [
        ("ok" if row["ok"] else "NOT OK", row["instrument"], row["summary"], row["expected"], row["outcome"])
        for row in rows
    ]
    return table(("", "Instrument", "Error", "Is", "Outcome"), cells, widths=(0.6, 1.6, 2.2, 0.8, 4.2))


def _recovered(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Every quantity of the sound instruments."""
    cells = [
        (
            row["instrument"],
            part["reference"],
            part["measure"],
            quantity(part["true"], part["unit"], 5),
            quantity(part["recovered"], part["unit"], 5),
            quantity(part["U"], part["unit"], 2),
            "yes" if part["inside"] else "NO",
        )
        for row in rows
        if row["expected"] == "sound"
        for part in row["quantities"]
    ]
    columns = ("Instrument", "Reference", "Measure", "True", "Recovered", "U (k = 2)", "Within U")
    return table(columns, cells, widths=(1.1, 1.8, 1.4, 1.2, 1.2, 1.0, 0.9))
