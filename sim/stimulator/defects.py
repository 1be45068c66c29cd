"""What the doses of the seeded defects make of the program of an output stage, and of each of its pulses."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sim.stimulator.program import PulseDefects, PulseProgram

RUNAWAY_RATIO: Final = 0.85
"""Share of the nominal supply below which a runaway begins (design choice: where the low-battery lamp comes on)."""
BAND_A: Final = 5e-3
"""Every second band of this width is set back by a setting that does not rise steadily, A (design choice)."""
REFERENCE_HZ: Final = 40.0
"""Rate at which the dose of `rate_net_charge` is stated (design choice: the usual rate of foot-drop devices)."""
SUPPLY_DEFECTS: Final = ("supply_current", "supply_width", "supply_rate", "supply_imbalance", "brown_out_runaway")
"""Defects that change what the device gives with its supply."""


def dose_of(doses: Mapping[str, float], name: str, channel: int) -> float:
    """Dose of a defect on one channel: what all channels have and what it has alone."""
    return doses.get(name, 0.0) + doses.get(f"{name}_{channel}", 0.0)


def _current_a(set_a: float, doses: Mapping[str, float], channel: int, supply_ratio: float) -> float:
    """What the stage gives for a set current: scale, offset, coarse or falling steps, supply, floor."""
    if set_a <= 0.0:
        return doses.get("current_floor", 0.0)
    gain = 1.0 + dose_of(doses, "overcurrent", channel) + doses.get("current_error", 0.0)
    given_a = max(0.0, set_a * gain + doses.get("current_offset", 0.0))
    coarse_a = doses.get("coarse_steps", 0.0)
    if coarse_a > 0.0:
        given_a = coarse_a * math.floor(given_a / coarse_a + 0.5)
    if math.floor(set_a / BAND_A) % 2 == 1:
        given_a = max(0.0, given_a - doses.get("step_back", 0.0))
    given_a *= max(0.0, 1.0 + doses.get("supply_current", 0.0) * (supply_ratio - 1.0))
    if supply_ratio < RUNAWAY_RATIO:
        given_a *= 1.0 + doses.get("brown_out_runaway", 0.0) * (RUNAWAY_RATIO - supply_ratio) / RUNAWAY_RATIO
    return max(given_a, doses.get("current_floor", 0.0))


def faulty_program(
    program: PulseProgram, doses: Mapping[str, float], channel: int = 1, supply_ratio: float = 1.0
) -> PulseProgram:
    """The program that the stage follows in place of the set one.

    Args:
        program: as set.
        doses: of the seeded defects; all 0 gives the same program.
        channel: of the stage, from 1.
        supply_ratio: supply over its nominal voltage.
    """
    of_supply = supply_ratio - 1.0
    wide = max(0.0, (1.0 + doses.get("width_error", 0.0)) * (1.0 + doses.get("supply_width", 0.0) * of_supply))
    fast = max(0.1, (1.0 + doses.get("rate_error", 0.0)) * (1.0 + doses.get("supply_rate", 0.0) * of_supply))
    return replace(
        program,
        current_a=_current_a(program.current_a, doses, channel, supply_ratio),
        pulse_width_s=program.pulse_width_s * wide,
        gap_s=max(0.0, program.gap_s + doses.get("gap_error", 0.0)),
        rate_hz=program.rate_hz * fast,
        jitter_s=program.jitter_s + doses.get("jitter", 0.0),
    )


def pulse_defects(
    doses: Mapping[str, float], channel: int = 1, supply_ratio: float = 1.0, rate_hz: float = REFERENCE_HZ
) -> PulseDefects:
    """The doses that concern the pulse generator of a channel.

    Args:
        doses: of the seeded defects.
        channel: of the stage, from 1.
        supply_ratio: supply over its nominal voltage.
        rate_hz: set rate, Hz.
    """
    get = doses.get
    of_rate_c = get("rate_net_charge", 0.0) * rate_hz / REFERENCE_HZ
    of_supply = get("supply_imbalance", 0.0) * (supply_ratio - 1.0)
    return PulseDefects(
        missing_ratio=dose_of(doses, "missing_pulses", channel),
        double_ratio=dose_of(doses, "double_pulse", channel),
        net_charge_c=dose_of(doses, "net_charge", channel) + of_rate_c,
        drift_per_s=dose_of(doses, "width_drift", channel) / 60.0,
        recovery_lost_ratio=min(1.0, dose_of(doses, "short_recovery", channel)),
        phase2_width_ratio=get("width2_error", 0.0),
        imbalance_ratio=get("imbalance", 0.0) - get("recharge_lost", 0.0) + of_supply,
        ramp_imbalance_ratio=get("ramp_imbalance", 0.0),
        step_imbalance_ratio=get("step_imbalance", 0.0),
        step_jump_a=get("setting_jump", 0.0),
        cut_last_ratio=get("cut_last_pulse", 0.0),
        current_drift_per_s=get("current_drift", 0.0) / 60.0,
        warm_up_ratio=get("warm_up", 0.0),
        overshoot_ratio=get("overshoot", 0.0),
        droop_ratio=get("droop", 0.0),
        ramp_step_ratio=get("ramp_steps", 0.0),
        ramp_dent_ratio=get("ramp_dent", 0.0),
        ramp_floor_ratio=get("ramp_floor", 0.0),
        surge_ratio=get("reconnect_surge", 0.0),
        short_surge_ratio=get("short_surge", 0.0),
    )
