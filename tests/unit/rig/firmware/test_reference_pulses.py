"""One pulse of the reference firmware: its charges, its ramp, its counter, against exact arithmetic."""

import ctypes
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from firmware_box import FirmwareBox

LAST_US = 2**32


class Shape(ctypes.Structure):
    """`pulse_shape` of pulse.h."""

    _fields_ = (
        ("code", ctypes.c_uint32),
        ("width_us", ctypes.c_uint32),
        ("gap_us", ctypes.c_uint32),
        ("recharge", ctypes.c_uint32),
        ("ramps_current", ctypes.c_bool),
    )


class Laid(ctypes.Structure):
    """`pulse` of pulse.h."""

    _fields_ = tuple((name, ctypes.c_uint32) for name in ("code1", "width1_us", "gap_us", "code2", "width2_us"))


class Ramp(ctypes.Structure):
    """`ramp` of ramp.h."""

    _fields_ = (
        ("from_us", ctypes.c_uint32),
        ("from_share", ctypes.c_uint32),
        ("slope", ctypes.c_uint32),
        ("down", ctypes.c_bool),
    )


class Grid(ctypes.Structure):
    """`train_grid` of train_grid.h."""

    _fields_ = (("at_us", ctypes.c_uint32), ("rate_mhz", ctypes.c_uint32), ("owed", ctypes.c_uint32))


def test_both_phases_carry_the_same_charge_at_every_setting(firmware_library: Path) -> None:
    """Codes times microseconds: the phases differ by half a code of phase 2 at most, and nothing overflows."""
    lib = ctypes.CDLL(str(firmware_library))
    lib.pulse_laid_out.restype = Laid
    codes = (1, 2, 41, 410, 1229, 2703, 3275, 3276)
    shares = (1, 17, 655, 8192, 32768, 65535, 65536)
    for code, width_us, recharge, share, ramps_current in product(
        codes, (10, 37, 300, 365, 999, 1000), (50, 100, 250, 333, 999, 1000), shares, (False, True)
    ):
        shape = Shape(code, width_us, 100, recharge, ramps_current)
        laid = lib.pulse_laid_out(ctypes.byref(shape), code, share)
        charge1, charge2 = laid.code1 * laid.width1_us, laid.code2 * laid.width2_us
        assert abs(charge1 - charge2) * 2 <= laid.code2, (code, width_us, recharge, share)
        assert laid.code1 <= code
        assert 1 <= laid.code2 <= laid.code1
        assert 5 <= laid.width1_us <= width_us
        wanted = max(Fraction(1), Fraction(laid.code1 * recharge, 1000))
        assert abs(laid.code2 - wanted) <= Fraction(1, 2)
        if recharge == 1000:
            assert (laid.code2, laid.width2_us) == (laid.code1, laid.width1_us)


@pytest.mark.parametrize("whole_us", [1000, 16_667, 200_000, 999_000, 4_000_000, 10_000_000])
@pytest.mark.parametrize("from_us", [0, 123_456, LAST_US - 1, LAST_US - 150_000])
def test_a_ramp_is_straight_over_the_wrap_of_the_counter(firmware_library: Path, whole_us: int, from_us: int) -> None:
    """Share of the plateau against exact fractions, to 1/20000, at every part of the ramp and long behind it."""
    lib = ctypes.CDLL(str(firmware_library))
    lib.ramp_from.restype = Ramp
    for down, start in product((False, True), (0, 20_000, 65_536)):
        way = lib.ramp_from(from_us, start, whole_us, down)
        for part in (0, 1, 13, 250, 499, 500, 999, 1000, 1001, 5000):
            elapsed_us = whole_us * part // 1000
            got = lib.ramp_share(ctypes.byref(way), (from_us + elapsed_us) % LAST_US)
            moved = Fraction(elapsed_us, whole_us) * (-1 if down else 1)
            exact = min(Fraction(1), max(Fraction(0), Fraction(start, 65_536) + moved))
            assert abs(Fraction(got, 65_536) - exact) < Fraction(1, 20_000), (down, start, part)
        assert lib.ramp_share(ctypes.byref(way), (from_us - 40) % LAST_US) == start
        if start == 65_536 and not down:
            assert lib.ramp_share(ctypes.byref(way), (from_us + 60_000_000) % LAST_US) == 65_536


