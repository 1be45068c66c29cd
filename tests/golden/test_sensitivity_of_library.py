"""What the core scenarios would have seen: each seeded defect, at its stated dose, by a check that is there for it."""

from functools import cache

import pytest

from reports.verdict import Outcome
from rig.benches import open_bench
from rig.commands.sensitivity_search import chosen_specs, first_cases
from rig.commands.sensitivity_trial import seeded, shortened, trial_of
from scenarios.plan import find_files, load_cases
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()
SPECS = {spec.name: spec for spec in chosen_specs(CATALOGUE, "odfs")}
TRIED = trial_of(open_bench("virtual", CATALOGUE), CATALOGUE)

CORE = {
    "SCN-CORE-WALK": (
        "width_error width2_error gap_error rate_error jitter missing_pulses double_pulse late_start early_start "
        "stuck_on slow_filter missed_steps missed_run ramp_error ramp_steps ramp_dent ramp_floor hang"
    ),
    "SCN-CORE-GAIT": "early_stop stray_train idle_trains",
    "SCN-CORE-LEAD-OFF": "no_lead_off reconnect_surge",
    "SCN-CORE-POWER": "no_interlock restart",
    "SCN-CORE-SHORT": "no_overload_trip short_surge",
    "SCN-CORE-STOP": "slow_stop",
    "SCN-CORE-TIME-OUT": "no_time_out",
    "SCN-CORE-TIMER": "no_shut_off shut_off_error",
    "SCN-CORE-INDICATORS": "dark_output_lamp dark_fault_lamp late_low_battery",
    "SCN-CORE-SUPPLY": "supply_current supply_width supply_rate supply_imbalance",
    "SCN-CORE-LOADS": "soft_source over_voltage",
    "SCN-CORE-SETTINGS": "current_error current_offset",
    "SCN-CORE-STEPS": "coarse_steps step_back step_imbalance",
}
"""Core scenario -> defects that its checks must see."""

FURTHER = {
    "SCN-DEFECTS-PULSES": "width_drift",
    "SCN-EXT-CADENCE": "slow_adaptation",
    "SCN-EXT-STOP-INSIDE": "cut_last_pulse",
    "SCN-EXT-SHAPE": "overshoot droop current_drift warm_up",
    "SCN-EXT-KNOB": "setting_jump",
    "SCN-EXT-HANG": "no_watchdog",
    "SCN-EXT-SPIKES": "short_debounce",
    "SCN-EXT-FLAG": "no_flag false_flag",
    "SCN-EXT-RECHARGE-FAULT": "no_charge_watch",
    "SCN-EXT-BROWN-OUT": "brown_out_runaway no_brown_out",
    "SCN-DEFECTS-CHARGE": "dc_leak net_charge imbalance ramp_imbalance rate_net_charge recharge_lost",
}
"""Other scenarios of the library -> defects that need them."""

QUICK = (
    ("SCN-CORE-WALK", "width2_error"),
    ("SCN-CORE-SHORT", "no_overload_trip"),
    ("SCN-CORE-SUPPLY", "supply_imbalance"),
    ("SCN-CORE-TIME-OUT", "no_time_out"),
    ("SCN-EXT-SHAPE", "droop"),
    ("SCN-EXT-SPIKES", "short_debounce"),
    ("SCN-CORE-WALK", "ramp_dent"),
)
"""One of each family, on walks that are short."""


@cache
def _case(scenario, strides=12):
    (case,) = first_cases(load_cases(find_files((scenario,)), CATALOGUE).cases)
    return shortened(case, strides)


@cache
def _failing(scenario, strides, defect=""):
    case = _case(scenario, strides)
    result = TRIED(seeded(case, defect, SPECS[defect].dose) if defect else case)
    return frozenset(verdict.check.id for verdict in result.verdicts if verdict.outcome == Outcome.FAIL)


def test_at_least_forty_defects_of_seven_families_are_claimed_to_be_seen_by_core_scenarios():
    """The tables name defects of the catalogue and scenarios of the library, no defect twice."""
    core = [name for names in CORE.values() for name in names.split()]
    further = [name for names in FURTHER.values() for name in names.split()]
    assert len(set(core)) == len(core) >= 40
    assert not set(core) & set(further)
    assert set(core) | set(further) <= set(SPECS)
    assert len({SPECS[name].family for name in (*core, *further)}) == 7
    assert {SPECS[defect].family for _, defect in QUICK} == {SPECS[name].family for name in (*core, *further)}


@pytest.mark.parametrize(("scenario", "defect"), QUICK, ids=[row[1] for row in QUICK])
def test_a_defect_at_its_stated_dose_is_seen_and_the_sound_device_is_not_blamed(scenario, defect):
    """One of each family: some check of the scenario FAILs, none without the defect."""
    assert not _failing(scenario, 12)
    assert _failing(scenario, 12, defect)


@pytest.mark.proof
@pytest.mark.parametrize("scenario", [*CORE, *FURTHER])
def test_every_claimed_defect_is_seen_at_its_stated_dose(scenario):
    """The whole tables, on the whole walks; one line a defect, with the checks that see it."""
    blamed = _failing(scenario, 10_000)
    unseen = []
    for defect in {**CORE, **FURTHER}[scenario].split():
        seen = sorted(_failing(scenario, 10_000, defect) - blamed)
        print(f"\nproof: {defect} of {SPECS[defect].dose:g} {SPECS[defect].unit}: {scenario} {', '.join(seen)}", end="")
        if not seen:
            unseen.append(defect)
    assert not unseen
