"""A patient from a person's own gait: what the recording tells is fitted, the rest stays at a class and says so.

The mean cycle becomes the patient's `measured_cycle`, so that knee and thigh walk as recorded, by construction, at the
own speed. Stride time, stance, knee and thigh peaks, the ankle at toe-off and contact, and the scatter of the strides
are read off. The residual drive of a class with tonic drive is solved so that the simulated foot lands at the recorded
ankle. The swing offset is never fitted to a patient: it is solved on the healthy cycle of `HEALTHY_CYCLE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from scipy.optimize import brentq

from scenarios.gait_strides import MeanCycle
from scenarios.measured import load_measured
from scenarios.patient_class import PatientClass
from scenarios.schema import SPEED_M_S
from sim.body.patient import Patient
from sim.body.preparation import one_swing, prepare
from sim.body.walkable import why_not_walkable
from sim.errors import ModelError, ScenarioError
from sim.gait.curves import POINTS, MeasuredCycle, measured_cycle
from sim.gait.targets import stride_targets

HEALTHY_CYCLE: Final = "winter_a1"
BY_GAIT: Final = ("healthy_young", "healthy_older", "stroke_mild", "stroke_moderate", "stroke_severe")
"""Classes that are chosen where the user names none."""
MOST_DRIVE: Final = 0.3
"""Largest tonic drive that is tried (design choice: a third of full activation in swing is no foot drop)."""
_NEAR: Final = {"speed": 0.25, "knee": np.radians(8.0), "contact": np.radians(4.0)}
"""Scales of the distance to a class (design choice)."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The outcome.

    Attributes:
        patient: the person.
        fitted: field -> where its value comes from; the other fields are those of the class.
        cycle: mean cycle for `measured_cycle`.
        facts: what the header of its file says.
        notes: for people.
    """

    patient: Patient
    fitted: dict[str, str]
    cycle: MeasuredCycle
    facts: dict[str, float]
    notes: tuple[str, ...]


def nearest_class(cycle: MeanCycle, speed_m_s: float, classes: Mapping[str, PatientClass]) -> str:
    """The class whose speed, knee peak and ankle at contact are nearest to those of a recording.

    Severity can be read off a gait, its cause cannot: only `BY_GAIT` are compared.
    """
    healthy = load_measured(HEALTHY_CYCLE)

    def distance(name: str) -> float:
        patient = classes[name].population.typical
        aim = stride_targets(patient, healthy, min(max(speed_m_s, SPEED_M_S[0]), SPEED_M_S[1]))
        knee = float(cycle.angles_rad["knee"].max()) - aim.knee_peak_rad
        contact = float(cycle.angles_rad["ankle"][-1]) - patient.ankle_contact_rad
        parts = (speed_m_s - patient.speed_m_s) / _NEAR["speed"], knee / _NEAR["knee"], contact / _NEAR["contact"]
        return float(np.hypot(np.hypot(parts[0], parts[1]), parts[2]))

    return min(BY_GAIT, key=distance)


def fit_patient(
    cycle: MeanCycle, base: PatientClass, given: Mapping[str, float], name: str, kind: str, where: str
) -> Fit:
    """The patient of a mean cycle.

    Args:
        cycle: of the recording.
        base: class for all that a recording does not tell.
        given: fields told on the command line: `speed_m_s`, `body_mass_kg`, `leg_length_m`, `stance_ratio`.
        name: how `measured_cycle` will name the cycle.
        kind: what it was read from.
        where: the recording, for messages.

    Raises:
        ScenarioError: no speed, or a gait that the model cannot walk.
    """
    told = (
        f"fitted: mean of {cycle.strides} strides ({kind})" if cycle.strides > 1 else f"fitted: one mean cycle ({kind})"
    )
    values: dict[str, Any] = {**given}
    sources = dict.fromkeys(given, "given on the command line")
    typical = base.population.typical

    def fitted(field: str, value: float | None, how: str = told) -> None:
        if value is not None and field not in values:
            values[field], sources[field] = float(f"{value:.6g}"), how

    fitted("speed_m_s", cycle.speed_m_s, f"fitted: progress of the pelvis ({kind})")
    if "speed_m_s" not in values:
        raise ScenarioError(where, "joint angles do not tell the walking speed", 'say `--speed "0.9 m/s"`')
    low, high = SPEED_M_S
    if not low <= values["speed_m_s"] <= high:
        raise ScenarioError(
            where, f"a speed of {values['speed_m_s']:.2f} m/s", f"the model walks {low:g} to {high:g} m/s"
        )
    fitted("stance_ratio", cycle.stance_ratio)
    leg_m = values.get("leg_length_m", typical.leg_length_m)
    stance = values.get("stance_ratio")
    if stance is None:
        stance = stride_targets(
            replace(typical, leg_length_m=leg_m), load_measured(HEALTHY_CYCLE), values["speed_m_s"]
        ).stance_ratio
    own, facts = _own_cycle(cycle, name, values["speed_m_s"], stance, leg_m)
    fitted("stride_time_s", cycle.stride_time_s)
    fitted("knee_peak_rad", float(own.knee_rad.max()))
    fitted("thigh_peak_rad", float(own.thigh_rad.max()))
    toe_off = float(np.interp(stance, np.linspace(0.0, 1.0, POINTS), own.ankle_rad))
    fitted("ankle_toe_off_rad", toe_off)
    fitted("ankle_contact_rad", float(own.ankle_rad[-1]))
    fitted("stride_time_sd_ratio", cycle.stride_time_sd_ratio)
    for joint in ("thigh", "knee", "ankle"):
        fitted(f"{joint}_sd_rad", cycle.sd_rad.get(joint), f"{told}: SD between strides")
    values |= {"measured_cycle": name, "thigh_peak_change_rad": 0.0, "knee_contact_extra_rad": 0.0}
    sources |= {
        "measured_cycle": f"{told}; beside this file",
        "thigh_peak_change_rad": "not used: the cycle is the person's own",
        "knee_contact_extra_rad": "not used: the cycle is the person's own",
    }
    patient = replace(
        typical,
        title=f"fitted from a gait recording ({kind}); the rest as {base.population.name}",
        **_held(values, where),
    )
    reason = why_not_walkable(patient)
    if reason:
        raise ScenarioError(where, f"the model cannot walk like that: {reason}", "check speed, leg length and events")
    notes: list[str] = []
    try:
        if patient.drive == "tonic" and typical.residual_drive_ratio > 0.0:
            patient, note = _with_drive(patient, own)
            notes.append(note)
            sources["residual_drive_ratio"] = "fitted: the simulated foot lands at the recorded ankle"
        else:
            prepare(patient, own, patient.speed_m_s)
    except ModelError as error:
        raise ScenarioError(
            where, f"the model cannot walk like that: {error.problem}", "check units and events"
        ) from None
    return Fit(patient, sources, own, facts, tuple(notes))


def _own_cycle(
    cycle: MeanCycle, name: str, speed_m_s: float, stance_ratio: float, leg_length_m: float
) -> tuple[MeasuredCycle, dict[str, float]]:
    healthy = load_measured(HEALTHY_CYCLE)
    size = leg_length_m / healthy.leg_length_m
    facts = {
        "speed_m_s": speed_m_s,
        "stride_time_s": cycle.stride_time_s,
        "toe_off_ratio": stance_ratio,
        "thigh_length_m": healthy.thigh_length_m * size,
        "shank_length_m": healthy.shank_length_m * size,
        "leg_length_m": leg_length_m,
    }
    columns = {f"{joint}_deg": np.degrees(values) for joint, values in cycle.angles_rad.items()}
    columns |= {"hip_x_m": np.zeros(POINTS), "hip_y_m": np.zeros(POINTS)}
    return replace(measured_cycle(name, columns, facts), healthy=healthy), facts


def _held(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values, each inside the bounds of its field."""
    bounds = {field.name: field.metadata.get("bounds") for field in fields(Patient)}
    for name, value in values.items():
        limits = bounds.get(name)
        if limits is not None and not limits[0] <= value <= limits[1]:
            problem = f"`{name}` would be {value:.4g}; the model knows {limits[0]:g} to {limits[1]:g} (SI)"
            raise ScenarioError(where, problem, "check units, signs and events of the recording")
    return dict(values)


def _with_drive(patient: Patient, own: MeasuredCycle) -> tuple[Patient, str]:
    """The tonic drive with which the simulated foot lands at the recorded ankle."""

    def error_rad(drive: float) -> float:
        trial = replace(patient, residual_drive_ratio=drive)
        ready = prepare(trial, own, trial.speed_m_s)
        return one_swing(ready.cycle, ready.const).ankle_contact_rad - patient.ankle_contact_rad

    low, high = error_rad(0.0), error_rad(MOST_DRIVE)
    if low >= 0.0 or high <= 0.0:
        drive, missed = (0.0, low) if low >= 0.0 else (MOST_DRIVE, high)
        note = f"no residual drive lands the foot at the recorded ankle: {np.degrees(missed):+.1f} deg are left"
    else:
        drive = float(f"{brentq(error_rad, 0.0, MOST_DRIVE, xtol=1e-5):.4g}")
        note = f"residual drive {100 * drive:.1f} % lands the simulated foot at the recorded ankle"
    return replace(patient, residual_drive_ratio=drive), note
