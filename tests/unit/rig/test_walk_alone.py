"""`stimrig walk` with a device is the walk of a run: same start, same trains, same strides."""

import numpy as np
import pytest

from rig.benches import open_bench
from rig.commands.walk_alone import Wanted, case_of, walk_it
from rig.runner import run_case
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()


@pytest.mark.parametrize("compensation", ["acute", "adapted"])
def test_a_walk_with_a_device_is_the_walk_of_a_run(compensation):
    """Every column of the strides, at a brisk walk where trains follow each other within 150 ms."""
    wanted = Wanted("stroke_moderate", "0.9 m/s", 6, 3, "odfs", "none", compensation)
    case = case_of(wanted, CATALOGUE, ())
    record = run_case(case, open_bench("virtual", CATALOGUE))
    walked = walk_it(case, CATALOGUE, "odfs").strides
    assert set(walked) == set(record.strides)
    for name, values in record.strides.items():
        assert np.array_equal(walked[name], values, equal_nan=True), name
