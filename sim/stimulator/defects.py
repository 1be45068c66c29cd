"""Seeded defects of an output stage, and what the doses make of its pulses."""

import math
from collections.abc import Mapping
from typing import Final

from sim.stimulator.defect_spec import DefectSpec
from sim.stimulator.program import PulseDefects

OUTPUT_DEFECTS: Final = (
    DefectSpec("missing_pulses", "", "timing", 0.05, "share of the pulses that do not come", most=1.0),
    DefectSpec("net_charge", "C", "charge", 150e-9, "charge that every pulse leaves behind", least=-math.inf),
    DefectSpec("dc_leak", "A", "charge", 30e-6, "steady current while powered", least=-math.inf),
    DefectSpec(
        "width_drift", "", "output", 0.5, "relative growth of both pulse widths per minute of run", least=-math.inf
    ),
    DefectSpec(
        "double_pulse",
        "",
        "timing",
        0.05,
        "share of the pulses followed by a second one a fifth of a period later",
        most=1.0,
    ),
)
"""What every output stage can have."""


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
