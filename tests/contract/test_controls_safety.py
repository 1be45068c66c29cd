"""Every check of safety and fault response (SAF) from three sides: a seeded defect, a sound device, too little data."""

from dataclasses import replace

import pytest
from control_desk import WANTED, Control, cases, shown, strides, unfired, without_pulses

from scenarios.item import Item, LabResult

LEAD_OFF, SHORT, POWER = "SCN-CORE-LEAD-OFF", "SCN-CORE-SHORT", "SCN-CORE-POWER"
LAMPS, BROWN_OUT, HANG = "SCN-CORE-INDICATORS", "SCN-EXT-BROWN-OUT", "SCN-EXT-HANG"
LEAKAGE = "SCN-EXT-LEAKAGE"


def _laboratory(**results):
    """A record whose item brings results of a laboratory: name -> (value, U), A."""
    lab = {name: LabResult(value, u, "LAB-2026-117") for name, (value, u) in results.items()}

    def give(record):
        return replace(record, case=replace(record.case, item=Item(lab=lab)))

    return give


def _leakage(name, limit_a):
    """Twice the limit with a small U fails, a tenth passes, 99 % with U of 5 % is undecided."""
    return Control(
        LEAKAGE,
        {},
        _laboratory(**{name: (0.99 * limit_a, 0.05 * limit_a)}),
        given=_laboratory(**{name: (0.1 * limit_a, 0.01 * limit_a)}),
        told=_laboratory(**{name: (2.0 * limit_a, 0.05 * limit_a)}),
    )


CONTROLS = {
    "SAF-01": Control(LEAD_OFF, {"no_lead_off": 1.0}, unfired("peel")),
    "SAF-01/recontact": Control(LEAD_OFF, {"reconnect_surge": 0.5}, unfired("back")),
    "SAF-02": Control(LEAD_OFF, {"reconnect_surge": 0.5}, unfired("back")),
    "SAF-02/charge": Control(LEAD_OFF, {"reconnect_surge": 0.5}, unfired("back")),
    "SAF-03": Control(SHORT, {"short_surge": 0.5}, unfired("short")),
    "SAF-03/trip": Control(SHORT, {"no_overload_trip": 1.0}, unfired("short")),
    "SAF-03/recovery": Control(SHORT, {"overload_damage": 0.3}, unfired("short")),
    "SAF-04": Control("SCN-EXT-HALF-PAD", {"current_error": 0.25}, unfired("half")),
    "SAF-05": Control("SCN-CORE-STOP", {"slow_stop": 1.0}, unfired("presses")),
    "SAF-05/pulses": Control("SCN-CORE-STOP", {"slow_stop": 1.0}, unfired("presses")),
    "SAF-06": Control(POWER, {"no_interlock": 1.0}, unfired("on")),
    "SAF-07": Control(POWER, {"restart": 1.0}, unfired("long")),
    "SAF-07/output": Control(POWER, {"restart": 1.0}, unfired("long")),
    "SAF-08": Control("SCN-CORE-TIMER", {"shut_off_error": 0.25}, strides(10)),
    "SAF-09": Control(LAMPS, {"dark_output_lamp": 0.25}, without_pulses),
    "SAF-09/fault": Control(LAMPS, {"dark_fault_lamp": 1.0}, unfired("lift")),
    "SAF-09/low-battery": Control(LAMPS, {"late_low_battery": 0.25}, unfired("sag")),
    "SAF-10": Control(BROWN_OUT, {"brown_out_runaway": 2.0}, unfired("sag")),
    "SAF-10/width": Control(BROWN_OUT, {"width_error": 0.25}, unfired("sag")),
    "SAF-10/off": Control(BROWN_OUT, {"no_brown_out": 1.0}, unfired("sag")),
    "SAF-11": Control(HANG, {"no_watchdog": 1.0}, unfired("third")),
    "SAF-11/output": Control(HANG, {"no_watchdog": 1.0}, unfired("third")),
    "SAF-12": Control("SCN-CORE-SENSOR-FAULTS", {"no_time_out": 1.0}, unfired("noisy")),
    "SAF-12/safe-state": Control("SCN-CORE-SENSOR-FAULTS", {"no_time_out": 1.0}, unfired("noisy")),
    "SAF-13": Control("SCN-CORE-RADIO", {"no_time_out": 1.0}, unfired("late")),
    "SAF-13/safe-state": Control("SCN-CORE-RADIO", {"no_time_out": 1.0}, unfired("late")),
    "SAF-14": Control("SCN-EXT-SPIKES", {"short_debounce": 1.0}, unfired("spikes")),
    "SAF-15": Control("SCN-EXT-KNOB", {"setting_jump": 10e-3}, unfired("twice")),
    "SAF-16": _leakage("patient_leakage_nc", 100e-6),
    "SAF-16/single-fault": _leakage("patient_leakage_sfc", 500e-6),
    "SAF-16/dc": _leakage("patient_leakage_dc_nc", 10e-6),
    "SAF-16/dc-single-fault": _leakage("patient_leakage_dc_sfc", 50e-6),
}


@pytest.mark.parametrize(("check", "case"), cases(CONTROLS))
def test_a_check_is_shown_from_three_sides(check, case):
    """Truth: the seeded defect, its absence, the event or the strides that were taken away."""
    verdict = shown(check, CONTROLS[check], case)
    assert str(verdict.outcome) == WANTED[case], verdict.reason
