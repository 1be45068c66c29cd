"""Devices without a foot switch or with several channels: each defect of their own is found alone, by its own check."""

import dataclasses
from functools import cache

import pytest

from reports.judge import judge_case
from reports.verdict import Outcome
from rig.benches import open_bench
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()

DEFECTS = (
    ("defects-tilt", "threshold_shift", "late", None),
    ("defects-tilt", "no_time_out", "time_out", None),
    ("defects-imu", "deaf", "latency", None),
    ("defects-imu", "stuck_on", "stop", None),
    ("defects-implant", "overcurrent_1", "charge_density", 1),
    ("defects-implant", "short_recovery_2", "residual", 2),
    ("defects-implant", "missing_pulses_4", "missing_pulses", 4),
)
"""(scenario, defect, check that is there for it, channel that the verdict must name)."""


@cache
def _case(name):
    return load_cases((named_files("library")[name],), CATALOGUE, PlanOptions()).cases[0]


def _judged(case, folder, defects):
    case = dataclasses.replace(case, device=dataclasses.replace(case.device, defects=defects))
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    try:
        return judge_case(run_case(case, bench, writer), CATALOGUE)
    finally:
        writer.close()


@pytest.mark.parametrize(("name", "defect", "check", "channel"), DEFECTS, ids=[row[1] for row in DEFECTS])
def test_each_defect_of_these_devices_is_found_alone(name, defect, check, channel, tmp_path):
    """A positive control: the defect alone turns its check red, it alone, and the verdict names the channel."""
    case = _case(name)
    result = _judged(case, tmp_path / "seeded", {defect: case.device.defects[defect]})
    verdicts = {verdict.check.id: verdict for verdict in result.verdicts}
    found = verdicts.pop(check)
    assert found.outcome == Outcome.FAIL and found.channel == channel
    others = {verdict.outcome for verdict in verdicts.values()}
    assert others <= {Outcome.PASS, Outcome.INCONCLUSIVE}, [verdict.reason for verdict in verdicts.values()]


@pytest.mark.parametrize("name", sorted({row[0] for row in DEFECTS}))
def test_without_a_defect_the_same_scenario_passes(name, tmp_path):
    """A negative control: a sound device of the same kind passes every check of the scenario."""
    result = _judged(_case(name), tmp_path / "sound", {})
    assert {verdict.outcome for verdict in result.verdicts} == {Outcome.PASS}, [v.reason for v in result.verdicts]


def test_the_deep_branch_alone_turns_the_foot_in(tmp_path):
    """The eversion check of the implant can fail: without channel 4, near the superficial branch, the foot turns in.

    Source: model.md 2.4 (tibialis anterior alone gives inversion), 3.3.
    """
    case = _case("implant-walk")
    alone = case.device.settings.changed("current_4", 0.0)
    programmed = {**case.device.programmed, "current_4": 0.0}
    device = dataclasses.replace(case.device, settings=alone, programmed=programmed)
    result = _judged(dataclasses.replace(case, device=device), tmp_path / "alone", {})
    outcomes = {verdict.check.id: verdict.outcome for verdict in result.verdicts}
    assert outcomes.pop("eversion") == Outcome.FAIL
    assert set(outcomes.values()) == {Outcome.PASS}
