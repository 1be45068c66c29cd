"""Specs of the measures of the output (OUT) and of charge under worst conditions (CHG-06, CHG-10 to CHG-13)."""

from typing import Any, Final

from reports.measures.at_corner import AT
from reports.measures.charge_steps import net_charge_after_step, stopped_pulse_charge
from reports.measures.compliance_flag import flag_disagreement
from reports.measures.crosstalk import channel_crosstalk, channel_spacing
from reports.measures.fault_current import FAULT_EVENT, fault_dc_time
from reports.measures.load_sweep import max_current, max_voltage, open_circuit_voltage, regulation
from reports.measures.power import current_density, max_phase_charge, power_density, pulse_energy, rms_current
from reports.measures.pulse_form import droop, overshoot, rise_time
from reports.measures.repeatability import repeatability
from reports.measures.setting_levels import current_accuracy, minimum_output, setting_reversal, setting_step
from reports.measures.supply_effect import low_supply_net_charge, supply_effect
from scenarios.catalogue import MeasureSpec, Parameter

_CURRENT: Final = ("current",)
_SWEPT: Final = ("current", "event:setting.change|setting.sweep")
_LOADED: Final = ("current", "event:load.change")
_SAGGED: Final = ("current", "event:supply.sag")
_LOAD: Final = Parameter("load", "ohm", default="500 ohm", bounds=(1.0, 1e7), summary="resistor that is the load")
_AREA: Final = Parameter(
    "area", "m^2", default="0 m^2", bounds=(0.0, 1.0), summary="area of the smallest pad; 0: as item or device file say"
)
_CONTACT: Final = Parameter(
    "contact",
    choices=("any", "full", "half", "both"),
    default="any",
    summary="trains with so much of the pad touching; `both` must occur",
)


def _spec(name: str, unit: str, compute: Any, sample: str, summary: str, **rest: Any) -> MeasureSpec:
    given: dict[str, Any] = {"requires": _CURRENT, **rest}
    return MeasureSpec(name, unit, "measured", compute, sample, summary=summary, **given)


def _asked(default: str) -> Parameter:
    return Parameter(
        "asked", "A", default=default, bounds=(1e-9, 1.0), summary="levels that were set no further apart than this"
    )


