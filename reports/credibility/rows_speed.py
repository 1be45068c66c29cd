"""Row 5: step length and step time follow speed as in 51 healthy adults."""

import csv
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.credibility.row import Control, Row
from reports.credibility.walks import changed, curves_of, shipped
from sim.body.patient import Patient
from sim.gait.speed_law import GRAVITY_M_S2
from sim.gait.targets import stride_targets

_SOURCE: Final = "306 trials of 51 healthy adults, 0.5-1.4 m/s (BMClab H2A, CC BY 4.0)"

Steps: TypeAlias = Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]]


@cache
def trials() -> dict[str, NDArray[np.float64]]:
    """``leg_m, speed_m_s, step_m, step_s`` of the 306 trials."""
    text = (files("reports") / "credibility" / "data" / "bmclab_h2a_trials.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))

    def column(name: str) -> NDArray[np.float64]:
        return np.array([float(row[name]) for row in rows])

    return {
        "leg_m": column("LegLength"),
        "speed_m_s": column("Speed"),
        "step_m": column("StepLength"),
        "step_s": 60.0 / column("Cadence"),
    }


def _model_steps(patient: Patient) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Step length (m) and time (s) of the model at each trial's speed and leg length."""
    people = trials()
    times = [
        0.5 * stride_targets(replace(patient, leg_length_m=leg), curves_of(patient), speed).stride_time_s
        for leg, speed in zip(people["leg_m"].tolist(), people["speed_m_s"].tolist(), strict=True)
    ]
    time = np.array(times)
    return people["speed_m_s"] * time, time


def fitted(step_m: NDArray[np.float64]) -> tuple[float, float, float]:
    """Exponent, coefficient and residual SD of ln(step / leg) against ln(dimensionless speed), over the trials."""
    people = trials()
    speed = np.log(people["speed_m_s"] / np.sqrt(GRAVITY_M_S2 * people["leg_m"]))
    length = np.log(step_m / people["leg_m"])
    slope, level = np.polyfit(speed, length, 1)
    return float(slope), math.exp(float(level)), float(np.std(length - slope * speed - level))


def _median_ratio(of: str, patient: Patient) -> float:
    """Median of what people did over what the model does."""
    length, time = _model_steps(patient)
    people = trials()
    return float(np.median(people["step_m"] / length if of == "length" else people["step_s"] / time))


def _law(of: str, steps: Steps) -> float:
    """Exponent or coefficient of the power law through steps, by the same fit as for the people."""
    length, time = steps()
    if of == "time exponent":
        return fitted(time)[0]
    return fitted(length)[0 if of == "exponent" else 1]


def _same_steps() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps of 0.6 m at every speed."""
    length = np.full_like(trials()["speed_m_s"], 0.6)
    return length, length / trials()["speed_m_s"]


def rows() -> tuple[Row, ...]:
    """The speed law."""
    healthy = shipped("healthy_young")
    slow = changed("healthy_young", stride_time_s=1.25)
    people = (trials()["step_m"], trials()["step_s"])
    laws = [_law_row(of, word, _law(of, lambda: people)) for of, word in _LAWS]
    ratios = [
        Row(
            5, f"step {of}", f"step {of} of people over the model's, median", "1", _SOURCE, "P", "",
            partial(_median_ratio, of, healthy), 0.95, 1.05,
            controls=(Control("strides of 1.25 s at 1.3 m/s", partial(_median_ratio, of, slow)),),
        )
        for of in ("length", "time")
    ]  # fmt: skip
    scatter = Row(
        5, "scatter", "SD between people of ln(step length) about the law", "0.074", _SOURCE, "X", "",
        lambda: fitted(trials()["step_m"])[2], note="of the trials, not of the model",
    )  # fmt: skip
    return (*laws, *ratios, scatter)


_LAWS: Final = (
    ("exponent", "exponent of step length against speed"),
    ("coefficient", "step length over leg length at unit speed"),
    ("time exponent", "exponent of step time against speed"),
)


def _law_row(of: str, word: str, fit: float) -> Row:
    low, high = sorted((0.95 * fit, 1.05 * fit))
    model = partial(_law, of, partial(_model_steps, shipped("healthy_young")))
    wrong = Control("steps of 0.6 m at every speed", partial(_law, of, _same_steps))
    return Row(5, of, word, f"{fit:.3f}".replace("-", "−"), _SOURCE, "P", "", model, low, high, controls=(wrong,))
