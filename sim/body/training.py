"""What weeks of use leave behind: repetitions that raise the residual drive, with the doubt that the literature leaves.

    N = 7 weeks * strides a day,     gain g(N) = g_inf (1 - exp(-N / N_0)),     drive <- drive (1 + g)

g_inf and N_0 are a *design prior* fitted to walking speeds without the device (Stein 2010: g_inf 0.29 with 14 weeks in
non-progressive disease, 0.085 with 6 weeks in progressive), drawn back to 0.10 +- 0.10 because most trials saw no
carry-over. That the residual drive grows by the same share as the speed did is a design choice; the speed itself is an
input of the scenario and stays as it is. Source: model.md 5.4.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

DAYS_A_WEEK: Final = 7.0
LONGEST_WEEKS: Final = 520.0

DISAGREEMENT: Final = (
    "published evidence disagrees; walking speed without the device: +17.8 % after 3 months in stroke and other"
    " non-progressive disease, +9.1 % in progressive (Stein 2010, n = 73), +23.8 % after a year (Laufer 2009), 24 % in"
    " stroke and none consistent in multiple sclerosis (Taylor 2013); no carry-over (Burridge 1997), no"
    " motor relearning (Sheffler 2013, n = 110), none but in 27 % of users (Street 2015)"
)


@dataclass(frozen=True, slots=True)
class TrainingPrior:
    """What training may do in a class of patients.

    Attributes:
        gain_ratio: share by which the residual drive grows in the end; negative where people lose.
        dose_count: strides with stimulation after which 63 % of that is reached.
        daily_count: strides with stimulation a day, where the scenario does not say.
    """

    gain_ratio: float = field(default=0.10, metadata={"bounds": (-0.5, 3.0)})
    dose_count: float = field(default=196_000.0, metadata={"bounds": (1e3, 1e7)})
    daily_count: float = field(default=2000.0, metadata={"bounds": (1.0, 30_000.0)})


def trained_gain(prior: TrainingPrior, weeks: float, daily_count: float | None = None) -> float:
    """Share by which the residual drive has grown after `weeks` of use."""
    strides = DAYS_A_WEEK * weeks * (prior.daily_count if daily_count is None else daily_count)
    return prior.gain_ratio * float(-np.expm1(-strides / prior.dose_count))
