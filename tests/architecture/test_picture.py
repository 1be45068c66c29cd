"""The page on foot drop says what is so: each of its fragments loads, each of its tests exists."""

import re
from pathlib import Path

import pytest
import yaml

from rig.benches import open_bench
from rig.virtual_bench import VirtualBench
from rig.walks import prepare_walk
from scenarios.load import load_file
from scenarios.plugins import assemble_catalogue

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "scenarios" / "PICTURE.md"
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| .*`\{", line)]
CATALOGUE = assemble_catalogue()
BASE = {
    "schema": "scenario/1",
    "id": "SCN-PICTURE",
    "seed": 1,
    "patient": "stroke_moderate",
    "device": "odfs",
    "capture": {"keep": "none"},
    "walk": {"speed": "0.7 m/s", "strides": 8},
    "checks": {"row": {"measure": {"scuffs": {}}, "never": True}},
}


def _cells(row):
    return tuple(cell.strip() for cell in row.strip("|").split("|"))


FRAGMENTS = [
    pytest.param(fragment, id=f"{_cells(row)[0][:40]} {number}")
    for row in ROWS
    for number, fragment in enumerate(re.findall(r"`(\{.*?\})`", _cells(row)[1]), 1)
]


def test_the_page_has_its_tables():
    """Causes, signs, hazards, treatments, mistakes, faults: a table each, none lost by a slip of the pen."""
    assert len(ROWS) >= 45 and len(FRAGMENTS) >= 55
    assert PAGE.read_text(encoding="utf-8").count("|---|---|---|") == 6


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_scenario_can_say_it(fragment, tmp_path):
    """Merged into a short walk, every fragment loads, its strides are drawn and the virtual bench fulfils its roles."""
    said = yaml.safe_load(fragment)
    walk = BASE["walk"] | said.pop("walk", {})
    file = tmp_path / "row.scenario.yaml"
    file.write_text(yaml.safe_dump(BASE | said | {"walk": walk}), encoding="utf-8")
    (case,) = load_file(file, CATALOGUE).cases
    bench = open_bench("virtual", CATALOGUE)
    assert isinstance(bench, VirtualBench)
    assert set(case.requires) <= bench.describe().roles
    assert prepare_walk(case).schedule.strides == 8


@pytest.mark.parametrize("row", ROWS, ids=lambda row: _cells(row)[0][:60])
def test_somewhere_it_is_shown(row):
    """The named test stands in the named file, which has a name of its own in the whole tree."""
    shown = re.findall(r"`(test_\w+\.py)::(test_\w+)`", _cells(row)[2])
    assert shown, row
    for file, function in shown:
        (found,) = TESTS.rglob(file)
        assert f"def {function}(" in found.read_text(encoding="utf-8")
