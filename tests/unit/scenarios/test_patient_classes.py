"""The shipped patients and the choice of one of their people in a scenario."""

import dataclasses
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.case_document import case_document
from scenarios.dataclass_reader import key_and_unit
from scenarios.fields import as_text
from scenarios.load import LoadOptions
from scenarios.patient_class import read_patient_class
from scenarios.patient_file import read_patient
from scenarios.places import named_files
from scenarios.text import Text, Where, parse_document, rooted
from sim.body.patient import Patient
from sim.body.population import sample_patient
from sim.body.walkable import why_not_walkable
from sim.streams import Streams

NAMES = (
    "healthy_older",
    "healthy_young",
    "ms",
    "peroneal_complete",
    "peroneal_partial",
    "peroneal_recovering",
    "sci_incomplete",
    "stroke_mild",
    "stroke_moderate",
    "stroke_severe",
    "tbi",
)
HERE = Where("test", 1, 1)


@cache
def _class(name):
    return read_patient_class(Text(name, HERE), ())


def _choice(**keys):
    return rooted(keys, HERE)


def test_the_eleven_classes_of_the_design_ship():
    assert tuple(named_files("patients")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_stands_in_every_file_with_source_and_distribution(name):
    """No field of `Patient` is left to a default: each says its value, where it comes from and how people differ."""
    table = _class(name).table
    for field in dataclasses.fields(Patient):
        key = key_and_unit(field.name)[0]
        assert key in table.values, f"{name}.yaml lacks `{key}`"
        if key != "title":
            parameter = table.values[key].values
            assert set(parameter) >= {"value", "source", "distribution"}, f"{name}.yaml: {key}"
            assert as_text(parameter["source"])


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**64 - 1))
def test_everybody_who_is_drawn_can_walk_and_keeps_the_bounds_of_the_fields(name, seed):
    population = _class(name).population
    person = sample_patient(population, Streams(seed))
    assert why_not_walkable(person) == ""
    for field in dataclasses.fields(Patient):
        value, bounds = getattr(person, field.name), field.metadata.get("bounds")
        if isinstance(value, float):
            assert bounds[0] <= value <= bounds[1], field.name
    assert person.title == population.typical.title


def test_the_stated_values_can_walk():
    assert [why_not_walkable(_class(name).population.typical) for name in NAMES] == [""] * len(NAMES)


def test_sample_draws_from_the_seed_of_the_case_or_from_a_number():
    typical = read_patient(Text("ms", HERE), ())[1]
    drawn = [read_patient(_choice(**{"class": "ms", "sample": "true"}), (), seed)[1] for seed in (1, 2, 2)]
    assert drawn[0] != drawn[1] == drawn[2]
    person = [read_patient(_choice(**{"class": "ms", "sample": "17"}), (), seed)[1] for seed in (1, 2)]
    assert person[0] == person[1] == read_patient(_choice(**{"class": "ms", "sample": "true"}), (), 17)[1]
    for stated in ({"class": "ms"}, {"class": "ms", "sample": "false"}):
        assert read_patient(_choice(**stated), (), 3)[1] == typical


def test_what_a_choice_gives_is_neither_drawn_nor_of_the_class():
    choice = _choice(**{"class": "ms", "sample": "true", "body_mass": "90 kg"})
    name, patient, document = read_patient(choice, (), 4)
    assert (name, patient.body_mass_kg) == ("ms", 90.0)
    assert document["origin"] == {"class": "ms", "person": "4", "given": {"body_mass": "90 kg"}}


def test_a_drawn_person_is_read_back_to_the_last_bit():
    """`case.yaml` holds the person, not the class: the same bytes come out of it again."""
    for name in NAMES:
        _, patient, document = read_patient(_choice(**{"class": name, "sample": "true"}), (), 99)
        again = read_patient(rooted(document, HERE), ())
        assert again[1] == patient
        assert again[2] == document


PEOPLE = "patient: {class: stroke_moderate, sample: true}"


def test_every_seed_of_a_matrix_is_another_person_and_its_case_repeats(desk):
    """`matrix: {seeds: 4}`: four people, each written concrete, each the same when its `case.yaml` is loaded."""
    cases = desk.load(desk.with_("patient: tester", PEOPLE) + "matrix: {seeds: 4}\n").cases
    assert len({case.patient for case in cases}) == 4
    assert {case.patient_name for case in cases} == {"stroke_moderate"}
    for case in cases:
        document = case_document(case)
        assert f"person: {case.seed}" in document
        again = desk.load(document).cases[0]
        assert again.patient == case.patient
        assert case_document(again) == document


def test_the_command_line_seed_draws_another_person(desk):
    text = desk.with_("patient: tester", PEOPLE)
    one, other = (desk.load(text, LoadOptions(seed=seed)).cases[0].patient for seed in (1, 2))
    assert one != other


def test_a_class_as_it_stands_has_no_distributions_in_its_case(desk):
    document = case_document(desk.load(desk.with_("patient: tester", "patient: stroke_moderate")).cases[0])
    assert "distribution" not in document
    assert parse_document(document, "case").values["patient"].values["speed"].values["source"]
