"""The search for the smallest dose that a check sees, against checks whose threshold is known."""

import csv
import io
import json
from types import SimpleNamespace

import pytest

from reports.sensitivity.matrix import Ask, DefectRow, EventRow, Sighting, in_order
from reports.sensitivity.writing import FILES, as_document, csv_text, headline, html_text, markdown_text
from rig.commands.sensitivity import _code
from rig.commands.sensitivity_search import chosen_specs, first_cases
from rig.commands.sensitivity_trial import search_doses, seeded, without_event
from scenarios.plan import find_files, load_cases
from scenarios.plugins import assemble_catalogue
from sim.stimulator.defect_spec import DefectSpec

CATALOGUE = assemble_catalogue()
CASE = first_cases(load_cases(find_files(("SCN-STOP-BUTTON",)), CATALOGUE).cases)[0]
LATE = CATALOGUE.models["odfs"].defects["late_start"]


def _desk(thresholds, asked):
    """A trial whose checks fail from a dose of their own on; `asked` collects the doses that were tried."""

    def tried(case):
        dose = case.device.defects["late_start"]
        asked.append(dose)
        failing = [
            SimpleNamespace(check=SimpleNamespace(id=name), outcome="FAIL" if dose >= least else "PASS")
            for name, least in thresholds.items()
        ]
        return SimpleNamespace(verdicts=failing)

    return tried


@pytest.mark.parametrize("least", [0.001, 0.005, 0.011, 0.030, 0.079])
def test_the_ladder_is_halved_to_the_first_step_that_is_seen(least):
    """The first step at or above the threshold, whatever the threshold; in far fewer runs than the ladder has steps."""
    asked = []
    found, tried = search_doses(CASE, LATE, frozenset({"a"}), _desk({"a": least}, asked))
    assert found == (Sighting(CASE.id, "a", min(step for step in LATE.doses if step >= least)),)
    assert tuple(sorted(asked)) == tried
    assert len(asked) <= 4


def test_a_defect_seen_only_above_its_stated_dose_is_not_seen():
    """A threshold of twice the stated dose: the largest dose is tried, the row stays unseen and says at which dose."""
    asked = []
    found, _ = search_doses(CASE, LATE, frozenset({"a"}), _desk({"a": 0.16}, asked))
    row = DefectRow(LATE, found, {})
    assert found[0].dose == pytest.approx(0.16)
    assert not row.is_seen
    matrix = in_order((Ask(CASE.id, "a", "PASS"),), [row], [])
    assert "seen only at 160 ms" in markdown_text(matrix)


def test_a_check_that_fails_with_the_sound_device_sees_nothing():
    """Its FAIL tells nothing apart."""
    assert search_doses(CASE, LATE, frozenset(), _desk({"a": 0.0}, []))[0] == ()


def test_without_a_ladder_only_the_stated_dose_is_tried():
    """One run a defect."""
    asked = []
    search_doses(CASE, LATE, frozenset({"a"}), _desk({"a": 1.0}, asked), ladder=False)
    assert asked == [LATE.dose]


def test_a_ladder_stays_inside_the_bounds_and_holds_the_stated_dose():
    """For every defect of every model: rising in magnitude, inside the bounds, the stated dose among them."""
    for model in CATALOGUE.models.values():
        for spec in model.defects.values():
            assert spec.has_dose
            assert spec.dose in spec.doses
            assert list(spec.doses) == sorted(spec.doses, key=abs)
            model.check_defects({spec.name: spec.doses[-1]})


def test_there_are_at_least_forty_defects_over_seven_families():
    """The catalogue of the reference device."""
    specs = chosen_specs(CATALOGUE, "odfs")
    assert len(specs) >= 40
    assert {spec.family for spec in specs} == {
        "timing", "charge", "output", "ramp", "state machine", "sensor handling", "fault response",
    }  # fmt: skip


def test_an_event_without_effect_keeps_its_name_and_its_instants():
    """Who refers to it still finds it; it gives no command."""
    (event,) = CASE.events
    bare = without_event(CASE, event).events[0]
    assert (bare.name, bare.stride, bare.kind) == (event.name, event.stride, event.kind)
    assert bare.spec.effects(bare.parameters, 0, None) == ()
    assert event.spec.effects(event.parameters, 0, None) != ()


def test_the_sound_case_has_no_defect_and_a_seeded_one_exactly_one():
    """Nothing of the scenario's own defects is left over."""
    assert CASE.device.defects == {}
    assert seeded(CASE, "late_start", 0.1).device.defects == {"late_start": 0.1}


def _matrix(**changes):
    asks = (Ask("S", "a", "PASS"), Ask("S", "b", changes.get("sound", "PASS")))
    seen = DefectRow(LATE, (Sighting("S", "a", 0.02),), {"S": (0.02, 0.08)})
    unseen = DefectRow(DefectSpec("rust", "", "output", 0.5, "it rusts", needs=("rain",)), (), {"S": (0.5,)})
    defects = [seen, unseen] if changes.get("unseen", True) else [seen]
    events = [EventRow("S", "rug", "terrain.rug", (), (), "", True)] if changes.get("idle", True) else []
    return in_order(asks, defects, events, complete=changes.get("complete", True))


def test_what_nobody_sees_comes_first():
    """In the order of rows, in Markdown and in the table of the picture."""
    matrix = _matrix()
    assert [row.spec.name for row in matrix.defects] == ["rust", "late_start"]
    assert headline(matrix) == (
        "1 of 2 seeded defects seen at their stated dose or less; 0 of 1 events change something"
    )
    for text in (markdown_text(matrix), html_text(matrix)):
        assert text.index("rust") < text.index("late_start")
        assert "shows only with rain" in text
    assert matrix.blind == (Ask("S", "b", "PASS"),)


def test_the_files_hold_the_same_numbers():
    """CSV, JSON and Markdown: 20 ms for late_start by check a, nothing by b."""
    matrix = _matrix()
    rows = list(csv.DictReader(io.StringIO(csv_text(matrix))))
    assert (rows[1]["defect"], float(rows[1]["S/a"]), rows[1]["S/b"]) == ("late_start", 0.02, "")
    document = json.loads(FILES["sensitivity.json"](matrix))
    assert document == json.loads(json.dumps(as_document(matrix)))
    assert document["defects"][1]["seen_by"] == [{"scenario": "S", "check": "a", "dose": 0.02}]
    assert "S/a 20 ms" in markdown_text(matrix)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unseen": False, "idle": False}, 0),
        ({"idle": False}, 6),
        ({"unseen": False}, 6),
        ({"sound": "FAIL"}, 1),
        ({"complete": False, "sound": "FAIL"}, 2),
    ],
)
def test_the_exit_code_says_what_was_found(changes, code):
    """0 all seen, 6 something unseen or idle, 1 the sound device fails, 2 interrupted (design.md section 6)."""
    assert _code(_matrix(**changes)) == code
