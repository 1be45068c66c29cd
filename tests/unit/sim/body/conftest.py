"""Walks for the unit tests of gait and body."""

import pytest

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where


@pytest.fixture(scope="session")
def curves():
    return load_measured("winter_a1")


@pytest.fixture(scope="session")
def patient_of():
    return lambda name: read_patient(Text(name, Where("test", 1, 1)), ())[1]
