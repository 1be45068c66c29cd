"""Stride-time variability: how regular the steps are."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.correlation import effective_n
from reports.intervals import all_inside
from reports.measures.collecting import collected, not_run, noted, nothing, windows_of
from reports.samples import Samples
from reports.uncertainty import term
from rig.record import Record

_MADS: Final = 3.0
_NORMAL_MAD: Final = 1.4826
"""Median absolute deviation of a normal distribution times this is its standard deviation."""

FEW_STRIDES: Final = 100
"""Below this a coefficient of variation says little (model.md 6.1)."""


def cleaned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values within the median -+ 3 MAD, the MAD scaled to a standard deviation (model.md 6.1)."""
    middle = float(np.median(values))
    spread = _NORMAL_MAD * float(np.median(np.abs(values - middle)))
    return values[np.abs(values - middle) <= _MADS * spread] if spread > 0.0 else values


def stride_time_variability(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Coefficient of variation of the stride time, SD/mean after the clean, as a ratio; one sample a run.

    Its standard uncertainty is CV sqrt(1/(2(n_eff - 1)) + CV^2/n_eff) (normal stride times).
    """
    strides = record.strides
    if not strides["stride"].size:
        return not_run("", "no stride of the patient is known")
    windows = windows_of(parameters)
    ends_s = strides["t0_s"] + strides["stride_time_s"]
    whole = all_inside(strides["t0_s"], ends_s, windows)
    dropped = int((~whole).sum())
    if whole.sum() < 3:
        return nothing("", "fewer than three whole strides", dropped=dropped)
    used = cleaned(strides["stride_time_s"][whole])
    n = used.size
    ratio = float(np.std(used, ddof=1) / np.mean(used))
    worth = max(effective_n(used), 2.0)
    standard = ratio * math.sqrt(1.0 / (2.0 * (worth - 1.0)) + ratio**2 / worth)
    part = term("sampling of strides", "A", standard, 1, systematic=False, source="normal stride times")
    few = n if n < FEW_STRIDES else 0
    return collected(
        "",
        [ratio],
        [strides["t0_s"][whole][0]],
        [ends_s[whole][-1]],
        [-1],
        (part,),
        items=np.array([n]),
        dropped=dropped,
        notes=(
            *noted(int(whole.sum()) - n, "strides beyond the median ± 3 MAD left out"),
            *noted(few, f"strides only, {FEW_STRIDES} are usual"),
        ),
    )
