"""Reads a gait from CSV: a time column or `gait_pct`, and joint angles with their unit in the header.

    time_s, hip_deg, knee_deg, ankle_deg [, pelvis_tilt_deg] [, contact]        a walk
    gait_pct, thigh_rad, knee_rad, ankle_rad                                    one mean cycle
    gait_pct, hip_rad_mean, hip_rad_sd, ...                                     as `stimrig walk --cycles` writes it

`thigh` is the thigh from the vertical; `hip` is the joint angle against the pelvis, and needs `pelvis_tilt` (forward
positive) to become it. `contact` is 1 while the foot is on the floor. Lines that begin with `#` may tell `speed_m_s`,
`stride_time_s` and `toe_off_ratio`; every other word of the file is left unread.
"""

import csv
import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.gait_recording import ANGLES, GaitRecording
from sim.errors import ScenarioError

GUESSED_TILT_RAD: Final = float(np.radians(12.0))
"""Forward tilt of the pelvis where the file does not tell it (design choice; healthy adults 8-13 deg)."""
FACTS: Final = ("speed_m_s", "stride_time_s", "toe_off_ratio")
MAX_BYTES: Final = 200_000_000

_ANGLE: Final = re.compile(
    r"(?P<name>thigh|hip|knee|ankle|pelvis_tilt)[\s_]*[\[(]?\s*(?P<unit>deg|degrees|°|rad|radians)\s*[\])]?(?P<rest>_mean|_sd)?",
    re.IGNORECASE,
)
_MEND: Final = "name the columns `time_s` or `gait_pct`, `hip_deg` (or `thigh_deg`), `knee_deg`, `ankle_deg`"


def read_gait_csv(path: Path) -> GaitRecording:
    """The gait in a CSV file.

    Raises:
        ScenarioError: a missing column or unit, or a cell that is no number.
    """
    facts, header, rows = _table(path)
    columns = {name.strip(): k for k, name in enumerate(header)}
    angles: dict[str, NDArray[np.float64]] = {}
    scatter: dict[str, float] = {}
    for title, k in columns.items():
        found = _ANGLE.fullmatch(title)
        if found is None:
            continue
        scale = 1.0 if found["unit"].lower().startswith("rad") else np.pi / 180.0
        values = scale * _numbers(rows, k, title, path)
        if found["rest"] == "_sd":
            scatter[found["name"].lower()] = float(np.mean(values))
        else:
            angles[found["name"].lower()] = values
    of_stimrig = "hip_rad_mean" in columns
    if of_stimrig and "hip" in angles:  # there the hip is the thigh from the vertical
        angles["thigh"] = angles.pop("hip")
        scatter = {"thigh" if name == "hip" else name: value for name, value in scatter.items()}
    known = _thigh(angles)
    missing = [name for name in ANGLES if name not in angles]
    if missing:
        bare = [title for title in columns if title.lower() in {"hip", "thigh", *missing}]
        problem = f"the column `{bare[0]}` has no unit" if bare else f"no column of the {' and the '.join(missing)}"
        raise ScenarioError(str(path), problem, _MEND)
    kept = {name: angles[name] for name in ANGLES}
    if "gait_pct" in columns:
        phase = 0.01 * _numbers(rows, columns["gait_pct"], "gait_pct", path)
        if phase.size and (abs(phase[0]) > 1e-9 or abs(phase[-1] - 1.0) > 1e-9):
            problem = f"gait_pct runs from {100 * phase[0]:g} to {100 * phase[-1]:g}"
            raise ScenarioError(str(path), problem, "one whole cycle runs from 0 to 100")
        return GaitRecording(
            "CSV", phase, kept, (), (), True, facts.get("speed_m_s"), facts.get("stride_time_s"),
            facts.get("toe_off_ratio"), scatter or None, known,
        )  # fmt: skip
    clock = next((name for name in ("time_s", "time") if name in columns), "")
    if not clock:
        raise ScenarioError(str(path), "no column of time", _MEND)
    time = _numbers(rows, columns[clock], clock, path)
    strikes, toe_offs = (), ()
    if "contact" in columns:
        strikes, toe_offs = contact_instants(time, _numbers(rows, columns["contact"], "contact", path) > 0.5)
    return GaitRecording(
        "CSV",
        time,
        kept,
        strikes,
        toe_offs,
        False,
        facts.get("speed_m_s"),
        None,
        facts.get("toe_off_ratio"),
        None,
        known,
    )


def contact_instants(time_s: NDArray[np.float64], on: NDArray[np.bool_]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Instants at which a contact begins and ends."""
    edges = np.diff(on.astype(np.int8))
    middle = 0.5 * (time_s[1:] + time_s[:-1])
    return tuple(middle[edges > 0].tolist()), tuple(middle[edges < 0].tolist())


def _thigh(angles: dict[str, NDArray[np.float64]]) -> bool:
    """Make the thigh from the vertical of hip and pelvis; False where the pelvis had to be guessed."""
    if "thigh" in angles or "hip" not in angles:
        return True
    tilt = angles.get("pelvis_tilt")
    angles["thigh"] = angles["hip"] - (GUESSED_TILT_RAD if tilt is None else tilt)
    return tilt is not None


def _table(path: Path) -> tuple[dict[str, float], list[str], list[list[str]]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError(str(path), "is larger than 200 MB", "cut the recording to the walk")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(str(path), "is not UTF-8 text", "export it as CSV with UTF-8") from None
    facts: dict[str, float] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            key, _, value = line.strip().lstrip("#").partition(":")
            if key.strip() in FACTS:
                facts[key.strip()] = _number(value, f"# {key.strip()}", 0, path)
        elif line.strip():
            lines.append(line)
    if len(lines) < 2:
        raise ScenarioError(str(path), "has no rows", _MEND)
    separator = ";" if lines[0].count(";") > lines[0].count(",") else "\t" if "\t" in lines[0] else ","
    table = list(csv.reader(lines, delimiter=separator))
    header = table[0]
    for number, row in enumerate(table[1:], 2):
        if len(row) != len(header):
            problem = f"row {number} has {len(row)} cells, the header {len(header)}"
            raise ScenarioError(str(path), problem, "one cell a column; write a decimal point, not a comma")
    return facts, header, table[1:]


def _numbers(rows: list[list[str]], k: int, title: str, path: Path) -> NDArray[np.float64]:
    return np.array([_number(row[k], title, number, path) for number, row in enumerate(rows, 2)])


def _number(text: str, title: str, row: int, path: Path) -> float:
    try:
        return float(text) if text.strip() else float("nan")
    except ValueError:
        place = f"row {row}" if row else "the header"
        problem = f"`{text.strip()[:30]}` in `{title}`, {place}, is no number"
        raise ScenarioError(str(path), problem, "write a decimal point, not a comma; nothing but numbers") from None
