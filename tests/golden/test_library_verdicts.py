"""The library announces its verdicts and is held to them; every seeded defect is seen; a sound device is not blamed."""

import dataclasses
from functools import cache

import pytest
from scipy.stats import binom
from verdict_schema import problems_of

from reports.judge import judge_case
from reports.verdict import Outcome
from reports.writers.verdicts_file import case_document, verdicts_text
from rig.benches import open_bench
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()


@cache
def _library():
    plan = load_cases(tuple(named_files("library").values()), CATALOGUE, PlanOptions())
    return {case.id: case for case in plan.cases}


def _judged(case, folder):
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    try:
        result = judge_case(run_case(case, bench, writer), CATALOGUE)
        assert problems_of(verdicts_text(case_document(result))) == []
        return result
    finally:
        writer.close()


def _with_defects(case, defects):
    return dataclasses.replace(case, device=dataclasses.replace(case.device, defects=defects))


def _sound(case):
    return not case.device.defects


def _announced():
    """Every case; those on a firmware need a compiler or an emulated processor, and are left to the proof."""
    return [
        pytest.param(case_id, marks=pytest.mark.proof if case.device.firmware is not None else ())
        for case_id, case in sorted(_library().items())
    ]


@pytest.mark.parametrize("case_id", _announced())
def test_a_library_case_comes_out_as_it_announces(case_id, tmp_path):
    """`expect:` of every check of every case, exactly (design.md section 5)."""
    case = _library()[case_id]
    assert all(check.expect for check in case.checks), "a library scenario announces every verdict"
    result = _judged(case, tmp_path / "case")
    found = {verdict.check.id: (str(verdict.outcome), verdict.reason) for verdict in result.verdicts}
    assert {name: outcome for name, (outcome, _) in found.items()} == {c.id: c.expect for c in case.checks}, found


DEFECTS = {
    "late_start": ("SCN-DEFECTS-TIMING", "latency"),
    "stuck_on": ("SCN-DEFECTS-TIMING", "stop_latency"),
    "missing_pulses": ("SCN-DEFECTS-PULSES", "missing_pulses"),
    "double_pulse": ("SCN-DEFECTS-PULSES", "extra_pulses"),
    "width_drift": ("SCN-DEFECTS-PULSES", "pulse_width"),
    "net_charge": ("SCN-DEFECTS-CHARGE", "net_charge"),
    "dc_leak": ("SCN-DEFECTS-CHARGE", "dc"),
    "no_time_out": ("SCN-DEFECTS-PROTECTION", "time_out"),
    "no_lead_off": ("SCN-DEFECTS-PROTECTION", "lead_off"),
}


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_each_defect_alone_is_seen_by_the_check_that_is_there_for_it(defect, tmp_path):
    """A positive control for nine checks: the defect alone turns its check red, and it alone."""
    case_id, check = DEFECTS[defect]
    case = _library()[case_id]
    result = _judged(_with_defects(case, {defect: case.device.defects[defect]}), tmp_path / "seeded")
    outcomes = {verdict.check.id: verdict.outcome for verdict in result.verdicts}
    assert outcomes.pop(check) == Outcome.FAIL
    assert set(outcomes.values()) <= {Outcome.PASS, Outcome.INCONCLUSIVE}, outcomes


@pytest.mark.parametrize("case_id", sorted({case_id for case_id, _ in DEFECTS.values()}))
def test_the_same_scenario_passes_with_a_sound_device(case_id, tmp_path):
    """A negative control: without the defect nothing turns red."""
    result = _judged(_with_defects(_library()[case_id], {}), tmp_path / "sound")
    assert {verdict.outcome for verdict in result.verdicts} == {Outcome.PASS}, [v.reason for v in result.verdicts]


def _count_over_seeds(seeds, folder):
    """Cases run, device checks that failed, outcome checks that failed, and the samples behind the outcomes."""
    base = _library()["SCN-DEMO-PASS"]
    device_failures, outcome_failures, misses, swings = [], 0, 0, 0
    for seed in range(seeds):
        case = dataclasses.replace(base, seed=base.seed ^ (seed * 0x9E3779B97F4A7C15 & (1 << 64) - 1))
        for verdict in _judged(case, folder / str(seed)).verdicts:
            failed = verdict.outcome == Outcome.FAIL
            if verdict.quantity == "measured" and verdict.outcome != Outcome.PASS:
                device_failures.append((seed, verdict.check.id, verdict.reason))
            if verdict.quantity == "modelled":
                outcome_failures += failed
                assert verdict.samples is not None
                misses += int((verdict.samples.values < verdict.check.limit.low).sum())
                swings += len(verdict.samples.values)
    return device_failures, outcome_failures, misses, swings


def _outcome_bound(seeds, misses, swings, samples, share):
    """Failures that the binomial model of this patient allows at 99.9 %: the miss rate pooled over all seeds."""
    rate = (misses + 1) / (swings + 2)
    fails_from = next(k for k in range(samples + 1) if binom.cdf(samples - k, samples, share) < 0.05)
    chance = binom.sf(fails_from - 1, samples, rate)
    return chance, int(binom.ppf(0.999, seeds, chance))


@pytest.mark.parametrize("seeds", [pytest.param(4), pytest.param(200, marks=pytest.mark.proof)])
def test_a_sound_device_is_not_blamed(seeds, tmp_path):
    """Clean device: no device check fails in 200 seeds; outcomes fail no more often than the binomial model allows."""
    device_failures, outcome_failures, misses, swings = _count_over_seeds(seeds, tmp_path)
    chance, allowed = _outcome_bound(seeds, misses, swings, 30, 0.80)
    print(
        f"\nproof: {seeds} seeds of a sound device: {len(device_failures)} device checks not passed; {outcome_failures}"
        f" outcome checks failed, {allowed} allowed (chance {chance:.2g} a case, {misses} misses in {swings} swings)"
    )
    assert not device_failures
    assert outcome_failures <= allowed


@pytest.mark.proof
def test_all_nine_defects_are_found(tmp_path):
    """Nine defects, each alone, each by the check that is there for it."""
    seen = []
    for defect, (case_id, check) in DEFECTS.items():
        case = _library()[case_id]
        result = _judged(_with_defects(case, {defect: case.device.defects[defect]}), tmp_path / defect)
        verdict = next(verdict for verdict in result.verdicts if verdict.check.id == check)
        if verdict.outcome == Outcome.FAIL:
            seen.append(defect)
            print(
                f"\nproof: {defect} of {case.device.defects[defect]:g}: {case_id} {check} FAIL, {verdict.reason}",
                end="",
            )
    print(f"\nproof: {len(seen)} of {len(DEFECTS)} seeded defects found")
    assert len(seen) == 9
