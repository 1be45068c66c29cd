"""The doors for users' own names, `stimrig.toml`, and `requirements.csv`."""

import pytest

from scenarios.catalogue import EventSpec
from scenarios.events import EVENTS
from scenarios.places import find_named, named_files
from scenarios.plugins import Found, assemble_catalogue, catalogue_of
from scenarios.requirements import read_requirements
from scenarios.settings_file import find_settings, read_settings
from sim.errors import ScenarioError

PLUGIN = """\
from scenarios.catalogue import EventSpec, MeasureSpec

def measure(record, parameters):
    raise NotImplementedError

HOPS = MeasureSpec("hops", "", "modelled", measure, "run")
OTHERS = (EventSpec("hop", lambda *_: (), lambda _: 0.0), HOPS)
"""


def test_a_plug_in_file_adds_its_names(tmp_path):
    """Specs at the top level of a file named in stimrig.toml stand beside the built-in ones, each once."""
    path = tmp_path / "my_checks.py"
    path.write_text(PLUGIN, encoding="utf-8")
    plain, more = assemble_catalogue(), assemble_catalogue([path])
    assert set(more.measures) - set(plain.measures) == {"hops"}
    assert set(more.events) - set(plain.events) == {"hop"}
    assert {event.name for event in EVENTS} <= set(plain.events)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("x = 1\n", "", "defines no spec"),
        ("a = 1\nb = 1 / 0\n", ":2:1", "ZeroDivisionError"),
        ("a = 1\n\nb = (\n", ":3:1", "SyntaxError"),
        (PLUGIN.replace('"hop"', '"terrain.rug"'), "", "`terrain.rug` is taken"),
    ],
)
def test_plug_ins_that_do_not_work(tmp_path, text, line, problem):
    """A plug-in that fails to load is one error with its line, and takes no name that is taken."""
    path = tmp_path / "bad.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        assemble_catalogue([path])
    assert caught.value.where == f"{path}{line}"
    assert problem in caught.value.problem


def test_a_missing_plug_in_and_twins(tmp_path):
    """The file must be there; two specs of one name are refused wherever they come from."""
    with pytest.raises(ScenarioError, match="no such plug-in file"):
        assemble_catalogue([tmp_path / "none.py"])
    spec = EventSpec("x", lambda *_: (), lambda _: 0.0)
    with pytest.raises(ScenarioError, match="`x` is taken: here has one of events"):
        catalogue_of([Found(spec, "here"), Found(spec, "there")])


def test_the_nearest_settings_file_up_to_the_repository(tmp_path):
    """Nearest upwards; a folder with .git is the last one looked at."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "stimrig.toml").write_text('requirements = "r.csv"\nplugins = ["p.py"]\n', encoding="utf-8")
    assert read_settings(deep).requirements == tmp_path / "r.csv"
    assert read_settings(deep).plugins == (tmp_path / "p.py",)
    (tmp_path / "a" / "stimrig.toml").write_text('[junit]\ninconclusive = "failure"\n', encoding="utf-8")
    assert read_settings(deep).junit_inconclusive == "failure"
    (deep / ".git").mkdir()
    assert find_settings(deep) is None
    assert read_settings(deep).folder is None


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("plugins = [\n", "2:1", "not TOML"),
        ('\nplugin = ["x"]\n', "2:1", "unknown key `plugin`"),
        ('bench = "a"\nplugins = "x"\n', "2:1", "list of texts"),
        ("bench = 3\n", "1:1", "is a text"),
        ('[junit]\ninconclusive = "green"\n', "2:1", "unknown word"),
        ("[junit]\nx = 1\n", "1:2", "unknown key in [junit]"),
    ],
)
def test_mistakes_in_the_settings_file(tmp_path, text, place, problem):
    """Each names file, line and column."""
    path = tmp_path / "stimrig.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_settings(tmp_path)
    assert caught.value.where == f"{path}:{place}"
    assert problem in caught.value.problem


def test_files_beside_the_scenario_hide_the_shipped_ones(tmp_path):
    """Nearest folder first; then the shipped ones; paths are taken from the scenario's folder."""
    shipped = named_files("patients")
    (tmp_path / "patients").mkdir()
    own = tmp_path / "patients" / "stroke_moderate.yaml"
    own.write_text("", encoding="utf-8")
    assert find_named("patients", "stroke_moderate", (tmp_path,), "") == own
    assert find_named("patients", "stroke_moderate", (), "") == shipped["stroke_moderate"]
    assert find_named("patients", "patients/stroke_moderate.yaml", (tmp_path,), "") == own
    with pytest.raises(ScenarioError, match="no file"):
        find_named("patients", "other.yaml", (tmp_path,), "")


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("name,text\n", "1:1", "unknown column `name`"),
        ("title,text\n", "1:1", "no column `id`"),
        ("id,title\nA,b\nA,c\n", "3:1", "stands twice"),
        ("id,title\n,b\n", "2:1", "without an id"),
        ("id,title\nA,b,c\n", "2:1", "more values than columns"),
        ("id,min_evidence\nA,measured@moon\n", "2:1", "unknown evidence `measured@moon`"),
    ],
)
def test_mistakes_in_requirements(tmp_path, text, place, problem):
    """Each names file and line."""
    path = tmp_path / "requirements.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_requirements(path)
    assert caught.value.where == f"{path}:{place}"
    assert problem in caught.value.problem


def test_every_event_travels_to_a_worker_process():
    """A case holds the specs of its events and is sent to its process with `-j`: no spec may be a closure."""
    import pickle

    from scenarios.plugins import assemble_catalogue

    for spec in assemble_catalogue().events.values():
        assert pickle.loads(pickle.dumps(spec)).name == spec.name
