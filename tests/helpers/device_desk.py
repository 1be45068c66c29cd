"""Cases around a device, for tests of what configures it."""

import functools

from rig.commands.context import here
from rig.commands.device import case_around
from scenarios.case import Case
from scenarios.control import ControlDescription


@functools.cache
def case_of(device: str) -> Case:
    """A case with the device as its file describes it."""
    return case_around(device, here())


def odfs_serial() -> ControlDescription:
    """The control of the worked example."""
    control = case_of("odfs-serial").device.control
    assert control is not None
    return control
