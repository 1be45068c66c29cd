"""From the offsets that a crashed library tells to lines of its source."""

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import ScenarioError

if TYPE_CHECKING:
    from rig.firmware.insight.source_map import SourceMap

_PLACES: Final = re.compile(r"it stood at((?: 0x[0-9a-f]+)*)$")


def explained(why: str, library: Path) -> str:
    """`why` with offsets into `library` turned into lines of its source, where its debug information can be read."""
    found = _PLACES.search(why)
    if found is None:
        return why
    places = [_place(library, int(word, 16)) for word in found[1].split()]
    places = [place for place in places if _OURS not in place] or places[:1]
    return f"it stood at {', called at '.join(places)}" if places else "it stood outside of the library"


_OURS: Final = "reference/host/"
"""The machine and the server around the firmware: everything there is called from them."""


@lru_cache(maxsize=1)
def _map_of(library: Path, changed_ns: int) -> "SourceMap":
    """Its lines; read once while the file stays as it is."""
    from rig.firmware.insight.source_map import source_map

    del changed_ns
    return source_map(library)


def _place(library: Path, offset: int) -> str:
    """`file:line`, or the offset where there is no reader of debug information or nothing for it to read."""
    try:
        words = _map_of(library, library.stat().st_mtime_ns).place_words(offset)
    except (ImportError, OSError, ScenarioError):
        words = ""
    return words or f"0x{offset:x} of {library.name}"
