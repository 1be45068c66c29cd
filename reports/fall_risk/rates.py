"""Counts as rates: how often per 100 or 1000 strides, with an exact interval."""

from dataclasses import dataclass

from reports.statistics import share_lower_bound, share_upper_bound


@dataclass(frozen=True, slots=True)
class Rate:
    """Things counted over strides.

    Attributes:
        count: how many strides had it.
        strides: how many strides were watched.
    """

    count: int
    strides: int

    def per(self, number: int) -> float:
        """Expected in `number` strides."""
        return number * self.count / self.strides

    def interval95(self, number: int) -> tuple[float, float]:
        """Two-sided 95 % interval of `per` (Clopper-Pearson); strides count as independent, so it is a narrow one."""
        count = min(self.count, self.strides)
        low, high = share_lower_bound(count, self.strides, 0.975), share_upper_bound(count, self.strides, 0.975)
        return number * low, number * high
