"""Reads a gait from OpenSim: inverse kinematics (`.mot`, `.sto`), and ground forces for the instants of the strides."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.gait_csv import MAX_BYTES, contact_instants
from scenarios.gait_recording import GaitRecording
from sim.errors import ScenarioError

FORCE_ON_N: Final = 20.0
"""Vertical force from which a foot counts as on the floor (design choice; laboratories take 10-50 N)."""
FORCE_COLUMNS: Final = {
    "right": ("ground_force_r_vy", "ground_force_right_vy", "R_ground_force_vy", "ground_force_vy"),
    "left": ("ground_force_l_vy", "ground_force_left_vy", "L_ground_force_vy", "1_ground_force_vy"),
}
SHORTEST_STANCE_S: Final = 0.2


def read_opensim(path: Path, leg: str, forces: Path | None = None) -> GaitRecording:
    """The gait in a motion file of OpenSim.

    `hip_flexion_r`, `knee_angle_r`, `ankle_angle_r` of the leg are read, with `pelvis_tilt` (OpenSim counts backward
    positive) and `pelvis_tx` for the speed. Models that count knee flexion negative (gait2392) are turned round.

    Args:
        path: the motion.
        leg: `left` or `right`.
        forces: ground reaction forces with the same clock, or None.

    Raises:
        ScenarioError: a missing column, or no header.
    """
    degrees, table = _motion(path)
    side = leg[0]
    scale = np.pi / 180.0 if degrees else 1.0
    joints = {"hip": f"hip_flexion_{side}", "knee": f"knee_angle_{side}", "ankle": f"ankle_angle_{side}"}
    missing = [name for name in ("time", *joints.values()) if name not in table]
    if missing:
        raise ScenarioError(
            str(path), f"no column `{missing[0]}`", f"an OpenSim motion has {', '.join(joints.values())}"
        )
    angle = {name: scale * table[column] for name, column in joints.items()}
    if angle["knee"].max() < -angle["knee"].min():
        angle["knee"] = -angle["knee"]
    tilt = scale * table["pelvis_tilt"] if "pelvis_tilt" in table else None
    known = tilt is not None
    thigh = angle["hip"] + (tilt if tilt is not None else -np.radians(12.0))
    time = table["time"]
    speed = None
    if "pelvis_tx" in table and time[-1] > time[0]:
        moved = abs(float(table["pelvis_tx"][-1] - table["pelvis_tx"][0])) / float(time[-1] - time[0])
        speed = moved if moved > 0.15 else None  # a treadmill tells nothing
    recording = GaitRecording(
        "OpenSim",
        time,
        {"thigh": thigh, "knee": angle["knee"], "ankle": angle["ankle"]},
        speed_m_s=speed,
        thigh_known=known,
    )
    return recording if forces is None else _with_forces(recording, forces, leg)


def _with_forces(recording: GaitRecording, path: Path, leg: str) -> GaitRecording:
    _, table = _motion(path, angles=False)
    name = next((column for column in FORCE_COLUMNS[leg] if column in table), "")
    if not name or "time" not in table:
        raise ScenarioError(
            str(path), f"no vertical force of the {leg} foot", f"known: {', '.join(FORCE_COLUMNS[leg])}"
        )
    on = table[name] > FORCE_ON_N
    strikes, toe_offs = contact_instants(table["time"], on)
    kept = [t for t in strikes if not any(0.0 < off - t < SHORTEST_STANCE_S for off in toe_offs)]
    return replace(recording, strikes_s=tuple(kept), toe_offs_s=toe_offs)


def _motion(path: Path, *, angles: bool = True) -> tuple[bool, dict[str, NDArray[np.float64]]]:
    """Whether angles are in degrees, and the columns."""
    lines = _lines(path)
    ends = [k for k, line in enumerate(lines) if line.strip().lower() == "endheader"]
    if not ends or ends[0] + 1 >= len(lines):
        raise ScenarioError(str(path), "no `endheader` line", "an OpenSim motion has a header, then column titles")
    begin = ends[0] + 1
    titles = lines[begin].split()
    rows = [
        _row(line, len(titles), f"{path}:{n}:1") for n, line in enumerate(lines, 1) if n > begin + 1 and line.strip()
    ]
    values = np.array(rows, float).reshape(len(rows), len(titles))
    degrees = angles and _in_degrees(lines[: ends[0]], path)
    return degrees, {_coordinate(title): values[:, k] for k, title in enumerate(titles)}


def _lines(path: Path) -> list[str]:
    if path.stat().st_size > MAX_BYTES:
        raise ScenarioError(str(path), "is larger than 200 MB", "cut the recording to the walk")
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ScenarioError(str(path), "is not text", "export the motion as .mot or .sto") from None


def _in_degrees(header: list[str], path: Path) -> bool:
    for line in header:
        key, _, value = line.partition("=")
        if key.strip().lower() == "indegrees" and value.strip().lower() in {"yes", "no"}:
            return value.strip().lower() == "yes"
    raise ScenarioError(str(path), "the header does not say `inDegrees=yes` or `inDegrees=no`", "add that line")


def _row(line: str, count: int, where: str) -> list[float]:
    try:
        row = [float(cell) for cell in line.split()]
    except ValueError:
        raise ScenarioError(where, "a cell is no number", "export the motion again") from None
    if len(row) != count:
        raise ScenarioError(where, f"{len(row)} cells, the header has {count}", "export the motion again")
    return row


def _coordinate(title: str) -> str:
    """`/jointset/knee_r/knee_angle_r/value`, as newer versions write it, is `knee_angle_r`."""
    return title.rsplit("/", 2)[-2] if title.endswith("/value") else title
