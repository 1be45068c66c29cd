"""What is asked of a run, wherever it is asked: on the command line, in pytest, in Python."""

from dataclasses import dataclass, field
from pathlib import Path

from rig.firmware.options import FirmwareOptions
from scenarios.case import Keep


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a run.

    Attributes:
        paths: scenario files, `case.yaml` files or folders; empty for the nearest `scenarios` folder.
        bench: name or file; "" for the project's choice, else `virtual`.
        device: name or file of the device under test, image or library of its firmware, or "".
        seed: in place of the scenarios' own, or None.
        keep: how much of the waveform is kept, or None for the scenario's choice.
        select: only cases whose id holds this text.
        out: folder of the run folders; None for the project's choice, else `runs`.
        jobs: cases run side by side.
        item: file of the item under test, or None for the project's choice.
        profile: run the library scenarios that carry this profile, in place of `paths`; "" for none.
        firmware: what is asked of the processes of firmware.
        board: that a firmware named as `device` runs on, or "".
    """

    paths: tuple[Path, ...] = ()
    bench: str = ""
    device: str = ""
    seed: int | None = None
    keep: Keep | None = None
    select: str = ""
    out: Path | None = None
    jobs: int = 1
    item: Path | None = None
    profile: str = ""
    firmware: FirmwareOptions = field(default_factory=FirmwareOptions)
    board: str = ""
