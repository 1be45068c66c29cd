"""A laboratory on the wall clock moves on by itself, and says when it cannot keep up."""

import threading

from lab_desk import case_of, lab_of

from rig.simulated.clock import RealClock
from rig.simulated.ticker import BLOCK_NS, LATE_NS, Ticker
from sim.signal import Command
from sim.timebase import NS_PER_S


class _Scripted:
    """A wall clock whose readings are known: `late_ns` behind every instant that somebody waits for."""

    paced = True

    def __init__(self, late_ns, blocks):
        self._late_ns, self._left, self._now_ns = late_ns, blocks, 0
        self.done = threading.Event()

    def now_ns(self):
        return self._now_ns

    def wait_until(self, t_ns, stop=None):
        if self._left == 0:
            self.done.set()
            stop.wait(60.0)
            return False
        self._left -= 1
        self._now_ns = t_ns + self._late_ns
        return True


def _ticked(late_ns, blocks):
    clock, told = _Scripted(late_ns, blocks), []
    lab = lab_of(clock=clock)
    ticker = Ticker(lab, told.append)
    assert clock.done.wait(60.0)
    ticker.close()
    ticker.close()
    return lab, ticker, told


def test_it_keeps_the_laboratory_at_the_clock():
    """Ten blocks in time: all lived, nothing to tell."""
    lab, ticker, told = _ticked(0, 10)
    assert lab.reached_ns == 10 * BLOCK_NS
    assert (ticker.late_blocks, ticker.worst_lateness_ns, told) == (0, 0, [])


def test_it_says_that_it_cannot_keep_up_and_counts_how_often():
    """Three seconds behind: every block is late, the number is right, and it is told once in 10 s, not 50 times."""
    _, ticker, told = _ticked(3 * NS_PER_S, 50)
    assert (ticker.late_blocks, ticker.worst_lateness_ns) == (50, 3 * NS_PER_S)
    assert len(told) == 1
    assert "3.0 s behind" in told[0]
    assert _ticked(LATE_NS, 3)[1].late_blocks == 0


def test_a_device_that_fails_is_told_once_and_the_thread_lives():
    """A model error behind a valid command: one message; another device on the bench, and time goes on."""
    told = []
    lab = lab_of(clock=RealClock(50.0))
    lab.power_on(0)
    failed = threading.Event()

    class Wrong:
        def signals(self, _t0_ns, _t1_ns):
            return {}

        def commands(self, t0_ns, _t1_ns):
            return [Command(t0_ns, "weather", 1.0)]

    def tell(text):
        told.append(text)
        failed.set()

    wrong = Wrong()
    lab.drive(wrong)
    ticker = Ticker(lab, tell)
    assert failed.wait(60.0)
    lab.release(wrong)
    lab.rebuild(case_of(), is_on=True)
    lab.wait_until(lab.reached_ns + NS_PER_S)
    ticker.close()
    assert len([text for text in told if "weather" in text]) == 1
