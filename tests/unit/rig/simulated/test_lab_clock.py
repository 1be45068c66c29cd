"""The two clocks of a laboratory: one that costs nothing, one that is the wall clock; neither ever falls."""

import threading

import pytest
from lab_desk import Playing, lab_of, steps_v

from rig.simulated.clock import RealClock, SimClock
from sim.timebase import NS_PER_MS, NS_PER_S


def test_a_simulated_clock_moves_only_where_somebody_waits():
    """Waiting for an instant is being there; the past and a stopped wait move nothing."""
    clock, stop = SimClock(), threading.Event()
    assert (clock.now_ns(), clock.paced) == (0, False)
    assert clock.wait_until(5 * NS_PER_S)
    assert clock.wait_until(3 * NS_PER_S)
    stop.set()
    assert not clock.wait_until(9 * NS_PER_S, stop)
    assert clock.now_ns() == 5 * NS_PER_S


def test_the_wall_clock_waits_at_least_as_long_as_asked():
    """An hour at 3.6 million times the wall clock; afterwards the instant has come, and time has not fallen."""
    clock = RealClock(3.6e6)
    asked_ns = clock.now_ns() + 3600 * NS_PER_S
    assert clock.paced
    assert clock.wait_until(asked_ns)
    assert clock.now_ns() >= asked_ns
    assert clock.now_ns() >= asked_ns


def test_a_wait_for_the_wall_clock_can_be_stopped():
    """Another thread ends a wait for an hour."""
    clock, stop = RealClock(), threading.Event()
    threading.Timer(0.02, stop.set).start()
    assert not clock.wait_until(3600 * NS_PER_S, stop)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("inf"), float("nan")])
def test_a_speed_that_is_none_is_refused(speed):
    """A clock that stands still or runs backwards would hang everybody."""
    with pytest.raises(ValueError, match="speed"):
        RealClock(speed)


def test_two_threads_at_one_laboratory_see_the_same_signals():
    """Whoever advances it, the samples are those of a laboratory with one reader."""
    labs = [lab_of(), lab_of()]
    for lab in labs:
        lab.drive(Playing({"heel_switch": steps_v([(0.2, 0.7)], 2.0)}))
        lab.power_on(0)
    seen: list[bytes] = []

    def read() -> None:
        parts = []
        for k in range(100):
            labs[1].wait_until((k + 1) * 10 * NS_PER_MS)
            parts.append(labs[1].values("current", k * 10 * NS_PER_MS, 1000, 10_000).tobytes())
        seen.append(b"".join(parts))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    labs[0].advance_to(NS_PER_S)
    assert seen == [labs[0].values("current", 0, 1000, 1_000_000).tobytes()] * 3


def test_a_wall_clock_can_stand_until_the_laboratory_is_built():
    """It shows 0 until it begins; beginning twice does not set it back."""
    clock = RealClock(1e6, running=False)
    assert clock.now_ns() == 0
    assert clock.now_ns() == 0
    clock.begin()
    clock.wait_until(1000 * NS_PER_S)
    clock.begin()
    assert clock.now_ns() >= 1000 * NS_PER_S
