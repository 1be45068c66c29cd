"""Attempts: every run of the same thing counts, interrupted ones too, and a first attempt is the same everywhere."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from rig.attempts import ATTEMPTS, attempt_facts, attempts_in, attempts_of
from rig.run_folder import RUN_FILE, make_run_folder, runs_in
from scenarios.item import Firmware, Item

ITEM = Item(maker="Example", serial="0042", firmware=Firmware("1.4.2"))


def _case(case_id="SCN-A", device="odfs", item=None):
    return SimpleNamespace(
        id=case_id, name=case_id.lower(), device=SimpleNamespace(id=device, firmware=None), item=item
    )


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Makes a run folder as `stimrig run` does: noted at the start, verdicts at the end, if it comes to that."""
    stamps = iter(range(100))
    monkeypatch.setattr("rig.run_folder.secrets.token_hex", lambda _: f"{next(stamps):08d}")

    def made(*cases, verdict="PASS", hardware="virtual", began=True):
        facts = attempt_facts(tmp_path, cases, lambda _: hardware)
        rows = [{"id": case.id, "verdict": "incomplete"} for case in cases]
        folder = make_run_folder(tmp_path, "t", {"run": "0" * 16, "cases": rows, ATTEMPTS: facts})
        if began:
            for number, case in enumerate(cases, 1):
                folder.case_folder(number, case.name).mkdir(parents=True)
        if verdict:
            finished = [{"id": case.id, "verdict": verdict} for case in cases]
            folder.note(cases=finished, reported_start="2026-11-22T00:00:00Z")
        return attempts_of(folder.facts)

    return made


def test_a_first_attempt_says_nothing_of_its_folder(run):
    """No earlier one: what the reports print of it is the same in every folder of runs."""
    assert run(_case()) == {"SCN-A": ()}


def test_every_earlier_run_of_the_same_thing_counts(run, tmp_path):
    """A FAIL, one that was cut off, then a PASS: attempt 3 of 3, with the verdicts of the two before."""
    run(_case(), verdict="FAIL")
    run(_case(), verdict="")
    (earlier,) = run(_case()).values()
    assert [(each.verdict, each.started) for each in earlier] == [
        ("FAIL", "2026-11-22T00:00:00Z"),
        ("incomplete", ""),
    ]
    assert [each.folder for each in earlier] == [folder.name for folder in runs_in(tmp_path)[:2]]


def test_show_counts_the_later_ones_too(run, tmp_path):
    """Seen from today the first attempt is 1 of 3."""
    for verdict in ("FAIL", "FAIL", "PASS"):
        run(_case(), verdict=verdict)
    told = attempts_in(runs_in(tmp_path)[0])["SCN-A"]
    assert (told["attempt"], told["of"]) == (1, 3)
    assert [each["verdict"] for each in told["others"]] == ["FAIL", "PASS"]


@pytest.mark.parametrize(
    "other",
    [
        {"case_id": "SCN-B"},
        {"device": "tilt"},
        {"item": None},
        {"item": replace(ITEM, serial="0043")},
        {"item": replace(ITEM, firmware=Firmware("1.4.3"))},
    ],
    ids=["case", "device", "no item", "serial", "firmware"],
)
def test_another_thing_is_no_attempt_at_this_one(run, other):
    """Another case, device, specimen or firmware."""
    run(_case(**{"item": ITEM, **other}))
    assert run(_case(item=ITEM)) == {"SCN-A": ()}


def test_another_operator_is_an_attempt_and_other_hardware_is_not(run):
    """Who pressed the key does not matter; a dry run on the virtual bench is no attempt on the real one."""
    run(_case(item=ITEM))
    assert len(run(_case(item=replace(ITEM, operator="Jane Doe")))["SCN-A"]) == 1
    assert run(_case(item=ITEM), hardware="bench") == {"SCN-A": ()}


def test_a_case_that_never_began_is_no_attempt(run):
    """Interrupted before its turn: no folder, no attempt."""
    run(_case(), verdict="", began=False)
    assert run(_case()) == {"SCN-A": ()}


def test_a_damaged_run_is_passed_over(run, tmp_path):
    """Whatever else lies in the folder of runs does not keep a run from beginning."""
    run(_case())
    (runs_in(tmp_path)[0] / RUN_FILE).write_text("{", encoding="utf-8")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / RUN_FILE).write_text(json.dumps({"schema": "stimrig/run/1"}), encoding="utf-8")
    assert run(_case()) == {"SCN-A": ()}
