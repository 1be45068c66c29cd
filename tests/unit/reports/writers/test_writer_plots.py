"""Plots of a case folder: XML, limits drawn, names that every system takes, nothing for a clean pass."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from reports.writers import write_case

SVG = "{http://www.w3.org/2000/svg}"


def words_of(path):
    return [node.text for node in ET.parse(path).iter(f"{SVG}text")]


def test_what_did_not_pass_has_a_plot_with_its_limit(runs, tmp_path):
    """FAIL and INCONCLUSIVE always; a check that measured nothing has none; the timeline stands beside them."""
    write_case(runs.walk(), tmp_path)
    names = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert names == ["03-lead_off.svg", "04-clearance.svg", "07-stop.svg", "timeline.svg"]
    assert "at most 1 s" in words_of(tmp_path / "plots" / "03-lead_off.svg")
    assert "at least 5 mm" in words_of(tmp_path / "plots" / "04-clearance.svg")
    assert {"at most 250 ms", "▲ missed", "rug", "peel"} <= set(words_of(tmp_path / "plots" / "07-stop.svg"))
    assert {"swing", "sensor open", "stimulation", "events"} <= set(words_of(tmp_path / "plots" / "timeline.svg"))


def test_a_case_that_passed_has_only_its_verdicts(runs, tmp_path):
    write_case(runs.passing().cases[0], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["verdicts.json"]


def test_a_case_that_never_started_has_no_plot(runs, tmp_path):
    write_case(runs.blocked(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["verdicts.json"]


def test_hostile_names_and_texts(runs, tmp_path):
    """No `$` is read as mathematics, no id leaves the folder, the SVG is XML and holds no script."""
    whole = runs.hostile().cases[0]
    verdicts = tuple(
        replace(item, check=replace(item.check, id="../../../etc/pass wd\n$x^2$")) for item in whole.verdicts
    )
    write_case(replace(whole, verdicts=verdicts), tmp_path)
    for path in (tmp_path / "plots").iterdir():
        assert path.name in {f"{k:02d}--etc-pass-wd-x-2-.svg" for k in (3, 4, 7)} | {"timeline.svg"}
        assert not list(ET.parse(path).iter(f"{SVG}script"))
        assert any(word and word.startswith("<script>alert(1)</s") for word in words_of(path))
