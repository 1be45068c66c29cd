"""Made-up samples for the tests of the judge."""

import numpy as np

from reports.samples import Component, Samples
from scenarios.catalogue import MeasureSpec


def samples_of(values, expanded=0.0, systematic=None, **rest):
    values = np.asarray(values, float)
    n = values.size
    t0_s = rest.pop("t0_s", 3.0 + np.arange(n) * 1e-3)
    big = np.broadcast_to(np.asarray(expanded, float), (n,)).copy()
    lasting = big if systematic is None else np.full(n, systematic)
    strides = rest.pop("strides", np.full(n, -1))
    rest.setdefault("budget", (Component("made up", "B", float(big[0]) / 2.0 if n else 0.0, True),))
    return Samples(values, t0_s, rest.pop("t1_s", t0_s + 1e-3), strides, "s", big, lasting, **rest)


def spec_of(samples, quantity="measured", **rest):
    return MeasureSpec("made", "s", quantity, lambda _record, _parameters: samples, "run", (), **rest)
