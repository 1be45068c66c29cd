"""`electrodes:` and `electrode.shift`: what a scenario may say, what it gets where it says nothing, what is refused."""

import pytest

from scenarios.case_document import case_document
from scenarios.electrode_reader import electrode_values, electrodes_for, read_electrodes
from scenarios.load import load_file
from scenarios.problems import Problems
from scenarios.text import Text, Where, rooted
from sim.electrode.placement import CENTRED, PRESETS, Electrodes, ElectrodeShift, ImplantChannel, implanted
from sim.errors import ScenarioError

HERE = Where("walk.scenario.yaml", 3, 1)


class _Device:
    """As much of a device as the reader looks at."""

    def __init__(self, *features, channels=1):
        self.id, self.features, self.channels = "box", features, channels


def _read(value):
    return read_electrodes(rooted(value, HERE))


READABLE = [
    ("surface", CENTRED),
    ("cuff_4", implanted("cuff_4")),
    ({"position": "-4 mm", "donning_sd": "6 mm"}, Electrodes(position_m=-0.004, donning_sd_m=0.006)),
    (
        {"leg": "other", "threshold_cv": "15 %", "knee": "0"},
        Electrodes(leg="other", threshold_cv_ratio=0.15, knee_ratio=0.0),
    ),
    ({"kind": "implanted", "preset": "deep_superficial"}, implanted("deep_superficial")),
    (
        {"kind": "implanted", "channels": [{"rheobase": "0.4 mA", "deep": "1", "superficial": "3"}]},
        Electrodes(kind="implanted", knee_ratio=0.0, channels=(ImplantChannel(0.0004, superficial_ratio=3.0),)),
    ),
]


@pytest.mark.parametrize(("words", "electrodes"), READABLE)
def test_words_and_tables(words, electrodes):
    """Every way of saying it, and the way back through the texts of `case.yaml` to the last bit."""
    assert _read(words) == electrodes
    assert _read(electrode_values(electrodes)) == electrodes


REFUSED = [
    ("skin", "skin"),
    ({"position": "4"}, "no unit"),
    ({"position": "80 mm"}, "position"),
    ({"kind": "implanted", "position": "4 mm"}, "no `position`"),
    ({"preset": "cuff_4"}, "no `preset`"),
    ({"kind": "implanted", "preset": "cuff_5"}, "cuff_5"),
    ({"kind": "implanted", "preset": "single", "channels": []}, "stand together"),
    ({"kind": "implanted", "channels": []}, "1 to 4 channels"),
    ({"place": "4 mm"}, "place"),
    ({"leg": "right"}, "right"),
]


@pytest.mark.parametrize(("words", "named"), REFUSED)
def test_what_cannot_be(words, named):
    """One error that names the file, the line and the word."""
    with pytest.raises(ScenarioError, match=named) as caught:
        _read(words)
    assert str(caught.value).startswith("walk.scenario.yaml:3:1")


def test_a_silent_scenario_gets_what_its_device_is_used_with():
    """Skin, or the implant that fits the number of channels."""
    table = rooted({"id": "x"}, HERE)
    silent = lambda device: electrodes_for(None, device, (), table, Problems())
    assert silent(_Device()) == CENTRED
    assert silent(_Device("radio", channels=2)) == CENTRED
    for channels, preset in ((1, "single"), (2, "deep_superficial"), (4, "cuff_4")):
        assert silent(_Device("implanted", channels=channels)).channels == PRESETS[preset]


def test_electrodes_that_do_not_fit_the_device():
    """An implant is not used through the skin, and a skin stimulator not with a cuff."""
    table = rooted({"electrodes": "surface"}, HERE)
    for electrodes, device in ((CENTRED, _Device("implanted")), (implanted("single"), _Device())):
        problems = Problems()
        electrodes_for(electrodes, device, (), table, problems)
        with pytest.raises(ScenarioError, match="implant"):
            problems.raise_any()


def test_a_scenario_with_electrodes_and_a_shift(desk, catalogue, tmp_path):
    """They reach the case, and `case.yaml` gives the same case again."""
    words = "electrodes: {position: -4 mm, donning_sd: 6 mm}\nevents:\n"
    slip = "  slip: {at: {stride: 9}, do: electrode.shift, by: 10 mm}\n"
    text = desk.text.replace("events:\n", words + slip)
    case = desk.load(text).cases[0]
    assert case.electrodes == Electrodes(position_m=-0.004, donning_sd_m=0.006)
    slip = next(event for event in case.events if event.name == "slip")
    assert slip.spec.effects(slip.parameters, 5, None) == (ElectrodeShift(5, 0.01),)
    path = tmp_path / "case.yaml"
    path.write_text(case_document(case), encoding="utf-8")
    again = load_file(path, catalogue).cases[0]
    assert again.electrodes == case.electrodes
    assert case_document(again) == case_document(case)


def test_text_is_read_where_it_stands():
    """A bare word keeps its place."""
    with pytest.raises(ScenarioError) as caught:
        read_electrodes(Text("cuff", Where("a.yaml", 7, 13)))
    assert "a.yaml:7:13" in str(caught.value)
    assert "cuff_4" in str(caught.value)
