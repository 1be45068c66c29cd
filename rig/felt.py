"""What the nerve is given of a pulse whose height the card could not see."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_UNKNOWN_WIDTH_S: Final = 300e-6
"""Where neither the capture nor the settings tell the width (design choice: an ordinary pulse)."""


def felt(pulses: NDArray[Any], range_a: float, set_width_s: float | None) -> NDArray[Any]:
    """The pulses as the body feels them.

    A pulse without a clipped sample is felt as captured. A clipped one has no height and no width: so that the walk can
    go on it is felt with the full range of the card, which it certainly reached, and the set width. Whatever the
    patient does after that is no evidence: outcome checks of a clipped capture are INCONCLUSIVE.

    Args:
        pulses: `PULSE_DTYPE`.
        range_a: largest current that is not clipped, A.
        set_width_s: programmed pulse width, s, or None.
    """
    known = np.isfinite(pulses["phase1_a"] + pulses["phase1_s"])
    if known.all():
        return pulses
    unknown = ~known
    guessed = pulses.copy()
    guessed["phase1_a"][unknown] = range_a
    guessed["phase1_s"][unknown] = set_width_s or _UNKNOWN_WIDTH_S
    for name in ("gap_s", "phase2_a", "phase2_s"):
        guessed[name][unknown] = 0.0
    return guessed
