"""The item under test and the image that runs in its place must be the same, or nothing may be said of the item."""

from dataclasses import replace

from scenarios.firmware_of_device import FirmwareOfDevice
from scenarios.item import Item
from sim.errors import ScenarioError


def item_that_runs(item: Item | None, firmware: FirmwareOfDevice | None) -> Item | None:
    """The item, with name and hash of the image that runs on the emulated board where it states none.

    A firmware built for this machine is no image of the item and is not compared.

    Raises:
        ScenarioError: the item states another image than the one that would run.
    """
    if item is None or firmware is None or firmware.kind != "image":
        return item
    stated = item.firmware
    if stated.sha256 and stated.sha256 != firmware.sha256:
        problem = f"its firmware has the SHA-256 {stated.sha256[:16]}…, `{firmware.name}` would run with"
        mend = "name the image that runs, or leave `file` and `sha256` out: then it is noted"
        raise ScenarioError("the item under test", f"{problem} {firmware.sha256[:16]}…", mend)
    return replace(item, firmware=replace(stated, file=stated.file or firmware.name, sha256=firmware.sha256))
