"""From a scenario to its cases: what is in them, their ids, their seeds, and `case.yaml` that gives them back."""

import dataclasses
import pickle
import subprocess
import sys

import pytest

from scenarios.case import During, Limit
from scenarios.case_document import case_document
from scenarios.catalogue import Catalogue
from scenarios.load import LoadOptions, load_file
from scenarios.ramp import Ramp
from sim.electrode.load import Load
from sim.errors import ScenarioError
from sim.gait.walk import Orthosis
from sim.streams import case_seed


def _same(one, other):
    return [f.name for f in dataclasses.fields(one) if getattr(one, f.name) != getattr(other, f.name)]


def test_the_case_holds_si(desk):
    """Every quantity of the file arrives in SI; defaults are filled in; lines are those of the file."""
    case = desk.load(desk.text).cases[0]
    assert (case.id, case.number, case.scenario_id, case.leg) == ("SCN-TEST", 1, "SCN-TEST", "left")
    assert case.walk.speed_m_s == 0.9
    assert case.walk.strides == 90
    assert case.patient.body_mass_kg == 80.0
    assert case.patient.stance_ratio == 0.62
    assert case.device.programmed["pulse_width"] == 300e-6
    assert case.requires == ("heel_switch", "current", "voltage", "contact")
    latency, clearance = case.checks
    assert latency.limit == Limit("at_most", None, 0.06, "s", "at_most: 60 ms")
    assert latency.parameters == {"from": "sensor_off", "to": "first_pulse"}
    assert (latency.needs, latency.decision, latency.line, latency.file) == (35, "guarded", 12, "walk.scenario.yaml")
    assert latency.during == During(until_event="peel")
    assert (clearance.quantifier, clearance.share, clearance.confidence) == ("share", 0.9, 0.95)
    assert clearance.decision == "simple"
    assert clearance.during.except_events == (("rug", 2),)
    rug, peel = case.events
    assert (rug.stride, rug.phase_ratio, rug.parameters["height"], rug.parameters["length"]) == (20, 0.6, 0.012, 1.5)
    assert peel.parameters == {"electrode": "active", "contact": Ramp(1.0, 0.05, 1.5), "channel": "all"}


LIMITS = [
    ("within: ±100 nC", "net_charge", Limit("within", -1e-7, 1e-7, "C", "within: ±100 nC")),
    ("within: +/-100 nC", "net_charge", Limit("within", -1e-7, 1e-7, "C", "within: +/-100 nC")),
    ("within: ±20 % of set", "phase_current", Limit("within", 0.8, 1.2, "A", "within: ±20 % of set", "current")),
    ("between: [-5 nC, 5 nC]", "net_charge", Limit("between", -5e-9, 5e-9, "C", "between: [-5 nC, 5 nC]")),
    ("at_least: 5 nC", "net_charge", Limit("at_least", 5e-9, None, "C", "at_least: 5 nC")),
    ("equals: 0 C", "net_charge", Limit("equals", 0.0, 0.0, "C", "equals: 0 C")),
    ("never: true", "missing_pulses", Limit("never", None, None, "", "never: true")),
]


@pytest.mark.parametrize(("words", "measure", "limit"), LIMITS)
def test_limit_words(desk, words, measure, limit):
    """Each limit word in its SI bounds; a measure may stand without parameters."""
    text = desk.text.split("checks:")[0] + f"checks:\n  one:\n    measure: {measure}\n    {words}\n"
    assert desk.load(text).cases[0].checks[0].limit == limit


def test_statistics_and_decision(desk):
    """mean, p95, confidence, decision, marginal, a single verifies, a list of excepts."""
    base = desk.text.split("  latency:")[0]
    text = base + (
        "  one:\n    measure: net_charge\n    within: ±100 nC\n    mean: true\n    confidence: 99 %\n"
        "    marginal: ±80 nC\n    decision: simple\n    verifies: REQ-1\n"
        "    during: {from: rug, except: [{event: rug}, {event: peel, strides: 3}]}\n"
        "  two: {measure: {latency: {from: heel_off}}, at_most: 1 s, p95: true}\n"
    )
    one, two = desk.load(text).cases[0].checks
    assert (one.quantifier, one.confidence, one.marginal, one.decision) == ("mean", 0.99, 80e-9, "simple")
    assert one.verifies == ("REQ-1",)
    assert one.during == During("rug", "", (("rug", 0), ("peel", 3)))
    assert two.quantifier == "p95"


