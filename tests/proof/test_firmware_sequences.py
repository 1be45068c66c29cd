"""One scenario on three devices: the simulated stimulator, the same firmware built for this machine, and its image."""

import dataclasses

import numpy as np
import pytest
from firmware_defects import CATALOGUE, judged

from reports.comparison.sequences import Difference, Tolerances, compare_sequences
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases

pytestmark = pytest.mark.proof
TOLERANCES = Tolerances(time_s=1.1e-3, width_s=2.5e-6, current_a=1e-4)
"""One tick of the control loop and the time of an interrupt; 1 us of the pulse timer and what a ramp of 300 us in
200 ms moves in one tick; four codes of the amplitude's converter."""
LEAST_S = 7e-6
"""The firmware gives no phase of less than 5 us, the model does; and whether a ramp ends with one such pulse more
stands or falls with microseconds."""
DEVICES = ("odfs", "reference_host", "reference_f405")


@pytest.fixture(scope="module")
def sequences(tmp_path_factory):
    """Device -> pulses of the same walk."""
    found = {}
    for device in DEVICES:
        case = load_cases([named_files("library")["firmware-phase"]], CATALOGUE, PlanOptions(device=device)).cases[1]
        short = dataclasses.replace(case, walk=dataclasses.replace(case.walk, strides=12))
        result = judged(short, tmp_path_factory.mktemp(device) / "case")
        found[device] = result.record.pulses
    return found


def _is_end_of_ramp(difference, a, b):
    if difference.what in {Difference.PHASE1, Difference.PHASE2}:
        return max(difference.value_a, difference.value_b) <= LEAST_S
    if difference.what not in {Difference.ONLY_A, Difference.ONLY_B}:
        return False
    table = a if difference.what is Difference.ONLY_A else b
    (row,) = np.flatnonzero(table["t_s"] == difference.t_s)
    is_last = row + 1 == table["t_s"].size or table["train"][row + 1] != table["train"][row]
    return bool(is_last and table["phase1_s"][row] <= LEAST_S)


@pytest.mark.parametrize(("a", "b"), [("odfs", "reference_host"), ("reference_host", "reference_f405")])
def test_the_same_scenario_gives_the_same_pulses(sequences, a, b):
    """Count, trains, widths, currents, instants: no difference but pulses of the least width at the ends of ramps."""
    found = compare_sequences(sequences[a], sequences[b], TOLERANCES)
    print(
        f"\n{a} against {b}: {found.matched} pulses of {found.pulses_a} and {found.pulses_b}, {found.trains_a} and "
        f"{found.trains_b} trains, lag {1e6 * found.least_lag_s:+.1f} to {1e6 * found.largest_lag_s:+.1f} us, widths "
        f"within {1e6 * found.largest_width_s:.2f} us, currents within {1e6 * found.largest_current_a:.0f} uA"
    )
    assert found.pulses_a > 200
    ends = [each for each in found.differences if _is_end_of_ramp(each, sequences[a], sequences[b])]
    print(f"differences of pulses of the least width, at the ends of ramps: {len(ends)}")
    assert len(ends) == len(found.differences), found.differences
    assert len(ends) <= 2 * found.trains_a


def test_a_missing_pulse_and_one_of_three_microseconds_more_are_seen(sequences):
    """Positive controls on the real sequences."""
    table = sequences["reference_host"]
    rows = np.arange(table["t_s"].size)
    missing = compare_sequences(table, {name: column[rows != 100] for name, column in table.items()}, TOLERANCES)
    assert [each.what for each in missing.differences] == [Difference.ONLY_A]
    longer = table | {"phase1_s": table["phase1_s"] + 3e-6 * (rows == 100)}
    assert [each.what for each in compare_sequences(table, longer, TOLERANCES).differences] == [Difference.PHASE1]
