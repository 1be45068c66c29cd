"""The description of a recording (`sensor-recording/1`): columns with their units, axes, mounting, leg, source.

schema: sensor-recording/1
kind: foot_imu
source: who recorded it, where it is published
leg: left
mounting: on the instep of the shoe
rate: 102.4 Hz                          # or a time column below, or both
time: {column: t, unit: s}              # unit: s, ms, us or sample (a running number)
acceleration: {x: acc_x, y: acc_y, z: acc_z, unit: m/s^2}      # or g, mg
angular_rate: {x: gyr_x, y: gyr_y, z: gyr_z, unit: deg/s}      # or rad/s
axes: {forward: x, up: z, right: -y}    # which way the sensor's own axes point with the foot flat

A switch: `kind: foot_switch`, `signal: {column: fsr, unit: V}`, `open_below: 1 V`, `close_above: 1.5 V`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scenarios.fields import Key, Read, as_table, as_text, one_or_list, quantity, read_keys, word
from scenarios.problems import Problems
from scenarios.text import Node, Table, Where, read_document
from sim.errors import ScenarioError

RECORDING_SCHEMA: Final = "sensor-recording/1"
STANDARD_GRAVITY: Final = 9.80665
TIME_UNITS: Final = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "sample": 0.0}
FORCE_UNITS: Final = {"m/s^2": 1.0, "g": STANDARD_GRAVITY, "mg": 1e-3 * STANDARD_GRAVITY}
RATE_UNITS: Final = {"deg/s": float(np.pi / 180.0), "rad/s": 1.0}
SIGNAL_UNITS: Final = {"V": 1.0, "mV": 1e-3}
_AXES: Final = tuple(sign + axis for axis in "xyz" for sign in ("", "-"))


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of one quantity.

    Attributes:
        names: column titles: one, or those of the sensor's x, y and z.
        unit: as written.
        factor_ratio: to SI.
        where: place of the entry, for messages.
    """

    names: tuple[str, ...]
    unit: str
    factor_ratio: float
    where: Where


@dataclass(frozen=True, slots=True, eq=False)
class RecordingDescription:
    """What a description says.

    Attributes:
        path: the file.
        kind: `foot_imu` or `foot_switch`.
        source: where the recording comes from.
        leg: on which the sensor was worn.
        mounting: where and how.
        rate_hz: of the recording, or None where the time column tells it.
        rate_where: place of the rate.
        time: column of the instants, or None.
        force: columns of the specific force, or None.
        rate: columns of the angular rate, or None.
        signal: column of a switch, or None.
        axes_ratio: (3, 3) from the sensor's axes to forward, up, right.
        thresholds_v: of a switch.
        heel_off_s: labelled instants in the file, s.
    """

    path: Path
    kind: str
    source: str
    leg: str
    mounting: str
    rate_hz: float | None
    rate_where: Where
    time: Columns | None
    force: Columns | None
    rate: Columns | None
    signal: Columns | None
    axes_ratio: NDArray[np.float64]
    thresholds_v: tuple[float, float] | None
    heel_off_s: NDArray[np.float64]


def read_description(path: Path) -> RecordingDescription:
    """Read the description of a recording.

    Raises:
        ScenarioError: with file:line:column; several problems are told together.
    """
    table, problems = read_document(path), Problems()
    keys = {
        "schema": Key(word((RECORDING_SCHEMA,), "schema"), required=True),
        "kind": Key(word(("foot_imu", "foot_switch"), "kind of recording"), required=True),
        "source": Key(as_text, required=True),
        "note": Key(as_text),
        "leg": Key(word(("left", "right"), "leg"), required=True),
        "mounting": Key(as_text, required=True),
        "rate": Key(quantity("Hz", 10.0, 100_000.0, "rate")),
        "time": Key(_columns(("column",), TIME_UNITS, "time")),
        "acceleration": Key(_columns(("x", "y", "z"), FORCE_UNITS, "acceleration")),
        "angular_rate": Key(_columns(("x", "y", "z"), RATE_UNITS, "angular rate")),
        "signal": Key(_columns(("column",), SIGNAL_UNITS, "signal")),
        "axes": Key(_axes),
        "open_below": Key(quantity("V", -100.0, 100.0, "open_below")),
        "close_above": Key(quantity("V", -100.0, 100.0, "close_above")),
        "heel_off": Key(one_or_list(quantity("s", 0.0, 1e6, "heel_off"))),
    }
    found = read_keys(table, keys, "a description", problems)
    problems.raise_any()
    _complete(table, found)
    thresholds = (found["open_below"], found["close_above"]) if found["kind"] == "foot_switch" else None
    return RecordingDescription(
        path=path,
        kind=found["kind"],
        source=found["source"],
        leg=found["leg"],
        mounting=found["mounting"],
        rate_hz=found.get("rate"),
        rate_where=table.values["rate"].where if "rate" in found else table.where,
        time=found.get("time"),
        force=found.get("acceleration"),
        rate=found.get("angular_rate"),
        signal=found.get("signal"),
        axes_ratio=found.get("axes", np.eye(3)),
        thresholds_v=thresholds,
        heel_off_s=np.array(sorted(found.get("heel_off", ())), np.float64),
    )


def _complete(table: Table, found: dict[str, Any]) -> None:
    """What a recording of this kind cannot do without."""
    is_switch = found["kind"] == "foot_switch"
    needed = ("signal", "open_below", "close_above") if is_switch else ("angular_rate", "axes")
    for name in needed:
        if name not in found:
            problem = f"a description of a {found['kind']} lacks the key `{name}`"
            raise ScenarioError(str(table.where), problem, f"add `{name}:`")
    if "rate" not in found and ("time" not in found or found["time"].unit == "sample"):
        raise ScenarioError(
            str(table.where), "nothing says how fast the recording was made", "add `rate: 102.4 Hz` or a time in s"
        )
    if is_switch and found["open_below"] > found["close_above"]:
        where = table.values["open_below"].where
        raise ScenarioError(
            str(where), "the switch opens above where it closes", "open_below must not exceed close_above"
        )


def _columns(names: tuple[str, ...], units: dict[str, float], what: str) -> Read[Columns]:
    def read(node: Node) -> Columns:
        problems = Problems()
        keys = {name: Key(as_text, required=True) for name in names}
        keys["unit"] = Key(word(units, f"unit of the {what}"), required=True)
        found = read_keys(as_table(node, f"`{what}`"), keys, f"the {what}", problems)
        problems.raise_any()
        return Columns(tuple(found[name] for name in names), found["unit"], units[found["unit"]], node.where)

    return read


def _axes(node: Node) -> NDArray[np.float64]:
    """Rows: forward, up and right in the axes of the sensor; a proper rotation."""
    problems = Problems()
    keys = {name: Key(word(_AXES, "axis"), required=True) for name in ("forward", "up", "right")}
    found = read_keys(node, keys, "`axes`", problems)
    problems.raise_any()
    rows = np.zeros((3, 3))
    for row, name in enumerate(("forward", "up", "right")):
        rows[row, "xyz".index(found[name][-1])] = -1.0 if found[name].startswith("-") else 1.0
    if abs(np.linalg.det(rows)) < 0.5:
        raise ScenarioError(str(node.where), "two directions lie on one axis", "name x, y and z once each")
    if np.linalg.det(rows) < 0.0:
        mend = f"turn one sign, for example `right: {_turned(found['right'])}`"
        raise ScenarioError(
            str(node.where), "the axes are mirrored: forward, up and right are a right-handed set", mend
        )
    return rows


def _turned(axis: str) -> str:
    return axis.removeprefix("-") if axis.startswith("-") else f"-{axis}"