OUTPUT: Final = (
    _spec(
        "current_accuracy",
        "",
        current_accuracy,
        "level",
        "mean plateau current of each level of the setting over what was set, less 1",
        requires=_SWEPT,
    ),
    _spec(
        "minimum_output",
        "",
        minimum_output,
        "run",
        "largest current at the lowest setting over that at the highest",
        requires=_SWEPT,
    ),
    _spec(
        "setting_step",
        "A",
        setting_step,
        "level",
        "change of the current from one level of the setting to the next",
        parameters=(_asked("1 mA"),),
        requires=_SWEPT,
    ),
    _spec(
        "setting_reversal",
        "",
        setting_reversal,
        "occurrence",
        "a higher level of the setting that gives less current",
        parameters=(_asked("1 A"),),
        requires=_SWEPT,
        occurrences=True,
    ),
    _spec(
        "max_current",
        "A",
        max_current,
        "run",
        "largest current into a load at the highest setting",
        parameters=(_LOAD,),
        references=("rated",),
    ),
    _spec(
        "max_voltage",
        "V",
        max_voltage,
        "run",
        "largest voltage into a load at the highest setting",
        parameters=(_LOAD,),
        requires=("current", "voltage"),
        references=("rated",),
    ),
    _spec(
        "regulation",
        "",
        regulation,
        "level",
        "current lost from 500 ohm to another load that the voltage suffices for",
        requires=_LOADED,
    ),
    _spec(
        "open_circuit_voltage",
        "V",
        open_circuit_voltage,
        "run",
        "largest voltage into an open circuit",
        requires=("current", "voltage", "event:load.change"),
    ),
    _spec("overshoot", "", overshoot, "pulse", "largest current of a phase over its plateau, less 1"),
    _spec("droop", "", droop, "pulse", "fall of the plateau of phase 1 over its mean"),
    _spec("rise_time", "s", rise_time, "pulse", "time from 10 to 90 % of phase 1", references=("width",)),
    _spec(
        "pulse_energy",
        "J",
        pulse_energy,
        "pulse",
        "energy of a pulse into the resistor that is the load",
        parameters=(AT,),
        references=("allowed",),
    ),
    _spec(
        "max_phase_charge",
        "C",
        max_phase_charge,
        "pulse",
        "magnitude of the charge of the larger phase",
        parameters=(AT,),
    ),
    _spec(
        "net_charge_after_step",
        "C",
        net_charge_after_step,
        "pulse",
        "net charge of the first five pulses after a change of current or width",
        requires=_SWEPT,
        references=("phase_charge",),
    ),
    _spec(
        "stopped_pulse_charge",
        "",
        stopped_pulse_charge,
        "occurrence",
        "net charge of the pulse inside which stop was pressed, over a phase charge",
        parameters=(
            Parameter(
                "when", choices=("at_once", "after"), default="at_once", summary="of the pulse, or left a second later"
            ),
        ),
        requires=("current", "event:button.stop|button.presses"),
    ),
    _spec(
        "low_supply_net_charge",
        "C",
        low_supply_net_charge,
        "per",
        "net charge at the lowest supply of the run",
        parameters=(
            Parameter("per", choices=("pulse", "train"), default="train", summary="of a pulse, or a train's mean"),
        ),
        requires=_SAGGED,
        references=("phase_charge",),
    ),
    _spec(
        "fault_dc_time",
        "s",
        fault_dc_time,
        "occurrence",
        "longest time for which a direct current flows after a fault",
        parameters=(Parameter("above", "A", default="50 uA", bounds=(1e-9, 1.0), summary="mean current that counts"),),
        requires=("current", f"event:{FAULT_EVENT}"),
    ),
    _spec(
        "supply_effect",
        "",
        supply_effect,
        "level",
        "relative change of the output against that at the nominal supply",
        parameters=(
            Parameter("of", choices=("current", "width", "rate"), default="current", summary="what of the output"),
        ),
        requires=_SAGGED,
    ),
    _spec(
        "repeatability",
        "",
        repeatability,
        "run",
        "scatter or drift of the plateau from train to train",
        parameters=(
            Parameter("of", choices=("scatter", "drift"), default="scatter", summary="which of the two"),
            Parameter("quantity", choices=("current", "width"), default="current", summary="of the plateau"),
        ),
    ),
    _spec(
        "flag_disagreement",
        "",
        flag_disagreement,
        "occurrence",
        "a pulse after which the flag `high impedance` is wrong",
        requires=("current", "indicator.high_impedance"),
        occurrences=True,
    ),
)
"""Of each channel by itself."""

TOGETHER: Final = (
    _spec(
        "rms_current",
        "A",
        rms_current,
        "train",
        "r.m.s. current over whole periods, all channels together",
        parameters=(AT,),
        references=("allowed",),
    ),
    _spec(
        "current_density",
        "A/m^2",
        current_density,
        "train",
        "r.m.s. current over the area of the smallest pad that touches",
        parameters=(_AREA, _CONTACT, AT),
    ),
    _spec(
        "power_density",
        "W/m^2",
        power_density,
        "train",
        "average power over the area of the smallest pad that touches",
        parameters=(_AREA, _CONTACT, AT),
    ),
    _spec(
        "channel_crosstalk",
        "",
        channel_crosstalk,
        "pulse",
        "current in another channel while one gives its pulse",
        references=("floor",),
    ),
    _spec("channel_spacing", "s", channel_spacing, "pulse", "from phase 1 of one channel to the next channel's pulse"),
)
"""Of all channels of a patient together."""
