"""Limit sets: references and profiles written out, project-own entries, what does not apply, and `case.yaml`."""

import dataclasses

import pytest

from scenarios.case import Band, Limit
from scenarios.case_document import case_document
from scenarios.limit_set import fingerprint, read_limit_sets
from sim.errors import ScenarioError

SETS = """\
schema: limits/1
limits:
  OWN-01:
    title: Current of phase 1
    measure: phase_current
    within: [±20 % of set, ±2 mA]
    needs: 10 samples
    profile: house
    basis: {kind: standard, standard: IEC 60601-2-10, clause: 201.12.1.102, confidence: medium}
  OWN-02/max:
    measure: net_charge
    within: ±100 nC
    profile: [house, charge]
    applies: {lacks: implanted}
    scenario: SCN-CORE-CHARGE
    basis: {kind: proposal, confidence: low}
  OWN-03:
    measure: radio_delay
    at_most: 1 s
    profile: house
    scenario: SCN-RADIO
    basis: {kind: proposal, confidence: low}
"""


@pytest.fixture
def sets(folder):
    (folder / "limits").mkdir()
    (folder / "limits" / "own.yaml").write_text(SETS, encoding="utf-8")
    return folder / "limits"


def _walk(desk, checks, more=""):
    head = desk.text.partition("checks:")[0]
    return f"{head}{more}checks:\n{checks}" if checks else head + more


def test_a_reference_takes_everything_from_the_set(desk, sets):
    """Measure, limit, needs and basis come from the entry; keys beside it override, and the line is the scenario's."""
    case = desk.load(_walk(desk, "  width: {limit: OWN-01, needs: 3 samples, during: {until: peel}}\n")).cases[0]
    check = case.checks[0]
    assert (check.id, check.limit_id, check.title) == ("width", "OWN-01", "Current of phase 1")
    assert (check.needs, check.during.until_event, check.line) == (3, "peel", 12)
    assert check.basis is not None
    assert (check.basis.kind, check.basis.clause, check.basis.confirmed_by) == ("standard", "201.12.1.102", "")
    bands = (Band(0.8, 1.2, "set"), Band(-0.002, 0.002, about_set=True))
    text = "within: [±20 % of set, ±2 mA]"
    assert check.limit == Limit("within", None, None, "A", text, "current", bands)


def test_a_profile_adds_what_applies_and_lists_the_rest(desk, sets):
    """The device has no radio: OWN-03 is left out, with the reason and the scenario that does it."""
    case = desk.load(_walk(desk, "  mine: {measure: net_charge, at_most: 1 uC}\n", "profile: house\n")).cases[0]
    assert [check.id for check in case.checks] == ["mine", "OWN-01", "OWN-02/max"]
    assert case.profile == "house"
    assert case.not_applicable == (("OWN-03", "not applicable: device `odfs` has no radio; SCN-RADIO does it"),)


def test_a_profile_alone_is_enough(desk, sets):
    """A scenario may consist of a profile; a check that names the limit itself is not added twice."""
    assert [check.id for check in desk.load(_walk(desk, "", "profile: charge\n")).cases[0].checks] == ["OWN-02/max"]
    once = desk.load(_walk(desk, "  mine: {limit: OWN-01}\n", "profile: house\n")).cases[0]
    assert [check.id for check in once.checks] == ["mine", "OWN-02/max"]


def test_only_and_except(desk, sets):
    """`OWN-02` means every variant of it; what `except` drops is listed."""
    only = desk.load(_walk(desk, "", "profile: {name: house, only: OWN-02}\n")).cases[0]
    assert [check.id for check in only.checks] == ["OWN-02/max"]
    without = desk.load(_walk(desk, "", "profile: {name: house, except: [OWN-02, OWN-03]}\n")).cases[0]
    assert [check.id for check in without.checks] == ["OWN-01"]
    assert [name for name, _ in without.not_applicable] == ["OWN-02/max", "OWN-03"]


@pytest.mark.parametrize(
    ("text", "problem", "mend"),
    [
        ("checks:\n  w: {limit: OWN-1}\n", "walk.scenario.yaml:12:14: unknown limit `OWN-1`", "OWN-01"),
        ("profile: huose\n", "walk.scenario.yaml:11:10: unknown profile `huose`", "house"),
        (
            "profile: {name: house, only: OWN-2}\n",
            "walk.scenario.yaml:11:30: the profile `house` has no",
            "did you mean `OWN-0",
        ),
        ("checks:\n  w: {limit: OWN-01, of_most: 3 mA}\n", "12:22: unknown key `of_most`", "at_most"),
    ],
)
def test_an_unknown_name_is_refused_at_its_place(desk, sets, text, problem, mend):
    """file:line:column and the nearest word."""
    with pytest.raises(ScenarioError) as caught:
        desk.load(desk.text.partition("checks:")[0] + text)
    assert problem in str(caught.value) and mend in str(caught.value)


