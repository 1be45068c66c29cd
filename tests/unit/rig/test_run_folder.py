"""The run folder: what is written first, how it is named, found and refused."""

import json
from pathlib import Path

import pytest

from rig import run_folder
from rig.run_folder import (
    check_space,
    content_id,
    find_run,
    folder_label,
    make_run_folder,
    read_run,
    reported_start,
    runs_in,
)
from sim.errors import RecordError, ScenarioError


def test_a_run_begins_as_incomplete_and_is_named_by_latest(tmp_path):
    """run.json stands before anything else: whoever looks after a kill -9 must see that the run did not end."""
    folder = make_run_folder(tmp_path / "runs", "scn-x", {"run": "0" * 16, "seed": 3})
    assert [path.name for path in folder.path.iterdir()] == ["run.json"]
    facts = json.loads((folder.path / "run.json").read_text())
    assert facts["verdict"] == "incomplete" and facts["seed"] == 3 and facts["end"] is None
    assert {"host", "argv", "start", "versions", "python"} <= set(facts)
    assert (tmp_path / "runs" / "latest.txt").read_text().strip() == folder.path.name


def test_the_name_is_a_utc_stamp_the_scenario_and_eight_hex_digits(tmp_path):
    """Scripts and people sort by it (design.md section 7)."""
    name = make_run_folder(tmp_path, "scn-x", {}).path.name
    stamp, label, digits = name.split("-")[0], "-".join(name.split("-")[1:-1]), name.split("-")[-1]
    assert len(stamp) == 16 and stamp[8] == "T" and stamp.endswith("Z") and stamp[:8].isdigit()
    assert label == "scn-x"
    assert len(digits) == 8 and int(digits, 16) >= 0


def test_runs_never_overwrite_each_other(tmp_path):
    """Many runs in one second get folders of their own."""
    assert len({make_run_folder(tmp_path, "x", {}).path for _ in range(20)}) == 20


def test_facts_are_added_and_kept(tmp_path):
    """What was known at the start still stands at the end."""
    folder = make_run_folder(tmp_path, "x", {"run": "abc"})
    folder.note(verdict="PASS")
    facts = read_run(folder.path)
    assert facts["verdict"] == "PASS" and facts["run"] == "abc"


def test_an_unwritable_place_is_bad_input_and_says_so(tmp_path):
    """Nothing ran: a file stands where the folder should be."""
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(ScenarioError, match=r"--out: .*choose a folder that you may write to"):
        make_run_folder(tmp_path / "runs", "x", {})


def test_source_date_epoch_sets_the_reported_start(monkeypatch):
    """Reports of the same run must be equal in bytes, whenever they are made (reproducible-builds.org)."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert reported_start(run_folder.now()) == "2023-11-14T22:13:20Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ScenarioError, match="SOURCE_DATE_EPOCH"):
        reported_start(run_folder.now())


def test_the_content_names_the_run():
    """Order of the cases does not matter; one changed byte of a case, a bench or a device does."""
    base = content_id(["a: 1", "b: 2"], [b"bench", b"device"])
    assert base == content_id(["b: 2", "a: 1"], [b"device", b"bench"])
    assert len(base) == 16 and int(base, 16) >= 0
    others = [content_id(["a: 1", "b: 3"], [b"bench", b"device"]), content_id(["a: 1", "b: 2"], [b"bench", b"devicE"])]
    assert len({base, *others}) == 3


@pytest.mark.parametrize(
    ("ids", "label"),
    [
        (["SCN-WALK"], "scn-walk"),
        (["A", "B", "A"], "2-scenarios"),
        (["Über/..\\x:y"], "ber-..-x-y"),
        (["///"], "run"),
    ],
)
def test_labels_are_safe_names_of_folders(ids, label):
    """On every system, whatever an id holds."""
    assert folder_label(ids) == label


def test_a_run_that_does_not_fit_is_refused(tmp_path):
    """Before anything is written; the message holds both numbers and the mend."""
    check_space(tmp_path / "not" / "there" / "yet", 1000)
    with pytest.raises(ScenarioError, match=r"the run needs 1000000000\.00 GB, .* GB are free .*--keep windows"):
        check_space(tmp_path, 10**18)


def test_runs_are_found_by_path_name_beginning_and_latest(tmp_path):
    """As people type them."""
    first = make_run_folder(tmp_path, "aaa", {}).path
    second = make_run_folder(tmp_path, "bbb", {}).path
    assert find_run(str(first), Path("elsewhere")) == first
    assert find_run(first.name, tmp_path) == first
    assert find_run("latest", tmp_path) == second
    assert find_run(second.name[:-4], tmp_path) == second
    assert set(runs_in(tmp_path)) == {first, second}
    for name in ("nothing", "20", ""):
        with pytest.raises(RecordError, match="stimrig list runs"):
            find_run(name, tmp_path)


def test_a_damaged_run_is_told_not_guessed(tmp_path):
    """Another schema, no JSON, no run.json."""
    folder = make_run_folder(tmp_path, "aaa", {}).path
    (folder / "run.json").write_text('{"schema": "other/1"}')
    with pytest.raises(RecordError, match="schema"):
        read_run(folder)
    (folder / "run.json").write_text("{")
    with pytest.raises(RecordError, match="cannot be read"):
        read_run(folder)
    (folder / "run.json").unlink()
    with pytest.raises(RecordError, match="no run folder"):
        read_run(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_keeps_the_old_file(tmp_path, monkeypatch):
    """The new text goes beside the old file first: a full disk must not eat what was there."""
    folder = make_run_folder(tmp_path, "aaa", {})
    before = (folder.path / "run.json").read_text()

    def full(path, data):
        with path.open("wb", buffering=0):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RecordError, match=r"run\.json: cannot be written: No space left on device; free space"):
        folder.note(verdict="PASS")
    assert (folder.path / "run.json").read_text() == before
    assert [path.name for path in folder.path.iterdir()] == ["run.json"]
