"""What holds for every test."""

import os


def pytest_configure(config):
    """Processes that a test starts are not traced: an emulated processor under a tracer is several times slower."""
    if hasattr(config, "workerinput"):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