def test_a_case_repeats_without_the_limit_files(desk, sets):
    """case.yaml holds limits, basis and what was left out; read again without any set it gives the same case."""
    case = desk.load(_walk(desk, "  w: {limit: OWN-01, needs: 3}\n", "profile: house\n")).cases[0]
    text = case_document(case)
    (sets / "own.yaml").unlink()
    again = desk.load(text).cases[0]
    assert [f.name for f in dataclasses.fields(case) if getattr(case, f.name) != getattr(again, f.name)] == []
    assert case_document(again) == text


def _confirm(sets, name, entry):
    text = f"schema: confirmations/1\nconfirmed:\n  {name}: {{by: Jane Doe, on: 2026-11-22, entry: {entry}}}\n"
    (sets / "confirmed.yaml").write_text(text, encoding="utf-8")


def test_a_confirmation_holds_until_the_limit_changes(desk, sets, folder):
    """Tied to what is judged: another title changes nothing, another value lets it lapse and says so."""
    entry = read_limit_sets((folder,))["OWN-01"]
    _confirm(sets, "OWN-01", fingerprint(entry.check, entry.basis))
    assert read_limit_sets((folder,))["OWN-01"].basis.confirmed_by == "Jane Doe"
    own = sets / "own.yaml"
    own.write_text(SETS.replace("Current of phase 1", "First phase"), encoding="utf-8")
    assert read_limit_sets((folder,))["OWN-01"].basis.confirmed_on == "2026-11-22"
    own.write_text(SETS.replace("±2 mA", "±3 mA"), encoding="utf-8")
    basis = read_limit_sets((folder,))["OWN-01"].basis
    assert basis.confirmed_by == "" and "Jane Doe on 2026-11-22, but the limit has changed" in basis.lapsed


def test_a_scenario_that_changes_the_limit_loses_the_confirmation(desk, sets, folder):
    """The id stays, the basis says that the scenario changed it."""
    entry = read_limit_sets((folder,))["OWN-01"]
    _confirm(sets, "OWN-01", fingerprint(entry.check, entry.basis))
    same, changed = desk.load(
        _walk(desk, "  same: {limit: OWN-01, needs: 5}\n  changed: {limit: OWN-01, within: ±50 % of set}\n")
    ).cases[0].checks  # fmt: skip
    assert same.basis.confirmed_by == "Jane Doe"
    assert (changed.limit_id, changed.basis.confirmed_by, changed.basis.kind) == ("OWN-01", "", "proposal")
    assert "the scenario changes `within` of OWN-01" in changed.basis.note
    assert "Jane Doe" in changed.basis.lapsed


def test_own_entries_replace_keys_of_shipped_ones(folder):
    """Another limit states its own basis; another `needs` alone keeps the standard's."""
    (folder / "limits").mkdir()
    own = folder / "limits" / "mine.yaml"
    own.write_text("schema: limits/1\nlimits:\n  TIM-01: {needs: 7}\n", encoding="utf-8")
    shipped = read_limit_sets()["TIM-01"]
    entry = read_limit_sets((folder,))["TIM-01"]
    assert entry.basis == shipped.basis and entry.profiles == ("core",)
    own.write_text("schema: limits/1\nlimits:\n  TIM-01: {within: ±5 % of set}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine.yaml:3:3: limit `TIM-01`: `within` is another.*basis"):
        read_limit_sets((folder,))


def test_nobody_confirms_by_hand_in_a_set(folder):
    """A shipped or own set cannot say that it was confirmed."""
    (folder / "limits").mkdir()
    text = SETS.replace("confidence: medium}", "confidence: medium, confirmed_by: me}")
    (folder / "limits" / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"own.yaml:9:\d+: `confirmed_by` cannot be written here"):
        read_limit_sets((folder,))


def test_a_limit_that_is_a_part_of_a_claim_needs_the_claim(desk, sets):
    """`100 % of max_dc` without `rated:` does not apply where a profile asks; misspelt, it is refused."""
    text = SETS.replace("within: [±20 % of set, ±2 mA]", "at_most: 100 % of max_dc")
    (sets / "own.yaml").write_text(text, encoding="utf-8")
    case = desk.load(_walk(desk, "", "profile: house\n")).cases[0]
    assert ("OWN-01", "not applicable: the device file states no `rated: {max_dc: ...}`") in case.not_applicable
    (sets / "own.yaml").write_text(text.replace("max_dc", "max_d"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"own.yaml:6:\d+: `phase_current` knows no `max_d`.*max_dc"):
        desk.load(_walk(desk, "", "profile: house\n"))
