"""Row 6: electrodes where a therapist puts them for a balanced lift, between the branches of the nerve.

Over the deep branch alone stimulation lifts the foot and does not evert it; towards the superficial branch eversion
joins. Two knobs are titrated, place and current, and two outcomes were published: a fit with as many numbers as it
has knobs would show nothing. So the place is taken from anatomy, midway between the branches, and not from the
eversion, and the current alone is raised until the ankle at contact has its five degrees; eversion then follows. A
therapist who sees too little of it moves the electrodes: 1 mm gives about 1 deg here.
"""

from functools import partial
from typing import Final

from reports.credibility.row import Control, Row
from reports.credibility.rows_treatment import change_deg
from reports.credibility.walks import Stimulation, changed, shipped
from sim.electrode.placement import DEEP_PLACE_M, SUPERFICIAL_PLACE_M, Electrodes

_MIDWAY_M: Final = 0.5 * (DEEP_PLACE_M + SUPERFICIAL_PLACE_M)
BALANCED: Final = Stimulation(0.055, electrodes=Electrodes(position_m=_MIDWAY_M))
"""Raises the ankle at contact of the moderate stroke class by 5 deg through electrodes midway between the branches."""
_OVER_DEEP: Final = Stimulation(0.045, electrodes=Electrodes(position_m=DEEP_PLACE_M))
"""The same lift from over the deep branch."""
_OVER_SUPERFICIAL: Final = Stimulation(0.055, electrodes=Electrodes(position_m=SUPERFICIAL_PLACE_M))
_STRONG: Final = Stimulation(0.12, electrodes=BALANCED.electrodes)
_SOURCE: Final = "Robison 2022 (n = 32, preprint)"


def rows() -> tuple[Row, ...]:
    """Dorsiflexion and eversion."""
    moderate = shipped("stroke_moderate")
    # everters whose tendon runs on the inner side: the moment arms of the branches with their signs exchanged
    swapped = changed("stroke_moderate", everter_force_n=-moderate.everter_force_n)
    lifted = partial(change_deg, column="ankle_ic_rad")
    everted = partial(change_deg, column="eversion_swing_rad")
    return (
        Row(
            6, "dorsiflexion", "change of the ankle at initial contact with stimulation, acute", "+5.2°", _SOURCE, "P",
            "°", partial(lifted, moderate, stimulation=BALANCED), 3.0, 8.0,
            note="electrodes midway between the branches, the current titrated to this lift (5.5 % of the "
            "dorsiflexors): in part calibration",
            controls=(
                Control("twice the recruitment", partial(lifted, moderate, stimulation=_STRONG)),
                Control(
                    "dorsiflexors of 600 N",
                    partial(lifted, changed("stroke_moderate", force_n=600.0), stimulation=BALANCED),
                ),
            ),
        ),
        Row(
            6, "inversion", "change of the foot's eversion in swing, the same stimulation", "+3.6° (less inversion)",
            _SOURCE, "P", "°", partial(everted, moderate, stimulation=BALANCED), 1.6, 5.6,
            note="published ±2°; the place of the electrodes decides, in people as here: placement is titrated, and "
            "midway between the branches is a design choice",
            controls=(
                Control("the same lift from over the deep branch", partial(everted, moderate, stimulation=_OVER_DEEP)),
                Control(
                    "electrodes over the superficial branch", partial(everted, moderate, stimulation=_OVER_SUPERFICIAL)
                ),
                Control("everters whose arm inverts", partial(everted, swapped, stimulation=BALANCED)),
                Control(
                    "a dead superficial branch",
                    partial(
                        everted,
                        changed("stroke_moderate", superficial_excitability_ratio=0.0),
                        stimulation=BALANCED,
                    ),
                ),
            ),
        ),
    )  # fmt: skip
