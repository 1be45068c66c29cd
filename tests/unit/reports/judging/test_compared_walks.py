"""Clearance, trips, landing and margins against the reference timing: no difference is none, a known one is itself."""

from dataclasses import replace

import numpy as np
import pytest
from control_desk import CATALOGUE, sound, with_strides

from reports.fall_risk.tail import fitted, height_at
from reports.measures import compared as side_by_side
from reports.measures.compared_clearance import STEPS_PER_KM
from rig.altered_walks import AS_CAPTURED, altered_strides

SCENARIO = "SCN-CORE-CLEARANCE"


def _samples(record, name, **parameters):
    spec = CATALOGUE.measures[name]
    given = {"height": 0.010, "obstacles": 0.001, "against": "reference", "loss": 0.005}
    wanted = {each.name for each in spec.parameters}
    return spec.compute(record, {k: v for k, v in (given | parameters).items() if k in wanted})


@pytest.fixture
def lowered(monkeypatch):
    """The reference walk is the captured one, raised by so many metres."""

    def by(height_m):
        def walk(record, alteration):
            table = altered_strides(record, AS_CAPTURED)
            raised = 0.0 if alteration == AS_CAPTURED else height_m
            return {**table, "mtc_m": table["mtc_m"] + raised, "slap_rad_s": table["slap_rad_s"] * (1.0 + raised)}

        monkeypatch.setattr(side_by_side, "altered_strides", walk)
        return sound(SCENARIO)

    return by


def test_a_walk_beside_itself_differs_in_nothing(lowered):
    """Every difference is 0 and every ratio 1, with no width of interval: the same strides are drawn of both."""
    record = lowered(0.0)
    for name, none in (("lowest_clearance", 0.0), ("trip_ratio", 1.0), ("trip_index", 0.0), ("slap_ratio", 1.0)):
        found = _samples(record, name)
        assert found.values == pytest.approx([none], abs=1e-12)
        assert found.interval95[0] == pytest.approx([none, none], abs=1e-12)
    assert not _samples(record, "eversion_change").values.any()


def test_three_millimetres_are_three_millimetres(lowered):
    """The reference 3 mm higher in every stride: the 1st percentile differs by 3 mm, with no width at all."""
    found = _samples(lowered(0.003), "lowest_clearance")
    assert found.values == pytest.approx([-0.003], abs=1e-9)
    assert found.interval95[0] == pytest.approx([-0.003, -0.003], abs=1e-9)


def test_the_ratio_and_the_index_follow_their_formulas(lowered):
    """F(h) of the same heights by hand: half a stride added; 1 - (1 - p)^1500 with p = 0.1 % of F."""
    record = lowered(0.008)
    clearance_m = np.sort(record.strides["mtc_m"])
    n, height_m = clearance_m.size, 0.035
    own, reference = (np.interp(height_m, h, (np.arange(n) + 0.5) / n) for h in (clearance_m, clearance_m + 0.008))
    ratio = _samples(record, "trip_ratio", height=height_m)
    index = _samples(record, "trip_index", height=height_m)
    assert ratio.values == pytest.approx([(own * n + 0.5) / (reference * n + 0.5)], rel=1e-9)
    by_hand = (1.0 - 0.001 * reference) ** STEPS_PER_KM - (1.0 - 0.001 * own) ** STEPS_PER_KM
    assert index.values == pytest.approx([by_hand], rel=1e-9)


def test_few_strides_say_nothing_about_one_in_a_hundred():
    """299 strides: no sample, and the reason says how many are needed."""
    short = with_strides(sound(SCENARIO), 299)
    found = _samples(short, "lowest_clearance")
    assert not found.values.size and "300 are needed" in found.notes[0]


def test_the_margin_is_where_the_loss_is_reached():
    """At the break-point of the delay the 1st percentile has lost 5 mm against the reference, within 0.5 mm."""
    from rig.altered_walks import REFERENCE, Alteration

    record = sound(SCENARIO)
    found = _samples(record, "latency_margin")
    at = altered_strides(record, Alteration(delay_s=float(found.values[0])))["mtc_m"]
    lost_m = height_at(fitted(altered_strides(record, REFERENCE)["mtc_m"]), 0.01) - height_at(fitted(at), 0.01)
    assert lost_m == pytest.approx(0.005, abs=0.5e-3)
    assert found.unit == "s" and found.expanded[0] > 0.0


def test_a_margin_that_is_not_reached_says_so():
    """With 50 mm allowed no delay of up to 150 ms is too long: the largest that was tried stands for it."""
    found = _samples(sound(SCENARIO), "latency_margin", loss=0.05)
    assert found.values.tolist() == [0.150] and "not reached" in found.notes[0]


def test_an_incomplete_run_has_no_reference():
    """Without the end of the run nobody can walk it again: the check is not run, and the reason says why."""
    broken = replace(sound(SCENARIO), interrupted=True)
    assert _samples(broken, "trip_ratio").not_run == "the run did not come to its end"
