"""The nerve under its electrodes: which pulse reaches which branch, at the place and on the day of this walk."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import BRANCHES, DEEP, P_CHANNEL, P_DEEP, P_SUPERFICIAL, P_WITHDRAWAL, PULSE
from sim.body.patient import Patient
from sim.body.recruitment import excite, phases
from sim.body.withdrawal import called_for_rad
from sim.compiled import borrowing
from sim.electrode.placement import (
    CENTRED,
    DEEP_PLACE_M,
    MOST_CHANNELS,
    REACH_M,
    SUPERFICIAL_PLACE_M,
    Electrodes,
    ElectrodeShift,
    worn,
)
from sim.errors import ModelError
from sim.gait.schedule import StrideSchedule
from sim.streams import Streams


@dataclass(frozen=True, slots=True, eq=False)
class Nerve:
    """The common peroneal nerve as its electrodes see it on one walk.

    Attributes:
        rheobase_a: by channel, (4,), A.
        chronaxie_s: by channel, (4,), s.
        factors: (n, 4, 2) threshold by place, channel and branch, in multiples of the channel's.
        from_ns: (n - 1,) from when on each further place holds.
        knee_ratio: how much the bent knee raises the threshold.
        excitable: share of the axons of each branch that can be excited.
        curve: middle and width of the recruitment curve.
        sensation_ratio: sensibility of the skin, 0..1; of the leg that has the electrodes not, 0.
        sensory_ratio: threshold at which an intact skin feels a pulse, in multiples of the motor threshold.
        pain_ratio: where it becomes uncomfortable, likewise.
        withdrawal_ratio: where it provokes flexor withdrawal, likewise.
        withdrawal_rad: largest flexion of that reflex, rad.
    """

    rheobase_a: NDArray[np.float64]
    chronaxie_s: NDArray[np.float64]
    factors: NDArray[np.float64]
    from_ns: NDArray[np.int64]
    knee_ratio: float
    excitable: tuple[float, float]
    curve: tuple[float, float]
    sensation_ratio: float
    sensory_ratio: float
    pain_ratio: float
    withdrawal_ratio: float
    withdrawal_rad: float

    def feel(
        self, pulses: NDArray[np.void], t_ns: NDArray[np.int64], knee_rad: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What pulses do to the two branches.

        Args:
            pulses: (n,) of `PULSE_DTYPE`.
            t_ns: their instants, ns.
            knee_rad: knee flexion at them, rad.

        Returns:
            (n, PULSE) rows as the body feels them, and (n,) heights as the skin feels them, in multiples of the motor
            threshold.

        Raises:
            ModelError: the height of a pulse is unknown (a clipped sample).
        """
        n = pulses.size
        pairs = np.clip(pulses["channel"].astype(np.int64), 1, MOST_CHANNELS) - 1
        factors, times, shares = np.empty((n, BRANCHES)), np.empty(n), np.empty((n, BRANCHES))
        _place(t_ns, pairs, self.factors, self.from_ns, knee_rad, self.knee_ratio, factors)
        unknown = excite(
            phases(pulses),
            pairs,
            self.rheobase_a,
            self.chronaxie_s,
            factors,
            self.curve,
            self.excitable,
            times,
            shares,
        )
        if unknown >= 0:
            problem = "the height or width of a pulse is unknown (clipped capture); widen the range of the front end"
            raise ModelError("recruitment", float(pulses["t_s"][unknown]), problem)
        felt = np.zeros((n, PULSE))
        felt[:, P_DEEP], felt[:, P_SUPERFICIAL], felt[:, P_CHANNEL] = shares[:, 0], shares[:, 1], pairs + 1
        felt[:, P_WITHDRAWAL] = called_for_rad(times, self.withdrawal_ratio, self.withdrawal_rad, self.sensation_ratio)
        return felt, times * self.sensation_ratio


