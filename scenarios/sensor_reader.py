"""`sensor:` of a scenario: which sensor the device listens to, and how good it is; or a recording in its place.

sensor: heel_switch
sensor: {kind: foot_imu, rate: 200 Hz}
sensor: {replay: walk.csv, description: walk.yaml, start: 5 s, duration: 30 s}
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.dataclass_reader import read_dataclass, write_dataclass
from scenarios.fields import Key, as_table, as_text, quantity, read_keys, word
from scenarios.problems import Problems
from scenarios.quantities import exact_quantity
from scenarios.recording_file import read_description
from scenarios.recording_samples import read_samples
from scenarios.text import Node, Text, Where
from sim.errors import ScenarioError
from sim.sensor.kinds import SENSORS
from sim.sensor.recording import Recording
from sim.sensor.sensor import SensorDescription

REPLAY: Final = "replay"
"""The key that puts a recording in the place of a sensor."""


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """A recording that a scenario asks for; its files are not read yet.

    Attributes:
        file: the recording, as named.
        description: its description, as named.
        file_where: place of the name.
        description_where: the same.
        start_s: where in the file the run begins, s.
        duration_s: how much of it is used, s; None for all.
    """

    file: str
    description: str
    file_where: Where
    description_where: Where
    start_s: float
    duration_s: float | None


def is_replay(node: Node | None) -> bool:
    """True where `sensor:` asks for a recording."""
    return node is not None and not isinstance(node, Text) and REPLAY in getattr(node, "values", {})


def read_sensor(node: Node) -> SensorDescription | ReplayRequest:
    """A sensor by its kind alone, a table of its kind and settings, or a recording.

    Raises:
        ScenarioError: an unknown kind, or a setting that cannot be used.
    """
    kinds = word(SENSORS, "sensor")
    if isinstance(node, Text):
        return SENSORS[kinds(node)]()
    table = as_table(node, "`sensor`")
    if REPLAY in table.values:
        return _read_replay(node)
    if "kind" not in table.values:
        raise ScenarioError(str(node.where), "`sensor` lacks the key `kind`", "write `sensor: {kind: heel_switch}`")
    kind = kinds(table.values["kind"])
    return read_dataclass(SENSORS[kind], table.without("kind"), "`sensor`")


def _read_replay(node: Node) -> ReplayRequest:
    table, problems = as_table(node, "`sensor`"), Problems()
    if "description" not in table.values:
        mend = "add `description: file.yaml` with units, axes, mounting and leg (schema sensor-recording/1)"
        raise ScenarioError(str(table.values[REPLAY].where), "the recording has no description", mend)
    keys = {
        REPLAY: Key(as_text),
        "description": Key(as_text),
        "start": Key(quantity("s", 0.0, 1e6, "start")),
        "duration": Key(quantity("s", 0.1, 1e6, "duration")),
    }
    found = read_keys(table, keys, "a replayed `sensor`", problems)
    problems.raise_any()
    return ReplayRequest(
        found[REPLAY],
        found["description"],
        table.values[REPLAY].where,
        table.values["description"].where,
        found.get("start", 0.0),
        found.get("duration"),
    )


def read_recording(request: ReplayRequest, folders: tuple[Path, ...], hashes: Mapping[str, str]) -> Recording:
    """The recording that a scenario asks for.

    Args:
        request: what it asks for.
        folders: where relative paths are taken from, nearest first.
        hashes: sha256 that the files must have, by name, where a `case.yaml` states them.

    Raises:
        ScenarioError: one problem with its place and its mend.
    """
    file, file_sha = _find(request.file, "recording", request.file_where, folders, hashes)
    path, description_sha = _find(request.description, "description", request.description_where, folders, hashes)
    told = read_description(path)
    samples, rate_hz = read_samples(file, told)
    count = len(next(iter(samples.values())))
    first = round(request.start_s * rate_hz)
    last = count if request.duration_s is None else min(count, first + round(request.duration_s * rate_hz))
    if first >= count:
        problem = f"the recording is {count / rate_hz:.3g} s long, it cannot begin at {request.start_s:g} s"
        raise ScenarioError(str(request.file_where), problem, "give a smaller `start`")
    labelled = told.heel_off_s - first / rate_hz
    return Recording(
        kind="foot_switch" if told.kind == "foot_switch" else "foot_imu",
        samples={role: values[first:last] for role, values in samples.items()},
        recorded_hz=rate_hz,
        leg="right" if told.leg == "right" else "left",
        source=told.source,
        mounting=told.mounting,
        file=request.file,
        file_sha256=file_sha,
        description=request.description,
        description_sha256=description_sha,
        start_s=request.start_s,
        duration_s=request.duration_s,
        thresholds_v=told.thresholds_v,
        heel_off_s=labelled[(labelled >= 0.0) & (labelled < (last - first) / rate_hz)],
    )


def _find(name: str, what: str, where: Where, folders: tuple[Path, ...], hashes: Mapping[str, str]) -> tuple[Path, str]:
    """The file that `name` means, and its sha256."""
    wanted = hashes.get(name)
    others = 0
    for folder in folders:
        path = folder / name
        if path.is_file():
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if wanted in {None, found}:
                return path, found
            others += 1
    if others:
        problem = f"the {what} `{name}` is not the one of this case: its sha256 must begin with {str(wanted)[:12]}"
        raise ScenarioError(str(where), problem, "put the file back that the case was made with")
    mend = f"the path is taken from {folders[0] if folders else '.'}"
    raise ScenarioError(str(where), f"no {what} `{name}`", mend)


def sensor_values(description: SensorDescription) -> dict[str, Any]:
    """The inverse of `read_sensor`: key -> text."""
    if isinstance(description, Recording):
        values = {REPLAY: description.file, "description": description.description}
        if description.start_s:
            values["start"] = exact_quantity(description.start_s, "s")
        if description.duration_s is not None:
            values["duration"] = exact_quantity(description.duration_s, "s")
        return values
    return {"kind": description.kind, **write_dataclass(description)}


def input_values(description: SensorDescription) -> dict[str, Any] | None:
    """`inputs` of a `case.yaml`: files that a case needs beside itself, with their sha256."""
    if not isinstance(description, Recording):
        return None
    return {
        description.file: {"sha256": description.file_sha256},
        description.description: {"sha256": description.description_sha256},
    }