def test_events_of_every_kind(desk):
    """Settings, defects and loads in events get the unit that the device gives them."""
    base, checks = desk.text.split("checks:")
    events = """\
  a: {at: {time: 3 s}, do: setting.change, setting: current, value: 25 mA}
  b: {at: {stride: 3}, do: fault.inject, defect: late_start, dose: 80 ms}
  c: {at: {stride: 4}, do: load.change, load: {r: 1 kohm, r_p: 3 kohm, c_p: 0.2 uF}}
  d: {at: {stride: 5}, do: supply.sag, voltage: 7 V}
  e: {at: {stride: 6}, do: sensor.stuck, state: open, duration: 2 s}
  f: {at: {stride: 7}, do: button.stop}
  g: {at: {stride: 8}, do: walk.stop, duration: 4 s}
"""
    case = desk.load(base + events + "checks:" + checks).cases[0]
    found = {event.name: event for event in case.events}
    assert (found["a"].t_s, found["a"].stride, found["a"].parameters["value"]) == (3.0, None, 0.025)
    assert found["b"].parameters["dose"] == 0.08
    assert found["c"].parameters["load"] == Load(1000.0, 3000.0, 0.2e-6)
    assert found["d"].parameters["voltage"] == 7.0
    assert case.requires[3:] == ("contact", "setting", "fault", "load", "supply", "button.stop")
    wrong = base + "  a: {at: {stride: 3}, do: setting.change, setting: current, value: 25 ms}\n" + "checks:" + checks
    with pytest.raises(ScenarioError, match="a time, a current is asked for"):
        desk.load(wrong)
    twice = base + events + events.splitlines()[6].replace("  g", "  h") + "\nchecks:" + checks
    with pytest.raises(ScenarioError, match="stride 8 is asked for twice: by `g`"):
        desk.load(twice)


def test_aid_load_sensor_settings_and_defects(desk):
    """The rest of the header: orthosis, own load, sensor settings, device settings, seeded defects."""
    extra = (
        "load: {r: 1 kohm}\nsensor: {kind: heel_switch, rate: 20 kHz}\n"
        "settings: {current: 25 mA}\ndefects: {late_start: 80 ms}\nchecks:"
    )
    text = desk.with_("strides: 90", "strides: 90, aid: {kind: afo, stiffness: 0.5 N m/deg}").replace("checks:", extra)
    case = desk.load(text).cases[0]
    assert case.walk.orthosis == Orthosis(pytest.approx(0.5 * 57.29578), 0.0)
    assert case.load == Load(1000.0)
    assert case.sensor.rate_hz == 20e3
    assert case.device.programmed["current"] == 0.025
    assert case.device.defects == {"late_start": 0.08}
    assert desk.load(desk.with_("strides: 90", "strides: 90, aid: afo")).cases[0].walk.orthosis == Orthosis()


def test_keep_is_the_options_then_the_files_then_the_benchs(desk):
    """--keep wins, then the scenario, then the bench's default."""
    said = desk.with_("checks:", "capture: {keep: none}\nchecks:")
    assert desk.load(desk.text, LoadOptions(default_keep="full")).cases[0].capture.keep == "full"
    assert desk.load(said, LoadOptions(default_keep="full")).cases[0].capture.keep == "none"
    assert desk.load(said, LoadOptions(keep="full")).cases[0].capture.keep == "full"


def test_who_names_the_device(desk):
    """`any` takes the bench's device; --device replaces the scenario's, and the message is at its place."""
    text = desk.with_("device: odfs", "device: any")
    assert desk.load(text, LoadOptions(bench_device="odfs")).cases[0].device.id == "odfs"
    with pytest.raises(ScenarioError, match="unknown device `other`"):
        desk.load(desk.text, LoadOptions(device="other"))
    matrix = desk.with_("checks:", "matrix: {device: [odfs]}\nchecks:")
    with pytest.raises(ScenarioError, match="so does --device"):
        desk.load(matrix, LoadOptions(device="odfs"))


def _with_matrix(desk, matrix):
    return desk.with_("checks:", f"matrix: {matrix}\nchecks:")


