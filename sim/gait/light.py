"""Light: what a patient makes of a walk that is hard to see.

In near darkness older people with a gait disorder walk with more stride-to-stride variability, healthy ones do not
(Kesler 2005, 22 patients, 20 controls); over an obstacle in 1 lx the trailing toe passes lower than in 200 lx (Cho,
10 older adults, abstract). So poor light multiplies the noise of a patient whose drive is impaired, lets fewer
obstacles be seen, and halves both the lift over those that are and the correction that follows a felt clearance. The
sizes are design choices; speed is an input of the walk.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sim.body.patient import Patient

LightWord: TypeAlias = Literal["normal", "poor"]


@dataclass(frozen=True, slots=True)
class Light:
    """What light does.

    Attributes:
        noise_ratio: factor on stride-to-stride noise of a patient with an impaired drive.
        reaction_ratio: factor on the lift over a seen obstacle, on the compensation's gain and on its kick.
        seen_ratio: share of obstacles that are seen, relative to normal light.
    """

    noise_ratio: float
    reaction_ratio: float
    seen_ratio: float


LIGHTS: Final[dict[LightWord, Light]] = {"normal": Light(1.0, 1.0, 1.0), "poor": Light(1.4, 0.5, 0.5)}


def noise_ratio(patient: Patient, word: LightWord) -> float:
    """Factor on this patient's stride-to-stride noise."""
    return LIGHTS[word].noise_ratio if patient.drive == "tonic" else 1.0
