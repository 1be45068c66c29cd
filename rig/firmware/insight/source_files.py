"""Finds the source files that an image names, which a reproducible build names without the folders of its builder."""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

_SHIPPED: Final = Path(__file__).parents[1] / "reference"
"""Sources of the reference firmware."""
_PARENTS: Final = 6
"""How many folders above the image are searched (a build folder lies no deeper in its project; design choice)."""


def find_sources(names: Iterable[str], image: Path) -> dict[str, Path]:
    """Where the named files lie here, by name; those that are not found are absent.

    A name is looked for as it stands, below the current folder, below the folders above the image, and among the
    sources of the reference firmware.
    """
    folders = (Path.cwd(), *image.resolve().parents[:_PARENTS], _SHIPPED, *_SHIPPED.parents[:3])
    found = ((name, _find(name, folders)) for name in names)
    return {name: path for name, path in found if path is not None}


def _find(name: str, folders: Sequence[Path]) -> Path | None:
    plain = Path(PurePosixPath(name))
    for candidate in (plain,) if plain.is_absolute() else (folder / plain for folder in folders):
        if candidate.is_file():
            return candidate.resolve()
    return None
