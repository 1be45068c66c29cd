"""The shipped limit sets: every entry reads as a check, says where it comes from, and its scenario does it."""

import re
from functools import cache
from pathlib import Path

import pytest

from scenarios.check_reader import CheckWords, read_checks
from scenarios.limit_set import CONFIRMED_FILE, read_limit_sets
from scenarios.places import SHIPPED
from scenarios.plan import find_files, load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.problems import Problems
from scenarios.text import Table

CATALOGUE = assemble_catalogue()
SETS = read_limit_sets()
FAMILIES = {
    "TIM": ("timing", 15),
    "CHG": ("charge", 14),
    "OUT": ("output", 14),
    "SAF": ("safety", 16),
    "GAI": ("gait", 10),
}
"""Letters of a family -> its file, and how many checks the catalogue of checks has of it: 69 in all."""


@cache
def _checks_of(scenario):
    """Limit ids that the cases of a library scenario carry."""
    cases = load_cases(find_files((scenario,)), CATALOGUE).cases
    return {check.limit_id for case in cases for check in case.checks}


@pytest.mark.parametrize("name", SETS)
def test_every_entry_is_a_check_that_can_fail(name):
    """Measure, limit and unit fit; parts of the run are named by the scenarios, so `during` is left out here."""
    entry, problems = SETS[name], Problems()
    table = Table({name: entry.key}, {name: entry.check.without("during")}, entry.check.where)
    checks = read_checks(table, CheckWords(CATALOGUE.measures, (), 10, "", {}, {}), problems)
    problems.raise_any()
    assert len(checks) == 1
    assert re.fullmatch(r"[A-Z]{3}-\d{2}(/[a-z0-9-]+)?", name)
    file, count = FAMILIES[name[:3]]
    assert Path(entry.key.where.file).stem == file
    assert 1 <= int(name[4:6]) <= count


@pytest.mark.parametrize("name", SETS)
def test_every_entry_says_where_it_comes_from(name):
    """A source, a note or a clause; nobody has confirmed it, since nobody can on behalf of its user."""
    basis = SETS[name].basis
    assert basis.source or basis.note or basis.clause
    assert not basis.confirmed_by and not basis.lapsed


def test_no_confirmation_is_shipped():
    """`stimrig limits confirm` writes beside the project."""
    assert not (SHIPPED / "limits" / CONFIRMED_FILE).exists()


@pytest.mark.parametrize("name", [name for name, entry in SETS.items() if entry.scenario])
def test_the_scenario_that_is_named_does_it(name):
    """It exists, and its cases carry the check for the device that it names."""
    assert name in _checks_of(SETS[name].scenario)
