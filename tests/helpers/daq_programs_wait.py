"""How a program of another process waits."""

import time

from nidaqmx import Task


def let_pass(session, span_s):
    """Let time pass on the card's clock, whatever the wall clock says: an acquisition that nobody reads."""
    with Task(**session) as task:
        task.di_channels.add_di_chan("Dev1/port0/line31")
        task.timing.cfg_samp_clk_timing(10e3, samps_per_chan=max(2, round(span_s * 10e3)))
        task.start()
        task.wait_until_done()


def wait_for(condition):
    ends_s = time.monotonic() + 60.0
    while not condition() and time.monotonic() < ends_s:
        time.sleep(0.001)
