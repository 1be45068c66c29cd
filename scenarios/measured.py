"""Measured gait cycles, shipped (`scenarios/patients/measured`) or a user's own, handed to `sim` as arrays."""

import csv
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from sim.errors import ScenarioError
from sim.gait.curves import MeasuredCycle, measured_cycle


def measured_names() -> tuple[str, ...]:
    """Names of the cycles that ship."""
    folder = files("scenarios") / "patients" / "measured"
    return tuple(sorted(item.name.removesuffix(".csv") for item in folder.iterdir() if item.name.endswith(".csv")))


def load_measured(name: str) -> MeasuredCycle:
    """The cycle `name`: one that ships, or the path of a user's own; read once a process.

    The file begins with lines ``# key: value``: provenance, and the facts that the curves need. A patient's own cycle
    names the healthy one that its body is calibrated on: ``# healthy_cycle: winter_a1``.

    Raises:
        ScenarioError: there is no such cycle, or its file does not read.
    """
    if name.endswith(".csv"):
        path = Path(name)
        if not path.is_file():
            raise ScenarioError(f"measured_cycle: {name}", "no such file", "known: " + ", ".join(measured_names()))
        return _own(path, path.stat().st_mtime_ns, path.stat().st_size)
    return _shipped(name)


def find_cycle(name: str, folders: tuple[Path, ...], where: object) -> str:
    """`name` as `load_measured` finds it from anywhere: a shipped name, or the whole path of a user's file.

    Args:
        name: as the patient file says it.
        folders: that are searched for it, nearest first.
        where: place, for the message.

    Raises:
        ScenarioError: nothing has this name, or the file does not read.
    """
    if not name.endswith(".csv"):
        if name not in measured_names():
            mend = f"known: {', '.join(measured_names())}; an own one is named with `.csv`"
            raise ScenarioError(str(where), f"no measured gait cycle `{name}`", mend)
        return name
    for folder in folders or (Path(),):
        path = folder / name  # a whole path stays itself
        if path.is_file():
            load_measured(str(path.resolve()))
            return str(path.resolve())
    looked = str(folders[0]) if folders else "."
    raise ScenarioError(str(where), f"no file `{name}`", f"the path is taken from {looked}")


@cache
def _shipped(name: str) -> MeasuredCycle:
    source = files("scenarios") / "patients" / "measured" / f"{name}.csv"
    if not source.is_file():
        raise ScenarioError(
            f"measured_cycle: {name}", "no such measured gait cycle", "known: " + ", ".join(measured_names())
        )
    return _read(name, source.read_text(encoding="utf-8"))


@cache
def _own(path: Path, _changed_ns: int, _size: int) -> MeasuredCycle:
    mend = "a measured cycle has the columns and facts of those that `stimrig new patient` writes"
    try:
        return _read(path.name, path.read_text(encoding="utf-8"))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise ScenarioError(str(path), f"is no measured cycle: {error}", mend) from None


def _read(name: str, text: str) -> MeasuredCycle:
    facts: dict[str, float] = {}
    healthy = ""
    for line in text.splitlines():
        key, _, told = line.removeprefix("#").partition(":")
        if line.startswith("#") and key.strip() == "healthy_cycle":
            healthy = told.strip()
        elif line.startswith("#") and _is_number(told):
            facts[key.strip()] = float(told)
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    columns = {column: np.array([float(row[column]) for row in rows]) for column in rows[0] if column != "gait_pct"}
    cycle = measured_cycle(name, columns, facts)
    return replace(cycle, healthy=_shipped(healthy)) if healthy else cycle


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
