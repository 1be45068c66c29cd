"""Cycles against rig time: exact whole numbers, at every rate, over hours."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rig.firmware.board.device_time import DeviceTime

RATES = st.sampled_from([16_000_000, 64_000_000, 168_000_000, 180_000_000])
ERRORS = st.floats(-0.5, 1.0, allow_nan=False)


@given(hz=RATES, error=ERRORS, start_ns=st.integers(-(10**9), 10**9), cycle=st.integers(0, 10**13))
def test_the_first_cycle_at_an_instant_is_that_cycle(hz, error, start_ns, cycle):
    """`first_cycle_at` is the inverse of `instant_ns`: no cycle before it lies at or behind the instant."""
    time = DeviceTime.starting(start_ns, hz, error)
    t_ns = time.instant_ns(cycle)
    first = time.first_cycle_at(t_ns)
    assert time.instant_ns(first) >= t_ns
    assert first == 0 or time.instant_ns(first - 1) < t_ns
    assert first <= cycle


def test_an_hour_is_exact():
    """64 MHz that runs 30 ppm fast: 3600 s of rig time are 3600 * 64e6 * 1.00003 cycles, to the cycle."""
    time = DeviceTime.starting(0, 64_000_000, 30e-6)
    assert time.first_cycle_at(3600 * 10**9) == 3600 * 64_000_000 + 3600 * 64 * 30
    assert time.instant_ns(time.first_cycle_at(3600 * 10**9)) == 3600 * 10**9


@given(error=ERRORS, later=ERRORS, cycle=st.integers(1, 10**9))
def test_a_clock_that_changes_its_rate_keeps_its_instant(error, later, cycle):
    """Where two pieces meet they say the same instant, and behind it the new rate holds to a nanosecond."""
    before = DeviceTime.starting(7, 64_000_000, error)
    after = before.running_at(cycle, 64_000_000, later)
    assert after.instant_ns(cycle) == before.instant_ns(cycle)
    expected = Fraction(64_000_000 * 10**9, 1) / (64_000_000 + Fraction(64_000_000) * Fraction(later))
    assert abs(after.instant_ns(cycle + 64_000_000) - after.t_ns - expected) < 2
