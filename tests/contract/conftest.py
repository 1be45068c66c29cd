"""A user's folder with one finished run."""

import pytest
from command_desk import scenario, stimrig


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def passed(place):
    """One finished run that passes."""
    scenario(place)
    return stimrig("run", "short.scenario.yaml", "--out", "out", cwd=place, SOURCE_DATE_EPOCH="1700000000")


@pytest.fixture(scope="module")
def folder(passed, place):
    return place / passed.stdout.splitlines()[-1]