def nerve_of(
    patient: Patient,
    electrodes: Electrodes = CENTRED,
    shifts: tuple[ElectrodeShift, ...] = (),
    streams: Streams | None = None,
) -> Nerve:
    """The nerve of a patient under electrodes.

    Args:
        patient: whose nerve.
        electrodes: as they are meant to sit.
        shifts: when they move, in time order; each starts from the place that the one before has left.
        streams: of the case; gives the donning and the day.
    """
    sits, day = worn(electrodes, streams if streams is not None else Streams(0))
    places = sits.position_m + np.concatenate([[0.0], np.cumsum([shift.by_m for shift in shifts])])
    rheobase, chronaxie = np.full(MOST_CHANNELS, patient.rheobase_a), np.full(MOST_CHANNELS, patient.chronaxie_s)
    factors = np.ones((places.size, MOST_CHANNELS, BRANCHES))
    if sits.kind == "surface":
        for branch, at_m in enumerate((DEEP_PLACE_M, SUPERFICIAL_PLACE_M)):
            factors[:, :, branch] = (1.0 + ((places - at_m) / REACH_M) ** 2)[:, None]
    else:
        for pair in range(MOST_CHANNELS):
            channel = sits.channels[min(pair, len(sits.channels) - 1)]
            rheobase[pair], chronaxie[pair] = channel.rheobase_a, channel.chronaxie_s
            factors[:, pair] = channel.deep_ratio, channel.superficial_ratio
    deep, superficial = patient.excitability_ratio, patient.superficial_excitability_ratio
    excitable = (deep, deep if superficial is None else superficial)
    return Nerve(
        rheobase_a=rheobase,
        chronaxie_s=chronaxie,
        factors=factors * day,
        from_ns=np.array([shift.t_ns for shift in shifts], np.int64),
        knee_ratio=sits.knee_ratio if sits.kind == "surface" else 0.0,
        excitable=excitable if sits.leg == "same" else (0.0, 0.0),
        curve=(patient.recruitment_mid, patient.recruitment_width),
        sensation_ratio=_sensation(patient) if sits.leg == "same" else 0.0,
        sensory_ratio=patient.sensory_threshold_ratio,
        pain_ratio=patient.pain_threshold_ratio,
        withdrawal_ratio=patient.withdrawal_threshold_ratio,
        withdrawal_rad=patient.withdrawal_rad,
    )


def _sensation(patient: Patient) -> float:
    """Sensibility of the skin: where the nerve is cut, the skin that it supplied is numb."""
    if patient.sensation_ratio is not None:
        return patient.sensation_ratio
    return 0.0 if patient.excitability_ratio == 0.0 else 1.0


def recruitment(
    patient: Patient, pulses: NDArray[np.void], electrodes: Electrodes = CENTRED, branch: int = DEEP
) -> NDArray[np.float64]:
    """Recruited share of the motor units of one branch by pulse, (n,), 0..1, with a straight knee, as placed.

    Exactly 0 for a denervated muscle. A bent knee, the day and the donning change it on a walk.

    Raises:
        ModelError: the height of a pulse is unknown (a clipped sample).
    """
    n = pulses.size
    felt, _ = nerve_of(patient, electrodes).feel(pulses, np.zeros(n, np.int64), np.zeros(n))
    return felt[:, P_DEEP if branch == DEEP else P_SUPERFICIAL]


@borrowing
def _place(
    t_ns: NDArray[np.int64],
    pairs: NDArray[np.int64],
    by_place: NDArray[np.float64],
    from_ns: NDArray[np.int64],
    knee_rad: NDArray[np.float64],
    knee_ratio: float,
    factors: NDArray[np.float64],
) -> None:
    """Fill `factors` (n, 2): threshold of each branch for each pulse, in multiples of its channel's."""
    for i in range(t_ns.size):
        place = 0
        while place < from_ns.size and from_ns[place] <= t_ns[i]:
            place += 1
        bent = 1.0 + knee_ratio * math.sin(knee_rad[i])
        for branch in range(factors.shape[1]):
            factors[i, branch] = by_place[place, pairs[i], branch] * bent


def prescribed_knee_rad(
    t_ns: NDArray[np.int64], schedule: StrideSchedule, cycles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Knee flexion of the prescribed cycle at instants, rad: without the stride's noise (2 deg: 0.3 % of a threshold).

    Args:
        t_ns: (n,) instants, ns.
        schedule: of the walk.
        cycles: (m, 200, 16) spline coefficients of its manners.
    """
    knee = np.empty(t_ns.size)
    times = schedule.t0_ns, schedule.stride_time_ns, schedule.pause_ns
    _knees(t_ns, *times, schedule.manner, schedule.pause_phase_ratio, cycles, knee)
    return knee


@borrowing
def _knees(
    t_ns: NDArray[np.int64],
    t0_ns: NDArray[np.int64],
    time_ns: NDArray[np.int64],
    pause_ns: NDArray[np.int64],
    manner: NDArray[np.int64],
    pause_phase: float,
    cycles: NDArray[np.float64],
    knee: NDArray[np.float64],
) -> None:
    for i in range(t_ns.size):
        low, high = 0, time_ns.size - 1
        while low < high:
            middle = (low + high + 1) // 2
            if t0_ns[middle] <= t_ns[i]:
                low = middle
            else:
                high = middle - 1
        moving = time_ns[low] - pause_ns[low]
        since, stands = t_ns[i] - t0_ns[low], int(pause_phase * moving)
        if since > stands:
            since = max(since - pause_ns[low], stands)
        cycle = cycles[manner[low]]
        x = min(max(since / moving, 0.0), 1.0) * cycle.shape[0]
        j = min(int(x), cycle.shape[0] - 1)
        u = x - j
        knee[i] = cycle[j, 4] + u * (cycle[j, 5] + u * (cycle[j, 6] + u * cycle[j, 7]))
