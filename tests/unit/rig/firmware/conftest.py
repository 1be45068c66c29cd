"""The reference firmware, built once for this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from firmware_box import FirmwareBox

from rig.firmware.building.builds import reference_library
from sim.errors import BenchError


@pytest.fixture(scope="session")
def firmware_library() -> Path:
    """The library of the reference firmware."""
    try:
        return reference_library()
    except BenchError as error:
        pytest.skip(str(error))


@pytest.fixture
def box(firmware_library: Path) -> FirmwareBox:
    """A box that has started, the heel on the floor."""
    started = FirmwareBox(firmware_library)
    started.run(100)
    return started


@pytest.fixture
def make_box(firmware_library: Path) -> Callable[..., FirmwareBox]:
    """A box with other ends (`FirmwareBox`); one at a time."""

    def make(**ends: Any) -> FirmwareBox:
        return FirmwareBox(firmware_library, **ends)

    return make
