"""The same scenario on the virtual bench and on a card behind NI-DAQmx: the same device verdicts, values within U.

What may differ: the loop is 30 ms late on the card, so the foot closes its switch a little otherwise; events happen on
the grid of the output clock (100 us). Outcomes agree, or are INCONCLUSIVE with the loop error stated.
"""

import hashlib
import json

import pytest
from command_desk import stimrig
from streaming_desk import CATALOGUE, SCENARIO, streaming_case

from reports.comparison.checks import Agreement, compare_verdicts
from reports.judge import judge_case
from reports.verdict import Outcome
from reports.writers.verdicts_file import case_document
from rig.benches import open_bench
from rig.commands.one_case import run_one
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases

_GRID_S = 1e-3
"""How far instants may lie apart: the default of `stimrig diff`."""


def core_plan():
    """The core scenarios of the library as they are planned for the simulated bench."""
    capabilities = open_bench("simulated", CATALOGUE).describe()
    options = PlanOptions(bench="simulated", bench_roles=capabilities.roles, why_not=capabilities.why_not)
    files = tuple(file for file in named_files("library").values() if file.name.startswith("core-"))
    return load_cases(files, CATALOGUE, options)


CORE = {case.id: case for case in core_plan().cases}
CHEAP = ("SCN-CORE-SHORT", "SCN-CORE-SUPPLY", "SCN-CORE-LEAD-OFF")


def judged(case, bench_name, folder):
    """Record and result of a case, its idle cells kept as a run keeps them."""
    bench = open_bench(bench_name, CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    try:
        record = run_case(case, bench, writer)
        return record, judge_case(record, CATALOGUE)
    finally:
        writer.close()


def differences(case, folder):
    """Device checks that differ by more than they may, outcomes that differ without a reason, and what was compared."""
    _, virtual = judged(case, "virtual", folder / "virtual")
    record, simulated = judged(case, "simulated", folder / "simulated")
    assert record.fault is None, record.fault
    by_id = {verdict.check.id: verdict for verdict in simulated.verdicts}
    wrong, pairs = [], compare_verdicts(case_document(virtual), case_document(simulated), _GRID_S)
    for pair in pairs:
        verdict = by_id[pair.check]
        told = verdict.outcome is Outcome.INCONCLUSIVE and "closed loop too slow" in verdict.reason
        if verdict.quantity == "modelled":
            if pair.agreement is Agreement.VERDICT and not told:
                wrong.append(pair)
        elif pair.agreement is not Agreement.SAME:
            wrong.append(pair)
    return wrong, len(pairs), record


@pytest.mark.parametrize("case_id", CHEAP)
def test_a_card_gives_the_verdicts_of_the_virtual_bench(case_id, tmp_path):
    """A short circuit, a supply that sags, a lead that comes off: the same verdicts, values within the U of both."""
    wrong, compared, _ = differences(CORE[case_id], tmp_path)
    assert compared >= 3 and not wrong, wrong


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case_id", sorted(CORE))
def test_every_core_scenario_gives_the_verdicts_of_the_virtual_bench(case_id, tmp_path):
    """All core scenarios whose roles the simulated bench fulfils."""
    wrong, compared, record = differences(CORE[case_id], tmp_path)
    error = record.loop_error
    shift = "no patient" if error is None else f"loop error {error.crossing_shift_s * 1e3:.1f} ms"
    print(f"\nproof: {case_id}: {compared - len(wrong)} of {compared} checks agree, {shift}")
    assert not wrong, wrong


def test_what_the_bench_cannot_do_is_not_run_by_name():
    """A digital foot sensor and a contact box for one channel only: told at plan time, nothing is run in part."""
    blocked = {each.case.id: each.reason for each in core_plan().blocked}
    assert all(reason.startswith("bench `simulated`") for reason in blocked.values()), blocked
    assert set(CHEAP) <= set(CORE) and not set(blocked) & set(CORE)


@pytest.mark.proof
def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path):
    """`stimrig run --bench simulated`, and the same case in this process: every file of the case folder is equal."""
    case = streaming_case(tmp_path)
    assert "EVENTS" in SCENARIO
    done = stimrig("run", "stream.scenario.yaml", "--bench", "simulated", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    run = tmp_path / done.stdout.splitlines()[-1]
    facts = json.loads((run / "run.json").read_text())
    assert facts["bench"]["hardware"] == "simulated-bench" and facts["identity"]["card.simulated"] == "True"
    (first,) = (run / "cases").iterdir()
    run_one(case, open_bench("simulated", CATALOGUE), tmp_path / "again", CATALOGUE)
    hashes = [
        {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        for folder in (first, tmp_path / "again")
    ]
    assert hashes[0] == hashes[1] and "waveforms.tdms" in hashes[0]
