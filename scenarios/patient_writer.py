"""Writes a fitted patient: every parameter with where it comes from and how unsure it is, and the cycle beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.case_document import document_lines
from scenarios.dataclass_reader import key_and_unit, write_dataclass
from scenarios.patient_class import SCHEMA, PatientClass
from scenarios.patient_fit import HEALTHY_CYCLE, Fit
from scenarios.text import plain
from sim.body.patient import Patient
from sim.gait.curves import POINTS


def patient_text(fit: Fit, base: PatientClass, name: str) -> str:
    """The patient file. A parameter that was fitted is fixed; one that was not keeps the distribution of its class."""
    name_of = {key_and_unit(field)[0]: field for field in Patient.__dataclass_fields__}
    values = write_dataclass(fit.patient)
    stated = plain(base.table)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "name": name,
        "why": "a person's own gait; calibration to a recording, not validation",
        "note": f"what was not fitted is that of the class {base.population.name}; absolute clearance is not a result",
        "title": {"value": values["title"]},
    }
    for key, value in values.items():
        if key == "title":
            continue
        field, before = name_of[key], stated.get(key, {})
        source = before.get("source", "default of the model") if isinstance(before, Mapping) else "no source given"
        if field in fit.fitted:
            document[key] = {"value": value, "source": fit.fitted[field], "distribution": {"kind": "fixed"}}
        else:
            shown = before.get("value", value) if isinstance(before, Mapping) else before
            told = f"not fitted: from class {base.population.name}: {source}"
            document[key] = {"value": shown, "source": told, "distribution": _free(before, fit, name_of)}
    document |= {key: stated[key] for key in ("training", "recovery") if key in stated}
    return "\n".join(document_lines(document)) + "\n"


def _free(before: Any, fit: Fit, name_of: Mapping[str, str]) -> dict[str, Any]:
    """The distribution of the class, cut loose from parameters that are fitted now."""
    if not isinstance(before, Mapping) or "distribution" not in before:
        return {"kind": "fixed"}
    distribution = dict(before["distribution"])
    if name_of.get(distribution.get("with", "")) in fit.fitted:
        del distribution["with"], distribution["correlation"]
    return distribution


def cycle_text(fit: Fit) -> str:
    """The mean cycle as `measured_cycle` reads it: nothing in it names a person, a place or a day."""
    lines = [
        "# mean cycle fitted from a gait recording by `stimrig new patient`",
        "# hip_y_m is not measured: the model closes the hip height on the floor",
        f"# healthy_cycle: {HEALTHY_CYCLE}",
        *(f"# {key}: {value!r}" for key, value in fit.facts.items()),
        "gait_pct,thigh_deg,knee_deg,ankle_deg,hip_x_m,hip_y_m",
    ]
    angles = np.degrees([fit.cycle.thigh_rad, fit.cycle.knee_rad, fit.cycle.ankle_rad])
    lines += [f"{k},{','.join(repr(float(v)) for v in angles[:, k])},0.0,0.0" for k in range(POINTS)]
    return "\n".join(lines) + "\n"


def write_patient(path: Path, fit: Fit, base: PatientClass) -> Path:
    """Write the patient to `path` and its cycle beside it; returns the path of the cycle."""
    cycle_path = path.with_suffix(".cycle.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    cycle_path.write_text(cycle_text(fit), encoding="utf-8")
    path.write_text(patient_text(fit, base, path.stem), encoding="utf-8")
    return cycle_path