def test_ids_are_readable_and_do_not_move_when_an_axis_grows(desk):
    """The id of a case is made of its own values only, so that adding a value renames and reseeds nobody."""
    small = desk.load(_with_matrix(desk, "{walk.speed: [0.6 m/s, 0.9 m/s], seeds: 2}")).cases
    large = desk.load(_with_matrix(desk, "{walk.speed: [0.3 m/s, 0.6 m/s, 0.9 m/s], seeds: 3}")).cases
    assert [case.id for case in small] == [
        "SCN-TEST[walk.speed=0.6 m/s,s1]",
        "SCN-TEST[walk.speed=0.6 m/s,s2]",
        "SCN-TEST[walk.speed=0.9 m/s,s1]",
        "SCN-TEST[walk.speed=0.9 m/s,s2]",
    ]
    seeds = {case.id: case.seed for case in large}
    assert all(seeds[case.id] == case.seed for case in small)
    assert len(set(seeds.values())) == 9
    assert [case.number for case in large] == list(range(1, 10))


def test_seeds_follow_the_value_and_not_its_spelling(desk):
    """Equal values written in other units give the same seed: the canonical text is SI."""
    one = desk.load(_with_matrix(desk, "{walk.speed: [0.6 m/s]}")).cases[0]
    other = desk.load(_with_matrix(desk, "{walk.speed: [60 cm/s]}")).cases[0]
    assert one.seed == other.seed == case_seed(7, 0, (("walk.speed", "0.6 m/s"),))
    assert one.walk == other.walk
    assert desk.load(desk.text).cases[0].seed == case_seed(7, 0, ())
    assert desk.load(desk.text, LoadOptions(seed=8)).cases[0].seed == case_seed(8, 0, ())


def test_matrix_rows_left_out_and_added(desk):
    """exclude drops rows by value, include adds rows, a range counts in decimals, axes may be nested or tables."""
    text = _with_matrix(
        desk,
        "{walk.speed: {from: 0.4 m/s, to: 0.8 m/s, step: 0.2 m/s}, settings.current: [20 mA, 30 mA],"
        " exclude: [{walk.speed: 40 cm/s, settings.current: 30 mA}],"
        " include: [{walk.speed: 1.2 m/s, load: 500 ohm}]}",
    )
    cases = desk.load(text).cases
    assert [case.id for case in cases] == [
        "SCN-TEST[walk.speed=0.4 m/s,settings.current=20 mA]",
        "SCN-TEST[walk.speed=0.6 m/s,settings.current=20 mA]",
        "SCN-TEST[walk.speed=0.6 m/s,settings.current=30 mA]",
        "SCN-TEST[walk.speed=0.8 m/s,settings.current=20 mA]",
        "SCN-TEST[walk.speed=0.8 m/s,settings.current=30 mA]",
        "SCN-TEST[walk.speed=1.2 m/s,load=500 ohm]",
    ]
    assert cases[1].device.programmed["current"] == 0.02
    assert cases[-1].load_name == "500 ohm"
    defects = desk.load(_with_matrix(desk, "{defects: [{}, {late_start: 80 ms}]}")).cases
    assert [case.device.defects for case in defects] == [{}, {"late_start": 0.08}]
    assert defects[1].id == "SCN-TEST[defects={late_start: 80 ms}]"


def test_an_error_in_a_row_stands_at_the_value_of_the_axis(desk):
    """A value of an axis that does not fit is told at its place in the matrix."""
    with pytest.raises(ScenarioError) as caught:
        desk.load(_with_matrix(desk, "{walk.speed: [0.6 m/s, 90 m/s]}"))
    assert caught.value.where == f"{desk.path}:11:32"


def test_what_an_axis_replaces_is_checked_too(desk):
    """A wrong value is wrong even where every row of the matrix overrides it."""
    text = _with_matrix(desk, "{walk.speed: [0.6 m/s]}").replace("speed: 0.9 m/s", "speed: 90 m/s")
    with pytest.raises(ScenarioError, match="90 m/s` is out of bounds"):
        desk.load(text)