@pytest.mark.parametrize("rate_mhz", [1000, 20_000, 33_333, 40_000, 59_999, 60_000, 99_999, 100_000])
def test_the_grid_of_a_train_loses_no_fraction(firmware_library: Path, rate_mhz: int) -> None:
    """After any number of pulses the grid stands where the exact rate puts it, a microsecond down at most."""
    lib = ctypes.CDLL(str(firmware_library))
    lib.grid_at.restype = lib.grid_next.restype = Grid
    grid = lib.grid_at(LAST_US - 70_000)
    for pulse in range(1, 700):
        grid = lib.grid_next(ctypes.byref(grid), rate_mhz)
        exact_us = Fraction(10**9, rate_mhz) * pulse
        assert (grid.at_us + 70_000) % LAST_US == int(exact_us)


def test_a_train_runs_over_the_wrap_of_the_counter(make_box: Callable[..., FirmwareBox]) -> None:
    """The counter wraps 20 s after power-on: a train over that instant is one over any other, pulse by pulse."""
    trains = []
    for until_ms in (19_000, 23_000):
        box = make_box()
        box.run(until_ms)
        box.step(2000)
        start = box.pulses()[0][0]
        trains.append([(t - start, *rest) for t, *rest in box.pulses()])
        assert len(trains[-1]) > 80
    assert trains[0] == trains[1]


@pytest.mark.parametrize("wait_ms", range(0, 25, 3))
def test_a_change_of_rate_counts_from_the_last_pulse(box: FirmwareBox, wait_ms: int) -> None:
    """Whenever it comes: intervals of the old rate, those of the new one, at most one between them, none shorter."""
    box.heel_v = 0.2
    box.run(600 + wait_ms)
    box.set(rate=60)
    box.run(300)
    intervals = [later[0] - first[0] for first, later in pairwise(box.pulses())]
    turn = next(k for k, each in enumerate(intervals) if each != 25_000)
    assert 16_666 <= intervals[turn] < 25_000
    assert set(intervals[turn + 1 :]) == {16_666, 16_667}


def test_a_change_to_a_fast_rate_need_not_wait_for_the_slow_one(box: FirmwareBox) -> None:
    """At 1 Hz, a second is long: 10 ms after the new rate is known its pulses come."""
    box.set(rate=1, ramp_up=0)
    box.heel_v = 0.2
    box.run(300)
    assert len(box.pulses()) == 1
    box.set(rate=100)
    box.run(100)
    assert len(box.pulses()) >= 10


def test_current_ramps_leave_the_width_alone(box: FirmwareBox) -> None:
    """With `ramped current` every width is the set one and the codes climb straight, one period up at the first."""
    box.set(ramped="current", ramp_up=400, waveform="asymmetric", recharge=25)
    box.step(1000)
    rise = box.pulses()[:16]
    assert {pulse[2] for pulse in rise} == {300}
    assert np.allclose([pulse[1] for pulse in rise], 1229 * np.arange(1, 17) / 16, atol=1.0)


def test_a_level_of_nothing_gives_no_pulse_and_no_code(box: FirmwareBox) -> None:
    """An amplitude control that is turned to nothing in a train silences it; turned up again, the train is there."""
    box.heel_v = 0.2
    box.run(500)
    box.set(level=0)
    before = len(box.edges)
    box.run(300)
    assert len(box.edges) <= before + 4
    box.set(level=50)
    box.run(200)
    assert box.pulses()[-1][1] == 614


def test_slew_bounds_the_change_from_pulse_to_pulse(box: FirmwareBox) -> None:
    """A knob turned in a train moves the current by the set step at most, up and down, and arrives."""
    box.set(slew=1)
    box.heel_v = 0.2
    box.run(500)
    box.set(current=40)
    box.run(500)
    box.set(current=35.5)
    box.run(500)
    codes = [pulse[1] for pulse in box.pulses()]
    assert max(abs(b - a) for a, b in pairwise(codes)) == 41
    assert 1638 in codes
    assert codes[-1] == 1454
