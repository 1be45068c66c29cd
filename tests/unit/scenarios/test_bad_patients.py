"""Every bad patient, in a scenario or in a file of its own: one error with its place and its mend."""

import pytest

from sim.errors import CollectedScenarioError, ScenarioError

# what stands behind `patient:`; where in it the error stands; words of its problem; words of its mend
CHOICES = [
    ("stroke_moderat", "stroke", "unknown patient `stroke_moderat`", "`stroke_moderate`"),
    ("{class: stroke_moderat, sample: true}", "stroke", "unknown patient `stroke_moderat`", "`stroke_moderate`"),
    ("{class: ms, sampl: true}", "sampl", "unknown key `sampl`", "`sample`"),
    ("{class: ms, sample: yes}", "yes", "`sample: yes`", "sample: true"),
    ("{class: ms, sample: -3}", "-3", "`sample: -3`", "sample: 17"),
    ("{class: ms, body_mass: -72 kg}", "-72", "out of bounds", "20 kg to 250 kg"),
    ("{class: ms, body_mass: 72 N}", "72", "a mass is asked for", "72 kg"),
    ("{class: ms, body_mas: 72 kg}", "body", "unknown key `body_mas`", "`body_mass`"),
    ("{class: ms, title: me}", "title", "title", "drop it"),
    ("{class: ms, sample: true, stride_time: 4 s}", "{class", "none of 64 people", "narrow"),
    ("{class: healthy_young, training: {weeks: 18}}", "training", "no residual drive that training", "drop"),
    ("{class: peroneal_complete, training: {weeks: 18}}", "training", "no residual drive", "`recovery:`"),
    ("{class: ms, training: {weeks: -1}}", "-1", "weeks `-1` is out of bounds", "520"),
    ("{class: ms, training: {weeks: 6 months}}", "6 months", "a pure number is asked for", "90 %"),
    ("{class: ms, training: {}}", "{}", "lacks the key `weeks`", "weeks"),
    ("{class: ms, training: {weks: 6}}", "weks", "unknown key `weks`", "`weeks`"),
    ("{class: ms, recovery: {months: 6, of: decompression}}", "{months", "nerve of `ms` is whole", "drop"),
    (
        "{class: peroneal_complete, recovery: {months: 6, of: decompression}}",
        "decom",
        "decompression",
        "nerve_transfer",
    ),
    ("{class: peroneal_partial, recovery: {months: 6}}", "{months", "lacks the key `of`", "of"),
]


@pytest.mark.parametrize(("choice", "at", "problem", "mend"), CHOICES, ids=lambda value: str(value)[:40])
def test_each_mistake_in_a_choice_is_one_error(desk, choice, at, problem, mend):
    with pytest.raises(ScenarioError) as caught:
        desk.load(desk.with_("patient: tester", f"patient: {choice}"))
    _hold(caught.value, f"{desk.path}:5:{10 + choice.index(at)}", problem, mend)


GOOD = """\
schema: patient/1
title: {value: A patient for tests}
speed:
  value: 0.9 m/s
  source: design choice
  distribution: {kind: normal, sd: 0.1 m/s, low: 0.5 m/s}
reflex_gain:
  value: 0.5 N m s/rad
  distribution: {kind: mixture, parts: [{share: 60 %, kind: fixed}, {share: 40 %, kind: normal, sd: 1 N m s/rad}]}
body_mass: {value: 72 kg, distribution: {kind: normal, sd: 9 kg, with: speed, correlation: -0.2}}
drive: {value: tonic, distribution: {kind: fixed}}
"""
FILES = [
    ("body_mass: {value: 72 kg", "body_mass: {value: -72 kg", "10:20", "body_mass `-72 kg` is out of bounds", "20 kg"),
    ("body_mass: {value: 72 kg", "body_mass: {value: 72 kilos", "10:20", "a mass is asked for", "72 kg"),
    ("body_mass: {value: 72 kg", "body_mass: {value: nan kg", "10:20", "not a finite number", "72 kg"),
    (
        "distribution: {kind: normal, sd: 9",
        "distributon: {kind: normal, sd: 9",
        "10:27",
        "unknown key `distributon`",
        "`distribution`",
    ),
    (
        "kind: normal, sd: 0.1 m/s",
        "kind: nrmal, sd: 0.1 m/s",
        "6:24",
        "unknown kind of distribution `nrmal`",
        "`normal`",
    ),
    ("{kind: normal, sd: 0.1 m/s", "{sd: 0.1 m/s", "6:17", "lacks the key `kind`", "lognormal"),
    ("sd: 0.1 m/s", "sd: 0.1 m", "6:36", "a speed is asked for", "0.9 m/s"),
    ("sd: 0.1 m/s", "sd: 0.1 m/s, cv: 10 %", "6:17", "an `sd` or a `cv`", "sd"),
    ("sd: 0.1 m/s", "sd: -0.1 m/s", "6:17", "positive `sd`", ""),
    ("low: 0.5 m/s", "low: 0.1 m/s", "6:17", "no range inside those of the field", "`low`"),
    ("low: 0.5 m/s", "mean: 9 m/s", "6:17", "outside its bounds", "0.2 to 2"),
    ("low: 0.5 m/s", "lowest: 0.5 m/s", "6:45", "unknown key `lowest`", "`low`"),
    ("share: 60 %", "share: 50 %", "9:40", "sum to 90 %", "100 %"),
    ("{share: 40 %, kind", "{kind", "9:69", "lacks the key `share`", "share"),
    ("with: speed,", "with: sped,", "10:41", "leads to no spread parameter", "`speed`"),
    ("with: speed, correlation: -0.2", "with: speed", "10:41", "go together", "both"),
    ("correlation: -0.2", "correlation: -1.2", "10:92", "out of bounds", "-1 to 1"),
    ("low: 0.5 m/s}", "low: 0.5 m/s, with: body_mass, correlation: 0.1}", "6:17", "leads to no spread", "circle"),
    (
        "drive: {value: tonic, distribution: {kind: fixed}",
        "drive: {value: tonic, distribution: {kind: uniform, from: 1, to: 2}",
        "11:37",
        "cannot be spread",
        "fixed",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "problem", "mend"), FILES, ids=lambda value: str(value)[:30])
def test_each_mistake_in_a_file_is_one_error(desk, old, new, place, problem, mend):
    """One edit breaks a good file; the error stands exactly there."""
    path = desk.folder / "patients" / "tester.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        desk.load(desk.text)
    _hold(caught.value, f"{path}:{place}", problem, mend)


def test_the_good_file_reads_and_draws(desk):
    """The control: what every mistake is made in is free of mistakes."""
    (desk.folder / "patients" / "tester.yaml").write_text(GOOD, encoding="utf-8")
    text = desk.with_("patient: tester", "patient: {class: tester, sample: true}")
    assert desk.load(text).cases[0].patient.speed_m_s != 0.9


def test_a_brace_with_a_stiffness_in_another_unit(desk):
    """N/m is no stiffness of a joint."""
    with pytest.raises(ScenarioError) as caught:
        desk.load(desk.with_("strides: 90}", "strides: 90, aid: {kind: afo, stiffness: 0.4 N/m}}"))
    _hold(caught.value, f"{desk.path}:7:81", "is not a rotational stiffness", "0.4 N m/deg")


def _hold(error, where, problem, mend):
    assert not isinstance(error, CollectedScenarioError), str(error)
    assert error.where == where, str(error)
    assert problem in error.problem, str(error)
    assert mend in error.mend, str(error)
