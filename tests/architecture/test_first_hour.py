"""The page on the first hour with a real card: its commands run as they stand, its picture is that of its bench."""

import re
from datetime import date
from pathlib import Path

import pytest

from rig.bench_file.picture import wiring_picture
from rig.bench_file.read import read_laboratory
from rig.commands.app import main
from scenarios.places import named_files
from scenarios.text import read_document

PAGE = Path(__file__).parents[2] / "rig" / "FIRST_HOUR.md"
TEXT = PAGE.read_text(encoding="utf-8")


def _commands(language):
    blocks = re.findall(rf"^```{language}\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    return [line.split()[1:] for block in blocks for line in block.splitlines() if line.startswith("stimrig ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A user's folder with the page's scenario."""
    place = tmp_path_factory.mktemp("first-hour")
    (place / ".git").mkdir()
    scenario = re.search(r"^```yaml\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    (place / "first-hour.scenario.yaml").write_text(scenario[1], encoding="utf-8")
    return place


@pytest.mark.parametrize("command", _commands("sh"), ids=" ".join)
def test_commands_of_the_page_run(folder, monkeypatch, command):
    """Exit 0, in a fresh folder, without hardware."""
    monkeypatch.chdir(folder)
    assert main(command) == 0


@pytest.mark.proof
@pytest.mark.parametrize("command", _commands("sh proof"), ids=" ".join)
def test_the_doctor_and_the_first_run_of_the_page(folder, monkeypatch, command):
    """What drives the simulated bench: all is well there, and the first run passes on it."""
    monkeypatch.chdir(folder)
    assert main(command) == 0


def test_the_picture_of_the_page_is_that_of_its_bench():
    """`stimrig bench show lab-example --picture rig/first-hour-wiring.svg` draws it anew."""
    laboratory = read_laboratory(read_document(named_files("benches")["lab-example"]), "", date(2026, 11, 22))
    shipped = (PAGE.parent / "first-hour-wiring.svg").read_text(encoding="utf-8")
    assert shipped == wiring_picture(laboratory)


def test_links_and_files_of_the_page_exist():
    """Every file that the page names is there, and every key of its table is one of the bench file."""
    assert (PAGE.parent / "first-hour-wiring.svg").is_file()
    for name in ("lab-example.bench.yaml", "drivers.py"):
        assert list(PAGE.parents[1].glob(f"*/*/{name}"))
    lab = named_files("benches")["lab-example"].read_text(encoding="utf-8")
    for key in ("calibration", "ranges", "fixtures", "wiring", "safe_state", "expects"):
        assert re.search(rf"^\s*{key}:", lab, re.MULTILINE), key
