"""Time is an integer count of nanoseconds since the start of the run.

Floating-point seconds drift apart (1000 steps of 1 ms and 20 000 of 50 us do not end at the same float), so events
that must coincide would not. The rig's clock is the card's sample clock: sample k of a signal at `rate_hz` stands at
exactly ``k * sample_period_ns(rate_hz)``.
"""

from typing import Final, TypeAlias

TimeNs: TypeAlias = int

NS_PER_S: Final = 1_000_000_000
NS_PER_MS: Final = 1_000_000
NEVER: Final[TimeNs] = 1 << 62
"""Later than any run: an event that has not happened, or never will."""


def ns_from_s(time_s: float) -> TimeNs:
    """Nearest nanosecond to `time_s`, s."""
    return round(time_s * NS_PER_S)


def s_from_ns(time_ns: TimeNs) -> float:
    """Seconds of an instant or a duration in ns."""
    return time_ns / NS_PER_S


def sample_period_ns(rate_hz: float) -> TimeNs:
    """Sample period of a rate that divides a second into whole nanoseconds.

    Raises:
        ValueError: the rate has no whole number of nanoseconds between samples.
    """
    period_ns = round(NS_PER_S / rate_hz)
    if period_ns < 1 or period_ns * rate_hz != NS_PER_S:
        raise ValueError(f"sample rate {rate_hz:g} Hz: 1e9 ns must be a whole multiple of the sample period")
    return period_ns


def first_sample_at_or_after(t_ns: TimeNs, period_ns: TimeNs) -> int:
    """Index of the first sample that does not lie before `t_ns`."""
    return -(-t_ns // period_ns)
