"""What somebody types to come in with a debugger: the image, where its sources lie, the port."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scenarios.case import Case

_WITH_SYMBOLS: Final = frozenset({".elf", ".axf", ".out"})


def debugger_commands(cases: Iterable["Case"], port: int) -> list[str]:
    """One command for each image that these cases execute.

    A reproducible image names its sources without the folder of its builder, so a debugger is told where they lie.
    """
    executed = [case.device.firmware for case in cases if case.device.firmware is not None]
    images = dict.fromkeys(firmware.image for firmware in executed if firmware.kind == "image")
    return [_command(image, port) for image in images]


def _command(image: Path, port: int) -> str:
    if image.suffix.lower() not in _WITH_SYMBOLS:
        return f'gdb-multiarch -ex "set architecture armv7e-m" -ex "target remote :{port}"'
    places = "".join(f' -ex "directory {place}"' for place in source_roots(image))
    return f'gdb-multiarch "{image.resolve()}"{places} -ex "target remote :{port}"'


def source_roots(image: Path) -> list[Path]:
    """Folders below which the sources lie that an image names by relative paths; none where it names no lines."""
    from rig.firmware.insight.source_files import find_sources
    from rig.firmware.insight.source_map import source_map
    from sim.errors import ScenarioError

    try:
        names = {span.file for span in source_map(image).spans}
    except ScenarioError:
        return []
    found = find_sources(sorted(names), image)
    relative = {name: path for name, path in found.items() if not PurePosixPath(name).is_absolute()}
    return list(dict.fromkeys(path.parents[len(PurePosixPath(name).parts) - 1] for name, path in relative.items()))
