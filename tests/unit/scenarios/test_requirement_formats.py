"""Requirements come from the tool that keeps them; the files under tests/data/requirements were written by that tool.

StrictDoc 0.30.4 exported its own document as ReqIF, Doorstop 3.2 made the two folders, sphinx-needs 9.1.0 the JSON
(its embedded schema cut out); only texts were filled in by hand.
"""

import zipfile
from pathlib import Path

import pytest

from scenarios.requirements import read_requirements
from sim.errors import CollectedScenarioError, ScenarioError

DATA = Path(__file__).parents[2] / "data" / "requirements"
START = "Stimulation begins no later than 60 ms after the heel switch opens."


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("dropfoot.sdoc", "SRS-TIM-004", "SRS-SAF-001"),
        ("dropfoot.reqif", "SRS-TIM-004", "SRS-SAF-001"),
        ("needs.json", "SRS_TIM_004", "SRS_SAF_001"),
        ("doorstop/srs", "SRS001", "SRS002"),
    ],
)
def test_each_tool_gives_the_same_two_requirements(name, first, second):
    """Two requirements with title, text, risk and evidence; headings, notes, tests and inactive items are none."""
    rows = read_requirements(DATA / name)
    assert set(rows) == {first, second}
    assert rows[first].title == "Start of stimulation" and rows[first].text.startswith(START)
    assert (rows[first].risk, rows[first].min_evidence) == ("trip", "measured@virtual")
    assert (rows[second].title, rows[second].min_evidence) == ("Charge balance", "")
    assert rows[second].text == "The mean net charge of a pulse stays within 100 nC."


def test_a_folder_of_documents_is_read_whole():
    """A Doorstop tree of two documents, one of them in Markdown; a folder of SDoc files alike."""
    rows = read_requirements(DATA / "doorstop")
    assert set(rows) == {"SRS001", "SRS002", "HLR001"}
    assert (rows["HLR001"].title, rows["HLR001"].text) == ("Walk safely", "The wearer does not trip.")
    assert set(read_requirements(DATA)) == set(rows), "Doorstop stands before loose SDoc files"


def test_a_zip_of_reqif_is_read_like_the_file(tmp_path):
    """`.reqifz` as tools exchange it."""
    archive = tmp_path / "exchange.reqifz"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(DATA / "dropfoot.reqif", "inner/dropfoot.reqif")
        packed.writestr("inner/picture.png", b"\x89PNG")
    assert read_requirements(archive) == read_requirements(DATA / "dropfoot.reqif")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("r.docx", "PK", "is no file of requirements that can be read; give a .csv, .sdoc"),
        ("r.sdoc", "Hello", "r.sdoc:1:1: is no SDoc document"),
        (
            "r.sdoc",
            "[DOCUMENT]\nTITLE: x\n\n[REQUIREMENT]\nSTATEMENT: >>>\nno end",
            "r.sdoc:5:1: the block of STATEMENT",
        ),
        (
            "r.sdoc",
            "[DOCUMENT]\n\n[REQUIREMENT]\nUID: A\n\n[REQUIREMENT]\nUID: A\n",
            "r.sdoc:6:1: the id `A` stands twice",
        ),
        ("r.sdoc", "[DOCUMENT]\n\n[REQUIREMENT]\nUID: A\nMIN_EVIDENCE: soon\n", "unknown evidence `soon`"),
        ("n.json", "[1, 2", "is no JSON"),
        ("n.json", '{"versions": {}}', "is no needs.json of sphinx-needs"),
        ("n.json", '{"versions": {"1": {"needs": {"T": {"type": "test"}}}}}', "its types: test"),
        ("r.reqif", "<REQ-IF><a></REQ-IF>", "r.reqif:1:14: is no XML"),
        ("r.reqif", "<html/>", "its root is <html>"),
        ("r.reqif", "<REQ-IF/>", "holds no specification object"),
        ("r.reqifz", "no zip", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_error(tmp_path, name, content, told):
    """What is wrong, where, and the mend."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises((ScenarioError, CollectedScenarioError)) as caught:
        read_requirements(path)
    assert told in str(caught.value)


def test_a_doorstop_item_that_is_no_yaml_is_named(tmp_path):
    """With line and column."""
    (tmp_path / ".doorstop.yml").write_text("settings:\n  prefix: A\n")
    (tmp_path / "A001.yml").write_text("text: [unclosed\n")
    with pytest.raises(ScenarioError, match=r"A001\.yml:2:1: is no YAML"):
        read_requirements(tmp_path)


def test_an_empty_folder_holds_no_requirements(tmp_path):
    """Never an empty matrix that nobody notices."""
    with pytest.raises(ScenarioError, match="holds no requirements"):
        read_requirements(tmp_path)
