"""How much a whole walk costs beside its integration: drawing, preparing, settling and the outcomes, as a ratio."""

import timeit

from reports.credibility.walks import curves_of, shipped
from sim.body.preparation import healthy_offset_m, prepare
from sim.body.settle import settled_compensation
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.walk import Walk
from sim.streams import Streams

STRIDES = 300


def walk_alone(seed: int) -> float:
    """A cold, adapted walk without a device; returns the time of its integration, s."""
    patient = shipped("stroke_moderate")
    curves, streams = curves_of(patient), Streams(seed)
    walk = Walk(patient.speed_m_s, STRIDES, "adapted")
    schedule = draw_schedule(patient, curves, walk, streams)
    state = settled_compensation(patient, curves, walk, streams)
    walker = Walker(patient, curves, walk, schedule, (), streams, state)
    spent_s = timeit.timeit(lambda: walker.integrate(schedule.end_ns), number=1)
    assert len(walker.strides()["mtc_m"]) == STRIDES
    return spent_s


def test_a_walk_against_its_integrator():
    """An adapted 300-stride walk of one patient in under four times the time of the integrator alone (median of 9)."""
    walk_alone(0)
    ratios = []
    for seed in range(1, 10):
        prepare.cache_clear()
        healthy_offset_m.cache_clear()
        inner: list[float] = []
        whole_s = timeit.timeit(lambda s=seed, found=inner: found.append(walk_alone(s)), number=1)
        ratios.append(whole_s / inner[0])
    ratios.sort()
    print(
        f"\n300 strides, nothing prepared: {ratios[4]:.2f} times the integrator ({ratios[0]:.2f} to {ratios[-1]:.2f}; "
        "asked: under 4)"
    )
