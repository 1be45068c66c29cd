"""The defect catalogue: its patches fit, and three cheap defects are found where the sound firmware passes."""

import pytest
from firmware_defects import CATALOGUE, FILE, cases_of, defects, finding_in, judged

from rig.firmware.building.builds import HOST, REFERENCE, build_variant
from rig.firmware.building.toolchain import find_host_compiler
from scenarios.places import named_files
from sim.errors import BenchError

CHEAP = ("recharge_width_at_range_edge", "amplitude_at_its_maximum", "gap_of_zero")
PAGE = FILE.with_name("README.md")
EDGE = "SCN-FIRMWARE-EDGES[settings.current=80 mA,settings.pulse_width=365 us,settings.recharge=10 %]"


def _edge_case(image=None):
    return next(case for case in cases_of("firmware-edges", HOST, image) if case.id == EDGE)


@pytest.fixture(scope="module")
def _compiler():
    try:
        find_host_compiler()
    except BenchError:
        pytest.skip("no compiler is here")


def test_the_catalogue_is_complete():
    """At least 25 defects, each with scenarios that exist and patches that fit in exactly one place."""
    found = defects()
    assert len(found) >= 25
    assert len([defect for defect in found.values() if not defect.missed]) >= 23
    for defect in found.values():
        assert defect.tried and set(defect.tried) <= set(named_files("library"))
        for patch in defect.patches:
            assert (REFERENCE / patch.file).read_text(encoding="utf-8").count(patch.find) == 1, (defect.name, patch)
            assert patch.find != patch.replace


def test_the_page_tells_every_defect():
    """The table that people read has each once: the check that finds it, or that nothing does."""
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {row[0].strip("| `"): row[3] for row in rows}
    assert len(told) == len(rows)
    assert set(told) == set(defects())
    assert {name for name, found in told.items() if found == "not found"} == {
        name for name, defect in defects().items() if defect.missed
    }


@pytest.mark.usefixtures("_compiler")
def test_three_defects_are_found_and_the_sound_firmware_is_not_blamed(tmp_path):
    """80 mA, 365 us, 10 % recharge and no gap: one short walk turns red for each of them, and for nothing else."""
    assert finding_in(judged(_edge_case(), tmp_path / "sound")) is None
    for name in CHEAP:
        image = build_variant(defects()[name].patches, HOST)
        finding = finding_in(judged(_edge_case(image), tmp_path / name))
        assert finding is not None and finding.verdict == "FAIL", name


def test_library_scenarios_of_a_firmware_name_one():
    """Every `firmware-*` scenario runs on a device with a firmware by default."""
    assert CATALOGUE.events
    for name in named_files("library"):
        if name.startswith("firmware-"):
            device = next(line for line in named_files("library")[name].read_text().splitlines() if "device:" in line)
            assert "reference_" in device, name
