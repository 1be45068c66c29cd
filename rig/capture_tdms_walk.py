"""Goes over the segments of any TDMS file without reading their samples: is it whole, and of one rate?

Source: NI "TDMS File Format Internal Structure": the lead-in of 28 bytes, the offset of the next segment (all ones
where the writer was killed), and properties as name, type and value in the metadata.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rig.capture_warnings import CaptureWarning
from rig.tdms_segment import object_path

_LEAD_IN: Final = 28
_BIG_ENDIAN: Final = 1 << 6
_UNFINISHED: Final = 0xFFFF_FFFF_FFFF_FFFF
_DOUBLE: Final = 10
_LARGEST_METADATA: Final = 1 << 26
_INCREMENT: Final = b"wf_increment"


@dataclass(frozen=True, slots=True)
class TdmsWalk:
    """What the lead-ins and properties of a file say.

    Attributes:
        segments: whole ones.
        missing_bytes: that the last segment promises and the file does not hold; -1 where its writer never closed it.
        increments: every time between samples that is stated for the channel, in file order, s.
    """

    segments: int
    missing_bytes: int
    increments: tuple[float, ...]

    def warnings(self) -> tuple[CaptureWarning, ...]:
        """What a reader must know."""
        if not self.missing_bytes:
            return ()
        how = "was never closed" if self.missing_bytes < 0 else f"lacks {self.missing_bytes} bytes"
        text = f"the file is cut off: its last segment {how}; what follows segment {self.segments} may be missing"
        return (CaptureWarning("truncated", text, f"behind segment {self.segments}"),)


def walk_tdms(path: Path, group: str, channel: str) -> TdmsWalk:
    """Go over the segments of `path`, looking for the rate of one channel."""
    name = object_path(group, channel).encode()
    found: list[float] = []
    at = segments = 0
    missing = 0
    with path.open("rb") as file:
        size = file.seek(0, 2)
        while at + _LEAD_IN <= size:
            file.seek(at)
            lead = file.read(_LEAD_IN)
            if lead[:4] != b"TDSm":
                break
            order = ">" if struct.unpack("<I", lead[4:8])[0] & _BIG_ENDIAN else "<"
            following, raw = struct.unpack(f"{order}QQ", lead[12:28])
            found.extend(_increments(file.read(min(raw, _LARGEST_METADATA, size - at)), name, order))
            if following == _UNFINISHED:
                missing = -1
                break
            at += _LEAD_IN + following
            segments += at <= size
        if missing == 0 and at != size:
            missing = at - size if at > size else _LEAD_IN - (size - at)
    return TdmsWalk(segments, missing, tuple(dict.fromkeys(found)))


def _increments(metadata: bytes, name: bytes, order: str) -> list[float]:
    """Values of `wf_increment` that follow the channel's path and precede the next object's."""
    found: list[float] = []
    at = metadata.find(name)
    while at >= 0:
        end = metadata.find(b"/'", at + len(name))
        place = metadata.find(_INCREMENT, at, end if end >= 0 else len(metadata)) + len(_INCREMENT)
        if place > len(_INCREMENT) and metadata[place : place + 4] == struct.pack(f"{order}I", _DOUBLE):
            found.append(struct.unpack(f"{order}d", metadata[place + 4 : place + 12])[0])
        at = metadata.find(name, at + len(name))
    return found
