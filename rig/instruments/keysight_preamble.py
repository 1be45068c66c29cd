"""Preamble of a waveform of an InfiniiVision oscilloscope: what its codes mean.

v = (code - y_reference) y_increment + y_origin;  t = (index - x_reference) x_increment + x_origin.

Source: InfiniiVision 3000T X-Series Programmer's Guide, `:WAVeform:PREamble`.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.instruments.ports import Waveform
from rig.instruments.replies import number, whole_number

_WORD: Final = 1
_FIELDS: Final = 10
_HOLE, _CLIPPED_LOW, _CLIPPED_HIGH = 0, 1, 0xFFFF
_WORD_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Preamble:
    """Fields of the answer to `:WAV:PRE?` that matter here.

    Attributes:
        points: of the record.
        x_increment_s: time between points, s.
        x_origin_s: instant of the reference point, s after the trigger.
        x_reference: index of the reference point.
        y_increment_v: V per code.
        y_origin_v: V at the reference code.
        y_reference: reference code.
    """

    points: int
    x_increment_s: float
    x_origin_s: float
    x_reference: int
    y_increment_v: float
    y_origin_v: float
    y_reference: int

    def waveform(self, number_: int, codes: NDArray[Any], tag_s: float, bits: int) -> Waveform:
        """The waveform of these codes, uint16 with `bits` of the converter left-justified."""
        return Waveform(
            number=number_,
            codes=codes,
            scale_v=self.y_increment_v,
            offset_v=self.y_origin_v - self.y_reference * self.y_increment_v,
            t0_s=self.x_origin_s - self.x_reference * self.x_increment_s,
            period_s=self.x_increment_s,
            tag_s=tag_s,
            lsb_v=self.y_increment_v * 2.0 ** (_WORD_BITS - bits),
        )

    def invalid_codes(self, codes: NDArray[Any]) -> str:
        """What of the codes is no measured value, or ""."""
        kinds = {"are holes": _HOLE, "are clipped low": _CLIPPED_LOW, "are clipped high": _CLIPPED_HIGH}
        counts = {kind: int(np.count_nonzero(codes == code)) for kind, code in kinds.items()}
        found = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        return f"of {codes.size} points {found}" if found else ""


def read_preamble(answer: str) -> Preamble:
    """The preamble in an answer to `:WAV:PRE?`.

    Raises:
        ValueError: it is none, not of words, or of no points.
    """
    fields = answer.split(",")
    if len(fields) != _FIELDS:
        raise ValueError(f"{len(fields)} fields instead of {_FIELDS}")
    if whole_number(fields[0]) != _WORD:
        raise ValueError(f"format {fields[0]}, not WORD")
    points, increment_s, step_v = whole_number(fields[2]), number(fields[4]), number(fields[7])
    if points < 1 or increment_s <= 0.0 or step_v <= 0.0:
        raise ValueError(f"{points} points, {increment_s:g} s apart, {step_v:g} V per code")
    return Preamble(
        points=points,
        x_increment_s=increment_s,
        x_origin_s=number(fields[5]),
        x_reference=whole_number(fields[6]),
        y_increment_v=step_v,
        y_origin_v=number(fields[8]),
        y_reference=whole_number(fields[9]),
    )
