"""Builds C files of the tests with the rig's own machine and server to a library for this machine."""

from pathlib import Path

from rig.firmware.building.builds import REFERENCE
from rig.firmware.building.toolchain import compile_host_library, library_suffix

SOURCES = Path(__file__).parents[1] / "firmware_sources"


def built_for_host(name, folder):
    """``firmware_sources/<name>.c`` as a library in `folder`."""
    host = sorted((REFERENCE / "host").glob("*.c"))
    include = (REFERENCE / "host", REFERENCE / "firmware")
    return compile_host_library([SOURCES / f"{name}.c", *host], folder / f"{name}{library_suffix()}", include)
