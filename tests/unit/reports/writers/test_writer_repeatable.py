"""Same run, same bytes: in another process, with another hash seed, in another folder."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPT = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("made_runs", sys.argv[1])
made = importlib.util.module_from_spec(spec)
sys.modules["made_runs"] = made
spec.loader.exec_module(made)
from reports.sections.anchors import case_folder
from reports.writers import write_case, write_run, write_sums
for name in ("mixed_run", "hostile_run"):
    run, folder = getattr(made, name)(), pathlib.Path(sys.argv[2]) / name
    for case in run.cases:
        write_case(case, folder / case_folder(case))
    write_run(run, folder)
    write_sums(folder)
"""


def write(folder, seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ask = [sys.executable, "-c", SCRIPT, str(HERE / "conftest.py"), str(folder)]
    done = subprocess.run(ask, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.proof
def test_two_processes_write_the_same_bytes(tmp_path):
    """HTML, PDF, SVG, JSON, XML and sums; two hash seeds, two folders of unequal length."""
    one, two = tmp_path / "a", tmp_path / "another-folder"
    one.mkdir()
    two.mkdir()
    first = write(one, "1")
    assert first == write(two, "4242")
    names = {Path(name).name for name in first}
    assert {"report.html", "report.pdf", "junit.xml", "verdicts.json", "SHA256SUMS", "timeline.svg"} <= names
