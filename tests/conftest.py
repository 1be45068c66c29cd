"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # hypothesis otherwise fails an example that takes more than 200 ms of wall time


def pytest_configure(config):
    """Processes that a test starts are not traced: an emulated processor under a tracer is several times slower."""
    if hasattr(config, "workerinput"):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
