"""`stimrig bench list` and `show`: the wiring as a table and as a picture."""

import json
import xml.etree.ElementTree as ET

import pytest

from rig.bench_file.picture import kind_of, wiring_picture
from rig.benches import read_bench
from rig.commands.app import main

BENCHES = ("simulated", "lab-example@sim", "scope-and-generator@sim")


@pytest.mark.parametrize("name", BENCHES)
def test_the_picture_shows_every_wire(name):
    """Well-formed SVG; every role and every port of the file stands in it, inside its frame; same bytes each time."""
    laboratory = read_bench(name)
    picture = wiring_picture(laboratory)
    assert picture == wiring_picture(read_bench(name))
    root = ET.fromstring(picture)
    texts = [node for node in root.iter() if node.tag.endswith("text")]
    shown = {node.text for node in texts}
    assert shown >= {wire.role for wire in laboratory.wiring} | {wire.port for wire in laboratory.wiring}
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert all(0 < float(node.attrib["x"]) < width and 0 < float(node.attrib["y"]) < height for node in texts)


def test_what_a_wire_is_for_is_told_by_colour():
    """Safety, measured, driven, switched, told."""
    laboratory = read_bench("simulated")
    wanted = {
        "interlock": "safety",
        "current": "measured",
        "status": "measured",
        "heel_switch": "driven",
        "load": "switched",
        "setting": "told",
    }
    assert {role: kind_of(laboratory, laboratory.wire(role)) for role in wanted} == wanted


def test_list_names_benches_and_profiles(capsys):
    """Every shipped bench, with what may stand behind its `@`."""
    assert main(["bench", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["lab-example"]["profiles"] == ["sim"] and rows["virtual"]["kind"] == "virtual"


def test_show_prints_the_wiring_and_draws_it(capsys, tmp_path):
    """The table for people, the document for programs, the picture where it is asked for."""
    picture = tmp_path / "wiring.svg"
    assert main(["bench", "show", "lab-example@sim", "--picture", str(picture)]) == 0
    told = capsys.readouterr().out
    assert "card.port0/line8:10" in told and "tap 99.98 ohm ± 0.05 %" in told and "±10 V = ±100 mA" in told
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert main(["bench", "show", "lab-example@sim", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["identity"]["profile"] == "sim" and len(document["identity"]["file_sha256"]) == 64
    assert {"role": "supply", "sense": "->", "terminal": "card.ao2"}.items() <= document["wiring"][5].items()


def test_show_refuses_what_has_no_instruments(capsys):
    """The virtual bench has none; a contradiction is told with its place; both are bad input (4)."""
    assert main(["bench", "show", "virtual"]) == 4
    assert "this bench has no instruments" in capsys.readouterr().err
