"""The samples of a recording: read from CSV, checked for gaps, holes, wrong units and a wrong rate, turned into SI."""

import csv
import math
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.problems import nearest
from scenarios.recording_file import Columns, RecordingDescription
from sim.errors import ScenarioError
from sim.sensor.foot_imu import FORCES, RATES

LONGEST_GAP: Final = 1.5
"""Periods between two samples beyond which one is missing."""
RATE_BOUND_RATIO: Final = 0.01
"""A stated rate and its time column may differ by this much."""
SHORTEST_S: Final = 1.0
FASTEST_RAD_S: Final = 100.0
"""No foot turns faster (5700 deg/s): the unit is wrong (design choice)."""
QUIET_S: Final = 0.1
"""Length of the moments among which the quietest are looked for (design choice: foot flat lasts longer)."""
GRAVITY_M_S2: Final = (7.0, 13.0)
"""Specific force of a foot at rest; outside of it the unit is wrong, or gravity was taken out (design choice)."""


def read_samples(path: Path, description: RecordingDescription) -> tuple[dict[str, NDArray[np.float64]], float]:
    """Samples by role in SI and in the axes of the rig, and their rate, Hz.

    Raises:
        ScenarioError: one problem with its place and its mend.
    """
    d = description
    asked = [columns for columns in (d.time, d.force, d.rate, d.signal) if columns is not None]
    values = _read_columns(path, asked)
    rate_hz = _rate_hz(path, d, values)
    count = len(next(iter(values.values())))
    if count / rate_hz < SHORTEST_S:
        raise ScenarioError(
            str(path), f"{count} samples at {rate_hz:g} Hz are {count / rate_hz:.3g} s", "give 1 s or more"
        )
    found: dict[str, NDArray[np.float64]] = {}
    for columns, roles in ((d.force, FORCES), (d.rate, RATES)):
        if columns is not None:
            own = np.array([values[name] for name in columns.names]) * columns.factor_ratio
            _check_constant(path, columns, own)
            found |= dict(zip(roles, d.axes_ratio @ own, strict=True))
    if d.force is not None:
        _check_gravity(d.force, np.array([found[role] for role in FORCES]), rate_hz)
    if d.rate is not None:
        _check_rates(d.rate, np.array([found[role] for role in RATES]))
    if d.signal is not None:
        signal = values[d.signal.names[0]] * d.signal.factor_ratio
        _check_constant(path, d.signal, signal[None, :])
        found["heel_switch"] = signal
    return found, rate_hz


