"""What an implanted contact and the tissue around it bear: charge density of a phase, and Shannon's k.

Both judge a pulse by the geometric area of the smaller contact of its channel, which the check must say: no capture
knows it.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.measures.charge import phase_charge
from reports.measures.collecting import not_run
from reports.measures.pad import UNKNOWN_AREA, pad_area_m2
from reports.samples import Samples, changed
from rig.record import Record
from scenarios.catalogue import MeasureSpec, Parameter

_LEAST_C: Final = 1e-15
"""Charge below which the logarithm is not taken, C."""
_UC: Final = 1e6
_CM2: Final = 1e4


def charge_density(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Charge of a phase over the area of the contact, D = |Q| / A, C/m^2, of every pulse.

    Source of the limit in use: Merrill et al. 2005 (reversible charge injection of platinum 50 to 150 uC/cm^2
    geometric; from memory), regulatory.md CHG-07.
    """
    found, area_m2 = phase_charge(record, parameters), pad_area_m2(record, parameters)
    if area_m2 is None:
        return not_run("C/m^2", UNKNOWN_AREA)
    return changed(found, found.values / area_m2, np.full(found.values.size, 1.0 / area_m2), "C/m^2")


def shannon_k(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Shannon's k = log10(Q D) = log10(Q^2 / A), Q in uC a phase, A in cm^2, D = Q / A, of every pulse.

    U(k) = 2 U(Q) / (Q ln 10). Harm was seen from k = 1.85 on, in the cortex of cats over 8 h at 50 Hz with discs; on a
    nerve cuff it is an extrapolation.

    Source: Shannon 1992 (IEEE Trans. Biomed. Eng. 39), eq. 1; regulatory.md 2.4.
    """
    found, area_m2 = phase_charge(record, parameters), pad_area_m2(record, parameters)
    if area_m2 is None:
        return not_run("", UNKNOWN_AREA)
    charge_c = np.maximum(found.values, _LEAST_C)
    k = np.log10((charge_c * _UC) ** 2 / (area_m2 * _CM2))
    return changed(found, k, 2.0 / (charge_c * np.log(10.0)), "")


_PHASE: Final = Parameter("phase", choices=("1", "2"), default="1", summary="which phase of the pulse")
_AREA: Final = Parameter(
    "area",
    "m^2",
    default="0 m^2",
    bounds=(0.0, 1e-2),
    summary="geometric area of the smaller contact; 0: as item or device file say",
)
_NEEDS: Final = ("current", "feature:implanted")

IMPLANT: Final = (
    MeasureSpec(
        "charge_density",
        "C/m^2",
        "measured",
        charge_density,
        "pulse",
        (_AREA, _PHASE),
        _NEEDS,
        summary="charge of a phase over the area of the contact",
    ),
    MeasureSpec(
        "shannon_k",
        "",
        "measured",
        shannon_k,
        "pulse",
        (_AREA, _PHASE),
        _NEEDS,
        summary="log10(Q^2/A) with Q in uC a phase and A in cm^2 (Shannon 1992)",
    ),
)
"""Measures of implanted devices; others are not asked for them."""
