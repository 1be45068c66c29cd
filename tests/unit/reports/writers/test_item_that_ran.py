"""Where nobody named an item, the page on it tells the image that ran, and nothing else."""

from pathlib import Path
from types import SimpleNamespace

from reports.sections.item import NOT_STATED, build
from scenarios.firmware_of_device import FirmwareOfDevice

BLUE = FirmwareOfDevice("image", Path("blue.elf"), Path("blue.board.yaml"), "b" * 64)
GREEN = FirmwareOfDevice("image", Path("green.elf"), Path("green.board.yaml"), "a" * 64)
HOST = FirmwareOfDevice("host", Path(), Path("host.board.yaml"), "")


def _told(*firmwares):
    cases = [SimpleNamespace(case=SimpleNamespace(item=None, device=SimpleNamespace(firmware=f))) for f in firmwares]
    section = build(SimpleNamespace(cases=cases))
    rows = {
        label: (next(iter(cell.values())) if isinstance(cell, dict) else cell)
        for label, cell in section["blocks"][0]["rows"]
    }
    return rows["Firmware image"], rows["Image SHA-256"]


def test_the_image_that_ran_is_told():
    """One image in every case: its name and hash; several, a model or a build for this machine: not stated."""
    assert _told(BLUE, BLUE) == ("blue.elf", "b" * 64)
    for firmwares in ((BLUE, GREEN), (BLUE, None), (HOST,), (None,)):
        assert _told(*firmwares) == (NOT_STATED, NOT_STATED)
