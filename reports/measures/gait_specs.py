"""The measures of regulatory.md section 7 E, as the catalogue lists them: what the device made of a person's gait."""

from typing import Final

from reports.measures.compared_clearance import lowest_clearance, trip_index, trip_ratio
from reports.measures.compared_landing import eversion_change, slap_ratio
from reports.measures.cycle_place import stimulation_place
from reports.measures.gait_events import event_error
from reports.measures.margins import latency_margin, shift_margin, strength_margin
from reports.measures.missed_steps import missed_steps
from reports.measures.quiet_stimulation import false_stimulation_rate
from scenarios.catalogue import MeasureSpec, Parameter

_CURRENT: Final = ("current",)
_HEIGHT: Final = Parameter(
    "height", "m", default="10 mm", bounds=(0.0, 0.2), many=True, summary="of the unseen obstacle, or a list of heights"
)
_LOSS: Final = Parameter(
    "loss", "m", default="5 mm", bounds=(0.0, 0.1), summary="how much lower than the reference the toes may come"
)

DETECTION: Final[tuple[MeasureSpec, ...]] = (
    MeasureSpec(
        "event_error",
        "s",
        "measured",
        event_error,
        "stride",
        (
            Parameter("event", choices=("heel_off", "contact"), default="heel_off", summary="what is to be found"),
            Parameter(
                "of",
                choices=("truth", "finding"),
                default="truth",
                summary="a sample a true event (sensitivity) or a train (precision)",
            ),
        ),
        _CURRENT,
        summary="from heel-off or contact to where the device found it",
    ),
    MeasureSpec(
        "false_stimulation_rate",
        "",
        "measured",
        false_stimulation_rate,
        "run",
        (),
        _CURRENT,
        summary="trains a minute that begin while the patient stands or sits",
        continuous=True,
    ),
    MeasureSpec(
        "missed_steps",
        "",
        "measured",
        missed_steps,
        "run",
        (
            Parameter(
                "as",
                choices=("share", "longest_run"),
                default="share",
                summary="share of all steps, or the longest run of them",
            ),
        ),
        _CURRENT,
        summary="steps without a pulse between heel-off and landing",
        continuous=True,
    ),
    MeasureSpec(
        "stimulation_place",
        "",
        "measured",
        stimulation_place,
        "stride",
        (
            Parameter(
                "at",
                choices=("onset", "end"),
                default="onset",
                summary="first pulse against toe-off, or last pulse against landing",
            ),
        ),
        _CURRENT,
        summary="where in the cycle stimulation begins or ends, as a share of the stride",
    ),
)
"""Was every step found, and nothing else."""

COMPARED: Final[tuple[MeasureSpec, ...]] = (
    MeasureSpec(
        "lowest_clearance",
        "m",
        "modelled",
        lowest_clearance,
        "run",
        summary="1st percentile of the toe clearance less that of the reference timing",
        continuous=True,
    ),
    MeasureSpec(
        "trip_ratio",
        "",
        "modelled",
        trip_ratio,
        "run",
        (_HEIGHT,),
        summary="share of steps lower than an obstacle, over that of the reference timing",
        continuous=True,
    ),
    MeasureSpec(
        "trip_index",
        "",
        "modelled",
        trip_index,
        "run",
        (
            Parameter("height", "m", default="10 mm", bounds=(0.0, 0.2), summary="of the unseen obstacle"),
            Parameter(
                "obstacles", "", default="0.1 %", bounds=(0.0, 1.0), summary="share of the steps that meet an obstacle"
            ),
            Parameter(
                "against",
                choices=("reference", "nothing"),
                default="reference",
                summary="more than with the reference timing, or the index itself",
            ),
        ),
        summary="chance of a trip in a kilometre, against the reference timing",
        continuous=True,
    ),
    MeasureSpec(
        "slap_ratio",
        "",
        "modelled",
        slap_ratio,
        "run",
        summary="peak plantarflexion rate after contact over that of the reference timing",
        continuous=True,
    ),
    MeasureSpec(
        "eversion_change",
        "rad",
        "modelled",
        eversion_change,
        "swing",
        summary="eversion at contact less that of the reference timing",
    ),
    MeasureSpec(
        "latency_margin",
        "s",
        "modelled",
        latency_margin,
        "run",
        (_LOSS,),
        summary="smallest further delay at which the toes come too low",
        continuous=True,
    ),
    MeasureSpec(
        "strength_margin",
        "",
        "modelled",
        strength_margin,
        "run",
        (_LOSS,),
        summary="smallest loss of muscle force at which the toes come too low",
        continuous=True,
    ),
    MeasureSpec(
        "shift_margin",
        "m",
        "modelled",
        shift_margin,
        "run",
        (_LOSS,),
        summary="smallest shift of the electrodes at which the toes come too low",
        continuous=True,
    ),
)
"""What it meant to the patient, in silico, against ideal stimulation of the same walk."""
