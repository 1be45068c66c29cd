"""Net charge from two captures, the second with the leads reversed at the load: what the instrument adds cancels.

``Qnet = (Q1 - Q2)/2`` is the device's, ``(Q1 + Q2)/2`` the instrument's. Source: regulatory.md 5.3, remedy (e).
"""

import math
from typing import Any, Final

import numpy as np

from rig.capture_budget import Figure
from rig.capture_measure import MeasuredCapture
from rig.capture_warnings import CaptureWarning

_CANCELS: Final = frozenset({"INL"})
_ALIKE_RATIO: Final = 0.05


def swap_document(
    pair: tuple[MeasuredCapture, MeasuredCapture], net: Figure, other: Figure, told: tuple[CaptureWarning, ...]
) -> tuple[dict[str, Any], tuple[CaptureWarning, ...]]:
    """The device's and the instrument's part of the net charge, and what speaks against the pair.

    Terms that keep their sign in the instrument when the leads are reversed fall out of U.

    Args:
        pair: both captures, the one with reversed leads last.
        net: net charge of the first.
        other: of the second.
        told: warnings about the second.
    """
    warnings = [warning for warning in told if warning.doubtful]
    if net.value is None or other.value is None:
        warnings.append(CaptureWarning("swap", "one of both captures has no net charge", "--swap"))
        return {"swap_net_charge_c": None, "swap_net_charge_U_c": None, "swap_asymmetry_c": None}, tuple(warnings)
    sizes = [float(np.nanmean(np.abs(each.pulses["charge1_c"]))) for each in pair]
    if abs(sizes[0] - sizes[1]) > _ALIKE_RATIO * sizes[0]:
        text = f"phase charges of {sizes[0] * 1e6:.4g} and {sizes[1] * 1e6:.4g} µC: not the same pulses"
        warnings.append(CaptureWarning("swap", text, "--swap"))
    left = [part.standard_value for part in (*net.parts, *other.parts) if part.name not in _CANCELS]
    expanded = math.sqrt(sum(u**2 for u in left)) if left else None  # k = 2, and each capture weighs 1/2
    document = {
        "swap_net_charge_c": 0.5 * (net.value - other.value),
        "swap_net_charge_U_c": expanded,
        "swap_asymmetry_c": 0.5 * (net.value + other.value),
    }
    return document, tuple(warnings)
