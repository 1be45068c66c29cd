"""The first start: two processes compile the kernels at once, so that two cores share the wait.

The run itself begins with the kernels of body, plant and front end; meanwhile a child process feeds the pulse finder
and so fills the kernel cache with its kernels, a third of all. It changes no result, and a child that fails is simply
no help.
"""

import multiprocessing
import signal
from collections.abc import Generator
from contextlib import contextmanager

from sim.compiled import is_cold


def compile_finder() -> None:
    """Let the pulse finder see noise and a few pulses: every kernel of it is compiled and kept."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import numpy as np

    from rig.finder import PulseFinder
    from sim.streams import Streams

    codes = Streams(0).generator("warm up").normal(0.0, 1.0, 200_000).round().astype(np.int16)
    for start in range(60_000, 180_000, 25_000):
        codes[start : start + 300] += np.int16(9_000)
        codes[start + 400 : start + 700] -= np.int16(9_000)
    finder = PulseFinder(1e6, 3e-6, 0.0, 2e-6)
    finder.feed_codes(codes[:100_000], 0)
    finder.feed_codes(codes[100_000:], 100_000)
    finder.finish()


@contextmanager
def compiling_beside() -> Generator[None, None, None]:
    """While the kernel cache is empty, let a child process compile the finder beside what happens here."""
    if not is_cold():
        yield
        return
    child = multiprocessing.get_context("spawn").Process(target=compile_finder, daemon=True)
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()
