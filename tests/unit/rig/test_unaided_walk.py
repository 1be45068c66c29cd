"""The reference walk: the same strides, the same noise, no pulse."""

import numpy as np

from rig.commands.walk_alone import Wanted, case_of, walk_it
from rig.unaided import unaided_strides
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()


def test_the_reference_is_the_walk_without_a_device():
    """Every gait column of a stimulated case, walked without pulses, is that of `stimrig walk --device none`."""
    wanted = Wanted("stroke_moderate", "0.55 m/s", 8, 3, "odfs", "none", "acute")
    reference = unaided_strides(case_of(wanted, CATALOGUE, ()))
    alone = walk_it(case_of(wanted, CATALOGUE, ()), CATALOGUE, "none").strides
    for name, values in reference.items():
        assert np.array_equal(values, alone[name], equal_nan=True), name
    aided = walk_it(case_of(wanted, CATALOGUE, ()), CATALOGUE, "odfs").strides
    assert np.array_equal(aided["t0_s"], reference["t0_s"])
    assert np.all(aided["mtc_m"] > reference["mtc_m"])
