"""Patient leakage current: a result of another laboratory, taken from the file of the item under test with its U."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.measures.collecting import collected, not_run
from reports.samples import Samples
from reports.uncertainty import COVERAGE, Term
from rig.record import Record
from scenarios.catalogue import MeasureSpec, Parameter

_NAMES: Final = {
    ("a.c.", "normal"): "patient_leakage_nc",
    ("a.c.", "single_fault"): "patient_leakage_sfc",
    ("d.c.", "normal"): "patient_leakage_dc_nc",
    ("d.c.", "single_fault"): "patient_leakage_dc_sfc",
}
"""(kind, condition) -> name under `lab:` of the item."""


def patient_leakage(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """The stated patient leakage current, A; one value, with the laboratory's own U (k = 2).

    The rig cannot measure it: it needs the measuring device of IEC 60601-1, and the virtual bench has no body.
    """
    name = _NAMES[str(parameters.get("kind", "a.c.")), str(parameters.get("condition", "normal"))]
    item = record.case.item
    result = None if item is None else item.lab.get(name)
    if result is None:
        return not_run("A", f"no result of a laboratory: give `lab: {{{name}: ...}}` in the file of `--item`")
    laboratory = Term(
        "laboratory", "B", np.array([result.expanded / COVERAGE]), True, f"U of report {result.report} (k = 2)"
    )
    start_s, end_s = record.span_s
    words = (result.lab, f"report {result.report}", result.on)
    notes = (f"not measured here: {', '.join(word for word in words if word)}",)
    return collected("A", [result.value], [start_s], [end_s], [-1], (laboratory,), notes=notes)


IMPORTED: Final[tuple[MeasureSpec, ...]] = (
    MeasureSpec(
        "patient_leakage",
        "A",
        "measured",
        patient_leakage,
        "run",
        (
            Parameter("kind", choices=("a.c.", "d.c."), default="a.c.", summary="which current"),
            Parameter("condition", choices=("normal", "single_fault"), default="normal", summary="of the device"),
        ),
        summary="patient leakage current, as another laboratory measured it (`lab:` of the item)",
    ),
)
"""What the rig takes from elsewhere."""
