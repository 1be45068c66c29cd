"""Reads a gait from C3D: joint angles of a model (Plug-in Gait names) and the events of the strides, through ezc3d.

Nothing but numbers is taken: no subject, no date, no description. The prefix that some systems put before a label
("Name:LKneeAngles") is cut off and forgotten.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scenarios.gait_csv import GUESSED_TILT_RAD
from scenarios.gait_recording import GaitRecording
from sim.errors import ScenarioError

PELVIS_MARKERS: Final = ("SACR", "LASI", "RASI", "LPSI", "RPSI")
_FASTER_THAN_STANDING_M_S: Final = 0.15


def read_c3d(path: Path, leg: str) -> GaitRecording:
    """The gait in a C3D file.

    Args:
        path: the file; it must hold the outputs of a gait model: `LHipAngles`, `LKneeAngles`, `LAnkleAngles`.
        leg: `left` or `right`.

    Raises:
        ScenarioError: ezc3d is not installed, the file is no C3D, or it holds markers only.
    """
    content = _opened(path)
    parameters: Any = content["parameters"]
    points: NDArray[np.float64] = content["data"]["points"]
    rate_hz = float(_values(parameters, "POINT", "RATE")[0])
    labels = [str(label).rpartition(":")[2].strip() for label in _labels(parameters)]
    side = leg[0].upper()
    joints = {name: f"{side}{name.capitalize()}Angles" for name in ("hip", "knee", "ankle")}
    missing = [label for label in joints.values() if label not in labels]
    if missing:
        problem = f"no model output `{missing[0]}`: this file holds {'markers' if labels else 'no points'} only"
        raise ScenarioError(str(path), problem, "run the gait model (Plug-in Gait or the like) and save its angles")
    units = [str(unit) for unit in _values(parameters, "POINT", "ANGLE_UNITS")]
    scale = 1.0 if units and units[0].strip().lower().startswith("rad") else np.pi / 180.0
    angle = {name: scale * points[0, labels.index(label), :] for name, label in joints.items()}
    tilt = f"{side}PelvisAngles"
    known = tilt in labels
    thigh = angle["hip"] - (scale * points[0, labels.index(tilt), :] if known else GUESSED_TILT_RAD)
    first = int(content["header"]["points"]["first_frame"])
    time = (first + np.arange(points.shape[2])) / rate_hz
    strikes, toe_offs = _events(parameters, leg)
    modelled = _modelled(angle)
    return GaitRecording(
        "C3D",
        time[modelled],
        {"thigh": thigh[modelled], "knee": angle["knee"][modelled], "ankle": angle["ankle"][modelled]},
        strikes,
        toe_offs,
        speed_m_s=_speed(points, labels, parameters, time),
        thigh_known=known,
    )


def _modelled(angle: dict[str, NDArray[np.float64]]) -> slice:
    """The frames for which the model was run: before and after them systems write nothing or zeros."""
    told = np.all([np.isfinite(values) for values in angle.values()], axis=0)
    told &= np.any([values != 0.0 for values in angle.values()], axis=0)
    frames = np.flatnonzero(told)
    return slice(int(frames[0]), int(frames[-1]) + 1) if frames.size else slice(0, 0)


def _opened(path: Path) -> Any:
    try:
        import ezc3d
    except ImportError:
        mend = "install it: uv pip install 'stimrig[gait]', or export the angles as CSV"
        raise ScenarioError(str(path), "C3D needs the package ezc3d", mend) from None
    try:
        return ezc3d.c3d(str(path))
    except Exception as error:  # ezc3d lets OSError, ValueError and errors of its C++ part through
        raise ScenarioError(str(path), "is no C3D file that can be read", "save it again") from error


def _values(parameters: Any, group: str, name: str) -> list[Any]:
    try:
        return list(parameters[group][name]["value"])
    except KeyError:
        return []


def _labels(parameters: Any) -> list[Any]:
    found: list[Any] = []
    for number in ("", *range(2, 10)):
        found += _values(parameters, "POINT", f"LABELS{number}")
    return found


def _events(parameters: Any, leg: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    contexts = [str(value).strip().lower() for value in _values(parameters, "EVENT", "CONTEXTS")]
    labels = [str(value).strip().lower() for value in _values(parameters, "EVENT", "LABELS")]
    times = np.array(_values(parameters, "EVENT", "TIMES"), float).reshape(2, -1) if labels else np.zeros((2, 0))
    seconds = 60.0 * times[0] + times[1]
    strikes = [
        float(t) for c, label, t in zip(contexts, labels, seconds, strict=False) if c == leg and "strike" in label
    ]
    leaves = [float(t) for c, label, t in zip(contexts, labels, seconds, strict=False) if c == leg and "off" in label]
    return tuple(sorted(strikes)), tuple(sorted(leaves))


def _speed(
    points: NDArray[np.float64], labels: list[str], parameters: Any, time_s: NDArray[np.float64]
) -> float | None:
    """Speed of the pelvis over the floor, or None on a treadmill or without its markers."""
    units = [str(unit).strip().lower() for unit in _values(parameters, "POINT", "UNITS")]
    metres = {"m": 1.0, "cm": 0.01, "mm": 0.001}.get(units[0] if units else "mm", 0.001)
    for marker in PELVIS_MARKERS:
        if marker in labels:
            path = metres * points[:2, labels.index(marker), :]
            seen = np.flatnonzero(np.isfinite(path).all(axis=0))
            if seen.size > 10:
                a, b = int(seen[0]), int(seen[-1])
                speed = float(np.hypot(*(path[:, b] - path[:, a]))) / float(time_s[b] - time_s[a])
                return speed if speed > _FASTER_THAN_STANDING_M_S else None
    return None
