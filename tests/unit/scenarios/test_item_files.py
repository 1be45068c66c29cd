"""The item under test: read with its firmware's hash, refused where it is not what it says, kept in `case.yaml`."""

import dataclasses
import hashlib

import pytest

from scenarios.case_document import case_document
from scenarios.item import Firmware, Item, ItemElectrodes, LabResult
from scenarios.item_file import read_item_file
from scenarios.load import LoadOptions
from scenarios.settings_file import read_settings
from sim.errors import ScenarioError

IMAGE = b"\x00firmware\xff"
DIGEST = hashlib.sha256(IMAGE).hexdigest()
ITEM = f"""\
schema: item/1
maker: Example Medical
serial: "0042"
firmware: {{version: 1.4.2, file: fw.bin, sha256: {DIGEST}}}
electrodes: {{area: 25 cm^2, type: "hydrogel, 5 x 5 cm"}}
operator: Jane Doe
lab:
  patient_leakage_nc: {{value: 12.3 uA, U: 1 uA, report: LAB-117, on: 2026-10-02}}
"""


@pytest.fixture
def item_file(folder):
    (folder / "fw.bin").write_bytes(IMAGE)
    path = folder / "item.yaml"
    path.write_text(ITEM, encoding="utf-8")
    return path


def test_an_item_reads(item_file):
    """Quantities in SI, the image hashed, what is not stated is empty."""
    assert read_item_file(item_file) == Item(
        maker="Example Medical",
        serial="0042",
        firmware=Firmware("1.4.2", "fw.bin", DIGEST),
        electrodes=ItemElectrodes(25e-4, "hydrogel, 5 x 5 cm"),
        operator="Jane Doe",
        lab={"patient_leakage_nc": LabResult(12.3e-6, 1e-6, "LAB-117", on="2026-10-02")},
    )


def test_an_image_without_a_stated_hash_gets_it(item_file):
    """The hash is taken from the file."""
    item_file.write_text(ITEM.replace(f", sha256: {DIGEST}", ""), encoding="utf-8")
    assert read_item_file(item_file).firmware.sha256 == DIGEST


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (DIGEST, "0" * 64, r"item.yaml:4:50: `fw.bin` has the SHA-256 \w{64}, not the stated one"),
        (DIGEST, "abc", r"item.yaml:4:50: `abc` is no SHA-256.*64 hex"),
        ("fw.bin", "nowhere.bin", r"item.yaml:4:34: the image `nowhere.bin` cannot be read"),
        ("serial", "serail", r"item.yaml:3:1: unknown key `serail` in an item under test.*serial"),
        ("25 cm^2", "25 cm", r"item.yaml:5:20: `25 cm`.*an area"),
        ("leakage_nc", "leakage_cn", r"item.yaml:8:3: unknown result `patient_leakage_cn`.*patient_leakage_nc"),
        (", report: LAB-117", "", r"`patient_leakage_nc` lacks the key `report`"),
        ("2026-10-02", "October", r"`October` is no date"),
    ],
)
def test_a_wrong_item_is_refused_at_its_place(item_file, old, new, problem):
    """file:line:column, what is wrong, and the mend."""
    item_file.write_text(ITEM.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match=problem):
        read_item_file(item_file)


def test_a_case_holds_its_item(desk, item_file):
    """case.yaml repeats without item file and image; the project's default does not creep into it."""
    item = read_item_file(item_file)
    case = desk.load(desk.text, LoadOptions(default_item=item)).cases[0]
    assert case.item == item
    item_file.unlink()
    again = desk.load(case_document(case)).cases[0]
    assert [f.name for f in dataclasses.fields(case) if getattr(case, f.name) != getattr(again, f.name)] == []
    bare = case_document(desk.load(desk.text).cases[0])
    assert desk.load(bare, LoadOptions(default_item=item)).cases[0].item is None
    assert desk.load(bare, LoadOptions(item=item)).cases[0].item == item


def test_the_image_that_runs_is_the_item_s(desk, item_file):
    """An item that states another image than the one on the board is refused; one that states none gets it."""
    options = LoadOptions(item=read_item_file(item_file), device="reference_f405")
    with pytest.raises(
        ScenarioError, match=rf"item under test: its firmware has the SHA-256 {DIGEST[:16]}…, `blue_f405"
    ):
        desk.load(desk.text, options)
    bare = dataclasses.replace(options.item, firmware=Firmware("1.4.2"))
    case = desk.load(desk.text, dataclasses.replace(options, item=bare)).cases[0]
    assert case.item.firmware == Firmware("1.4.2", "blue_f405.elf", case.device.firmware.sha256)
    built = desk.load(desk.text, dataclasses.replace(options, device="reference_host")).cases[0]
    assert built.item == options.item  # what is built for this machine is no image of the item


def test_a_project_names_its_item(folder):
    """`[item] file` of stimrig.toml; anything else there is refused."""
    (folder / "stimrig.toml").write_text('[item]\nfile = "item.yaml"\n', encoding="utf-8")
    assert read_settings(folder).item == folder / "item.yaml"
    (folder / "stimrig.toml").write_text("[item]\nserial = 3\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"stimrig.toml:1:\d+: \[item\] names a file"):
        read_settings(folder)
