"""Seeded defects: what can be wrong with a stimulator on purpose, and how much of it."""

import math
from collections.abc import Mapping
from typing import Final

from sim.stimulator.program import PulseDefects

OUTPUT_DEFECTS: Final[dict[str, str]] = {
    "missing_pulses": "",
    "net_charge": "C",
    "dc_leak": "A",
    "width_drift": "",
    "double_pulse": "",
}
"""Defects of an output stage and the SI unit of their dose; dose 0 is a sound device, to the last bit.

`missing_pulses`: share of the pulses that do not come. `net_charge`: charge that every pulse leaves behind, C.
`dc_leak`: steady current while powered, A. `width_drift`: relative growth of both pulse widths per minute of run.
`double_pulse`: share of the pulses followed by a second one a fifth of a period later.
"""

_SHARES: Final = frozenset({"no_lead_off", "missing_pulses", "double_pulse", "no_time_out", "short_recovery"})
_SIGNED: Final = frozenset({"net_charge", "dc_leak", "width_drift", "threshold_shift"})


def checked_doses(device: str, known: Mapping[str, str], defects: Mapping[str, float]) -> dict[str, float]:
    """`defects` with every defect of the device, 0 where it is not named.

    Args:
        device: its name, for messages.
        known: its defects, with units; one that ends in ``_2`` concerns channel 2 alone.
        defects: defect -> dose, SI.

    Raises:
        ValueError: an unknown defect, or a dose that makes no sense.
    """
    doses = dict.fromkeys(known, 0.0)
    for name, dose in defects.items():
        if name not in known:
            raise ValueError(f"{device}: defect {name!r} is not known; known are {', '.join(known)}")
        kind = name.rstrip("_0123456789")
        least = -math.inf if kind in _SIGNED else 0.0
        most = 1.0 if kind in _SHARES else math.inf
        if not (math.isfinite(dose) and least <= dose <= most):
            raise ValueError(
                f"{device}: dose of {name} must be finite and lie between {least:g} and {most:g}, got {dose}"
            )
        doses[name] = float(dose)
    return doses


def by_channel(defects: Mapping[str, str], channels: int) -> dict[str, str]:
    """`defects`, each for all channels and, with a suffix (`net_charge_2`), for one channel alone."""
    return {**defects, **{f"{name}_{n}": unit for name, unit in defects.items() for n in range(1, channels + 1)}}


def dose_of(doses: Mapping[str, float], name: str, channel: int) -> float:
    """Dose of a defect on one channel: what all channels have and what it has alone."""
    return doses.get(name, 0.0) + doses.get(f"{name}_{channel}", 0.0)


def pulse_defects(doses: Mapping[str, float], channel: int = 1) -> PulseDefects:
    """The doses that concern the pulse generator of a channel."""
    return PulseDefects(
        missing_ratio=dose_of(doses, "missing_pulses", channel),
        double_ratio=dose_of(doses, "double_pulse", channel),
        net_charge_c=dose_of(doses, "net_charge", channel),
        drift_per_s=dose_of(doses, "width_drift", channel) / 60.0,
        recovery_lost_ratio=min(1.0, dose_of(doses, "short_recovery", channel)),
    )
