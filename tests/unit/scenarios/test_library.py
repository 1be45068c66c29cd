"""The shipped library: it reads, it announces its verdicts, it verifies what it says, and editors understand it."""

import json
import re
from pathlib import Path

import pytest
import yaml

from scenarios import json_schema
from scenarios.case_document import case_document
from scenarios.channels import role_of
from scenarios.load import load_file
from scenarios.places import SHIPPED, named_files
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.requirements import read_requirements
from scenarios.roles import ANALOGUE_UNITS, COMMANDS

FILES = named_files("library")
REQUIREMENTS = read_requirements(SHIPPED / "library" / "requirements.csv")


@pytest.fixture(scope="module")
def whole():
    """The catalogue of everything installed, through the entry points."""
    return assemble_catalogue()


def test_there_are_enough():
    """Issue 2 asks for at least ten, with these among them."""
    asked = "demo-pass demo-fail demo-inconclusive rug-and-peel slow-walk start-stop long-walk-fatigue denervated"
    asked += " stuck-sensor stop-button battery-sag clearance-99"
    assert set(asked.split()) <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_each_reads_and_is_a_pleasure_to_read(name, whole):
    """It loads; 20 to 60 lines of at most 120 characters; says why; announces a verdict for every check."""
    path = FILES[name]
    loaded = load_file(path, whole)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert 20 <= len(lines) <= 60
    assert max(map(len, lines)) <= 120
    assert lines[0] == "# yaml-language-server: $schema=../schemas/scenario-1.json"
    assert any(line.startswith("why: ") for line in lines)
    for case in loaded.cases:
        assert case.scenario_id.startswith("SCN-")
        assert all(check.expect for check in case.checks)
        families = {check.id.partition("/")[0] for check in case.checks}
        # `only: [CHG-01]` asks for its variant of implants too, which the surface device has no use for
        assert {name.partition("/")[0] for name, _ in case.not_applicable} <= families
    assert not loaded.unchecked_requirements


def test_every_requirement_is_verified_and_every_defect_is_announced(whole):
    """No requirement without a check; every defect that only one device has is announced to be seen, on one channel.

    What the devices share is tried against the core scenarios by the sensitivity run.
    """
    plan = load_cases([SHIPPED / "library"], whole)
    assert {name for case in plan.cases for check in case.checks for name in check.verifies} == set(REQUIREMENTS)
    shared = set(whole.models["odfs"].defects)
    for name, model in whole.models.items():
        of_model = [case.device.defects for case in plan.cases if case.device.model == name]
        seeded = {defect.rstrip("_1234") for defects in of_model for defect in defects}
        own = {defect.rstrip("_1234") for defect in model.defects}
        assert own - shared - {"crosstalk"} <= seeded <= own  # crosstalk: the control of its check
    for case in plan.cases:
        failing = sum(check.expect == "FAIL" for check in case.checks)
        assert failing >= len(case.device.defects)


def test_only_the_inconclusive_one_can_never_pass(whole):
    """The plan warns of exactly the check that is announced INCONCLUSIVE; the virtual bench's roles suffice."""
    channels = {role_of(quantity, number) for quantity in ("current", "voltage") for number in range(1, 5)}
    roles = frozenset({"heel_switch", "supply", *ANALOGUE_UNITS, *channels, *COMMANDS})
    plan = load_cases([SHIPPED / "library"], whole, PlanOptions(bench_roles=roles))
    assert not plan.blocked
    never = [(warning.case, warning.check) for warning in plan.warnings if warning.check]
    assert never == [("SCN-DEMO-INCONCLUSIVE", "clearance")]
    assert all("outside the domain of the gait law" in w.text for w in plan.warnings if not w.check)


@pytest.fixture(scope="module")
def validator():
    """jsonschema's validator of a schema, checked against the draft's own meta-schema first."""
    jsonschema = pytest.importorskip("jsonschema")

    def build(schema):
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    return build


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.BaseLoader])
def test_library_files_fit_the_json_schema(whole, validator, loader):
    """Every shipped file fits, whether an editor types its scalars or not; so does every case.yaml."""
    scenario = validator(json_schema.json_schema(whole, "scenario"))
    case_schema = validator(json_schema.json_schema(whole, "case"))
    for path in FILES.values():
        assert not list(scenario.iter_errors(yaml.load(path.read_text(encoding="utf-8"), loader))), path
        for case in load_file(path, whole).cases:
            assert not list(case_schema.iter_errors(yaml.load(case_document(case), loader))), case.id
    for kind, schema in (("patients", "patient"), ("devices", "device"), ("benches", "bench")):
        fits = validator(json_schema.json_schema(whole, schema))
        for path in named_files(kind).values():
            assert not list(fits.iter_errors(yaml.load(path.read_text(encoding="utf-8"), loader))), path


MISTAKES = [
    ("walk: {terrain: level", "walk: {terain: level"),
    ("strides: 90", "strides: -3"),
    ("speed: 0.9 m/s", "speed: 0.9"),
    ("at_most: 60 ms", "at_most: 60"),
    ("at_most: 60 ms", "at_mos: 60 ms"),
    ("at_most: 60 ms", "at_most: 60 ms\n    at_least: 1 ms"),
    ("at_most: 60 ms", "never: true"),
    ("within: ±100 nC", "within: 100 nC"),
    ("do: terrain.rug", "do: terrain.rugg"),
    ("height: 12 mm, ", ""),
    ("height: 12 mm", "hight: 12 mm"),
    ("{latency: {from: sensor_off", "{latencie: {from: sensor_off"),
    ("from: sensor_off", "from: sensor_of"),
    ("share: 80 %", "share: most"),
    ("latency: PASS", "latency: GREEN"),
    ("keep: windows", "keep: all"),
    ("load: skin", "load: skinn"),
    ("schema: scenario/1", "schema: scenario/2"),
    ("seed: 20240917\n", ""),
    ("until: peel, except: {event: rug", "until: peel, except: {evnt: rug"),
]


@pytest.mark.parametrize(("old", "new"), MISTAKES)
def test_the_json_schema_sees_mistakes_as_one_types(whole, validator, old, new):
    """One mistake in a good file and the schema, as an editor uses it, refuses it."""
    text = FILES["rug-and-peel"].read_text(encoding="utf-8")
    assert old in text
    fits = validator(json_schema.json_schema(whole, "scenario"))
    assert list(fits.iter_errors(yaml.safe_load(text.replace(old, new, 1))))


@pytest.mark.parametrize("name", json_schema.SCHEMAS)
def test_the_shipped_schemas_are_those_of_the_catalogue(name, whole):
    """What editors read is what the loader knows; `stimrig schema NAME` prints it anew."""
    shipped: Path = SHIPPED / "schemas" / json_schema.file_name(name)
    assert json.loads(shipped.read_text(encoding="utf-8")) == json_schema.json_schema(whole, name)


def test_every_limit_of_the_library_has_its_basis():
    """limits/README.md names each requirement of the library once, with where its number comes from."""
    page = (SHIPPED / "limits" / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| (LIB-[A-Z]+-\d+) ", page, re.MULTILINE)) == sorted(REQUIREMENTS)
