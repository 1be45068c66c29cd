"""Pulses after the supply is back: counted from the return to the next step, and no further."""

from types import SimpleNamespace

import numpy as np
import pytest

from reports.measures import arming


@pytest.mark.parametrize(
    ("pulses_s", "counts"),
    [
        ([1.0, 1.1, 6.0], [0.0]),
        ([1.0, 3.2, 3.3, 6.0], [2.0]),
        ([1.0, 2.9, 5.0], [0.0]),
        ([4.0], []),
    ],
)
def test_pulses_between_return_and_step_count(monkeypatch, pulses_s, counts):
    """Supply back at 3 s, next step at 5 s: what starts in between is spurious. A silent device is not tried."""
    record = SimpleNamespace(pulses={"t_s": np.array(pulses_s)}, gaps_s=(), span_s=(0.0, 8.0))
    given = SimpleNamespace(event=SimpleNamespace(stride=3, name="cut"))
    monkeypatch.setattr(arming, "disarmed_spans", lambda record, after: [(given, 3.0, 8.0)])
    monkeypatch.setattr(arming, "openings_of", lambda record: [SimpleNamespace(t_s=s) for s in (0.9, 2.5, 5.0)])
    samples = arming.restart_pulses(record, {})
    assert list(samples.values) == counts
