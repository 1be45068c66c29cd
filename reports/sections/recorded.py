"""The recorded input: which recording stood for a walk, what the device made of it, and what it cannot tell."""

from typing import Any

import numpy as np

from reports.quantities import quantity
from reports.sections.blocks import Block, bullets, facts, section, text
from reports.verdict import CaseResult, RunResult
from rig.recorded import answered

_RUN_TOGETHER = " (one step's stimulation ends so late that the next begins before a pause; strides were short)"


def build(run: RunResult) -> dict[str, Any] | None:
    """One table a case whose sensor is a recording."""
    cases = [case for case in run.cases if case.case.is_recorded]
    if not cases:
        return None
    intro = text(
        "The sensor was a recording: what a real foot once did, given to the device sample by sample. A stride is "
        "counted at each middle of a swing, the highest point of the sagittal rate of the foot above 40 % of its 99th "
        "percentile and 0.4 s from its neighbours, or at each opening of a switch; the rig may overlook small steps."
    )
    return section("Recorded input", intro, *(block for case in cases for block in _case(case)))


def _case(case: CaseResult) -> list[Block]:
    recording = case.case.sensor
    rows = [
        ("Recording", f"{recording.file}, sha256 {recording.file_sha256[:16]}"),
        ("Description", f"{recording.description}, sha256 {recording.description_sha256[:16]}"),
        ("Source", recording.source),
        ("Worn", f"{recording.leg} leg, {recording.mounting}"),
        ("Signals", ", ".join(recording.roles)),
        ("Rate", quantity(recording.recorded_hz, "Hz", 6)),
        ("Used", f"{quantity(recording.end_ns * 1e-9, 's', 4)} from {quantity(recording.start_s, 's', 4)} on"),
        *_answers(case),
    ]
    return [facts(rows, title=case.case.id), bullets(_limits(case), title="What this recording cannot tell")]


def _answers(case: CaseResult) -> list[tuple[str, str]]:
    if case.record is None:
        return []
    strides = case.record.strides
    given = answered(case.record)
    seen = int(given.size)
    silent = [f"{number:.0f}" for number in strides["stride"][~given][:12]]
    missing = f"; not in {', '.join(silent)}{', ...' if (~given).sum() > len(silent) else ''}" if silent else ""
    trains = np.unique(case.record.trains["train"]).size if case.record.trains["train"].size else 0
    return [
        ("Strides that the rig saw", str(seen)),
        (
            "Strides that the device answered",
            f"{int(given.sum())} of {seen}: stimulation begun anew and on in mid-swing{missing}",
        ),
        ("Trains", f"{trains}{_RUN_TOGETHER if 0 < trains < seen // 2 else ''}"),
    ]


def _limits(case: CaseResult) -> list[str]:
    told = [
        "No patient walked: what the stimulation would have done to clearance, trips or fatigue is NOT RUN.",
        "The recorded foot did not feel the stimulation, so the loop is open.",
    ]
    if not case.case.sensor.heel_off_s.size:
        told.append("No labelled heel-off: latency, missed and false stimulation are NOT RUN.")
    return told
