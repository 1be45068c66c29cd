"""Measured gait cycles: the data files of `scenarios/patients/measured`, handed to `sim` as arrays."""

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from sim.errors import ScenarioError
from sim.gait.curves import MeasuredCycle, measured_cycle


def measured_names() -> tuple[str, ...]:
    """Names of the cycles that ship."""
    folder = files("scenarios") / "patients" / "measured"
    return tuple(sorted(item.name.removesuffix(".csv") for item in folder.iterdir() if item.name.endswith(".csv")))


@cache
def load_measured(name: str) -> MeasuredCycle:
    """The cycle `name`; read once a process.

    The file begins with lines ``# key: value``: provenance, and the facts that the curves need.

    Raises:
        ScenarioError: there is no such cycle.
    """
    source = files("scenarios") / "patients" / "measured" / f"{name}.csv"
    if not source.is_file():
        raise ScenarioError(
            f"measured_cycle: {name}", "no such measured gait cycle", "known: " + ", ".join(measured_names())
        )
    lines = source.read_text(encoding="utf-8").splitlines()
    facts: dict[str, float] = {}
    for line in lines:
        key, _, text = line.removeprefix("#").partition(":")
        if line.startswith("#") and _is_number(text):
            facts[key.strip()] = float(text)
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    columns = {column: np.array([float(row[column]) for row in rows]) for column in rows[0] if column != "gait_pct"}
    return measured_cycle(name, columns, facts)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
