"""`SHA256SUMS`: coreutils itself must accept it, and notice a changed byte."""

import hashlib
import shutil
import subprocess

import pytest

from reports.writers import write_sums
from sim.errors import RecordError


def fill(folder):
    (folder / "cases" / "001-a").mkdir(parents=True)
    (folder / "run.json").write_text("{}", "utf-8")
    (folder / "cases" / "001-a" / "case.yaml").write_text("a: 1\n", "utf-8")
    (folder / "b c.txt").write_bytes(b"\x00\x01")


def test_lines_are_sorted_and_hash_the_content(tmp_path):
    fill(tmp_path)
    (tmp_path / "SHA256SUMS").write_text("old", "utf-8")
    lines = write_sums(tmp_path).read_text("utf-8").splitlines()
    assert [line[66:] for line in lines] == ["b c.txt", "cases/001-a/case.yaml", "run.json"]
    assert lines[2][:64] == hashlib.sha256(b"{}").hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils is not installed here")
def test_coreutils_accepts_it_and_sees_a_change(tmp_path):
    fill(tmp_path)
    (tmp_path / "odd\\name\n.txt").write_text("x", "utf-8")
    write_sums(tmp_path)
    ask = ["sha256sum", "--strict", "--check", "SHA256SUMS"]
    assert subprocess.run(ask, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "run.json").write_text("{ }", "utf-8")
    assert subprocess.run(ask, cwd=tmp_path, capture_output=True).returncode == 1


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "SHA256SUMS").mkdir()
    with pytest.raises(RecordError, match="SHA256SUMS: cannot be written"):
        write_sums(tmp_path)
