"""The foot at landing and the ankle's peak in swing: columns against the kept trace of the same walk."""

import numpy as np
import pytest

from sim.body import layout as at
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.leg import leg_at
from sim.gait.walk import Walk
from sim.streams import Streams


@pytest.fixture(scope="module")
def walked(patient_of, curves):
    patient, walk, streams = patient_of("stroke_moderate"), Walk(0.55, 4), Streams(3)
    schedule = draw_schedule(patient, curves, walk, streams)
    walker = Walker(patient, curves, walk, schedule, (), streams, trace=True)
    walker.integrate(schedule.end_ns)
    return walker, schedule


def test_the_foot_at_landing_is_the_ankle_plus_the_lean_of_the_shank(walked):
    """The last row of each swing in the trace gives the ankle; the sole follows from the prescribed shank."""
    walker, _ = walked
    strides = walker.strides()
    trace = walker._buffers.trace
    assert strides["foot_ic_rad"].shape == (4,)
    for k in range(1, 5):
        swing = (trace[:, at.T_STRIDE] == k) & np.isfinite(trace[:, at.T_CLEARANCE])
        assert trace[swing, at.T_ANKLE][-1] == pytest.approx(strides["ankle_ic_rad"][k - 1], abs=0.02)
    lean = strides["foot_ic_rad"] - strides["ankle_ic_rad"]
    base = walker._buffers.bases[0]
    prescribed = leg_at(base, 0.0, 1.0, 0.4, 0.4)[0]
    assert lean == pytest.approx(np.full(4, prescribed), abs=0.08)


def test_the_peak_is_the_largest_ankle_after_35_percent_of_swing(walked):
    """Against the trace between 35 % of swing and landing."""
    walker, schedule = walked
    strides, trace = walker.strides(), walker._buffers.trace
    for k in range(1, 5):
        from_s = (schedule.toe_off_ns[k] + 0.35 * (schedule.t0_ns[k + 1] - schedule.toe_off_ns[k])) / 1e9
        late = (trace[:, at.T_STRIDE] == k) & np.isfinite(trace[:, at.T_CLEARANCE]) & (trace[:, at.T_T] >= from_s)
        assert strides["ankle_swing_peak_rad"][k - 1] == pytest.approx(trace[late, at.T_ANKLE].max(), abs=1e-9)
