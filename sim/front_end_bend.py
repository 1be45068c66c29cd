"""How a converter's straight line is bent: integral non-linearity and the gain of one polarity over the other."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing

BOW: Final = 2.598076211353316  # 3 sqrt(3)/2: the largest value of u (1 - u^2) becomes 1
_CALM: Final = 0.02
"""Part of full scale over which a wave rises from zero: the offset is what is read there (design choice)."""
_WAVE_CODES: Final = 64.0
"""Below this many codes a wave is less than 1 % of its height."""


class Bend(NamedTuple):
    """How a converter's straight line is bent, codes; u is the part of full scale.

    Attributes:
        odd_codes: largest value of ``3 sqrt(3)/2 odd u (1 - u^2)``: phases of opposite sign err apart.
        even_codes: largest value of ``4 even u^2 (1 - u^2)``: both phases err the same way, as if charge were left.
        polarity_ratio: gain of one polarity over the other, ``polarity |code|``, a ratio.
        wave_codes: largest value of a triangle wave over |u|, alike for both polarities, that fades towards zero.
        cycles_count: of that wave from zero to full scale.
        phase_ratio: of that wave, in cycles.
    """

    odd_codes: float
    even_codes: float
    polarity_ratio: float
    wave_codes: float = 0.0
    cycles_count: float = 0.0
    phase_ratio: float = 0.0


@borrowing
def bent(code: float, bend: Bend) -> float:
    """Code with its integral non-linearity and its polarity-dependent gain."""
    u = code * (1.0 / 32_768.0)
    w = u * u
    straight = code + bend.odd_codes * BOW * u * (1.0 - w)
    straight += bend.even_codes * 4.0 * w * (1.0 - w) + bend.polarity_ratio * abs(code)
    if bend.wave_codes == 0.0:
        return straight
    turn = bend.cycles_count * abs(u) + bend.phase_ratio
    height = 4.0 * abs(turn - math.floor(turn + 0.5)) - 1.0
    return straight + bend.wave_codes * (1.0 - math.exp(-w / _CALM**2)) * height


@borrowing
def wavy_until(t_ns: int, period_ns: int, row: NDArray[np.float64], role: int) -> int:
    """First sample of a segment from which on the wave of the bend no longer counts."""
    steady, swing = abs(row[3 * role + 1]), abs(row[3 * role + 2])
    if steady > _WAVE_CODES:
        return 1 << 62
    if swing <= _WAVE_CODES:
        return 0
    return -(-(t_ns + int(row[0] * math.log(swing / _WAVE_CODES) * 1e9)) // period_ns)
