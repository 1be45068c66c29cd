"""The integral non-linearity of a converter as a calibration has found it: points, what is left, and when."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class InlPoint:
    """One point of the table.

    Attributes:
        at_v: reading at the converter's input, V.
        error_v: reading minus truth there, after offset and gain have been taken off, V.
    """

    at_v: float
    error_v: float


@dataclass(frozen=True, slots=True)
class InlTable:
    """A table of the error of readings, interpolated linearly and held beyond its ends.

    Attributes:
        points: in rising order of `at_v`, two or more.
        residual_v: bound of what is left after the correction (uncertainty of the calibration, interpolation), V.
        on: date of the calibration.

    Raises:
        ValueError: fewer than two points, or points out of order.
    """

    points: tuple[InlPoint, ...]
    residual_v: float
    on: str = ""

    def __post_init__(self) -> None:
        at = [point.at_v for point in self.points]
        if len(at) < 2 or any(b <= a for a, b in pairwise(at)):
            raise ValueError("inl_table: needs two or more points in rising order of `at`")
        if not self.residual_v >= 0.0:
            raise ValueError(f"inl_table: residual must not be negative, got {self.residual_v:g} V")

    def error(self, reading_v: ArrayLike) -> NDArray[np.float64]:
        """Error of readings, V; to be subtracted."""
        at, error = (np.array(column) for column in zip(*((p.at_v, p.error_v) for p in self.points), strict=True))
        return np.interp(np.asarray(reading_v, np.float64), at, error)
