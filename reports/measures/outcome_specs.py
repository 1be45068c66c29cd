"""The measures of what the patient did, as the catalogue lists them."""

from typing import Final

from reports.measures import exposure, landing, outcomes, variability
from reports.measures.side_effects import SIDE_EFFECTS
from scenarios.catalogue import MeasureSpec, Parameter

_PRIOR: Final = (
    Parameter(
        "mean_height", "m", default="8 mm", bounds=(0.0005, 0.1), summary="mean height of the obstacles (exponential)"
    ),
    Parameter("spacing", "m", default="20 m", bounds=(0.5, 1000.0), summary="mean way between two obstacles"),
)

CLEARANCE: Final = (
    MeasureSpec(
        "min_toe_clearance",
        "m",
        "modelled",
        outcomes.min_toe_clearance,
        "swing",
        (Parameter("per", choices=("swing",), default="swing", summary="what one sample stands for"),),
        summary="lowest forefoot point in mid-swing",
    ),
    MeasureSpec(
        "early_swing_clearance",
        "m",
        "modelled",
        outcomes.early_swing_clearance,
        "swing",
        summary="lowest forefoot point between 12 and 35 % of swing",
    ),
    MeasureSpec(
        "trip_exposure",
        "",
        "modelled",
        exposure.trip_exposure,
        "run",
        (
            Parameter(
                "height",
                "m",
                default="10 mm",
                bounds=(0.0, 0.2),
                many=True,
                summary="height of the unseen obstacle, or a list of heights",
            ),
        ),
        summary="share of strides whose clearance is below an obstacle",
        continuous=True,
    ),
    MeasureSpec(
        "expected_trips",
        "",
        "modelled",
        exposure.expected_trips,
        "run",
        _PRIOR,
        summary="trips per km over unseen obstacles of exponential height, for comparisons",
        continuous=True,
    ),
    MeasureSpec(
        "relative_trip_exposure",
        "",
        "modelled",
        exposure.relative_trip_exposure,
        "run",
        _PRIOR,
        summary="expected trips over those of the same patient and seed without the device",
        continuous=True,
    ),
    MeasureSpec(
        "scuffs",
        "",
        "modelled",
        outcomes.scuffs,
        "occurrence",
        occurrences=True,
        summary="a swing in which the toes touch the floor",
    ),
    MeasureSpec(
        "stumbles",
        "",
        "modelled",
        outcomes.stumbles,
        "occurrence",
        occurrences=True,
        summary="a swing that ends in a stumble",
    ),
    MeasureSpec(
        "scuff_rate",
        "",
        "modelled",
        exposure.scuff_rate,
        "run",
        summary="swings per 100 in which the toes touch the floor",
        continuous=True,
    ),
    MeasureSpec(
        "stumble_rate",
        "",
        "modelled",
        exposure.stumble_rate,
        "run",
        summary="swings per 100 that end in a stumble",
        continuous=True,
    ),
)
"""How high the toes pass."""

LANDING: Final = (
    MeasureSpec(
        "ankle_at_contact",
        "rad",
        "modelled",
        landing.ankle_at_contact,
        "swing",
        summary="ankle at initial contact, dorsiflexion positive",
    ),
    MeasureSpec(
        "foot_at_contact",
        "rad",
        "modelled",
        landing.foot_at_contact,
        "swing",
        summary="sole against the floor at initial contact, toes up positive",
    ),
    MeasureSpec(
        "peak_dorsiflexion",
        "rad",
        "modelled",
        landing.peak_dorsiflexion,
        "swing",
        summary="largest dorsiflexion after 35 % of swing",
    ),
    MeasureSpec(
        "contact_to_flat",
        "s",
        "modelled",
        landing.contact_to_flat,
        "swing",
        summary="time from initial contact to foot flat",
    ),
    MeasureSpec(
        "foot_slap",
        "rad/s",
        "modelled",
        landing.foot_slap,
        "swing",
        summary="largest plantarflexion rate between contact and foot flat",
    ),
    MeasureSpec(
        "hip_hike",
        "m",
        "modelled",
        landing.hip_hike,
        "swing",
        summary="lift of the pelvis above the uncompensated walk",
    ),
)
"""How the foot lands, and what the hip did for it."""

REGULARITY: Final = (
    MeasureSpec(
        "stride_time_variability",
        "",
        "modelled",
        variability.stride_time_variability,
        "run",
        summary="coefficient of variation of the stride time",
        continuous=True,
    ),
    MeasureSpec(
        "swing_time_variability",
        "",
        "modelled",
        variability.swing_time_variability,
        "run",
        summary="coefficient of variation of the swing time",
        continuous=True,
    ),
    MeasureSpec(
        "stride_time_memory",
        "",
        "modelled",
        variability.stride_time_memory,
        "run",
        summary="exponent of detrended fluctuation analysis of the stride time",
        continuous=True,
    ),
)
"""How regular the steps are."""

OUTCOMES: Final[tuple[MeasureSpec, ...]] = (*CLEARANCE, *LANDING, *REGULARITY, *SIDE_EFFECTS)
"""What the patient did."""
