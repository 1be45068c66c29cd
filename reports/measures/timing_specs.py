"""The measures of when stimulation comes and goes, as the catalogue lists them."""

from typing import Final

from reports.measures.adaptation import adaptation_steps
from reports.measures.enable import enable_latency
from reports.measures.irregular import irregular_pulses, relative_jitter
from reports.measures.latency import latency, stop_latency
from reports.measures.on_time import on_time, silence, stance_on_time
from reports.measures.periods import extra_pulses, missing_pulses, period_jitter, rate
from reports.measures.ramp_steps import ramp_step_back
from reports.measures.ramps import ramp_down_time, ramp_up_time
from reports.measures.rate_spread import rate_spread
from reports.measures.stopping import button_stop, lead_off_stop
from reports.measures.time_out import time_out
from reports.measures.triggers import false_stimulation, late_stimulation, missed_stimulation
from scenarios.catalogue import MeasureSpec, Parameter

_CURRENT: Final = ("current",)

TIMING: Final[tuple[MeasureSpec, ...]] = (
    MeasureSpec(
        "latency",
        "s",
        "measured",
        latency,
        "stride",
        (
            Parameter(
                "from", choices=("sensor_off", "heel_off", "trigger"), default="sensor_off", summary="where time begins"
            ),
            Parameter("to", choices=("first_pulse",), default="first_pulse", summary="where it ends"),
        ),
        _CURRENT,
        summary="from the sensor's opening (or the heel's) to the first pulse",
    ),
    MeasureSpec(
        "stop_latency",
        "s",
        "measured",
        stop_latency,
        "stride",
        (
            Parameter(
                "from", choices=("sensor_on", "landing", "trigger"), default="sensor_on", summary="where time begins"
            ),
            Parameter("to", choices=("last_pulse",), default="last_pulse", summary="where it ends"),
            Parameter(
                "minus",
                choices=("nothing", "extension"),
                default="nothing",
                summary="nothing, or 110 % of the set extension and the set ramp down",
            ),
        ),
        _CURRENT,
        summary="from the sensor's closing (or the landing) to the last pulse, set extension included",
    ),
    MeasureSpec(
        "rate", "Hz", "measured", rate, "train", (), _CURRENT, summary="1/median period of a train", setting="rate"
    ),
    MeasureSpec(
        "rate_spread",
        "",
        "measured",
        rate_spread,
        "run",
        (),
        ("current", "setting:rate"),
        summary="largest less smallest relative error of the rate, over trains of different set rates",
        continuous=True,
    ),
    MeasureSpec(
        "period_jitter",
        "s",
        "measured",
        period_jitter,
        "run",
        (),
        _CURRENT,
        summary="99th minus 1st percentile of the pulse period",
        continuous=True,
    ),
    MeasureSpec(
        "missing_pulses",
        "",
        "measured",
        missing_pulses,
        "occurrence",
        (),
        _CURRENT,
        occurrences=True,
        summary="a period longer than 1.5 set periods inside a train",
    ),
    MeasureSpec(
        "extra_pulses",
        "",
        "measured",
        extra_pulses,
        "occurrence",
        (),
        _CURRENT,
        occurrences=True,
        summary="a period shorter than half the set one",
    ),
    MeasureSpec(
        "relative_jitter",
        "",
        "measured",
        relative_jitter,
        "run",
        (
            Parameter(
                "of",
                choices=("spread", "change"),
                default="spread",
                summary="99th less 1st percentile, or the largest change from one period to the next",
            ),
        ),
        _CURRENT,
        summary="spread of the pulse period as a share of the period",
        continuous=True,
    ),
    MeasureSpec(
        "irregular_pulses",
        "",
        "measured",
        irregular_pulses,
        "run",
        (
            Parameter(
                "which", choices=("both", "missing", "extra"), default="both", summary="which of the two are counted"
            ),
        ),
        _CURRENT,
        summary="missing and extra pulses in 10 000 periods",
        continuous=True,
    ),
    MeasureSpec(
        "ramp_up_time",
        "s",
        "measured",
        ramp_up_time,
        "train",
        (),
        _CURRENT,
        summary="1.25 times the rise from 10 to 90 % of the phase charge",
        setting="ramp_up",
    ),
    MeasureSpec(
        "ramp_down_time",
        "s",
        "measured",
        ramp_down_time,
        "train",
        (),
        _CURRENT,
        summary="1.25 times the fall from 90 to 10 % of the phase charge",
        setting="ramp_down",
    ),
    MeasureSpec(
        "ramp_step_back",
        "",
        "measured",
        ramp_step_back,
        "train",
        (Parameter("ramp", choices=("up", "down"), default="up", summary="which ramp of the train"),),
        _CURRENT,
        summary="largest step against the direction of a ramp, as a share of the plateau",
    ),
    MeasureSpec(
        "time_out",
        "s",
        "measured",
        time_out,
        "train",
        (),
        ("current", "setting:time_out"),
        summary="how long stimulation lasts while the sensor stays open beyond the set time-out",
        setting="time_out",
    ),
    MeasureSpec(
        "adaptation_steps",
        "",
        "measured",
        adaptation_steps,
        "stride",
        (
            Parameter(
                "latency", "s", default="75 ms", bounds=(0.0, 1.0), summary="a step answered later is not adapted to"
            ),
        ),
        _CURRENT,
        summary="steps after a change of speed until every answer is in time again",
    ),
    MeasureSpec(
        "on_time",
        "s",
        "measured",
        on_time,
        "train",
        (),
        _CURRENT,
        summary="duration of a train",
        setting="time_out",
        continuous=True,
    ),
    MeasureSpec(
        "stance_on_time",
        "",
        "measured",
        stance_on_time,
        "stride",
        (
            Parameter(
                "allowed",
                choices=("ramp_down", "extension"),
                default="ramp_down",
                summary="what may follow the landing: the extension and the ramp down, or the extension only",
            ),
        ),
        ("current", "setting:extension"),
        summary="share of a stride with stimulation outside heel-off to landing and extension",
    ),
    MeasureSpec(
        "silence",
        "s",
        "measured",
        silence,
        "train",
        (),
        _CURRENT,
        summary="time without a pulse while walking",
        continuous=True,
    ),
    MeasureSpec(
        "lead_off_stop",
        "s",
        "measured",
        lead_off_stop,
        "occurrence",
        (),
        _CURRENT,
        summary="from contact below 50 % to the last pulse",
    ),
    MeasureSpec(
        "button_stop",
        "s",
        "measured",
        button_stop,
        "occurrence",
        (),
        (*_CURRENT, "event:button.stop|button.presses"),
        summary="from the stop button to the last pulse",
    ),
    MeasureSpec(
        "missed_stimulation",
        "",
        "measured",
        missed_stimulation,
        "occurrence",
        (),
        _CURRENT,
        occurrences=True,
        summary="a trigger that no pulse answered",
    ),
    MeasureSpec(
        "late_stimulation",
        "",
        "measured",
        late_stimulation,
        "occurrence",
        (),
        _CURRENT,
        occurrences=True,
        summary="a trigger whose first pulse comes after toe-off",
    ),
    MeasureSpec(
        "false_stimulation",
        "",
        "measured",
        false_stimulation,
        "occurrence",
        (),
        _CURRENT,
        occurrences=True,
        summary="a train that no trigger asked for",
    ),
)
"""When stimulation comes and goes."""

ENABLE: Final = MeasureSpec(
    "enable_latency",
    "s",
    "measured",
    enable_latency,
    "stride",
    requires=("status",),
    summary="from the trigger to the status line that says train enabled",
)
"""Of the device as a whole, not of a channel."""