def _read_columns(path: Path, asked: list[Columns]) -> dict[str, NDArray[np.float64]]:
    """The columns that are asked for, as they stand; every cell a number."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(str(path), "is no text", "export the recording as CSV in UTF-8") from None
    rows = csv.reader(text.splitlines())
    titles = next(rows, [])
    if not titles:
        raise ScenarioError(str(path), "the recording is empty", "it needs a line of column titles and samples below")
    places: dict[str, int] = {}
    for columns in asked:
        for name in columns.names:
            if name not in titles:
                problem = f"{path.name} has no column `{name}`"
                raise ScenarioError(str(columns.where), problem, nearest(name, [title for title in titles if title]))
            places[name] = titles.index(name)
    found: dict[str, list[float]] = {name: [] for name in places}
    for row in rows:
        if not row:
            continue
        for name, place in places.items():
            found[name].append(_number(row, place, name, path, rows.line_num))
    if not any(found.values()):
        raise ScenarioError(str(path), "the recording is empty: it has titles and no samples", "export it again")
    return {name: np.array(column) for name, column in found.items()}


def _number(row: list[str], place: int, name: str, path: Path, line: int) -> float:
    text = row[place].strip() if place < len(row) else ""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problem = f"`{name}` is `{text[:40]}`, which is no number" if text else f"`{name}` is empty"
        mend = "cut the recording there: nobody knows what the device would have been shown"
        raise ScenarioError(f"{path}:{line}:{place + 1}", problem, mend)
    return value


def _rate_hz(path: Path, d: RecordingDescription, values: dict[str, NDArray[np.float64]]) -> float:
    """Rate of the recording; the time column must run evenly, and at the stated rate."""
    if d.time is None:
        assert d.rate_hz is not None
        return d.rate_hz
    counts = d.time.unit == "sample"
    steps = np.diff(values[d.time.names[0]]) * (1.0 if counts else d.time.factor_ratio)
    if not steps.size:
        raise ScenarioError(str(path), "the recording holds a single sample", "export it again")
    usual = 1.0 if counts else float(np.median(steps))
    wrong = np.flatnonzero((steps > LONGEST_GAP * usual) | (steps < 0.5 * usual) | (steps <= 0.0))
    if wrong.size:
        row = int(wrong[0])
        missing = steps[row] / (d.rate_hz or 1.0) if counts else steps[row]
        problem = (
            f"a gap of {missing:.3g} s"
            if steps[row] > 0.0 and steps[row] > usual
            else "time does not run forward evenly"
        )
        more = f" ({wrong.size} such places)" if wrong.size > 1 else ""
        mend = "fill or cut it: a device must not be judged by what nobody recorded"
        raise ScenarioError(f"{path}:{row + 3}:1", f"{problem} before this sample{more}", mend)
    if counts:
        assert d.rate_hz is not None
        return d.rate_hz
    told = 1.0 / float(np.mean(steps))
    if d.rate_hz is not None and abs(told / d.rate_hz - 1.0) > RATE_BOUND_RATIO:
        problem = f"the description says {d.rate_hz:g} Hz, the time column runs at {told:.4g} Hz"
        raise ScenarioError(str(d.rate_where), problem, "correct `rate`, or the unit of the time column")
    return d.rate_hz if d.rate_hz is not None else told


def _check_constant(path: Path, columns: Columns, values: NDArray[np.float64]) -> None:
    for name, column in zip(columns.names, values, strict=True):
        if np.ptp(column) == 0.0:
            problem = f"column `{name}` of {path.name} never changes"
            raise ScenarioError(
                str(columns.where), problem, "a sensor that is alive has noise: is it the right column?"
            )


def _check_gravity(columns: Columns, force: NDArray[np.float64], rate_hz: float) -> None:
    """In its quietest moments a foot stands: there the specific force is gravity, out of the instep."""
    window = max(2, round(QUIET_S * rate_hz))
    windows = force[:, : force.shape[1] // window * window].reshape(3, -1, window)
    restless = windows.std(axis=2).max(axis=0)
    quiet = windows[:, restless <= np.percentile(restless, 10.0)].mean(axis=2)
    length, up = float(np.median(np.linalg.norm(quiet, axis=0))), float(np.median(quiet[1]))
    if not GRAVITY_M_S2[0] <= length <= GRAVITY_M_S2[1]:
        problem = f"with `unit: {columns.unit}` a foot at rest shows {length:.3g} m/s^2; gravity is 9.81"
        raise ScenarioError(str(columns.where), problem, "is the unit m/s^2, g or mg, and gravity still in it?")
    if up < 0.7 * length:
        problem = f"a foot at rest shows gravity as {up:.3g} of {length:.3g} m/s^2 along `up`"
        raise ScenarioError(str(columns.where), problem, "look at `axes`: which axis points out of the instep?")


def _check_rates(columns: Columns, rates: NDArray[np.float64]) -> None:
    fastest = float(np.max(np.abs(rates)))
    if fastest > FASTEST_RAD_S:
        problem = f"with `unit: {columns.unit}` the foot turns at up to {math.degrees(fastest):.3g} deg/s"
        raise ScenarioError(str(columns.where), problem, "is the unit deg/s?")
    if fastest < math.radians(20.0) and columns.unit == "deg/s":
        problem = f"with `unit: deg/s` the foot never turns faster than {math.degrees(fastest):.3g} deg/s"
        raise ScenarioError(str(columns.where), problem, "is the unit rad/s?")
