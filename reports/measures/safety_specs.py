"""The measures of safety and fault response, as the catalogue lists them."""

from typing import Any, Final

from reports.measures.arming import output_before_arming, pulses_before_arming, restart_pulses
from reports.measures.brown_out import brown_out_end, brown_out_output
from reports.measures.contact_density import contact_density
from reports.measures.hanging import HANGS, hang_output, hang_pulses
from reports.measures.indicators import (
    FAULT_LAMP,
    LOW_BATTERY,
    OUTPUT_LAMP,
    indicator_truth,
    low_battery_warning,
    overload_report,
)
from reports.measures.overload import overload_recovery, short_current
from reports.measures.recontact import reconnect_surge, recontact_start
from reports.measures.sensor_faults import FAULTS, false_triggers, fault_on_time, safe_state_time
from reports.measures.setting_jumps import setting_jump
from reports.measures.shut_off import SETTING, shut_off_time
from reports.measures.stopping import button_stop_pulses
from scenarios.catalogue import MeasureSpec, Parameter
from scenarios.firmware_events import INTERRUPTS
from scenarios.protection_events import INTERRUPT, POWER_ON, PRESSES, SHORT
from scenarios.sensor_fault_events import SPIKES

_LIFTS: Final = "event:electrode.peel|electrode.lift"
_HANGS: Final = "event:" + "|".join(HANGS)
_STOPS: Final = f"event:button.stop|{PRESSES}"
_AFTER: Final = Parameter(
    "after", choices=("power_up", "supply"), default="power_up", summary="the power switch, or the supply came back"
)
_OF_FAULT: Final = Parameter("of", choices=tuple(FAULTS), default="sensor", summary="faults of the sensor or its link")

_FAULTS: Final = "event:" + "|".join(kind for kinds in FAULTS.values() for kind in kinds)
_GRACE: Final = Parameter(
    "grace",
    "s",
    default="50 ms",
    bounds=(0.0, 1.0),
    summary="after landing, extension and ramp, for what sensor or link take",
)


def _measure(
    name: str,
    unit: str,
    compute: Any,
    sample: str,
    summary: str,
    parameters: tuple[Parameter, ...] = (),
    requires: tuple[str, ...] = (),
    *,
    continuous: bool = False,
) -> MeasureSpec:
    needs = ("current", *requires)
    return MeasureSpec(
        name, unit, "measured", compute, sample, parameters, needs, summary=summary, continuous=continuous
    )


SAFETY: Final[tuple[MeasureSpec, ...]] = (
    _measure(
        "recontact_start",
        "",
        recontact_start,
        "occurrence",
        "phase charge of the first pulse after an electrode touches again, over what is set",
        requires=("setting:current", "setting:pulse_width", _LIFTS),
    ),
    _measure(
        "reconnect_surge",
        "",
        reconnect_surge,
        "pulse",
        "current or charge in the first second after an electrode touches again, over what is set",
        (Parameter("of", choices=("current", "charge"), default="current", summary="which of the two"),),
        ("setting:current", "setting:pulse_width", _LIFTS),
    ),
    _measure(
        "short_current",
        "",
        short_current,
        "pulse",
        "current into shorted leads, over the largest that the device can give",
        requires=(f"event:{SHORT}",),
    ),
    _measure(
        "overload_report",
        "s",
        overload_report,
        "occurrence",
        "from the first pulse into shorted leads until the fault lamp is on",
        requires=(f"event:{SHORT}", FAULT_LAMP),
    ),
    _measure(
        "indicator_truth",
        "",
        indicator_truth,
        "run",
        "share of the time in which a lamp agrees with the truth",
        (
            Parameter(
                "lamp", choices=("output", "fault"), default="output", summary="which lamp; each has its own truth"
            ),
        ),
        (OUTPUT_LAMP, FAULT_LAMP),
        continuous=True,
    ),
    _measure(
        "low_battery_warning",
        "s",
        low_battery_warning,
        "occurrence",
        "how long before the output errs by 10 % the battery is reported low",
        requires=("event:supply.sag", LOW_BATTERY),
    ),
    _measure(
        "overload_recovery",
        "",
        overload_recovery,
        "occurrence",
        "plateau current after a short circuit over that before it",
        requires=(f"event:{SHORT}",),
    ),
    _measure(
        "contact_density",
        "A/m^2",
        contact_density,
        "train",
        "r.m.s. current density of a train under an electrode that touches in part",
        (Parameter("area", "m^2", default="25 cm^2", bounds=(1e-8, 0.1), summary="of the whole electrode"),),
        ("event:electrode.peel",),
    ),
    _measure(
        "button_stop_pulses",
        "",
        button_stop_pulses,
        "occurrence",
        "pulses after the stop button, until it is released",
        requires=(_STOPS,),
    ),
    _measure(
        "output_before_arming",
        "",
        output_before_arming,
        "occurrence",
        "largest current after power is back and before the device is armed, over its largest",
        (_AFTER,),
        (f"event:{POWER_ON}|{INTERRUPT}",),
    ),
    _measure(
        "pulses_before_arming",
        "",
        pulses_before_arming,
        "occurrence",
        "pulses after power is back and before the device is armed",
        (_AFTER,),
        (f"event:{POWER_ON}|{INTERRUPT}",),
    ),
    _measure(
        "restart_pulses",
        "",
        restart_pulses,
        "occurrence",
        "pulses after the supply is back and before the next step",
        requires=(f"event:{INTERRUPT}|{INTERRUPTS}",),
    ),
    _measure(
        "shut_off_time",
        "s",
        shut_off_time,
        "run",
        "from the start of the treatment until the device ends it by itself",
        requires=(f"setting:{SETTING}",),
    ),
    _measure(
        "brown_out_output",
        "",
        brown_out_output,
        "pulse",
        "current, width or charge while the supply falls, over what is set",
        (Parameter("of", choices=("current", "width", "charge"), default="current", summary="which of the three"),),
        ("event:supply.sag",),
    ),
    _measure(
        "brown_out_end",
        "",
        brown_out_end,
        "occurrence",
        "pulses after the supply has fallen to its end",
        requires=("event:supply.sag",),
    ),
    _measure(
        "hang_pulses",
        "",
        hang_pulses,
        "occurrence",
        "pulses after the firmware has stopped, until the device is armed again",
        requires=(_HANGS,),
    ),
    _measure(
        "hang_output",
        "",
        hang_output,
        "occurrence",
        "largest current from 0.1 s after the firmware has stopped, over the set current",
        requires=("setting:current", _HANGS),
    ),
    _measure(
        "fault_on_time",
        "",
        fault_on_time,
        "train",
        "duration of a train that meets a fault of sensor or link, over the set time-out",
        (_OF_FAULT,),
        ("setting:time_out", _FAULTS),
    ),
    _measure(
        "safe_state_time",
        "s",
        safe_state_time,
        "occurrence",
        "from a fault of sensor or link to the last pulse that the leg did not ask for",
        (_OF_FAULT, _GRACE),
        (_FAULTS,),
    ),
    _measure(
        "false_triggers",
        "",
        false_triggers,
        "occurrence",
        "trains that no step asked for, per 1000 spikes on the sensor's line",
        requires=(f"event:{SPIKES}",),
    ),
    _measure(
        "setting_jump",
        "A",
        setting_jump,
        "pulse",
        "difference of the currents of two pulses in a row while their setting is changed",
        requires=("event:setting.change|setting.sweep",),
    ),
)
"""Safety and fault response (regulatory.md section 7 D)."""
