"""Everything in this folder is a benchmark: it prints ratios and runs under `tox -e benchmark` only."""

import pathlib

import pytest


def pytest_collection_modifyitems(items):
    """Mark what lies here."""
    here = pathlib.Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.speed)
