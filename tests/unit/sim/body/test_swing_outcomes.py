"""Clearance measures on made-up curves, rugs under the foot, compensation, the pre-run."""

from dataclasses import replace

import numpy as np
import pytest

from sim.body import layout as at
from sim.body.clearance import begin_swing, end_swing, watch
from sim.body.compensation import CompensationState, adapt
from sim.body.settle import settled_compensation
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.walk import Orthosis, Rug, Walk
from sim.streams import Streams


def _measure(height_of, mean_ratio=0.5, points=400):
    body, result = np.zeros(2 * at.BODY_FLOATS), np.full(at.RESULTS, np.nan)
    body[at.B_MTC_RATIO] = mean_ratio
    phases = np.linspace(0.0, 1.0, points + 1)
    begin_swing(body, height_of(0.0))
    for s in phases[1:]:
        watch(body, s, height_of(s), 0.5)
    end_swing(body, result)
    return result


@pytest.mark.kernels
def test_minimum_of_a_parabola_between_two_steps():
    """A minimum of 12 mm at 0.5137 of swing is found to 1e-9, although no step stands there."""
    result = _measure(lambda s: 0.012 + 0.3 * (s - 0.5137) ** 2)
    assert result[at.R_MTC] == pytest.approx(0.012, abs=1e-9)
    assert result[at.R_MTC_S] == pytest.approx(0.5137, abs=1e-6)
    assert result[at.R_NON_MTC] == 0.0
    assert result[at.R_SCUFF] == 0.0


@pytest.mark.kernels
def test_a_cycle_without_minimum_counts_its_mean_phase():
    """A foot that only rises has no local minimum: flagged, and the height at the mean phase counts (JNER 12:58)."""
    result = _measure(lambda s: 0.01 + 0.1 * s, mean_ratio=0.62)
    assert result[at.R_NON_MTC] == 1.0
    assert result[at.R_MTC] == pytest.approx(0.01 + 0.062, abs=1e-9)


@pytest.mark.kernels
def test_early_swing_minimum_takes_the_window_to_its_edges():
    """On a falling line the lowest point of 12-35 % is its value at 35 %, to 1e-9."""
    assert _measure(lambda s: 0.05 - 0.04 * s)[at.R_EARLY] == pytest.approx(0.05 - 0.014, abs=1e-9)


@pytest.mark.kernels
@pytest.mark.parametrize(
    ("depth_m", "width", "scuff", "stumble"),
    [(0.002, 0.05, 1, 0), (0.012, 0.05, 1, 1), (0.002, 0.5, 1, 1), (-0.001, 0.3, 0, 0)],
)
def test_scuff_and_stumble(depth_m, width, scuff, stumble):
    """2 mm for 25 ms is a scuff; 12 mm, or contact for 250 ms, is a stumble; 1 mm above the floor is neither."""
    result = _measure(lambda s: -depth_m if abs(s - 0.5) < width / 2 else 0.02)
    assert (result[at.R_SCUFF], result[at.R_STUMBLE]) == (scuff, stumble)


@pytest.mark.kernels
def test_compensation_settles_where_its_law_says():
    """Iterating with clearance = bare + q: q = (goal - bare) / (1 + lambda), clearance = goal - lambda q."""
    body, const = np.zeros(2 * at.BODY_FLOATS), np.zeros(at.CONSTANTS)
    const[at.C_GOAL], const[at.C_GAIN], const[at.C_LEAK], const[at.C_LIMIT] = 0.017, 0.15, 0.25, 0.045
    for _ in range(200):
        adapt(body, const, 0.004 + body[at.B_DEMAND], 0.0, False)
    assert body[at.B_DEMAND] == pytest.approx(0.013 / 1.25, rel=1e-9)
    const[at.C_LIMIT] = 0.0
    adapt(body, const, -0.1, 0.0, True)
    assert body[at.B_DEMAND] == pytest.approx(0.013 / 1.25, rel=1e-9)


def _walk(patient, curves, rugs=(), *, strides=6, speed=0.9, **how):
    walk, streams = Walk(speed, strides, "none"), Streams(3)
    schedule = draw_schedule(patient, curves, walk, streams)
    walker = Walker(patient, curves, walk, schedule, rugs(schedule) if rugs else (), streams, **how)
    walker.integrate(schedule.end_ns)
    return walker.strides()


def test_a_rug_takes_its_height_from_the_clearance(patient_of, curves):
    """A 12 mm rug under the swing of stride 2 costs 12 mm there, and nothing in the strides that walk on it."""
    healthy = patient_of("healthy_young")
    bare = _walk(healthy, curves)
    laid = _walk(healthy, curves, lambda schedule: (Rug(schedule.instant_ns(2, 0.7), 0.012, 2.5),))
    lost = bare["mtc_m"] - laid["mtc_m"]
    assert lost[0] == 0.0
    assert lost[1] == pytest.approx(0.012, abs=1e-4)
    assert lost[2] == pytest.approx(0.0, abs=1e-4)


def test_a_thick_rug_is_a_stumble(patient_of, curves):
    """30 mm under a foot that clears 15 mm: deeper than 10 mm."""
    rows = _walk(patient_of("healthy_young"), curves, lambda schedule: (Rug(schedule.instant_ns(2, 0.7), 0.030, 2.5),))
    assert rows["stumble"].tolist()[1] == 1.0
    assert rows["stumble"].sum() == 1.0


def test_pre_run_is_deterministic_and_sees_the_orthosis(patient_of, curves):
    """The same seed settles at the same lift; with the orthosis the patient needs less of it; the healthy none."""
    stroke, walk = patient_of("stroke_moderate"), Walk(0.55, 20, orthosis=Orthosis())
    one = settled_compensation(stroke, curves, walk, Streams(5))
    assert one == settled_compensation(replace(stroke), curves, walk, Streams(5))
    worn = settled_compensation(stroke, curves, walk, Streams(5), with_orthosis=True)
    assert worn.demand_m < one.demand_m
    assert settled_compensation(patient_of("healthy_young"), curves, walk, Streams(5)).demand_m == 0.0


def test_no_compensation_means_none(patient_of, curves):
    """`compensation: none` starts at zero and stays there, whatever state is handed in."""
    walk, streams = Walk(0.55, 5, "none"), Streams(1)
    stroke = patient_of("stroke_moderate")
    schedule = draw_schedule(stroke, curves, walk, streams)
    walker = Walker(stroke, curves, walk, schedule, (), streams, CompensationState(0.02, 0.6))
    walker.integrate(schedule.end_ns)
    assert (walker.strides()["hip_hike_m"] == 0.0).all()
