"""The effect of the aid belongs to the record: written, read again, made again from the record, absent when unsure."""

import json
from dataclasses import replace

import pytest

from reports.sections import aid_effect as section
from rig.aid_effect import EFFECT_FILE, EXPOSURE, QUANTITIES, WALKS, read_effect, why_no_effect
from rig.aid_walks import effect_of
from rig.benches import open_bench
from rig.load import load_record
from rig.record import LoopError, RigFault
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.errors import RecordError

CATALOGUE = assemble_catalogue()

SCENARIO = """\
schema: scenario/1
id: SCN-EFFECT
seed: 3
patient: stroke_moderate
device: odfs
settings: {current: 26 mA}
walk: {speed: 0.55 m/s, strides: 30, AID}
capture: {keep: none, effects: EFFECTS}
checks: {clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}}
"""


def _case(folder, aid="aid: none", effects="true"):
    file = folder / "effect.scenario.yaml"
    file.write_text(SCENARIO.replace("AID", aid).replace("EFFECTS", effects), encoding="utf-8")
    return load_cases((file,), CATALOGUE, PlanOptions()).cases[0]


def _run(case, folder):
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    record = run_case(case, bench, writer)
    writer.finish(record)
    return record


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("effect")
    return _run(_case(folder, "aid: afo"), folder / "case"), folder / "case"


def test_the_record_tells_it_and_reads_it_again(walked):
    """Written and read to the last bit; three walks of every quantity, stamped as modelled."""
    record, folder = walked
    again = load_record(folder, CATALOGUE).effect
    assert record.effect is not None and again is not None
    assert (again.aid, again.strides, again.adapting_strides) == ("stimulation and orthosis", 30, 60)
    assert json.dumps(_plain(again)) == json.dumps(_plain(record.effect))
    assert set(again.walks) == set(WALKS) and set(again.walks["acute"]) == {*QUANTITIES, EXPOSURE}
    assert json.loads((folder / EFFECT_FILE).read_text())["quantity"] == "modelled"
    assert again.change("mtc_m", "acute") > again.change("mtc_m", "adapted") > 0.0
    assert again.change("hip_hike_m", "acute") == 0.0 > again.change("hip_hike_m", "adapted")
    assert again.change(EXPOSURE, "acute") < 0.0


def _plain(effect):
    return {w: {q: (repr(s.mean), repr(s.sd)) for q, s in told.items()} for w, told in effect.walks.items()}


def test_the_record_alone_gives_it_again(walked):
    """Nothing but the stored record is needed: a bench that was dismantled years ago changes no digit."""
    record, folder = walked
    again = effect_of(load_record(folder, CATALOGUE))
    assert again is not None and _plain(again) == _plain(record.effect)


def test_it_is_absent_where_nothing_sure_can_be_told(walked):
    """Clipped, faulted, interrupted, with gaps, too slow, or without any aid: no table, and the reason in words."""
    record = walked[0]
    assert why_no_effect(record) == ""
    broken = {
        "clipped": replace(record, clipped={"current": 3}),
        "end": replace(record, fault=RigFault(1.0, "link lost")),
        "gaps": replace(record, gaps_s=((1.0, 1.1),)),
        "too slow": replace(record, loop_error=LoopError(0.1, 0, float("nan"), 0.005)),
        "no stride": replace(record, strides={}),
        "no pulse": replace(
            record,
            case=replace(record.case, walk=replace(record.case.walk, orthosis=None)),
            pulses={name: values[:0] for name, values in record.pulses.items()},
        ),
    }
    assert why_no_effect(replace(record, interrupted=True)) == why_no_effect(broken["end"])
    for word, each in broken.items():
        assert word in why_no_effect(each)
        assert effect_of(each) is None


def test_studies_can_switch_it_off(tmp_path):
    """`capture: {effects: false}` writes no file and costs no walk; the case file keeps the word."""
    record = _run(_case(tmp_path, effects="false"), tmp_path / "case")
    assert record.effect is None and not (tmp_path / "case" / EFFECT_FILE).exists()
    assert "switched off" in why_no_effect(record)
    again = load_cases((tmp_path / "case" / "case.yaml",), CATALOGUE, PlanOptions()).cases[0]
    assert again.capture.effects is False


def test_a_damaged_file_is_one_clear_error(walked, tmp_path):
    """Cut off or foreign: a record error that names the file."""
    for text in ("{", '{"walks": {"acute": 3}}', "[]"):
        (tmp_path / EFFECT_FILE).write_text(text)
        with pytest.raises(RecordError, match=EFFECT_FILE):
            read_effect(tmp_path)
    assert read_effect(tmp_path / "elsewhere") is None


def test_the_report_prints_both_columns(walked):
    """Acute and adapted stand side by side, marked as modelled; a case without it gives its reason."""
    from reports.judge import judge_case
    from reports.verdict import RunResult

    record = walked[0]
    told = judge_case(record, CATALOGUE)
    bare = replace(told, record=replace(record, effect=None, clipped={"current": 1}))
    run = RunResult("0" * 16, told.outcome, (told, bare), "", "", "virtual", {})
    made = section.build(run)
    assert made is not None and "modelled" in made["title"]
    tables = [block for block in made["blocks"] if block["kind"] == "table"]
    assert len(tables) == 1 and tables[0]["columns"][2:4] == ["Acute", "Adapted"]
    rows = {row[0]: row[1:] for row in tables[0]["rows"]}
    assert rows["Hip hike"][3] == "0.0 mm" and rows["Hip hike"][4].startswith("−")
    assert rows["Clearance in swing"][3].startswith("+")
    assert "Steppage (thigh)" not in rows
    assert "clipped" in made["blocks"][-1]["paragraphs"][0]
    assert section.build(replace(run, cases=(bare,))) is None
