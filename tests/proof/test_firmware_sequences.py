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


@pytest.mark.parametrize(("a", "b"), [("odfs", "reference_host"), ("reference_host", "reference_f405")])
def test_the_same_scenario_gives_the_same_pulses(sequences, a, b):
    """Count, trains, widths, currents, instants: no difference beyond the tolerances."""
    found = compare_sequences(sequences[a], sequences[b], TOLERANCES)
    print(
        f"\n{a} against {b}: {found.matched} pulses of {found.pulses_a} and {found.pulses_b}, {found.trains_a} and "
        f"{found.trains_b} trains, lag {1e6 * found.least_lag_s:+.1f} to {1e6 * found.largest_lag_s:+.1f} us, widths "
        f"within {1e6 * found.largest_width_s:.2f} us, currents within {1e6 * found.largest_current_a:.0f} uA"
    )
    assert found.pulses_a > 200
    assert found.differences == ()


def test_a_missing_pulse_and_one_of_three_microseconds_more_are_seen(sequences):
    """Positive controls on the real sequences."""
    table = sequences["reference_host"]
    rows = np.arange(table["t_s"].size)
    missing = compare_sequences(table, {name: column[rows != 100] for name, column in table.items()}, TOLERANCES)
    assert [each.what for each in missing.differences] == [Difference.ONLY_A]
    longer = table | {"phase1_s": table["phase1_s"] + 3e-6 * (rows == 100)}
    assert [each.what for each in compare_sequences(table, longer, TOLERANCES).differences] == [Difference.PHASE1]