def test_case_yaml_gives_the_case_back(desk):
    """A case written and read again is the same case and the same text: id, number, seed, file and lines included."""
    text = _with_matrix(desk, "{walk.speed: [0.6 m/s, 0.9 m/s], seeds: 2}").replace(
        "title: A walk", 'title: "Quotes \\" and <b> µ: # ü, - x"\nwhy: "line\\nbreak"'
    )
    for case in desk.load(text).cases:
        document = case_document(case)
        path = desk.folder / "elsewhere" / "case.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(document, encoding="utf-8")
        again = load_file(path, desk.catalogue)
        assert again.is_case
        assert not _same(case, again.cases[0])
        assert case_document(again.cases[0]) == document


def test_case_yaml_stands_alone(desk):
    """It reads without the user's patient file, and with another default device: everything is inlined."""
    case = desk.load(desk.text).cases[0]
    (desk.folder / "patients" / "tester.yaml").unlink()
    path = desk.folder / "case.yaml"
    path.write_text(case_document(case), encoding="utf-8")
    again = load_file(path, desk.catalogue, LoadOptions(bench_device="nobody")).cases[0]
    assert not _same(case, again)


def test_requirement_rows_travel_with_the_case(desk):
    """Rows of requirements.csv beside the scenario are checked, and inlined in case.yaml."""
    (desk.folder / "requirements.csv").write_text(
        'id,title,text,risk,min_evidence\nR-1,One,"a, b",trip,measured@bench\nR-2,Two,,,\n', encoding="utf-8"
    )
    text = desk.with_("    needs:", "    verifies: [R-1]\n    needs:")
    loaded = desk.load(text)
    assert [row.id for row in loaded.cases[0].requirements] == ["R-1"]
    assert loaded.unchecked_requirements == ()
    path = desk.folder / "x" / "case.yaml"
    path.parent.mkdir()
    path.write_text(case_document(loaded.cases[0]), encoding="utf-8")
    assert not _same(loaded.cases[0], load_file(path, desk.catalogue).cases[0])
    with pytest.raises(ScenarioError) as caught:
        desk.load(text.replace("[R-1]", "[R-1, R-3]"))
    assert caught.value.where == f"{desk.path}:16:21"
    (desk.folder / "requirements.csv").unlink()
    assert desk.load(text).unchecked_requirements == ("R-1",)


def test_files_are_named_relative_to_stimrig_toml(desk):
    """Verdicts name the file as the project sees it; without a project by its bare name."""
    assert desk.load(desk.text).cases[0].origin_file == "walk.scenario.yaml"
    (desk.folder / "stimrig.toml").write_text("", encoding="utf-8")
    deeper = desk.folder / "a" / "b.scenario.yaml"
    deeper.parent.mkdir()
    deeper.write_text(desk.text, encoding="utf-8")
    case = load_file(deeper, desk.catalogue).cases[0]
    assert case.origin_file == case.checks[0].file == case.events[0].file == "a/b.scenario.yaml"


def test_checks_that_a_device_cannot_be_asked_are_dropped_with_a_reason(desk):
    """A device without a radio is not asked for its radio's delay; a channel that is not captured is an error."""
    text = desk.text + "  radio: {measure: radio_delay, at_most: 30 ms}\n"
    case = desk.load(text).cases[0]
    assert [check.id for check in case.checks] == ["latency", "clearance"]
    assert case.not_applicable == (("radio", "not applicable: device `odfs` has no radio"),)
    lacking = text.replace("checks:", "capture: {channels: [current]}\nchecks:", 1)
    lacking += "  volts: {measure: phase_voltage, at_most: 90 V}\n"
    with pytest.raises(ScenarioError, match=r"`volts` needs the channel `voltage`.*channels: \[current, voltage\]"):
        desk.load(lacking)


def test_a_case_travels_to_another_process(desk, catalogue: Catalogue):
    """Cases run side by side in worker processes: they pickle, and ids and seeds do not depend on the process."""
    case = desk.load(_with_matrix(desk, "{patient: [tester], seeds: 1}")).cases[0]
    events = {event.name: event.kind for event in pickle.loads(pickle.dumps(case.events))}
    assert events == {"rug": "terrain.rug", "peel": "electrode.peel"}
    code = "from sim.streams import case_seed; print(case_seed(7, 0, (('patient', 'tester'),)))"
    for hash_seed in ("0", "1"):
        env = {"PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
        assert int(done.stdout) == case.seed
