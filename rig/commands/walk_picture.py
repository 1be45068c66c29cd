"""`stimrig walk --plot`: the walk beside a normal band and beside a healthy walk at the same speed."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.figures_gait import JOINTS, GaitPicture, Pulses, picture_bytes, stored
from rig.commands.walk_alone import Walked
from rig.commands.walk_options import option
from rig.felt import felt
from rig.files import write_file
from rig.record import Table
from rig.tables import pulse_array
from rig.walks import prepare_walk
from scenarios.case import Case
from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text
from sim.body.compensation import CompensationState
from sim.errors import ModelError
from sim.timebase import NEVER
from sim.world import BlockLimits

MEASURED: Final = ("winter_a1", "rajagopal2016")
"""Cycles of healthy adults that ship."""

HEALTHY: Final = "healthy_young"
HEALTHY_STRIDES: Final = 24
"""Strides of the healthy walks behind band and dashed line (design choice)."""

_BAND_SDS: Final = 2.0

_COMPENSATION: Final = {
    "acute": "compensation as without aid at the start",
    "adapted": "used to this walk",
    "none": "no compensation",
}

CAPTION: Final = (
    "Normal band: envelope of two measured healthy adults (Winter, Table A.1, 1.42 m/s; Rajagopal 2016, 1.24 m/s), "
    "widened by 2 SD of the strides of the healthy model at its own speed; no population norm.\n"
    "Hip and knee are prescribed by the model; ankle, clearance and force in swing and loading are integrated; "
    "in stance the foot is held flat until heel-off, then its roll is drawn.\n"
    "Toe clearance is virtual: the lower forefoot point above the ground under it, as if the floor did not hold the "
    "foot. Its absolute height is calibrated on a healthy twin; its changes are predicted."
)


def write_picture(path: Path, case: Case, walked: Walked, device: str) -> None:
    """Draw the walk and write it as the suffix of `path` says.

    Raises:
        RecordError: the file cannot be written.
    """
    write_file(path, picture_bytes(gait_picture(case, walked, device), stored(path)))


def gait_picture(case: Case, walked: Walked, device: str) -> GaitPicture:
    """The picture of a walk, with everything that it stands beside."""
    own = _healthy_cycles(case, None)
    return GaitPicture(
        title=f"{case.patient_name}, {case.walk.speed_m_s:g} m/s, {_device_words(device)}, {_aid_words(case)}",
        words=f"Simulated: {case.walk.strides} strides of the {case.leg} leg, {_COMPENSATION[case.walk.compensation]}, "
        f"seed {case.seed}. A model of a patient, no person.",
        cycles=walked.cycles,
        strides=walked.strides,
        pulses=None if device == "none" else placed(felt_pulses(walked), walked.strides),
        band=normal_band(own),
        healthy=_means(_healthy_cycles(case, case.walk.speed_m_s)),
        caption=CAPTION,
    )


def _device_words(device: str) -> str:
    return "no device" if device == "none" else f"with {Path(device).name.removesuffix('.device.yaml')}"


def _aid_words(case: Case) -> str:
    orthosis = case.walk.orthosis
    if orthosis is None:
        return "no orthosis"
    stiffness = orthosis.stiffness_n_m_rad * np.pi / 180.0
    return f"orthosis {stiffness:.2g} N·m/deg at {np.degrees(orthosis.set_angle_rad):.2g} deg"


def felt_pulses(walked: Walked) -> Table:
    """Place, height and width of the pulses as the nerve felt them."""
    given = felt(pulse_array(walked.pulses), 0.0, None)
    return {"t_s": given["t_s"], "charge_c": np.abs(given["phase1_a"] * given["phase1_s"])}


def placed(pulses: Table, strides: Table) -> Pulses:
    """Pulses by the stride in which each one falls and its place in that cycle; those outside are left out."""
    starts, time_s = strides["t0_s"], strides["stride_time_s"]
    row = np.searchsorted(starts, pulses["t_s"], "right") - 1
    inside = (row >= 0) & (pulses["t_s"] < starts[-1] + time_s[-1])
    row, t_s = row[inside], pulses["t_s"][inside]
    return Pulses(
        strides["stride"][row].astype(np.int64), 100.0 * (t_s - starts[row]) / time_s[row], pulses["charge_c"][inside]
    )


def _healthy_cycles(case: Case, speed_m_s: float | None) -> Table:
    """Cycles of a healthy walk at a speed, by default its own; none where the healthy model cannot walk so slowly."""
    _, patient, _ = read_patient(Text(HEALTHY, option("patient")), ())
    speed = patient.speed_m_s if speed_m_s is None else speed_m_s
    walk = replace(case.walk, speed_m_s=speed, strides=HEALTHY_STRIDES, compensation="none", orthosis=None, pauses=())
    healthy = replace(case, patient=patient, walk=walk, events=(), seed=1)
    try:
        world = prepare_walk(healthy, CompensationState()).world(BlockLimits(), trace=True)
        while not world.done:
            world.advance(NEVER // 2)
    except ModelError:
        return {}
    return world.walker.cycles()


def _means(cycles: Table) -> Table:
    return {name: np.mean(values, axis=0) for name, values in cycles.items()}


def normal_band(cycles: Table) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Envelope of the measured adults, widened by the stride-to-stride scatter of the healthy model, rad."""
    measured = [load_measured(name) for name in MEASURED]
    band: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    for name, _, _ in JOINTS:
        field = "thigh_rad" if name == "hip_rad" else name
        curves = np.stack([periodic_mean(getattr(person, field)) for person in measured])
        spread = _BAND_SDS * np.std(cycles[name], axis=0, ddof=1) if cycles else np.zeros(curves.shape[1])
        band[name] = (curves.min(axis=0) - spread, curves.max(axis=0) + spread)
    return band


def periodic_mean(curve: NDArray[np.float64], half: int = 2) -> NDArray[np.float64]:
    """Mean over 5 % of the cycle: the measured cycles have a seam, where one stride ends and the next begins."""
    closed = np.concatenate((curve[-1 - half : -1], curve, curve[1 : 1 + half]))
    return np.convolve(closed, np.full(2 * half + 1, 1.0 / (2 * half + 1)), "valid")
