"""Every bad input that a scenario can be: one clear error with its place and its mend, never a traceback."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.text import Table, parse_document
from sim.errors import CollectedScenarioError, RigError, ScenarioError

# what is changed in the good scenario, to what; line:column of the error; words of its problem; words of its mend
BAD = [
    ("speed: 0.9", "sped: 0.9", "7:24", "unknown key `sped`", "`speed`"),
    ("seed: 7\n", "seed: 7\nseed: 8\n", "5:1", "stands twice", "line 4"),
    ("at_most: 60 ms", "at_most: 60", "14:14", "has no unit", "60 ms"),
    ("at_most: 60 ms", "at_most: 60 mm", "14:14", "a length, a time is asked for", "60 ms"),
    ("at_most: 60 ms", "at_most: 60 mx", "14:14", "unknown unit `mx`", "60 ms"),
    ("at_most: 60 ms", "at_most: 60 K", "14:14", "a time is asked for", "60 ms"),
    ("at_most: 60 ms", "at_most: 1,5 s", "14:14", "no number with a unit", "decimal point"),
    ("at_most: 60 ms", "at_most: NaN", "14:14", "not a finite number", "60 ms"),
    ("at_most: 60 ms", "at_most: 1e999 s", "14:14", "not a finite number", "60 ms"),
    ("at_most: 60 ms", "at_most: inf s", "14:14", "not a finite number", "60 ms"),
    ("at_most: 60 ms", "at_most: < 60 ms", "14:14", "no number", "at_most"),
    ("at_most: 60 ms", "at_most: >= 60 ms", "14:15", "not YAML", "at_least: 5 mm"),
    ("at_most: 60 ms", "at_most:", "14:13", "nothing is written", "value"),
    ("at_most: 60 ms", "at_most: [60 ms]", "14:14", "one value is asked for", "single"),
    ("at_most: 60 ms", "at_mos: 60 ms", "14:5", "unknown key `at_mos`", "`at_most`"),
    ("at_most: 60 ms", "at_most: 60 ms\n    at_least: 5 ms", "15:5", "one limit, not 2", "`between:`"),
    ("at_most: 60 ms", "within: 60 ms", "14:13", "has no ±", "±60 ms"),
    ("at_most: 60 ms", "within: ±20 % of set", "14:13", "reproduces no setting", "quantity"),
    ("at_most: 60 ms", "between: [60 ms]", "14:14", "two values", "between:"),
    ("at_most: 60 ms", "between: [60 ms, 30 ms]", "14:14", "lower value stands first", "swap"),
    ("at_most: 60 ms", "never: true", "14:5", "does not go with `latency`", "at_most"),
    ("at_most: 60 ms", "at_most: 60 ms\n    mean: true\n    p95: true", "16:5", "exclude each other", "one statistic"),
    ("share: 90 %", "share: 120 %", "20:12", "out of bounds", "to 1"),
    ("needs: 35 samples", "needs: many", "16:12", "not a whole number", "0 to"),
    ("patient: tester", "patient: stroke_moderat", "5:10", "unknown patient `stroke_moderat`", "stroke_moderate"),
    ("device: odfs", "device: odsf", "6:9", "unknown device `odsf`", "`odfs`"),
    ("device: odfs", "device: any", "6:9", "none is named", "--device"),
    ("latency: {from", "latencie: {from", "13:15", "unknown measure `latencie`", "`latency`"),
    ("{from: sensor_off}", "{from: sensor_of}", "13:31", "unknown from `sensor_of`", "`sensor_off`"),
    ("{from: sensor_off}", "{}", "13:24", "lacks the key `from`", "add `from:`"),
    ("do: terrain.rug", "do: terrain.rugg", "9:45", "unknown event `terrain.rugg`", "`terrain.rug`"),
    ("height: 12 mm", "hight: 12 mm", "9:58", "unknown key `hight`", "`height`"),
    ("until: peel}\n    needs", "until: pel}\n    needs", "15:21", "unknown event `pel`", "`peel`"),
    ("stride: 60", "stride: 91", "10:23", "stride 91 is out of bounds", "1 to 90"),
    ("phase: 60 %", "phase: 160 %", "9:34", "out of bounds", "to 1"),
    ("strides: 90", "strides: -3", "7:49", "strides -3 is out of bounds", "1 to 100000"),
    ("strides: 90", "strides: 9.5", "7:49", "not a whole number", "1 to 100000"),
    ("speed: 0.9 m/s", "speed: 90 m/s", "7:31", "speed `90 m/s` is out of bounds", "0.2 m/s to 2 m/s"),
    ("speed: 0.9 m/s", "speed: NaN m/s", "7:31", "not a finite number", "m/s"),
    ("speed: 0.9 m/s", "speed: -0.9 m/s", "7:31", "out of bounds", "0.2 m/s"),
    ("terrain: level", "terrain: stairs", "7:17", "unknown terrain `stairs`", "level"),
    ("seed: 7", "seed: !x 7", "4:7", "the tag `!x` is refused", "plain value"),
    ("seed: 7", "seed: &a 7", "4:7", "an anchor `&a` is refused", "write the value"),
    ("schema: scenario/1", "schema: scenario/2", "1:9", "unknown schema `scenario/2`", "scenario/1"),
    ("schema: scenario/1\n", "", "1:1", "lacks the key `schema`", "schema: scenario/1"),
    ("id: SCN-TEST", "id: a b", "2:5", "is no id", "letters"),
    ("checks:", "settings: {current: 900 mA}\nchecks:", "11:21", "out of bounds", "1 mA to 80 mA"),
    ("checks:", "settings: {curent: 9 mA}\nchecks:", "11:12", "unknown key `curent`", "`current`"),
    ("checks:", "defects: {late_stat: 9 ms}\nchecks:", "11:11", "no defect `late_stat`", "`late_start`"),
    ("checks:", "load: skinn\nchecks:", "11:7", "unknown load `skinn`", "`skin`"),
    ("checks:", "load: {r: 1 kohm, r_p: 3 kohm}\nchecks:", "11:7", "stand together", "both"),
    ("checks:", "leg: middle\nchecks:", "11:6", "unknown leg", "left, right"),
    ("checks:", "requires: [heel_swich]\nchecks:", "11:12", "unknown role", "`heel_switch`"),
    ("checks:", "sensor: {kind: gyro}\nchecks:", "11:16", "unknown sensor `gyro`", "heel_switch"),
    ("checks:", "capture: {rate: 3 MHz}\nchecks:", "11:17", "whole multiple", "1 MHz"),
    ("checks:", "capture: {channels: [curent]}\nchecks:", "11:22", "unknown role `curent`", "`current`"),
    ("checks:", "expect: {latenci: PASS}\nchecks:", "11:10", "unknown check `latenci`", "`latency`"),
    ("checks:", "expect: {latency: GREEN}\nchecks:", "11:19", "unknown verdict `GREEN`", "PASS"),
    ("checks:", "matrix: {walk.speed: 0.6 m/s}\nchecks:", "11:22", "is a list of values", "[first, second]"),
    ("checks:", "matrix: {walk.sped: [0.6 m/s]}\nchecks:", "11:10", "unknown key `sped`", "`speed`"),
    ("checks:", "matrix: {seed: [1, 2]}\nchecks:", "11:10", "is no axis", "walk.speed"),
    ("checks:", "matrix: {seeds: 0}\nchecks:", "11:17", "out of bounds", "1 to"),
    ("checks:", "matrix: {walk.speed: [0.6 m/s, 600 mm/s]}\nchecks:", "11:32", "twice", "drop one"),
    ("checks:", "matrix: {patient: [tester], exclude: [{pationt: tester}]}\nchecks:", "11:40", "no axis", "`patient`"),
]


@pytest.mark.parametrize(("old", "new", "place", "problem", "mend"), BAD, ids=lambda value: str(value)[:30])
def test_each_mistake_is_one_error_at_its_place(desk, old, new, place, problem, mend):
    """One edit breaks a good scenario; the error stands exactly there, names what is wrong and how to mend it."""
    with pytest.raises(ScenarioError) as caught:
        desk.load(desk.with_(old, new))
    error = caught.value
    assert not isinstance(error, CollectedScenarioError), str(error)
    assert error.where == f"{desk.path}:{place}", str(error)
    assert problem in error.problem
    assert mend in error.mend


def test_the_good_scenario_reads(desk):
    """The control: what every mistake is made in is free of mistakes."""
    assert len(desk.load(desk.text).cases) == 1


@pytest.mark.parametrize("checks", ["[]", "latency", "- {id: a}"])
def test_checks_that_are_no_table(desk, checks):
    """A list of checks, as other tools have it, is one error at the checks, not a fault of stimrig."""
    head = desk.text[: desk.text.index("checks:")]
    with pytest.raises(ScenarioError) as caught:
        desk.load(f"{head}checks:\n  {checks}\n")
    assert not isinstance(caught.value, CollectedScenarioError), str(caught.value)
    assert "`checks`" in str(caught.value)


FILES = [
    (b"", "1:1", "empty", "schema: scenario/1"),
    (b"\n\n# nothing\n", "1:1", "empty", "schema: scenario/1"),
    (b"schema: scenario/1\nid: \xff\xfe", "2:5", "not UTF-8", "UTF-8"),
    (b"\x89PNG\r\n\x1a\n", "1:1", "not UTF-8", "YAML"),
    (b"\x7fELF\x02\x01\x01\x00", "1:1", "U+007F is not text", "YAML"),
    (b"schema: scenario/1\x00", "1:19", "U+0000 is not text", "YAML"),
    (b"just words", "1:1", "keys with values", "schema: scenario/1"),
    (b"- a\n- b\n", "1:1", "keys with values", "schema: scenario/1"),
    (b"schema: [scenario/1\n", "1:20", "not YAML", "brackets"),
    (b"schema: scenario/1\nid: a: b\n", "2:6", "not YAML", "`: `"),
    (b"schema: scenario/1\n\tid: a\n", "2:1", "not YAML", "spaces, not tabs"),
    (b"schema: @scenario\n", "1:9", "not YAML", "quotes"),
    (b"schema: scenario/1\n---\nschema: scenario/1\n", "2:1", "second document", "one document"),
    (b"a: 1\n<<: {b: 2}\n", "2:1", "merge key", "write the keys out"),
    (b"a: {[1]: 2}\n", "1:5", "a key must be a word", "`key: value`"),
    (b"a: " + b"[" * 10_000, "1:35", "nested more than 32 deep", "six"),
    (b"a: " + b"{a: " * 10_000, "1:128", "nested more than 32 deep", "six"),
]


@pytest.mark.parametrize(("data", "place", "problem", "mend"), FILES, ids=range(len(FILES)))
def test_files_that_are_no_scenario(desk, data, place, problem, mend):
    """Empty, binary, not UTF-8, not YAML, or YAML of a kind that is refused."""
    with pytest.raises(ScenarioError) as caught:
        desk.load(data)
    error = caught.value
    assert error.where == f"{desk.path}:{place}", str(error)
    assert problem in error.problem
    assert mend in error.mend


def test_a_file_of_50_mb_is_refused_before_it_is_read(desk):
    """The size is looked at first: a sparse file of 50 MB costs no more than a stat."""
    with desk.path.open("wb") as file:
        file.truncate(50_000_000)
    desk.path.chmod(0o000)  # reading it would fail with another error (not for root: then the size alone is told)
    with pytest.raises(ScenarioError, match=r"50\.0 MB; at most 256 KiB"):
        desk.load_path()


def test_a_missing_file_and_a_folder(desk, tmp_path):
    """What is no file is said so, by name."""
    with pytest.raises(ScenarioError, match="no such file"):
        desk.load_path()
    desk.path.mkdir()
    with pytest.raises(ScenarioError, match="is a folder"):
        desk.load_path()


def test_several_mistakes_are_told_together_in_file_order(desk):
    """One edit session mends a file with three mistakes: all are told, in the order of their lines."""
    text = desk.text.replace("seed: 7", "seed: x").replace("at_most: 60 ms", "at_most: 60").replace("12 mm", "12")
    with pytest.raises(CollectedScenarioError) as caught:
        desk.load(text)
    assert [error.where.rsplit(":", 2)[1] for error in caught.value.errors] == ["4", "9", "14"]
    text = desk.text.replace("at_most: 60 ms", "at_most: 60").replace("12 mm", "12").replace("tester", "tster")
    with pytest.raises(CollectedScenarioError) as caught:
        desk.load(text)
    assert [error.where.rsplit(":", 2)[1] for error in caught.value.errors] == ["5", "9", "14"]


def test_a_mistake_in_a_patient_names_the_patient_file(desk):
    """The place is in the file that holds the mistake, not in the scenario that names it."""
    path = desk.folder / "patients" / "tester.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("80 kg", "80 mm"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        desk.load(desk.text)
    assert caught.value.where == f"{path}:4:12"
    assert "a mass is asked for" in caught.value.problem


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.text(max_size=200), st.text(alphabet="{}[]:,-&*!|>'\"%@`#? \n\tab1", max_size=60)))
def test_no_text_ends_in_a_traceback(text):
    """Whatever is in a file, the parser either gives a tree of texts or a `ScenarioError`."""
    error, tree = None, None
    try:
        tree = parse_document(text, "x.yaml")
    except ScenarioError as caught:
        error = caught
    assert (error is None) == isinstance(tree, Table)
    assert error is None or isinstance(error, CollectedScenarioError) or error.where.startswith("x.yaml:")


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    line=st.integers(0, 20),
    text=st.one_of(st.text(alphabet="{}[]:,-±%0123456789.msAVk abcxyz\n\"'", max_size=30), st.text(max_size=8)),
)
def test_no_edit_of_a_scenario_ends_in_a_traceback(desk, line, text):
    """Any value in place of any value of a good scenario loads or is refused by a `RigError`."""
    lines = desk.text.splitlines()
    key, colon, _ = lines[line % len(lines)].partition(":")
    lines[line % len(lines)] = f"{key}{colon} {text}"
    try:
        desk.load("\n".join(lines).encode("utf-8", "surrogatepass"))
    except RigError as caught:
        shown = str(caught)
    else:
        shown = "read"
    assert shown
