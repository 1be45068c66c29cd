"""Gait files as laboratories write them, made of the shipped curves, with a person's name and day planted in them."""

import csv
from pathlib import Path

import numpy as np

from scenarios.places import SHIPPED

TELLTALES = ("jane", "public", "1970-01", "2024-05", "ward seven")
"""Nothing of this may come out."""
STRIDE_S, STRIDES, RATE_HZ = 1.2, 8, 100.0


def curves(name):
    """Columns and facts of a shipped cycle, degrees: thigh, knee, ankle, and toe-off."""
    lines = (SHIPPED / "patients" / "measured" / f"{name}.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    columns = {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}
    if "thigh_deg" not in columns:
        columns["thigh_deg"] = columns["hip_deg"] + columns["pelvis_tilt_deg"]
    facts = dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# ") and ": " in line)
    return {key: columns[f"{key}_deg"] for key in ("thigh", "knee", "ankle")}, float(facts["toe_off_ratio"])


def walk_of(name, strides=STRIDES, scatter_deg=0.0):
    """(time, angles, on the floor, strikes) of some strides of a shipped cycle; every stride a little different."""
    cycle, toe_off = curves(name)
    cycle = {key: values - (values[-1] - values[0]) * np.linspace(-0.5, 0.5, 101) for key, values in cycle.items()}
    time = np.arange(0.0, strides * STRIDE_S + 0.3, 1.0 / RATE_HZ)
    phase = (time % STRIDE_S) / STRIDE_S
    rng = np.random.Generator(np.random.PCG64(4))
    off = scatter_deg * rng.standard_normal(strides + 2)[(time // STRIDE_S).astype(int)]
    angles = {key: np.interp(phase, np.linspace(0, 1, 101), values) + off for key, values in cycle.items()}
    return time, angles, phase < toe_off, np.arange(0.0, time[-1], STRIDE_S)


def write_csv(path: Path, name="winter_a1", scatter_deg=0.0, **how):
    time, angles, on, _ = walk_of(name, scatter_deg=scatter_deg, **how)
    lines = [
        "# subject: Jane Public, ward seven, 2024-05-01",
        "# speed_m_s: 1.1",
        "time_s,thigh_deg,knee_deg,ankle_deg,contact,note",
    ]
    lines += [
        f"{t:.4f},{a:.6f},{b:.6f},{c:.6f},{int(o)},Jane"
        for t, a, b, c, o in zip(time, *angles.values(), on, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_mot(path: Path, name="winter_a1", *, degrees=True, negative_knee=False, forces=None):
    time, angles, on, _ = walk_of(name)
    scale = 1.0 if degrees else np.pi / 180.0
    tilt = np.full(time.size, -10.0)
    titles = ["time", "pelvis_tilt", "pelvis_tx", "hip_flexion_r", "knee_angle_r", "ankle_angle_r"]
    knee = -angles["knee"] if negative_knee else angles["knee"]
    table = [time, scale * tilt, 1.1 * time, scale * (angles["thigh"] - tilt), scale * knee, scale * angles["ankle"]]
    _write_motion(path, titles, table, degrees=degrees)
    if forces is not None:
        _write_motion(forces, ["time", "ground_force_vy", "1_ground_force_vy"], [time, 700.0 * on, 700.0 * ~on])
    return path


def _write_motion(path, titles, columns, *, degrees=None):
    head = ["Jane_Public_2024-05-01", "version=1", f"nRows={columns[0].size}", f"nColumns={len(titles)}"]
    head += [] if degrees is None else [f"inDegrees={'yes' if degrees else 'no'}"]
    rows = ["\t".join(f"{float(value):.8f}" for value in row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([*head, "endheader", "\t".join(titles), *rows]) + "\n", encoding="utf-8")


def write_c3d(path: Path, name="winter_a1", *, angles=True, events=True, unmodelled=0):
    """A C3D file of a gait model, with ezc3d; the model was not run for the first and last `unmodelled` frames."""
    import ezc3d

    time, joints, _, strikes = walk_of(name)
    toe_off = curves(name)[1]
    tilt = 10.0
    points = {
        "SACR": np.vstack([1100.0 * time, 0.0 * time, 950.0 + 0.0 * time]),
        "RHipAngles": np.vstack([joints["thigh"] + tilt, 0 * time, 0 * time]),
        "RKneeAngles": np.vstack([joints["knee"], 0 * time, 0 * time]),
        "RAnkleAngles": np.vstack([joints["ankle"], 0 * time, 0 * time]),
        "RPelvisAngles": np.vstack([np.full(time.size, tilt), 0 * time, 0 * time]),
    }
    if not angles:
        points = {"SACR": points["SACR"], "RANK": points["SACR"]}
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["POINT"]["RATE"]["value"] = [RATE_HZ]
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"Jane Public:{label}" for label in points]
    data = np.ones((4, len(points), time.size))
    data[:3] = np.stack(list(points.values()), axis=1)
    if unmodelled:
        data[:3, 1:, :unmodelled] = np.nan
        data[:3, 1:, -unmodelled:] = 0.0
    file["data"]["points"] = data
    file.add_parameter("POINT", "ANGLE_UNITS", ["deg"])
    file.add_parameter("SUBJECTS", "NAMES", ["Jane Public"])
    file.add_parameter("TRIAL", "DATE", ["1970-01-02"])
    if events:
        instants = [(t, "Foot Strike") for t in strikes] + [(t + toe_off * STRIDE_S, "Foot Off") for t in strikes]
        file.add_parameter("EVENT", "CONTEXTS", ["Right"] * len(instants) + ["Left"])
        file.add_parameter("EVENT", "LABELS", [label for _, label in instants] + ["Foot Strike"])
        file.add_parameter("EVENT", "TIMES", np.array([[0.0] * (len(instants) + 1), [t for t, _ in instants] + [0.6]]))
    file.write(str(path))
    return path
