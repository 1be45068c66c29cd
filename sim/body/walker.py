"""The walker: a patient's body through time, driven by the pulses that were found."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.body import layout as at
from sim.body.activation import A_REST
from sim.body.buffers import Buffers, make_buffers
from sim.body.compensation import CompensationState
from sim.body.composed import leaving_foot, prescribed_legs, stride_curves
from sim.body.nerve import nerve_of, prescribed_knee_rad
from sim.body.outcomes import Columns, gait_columns
from sim.body.patient import Patient
from sim.body.preparation import constants, prepare
from sim.body.traced import traced_cycles
from sim.electrode.placement import CENTRED, Electrodes, ElectrodeShift
from sim.errors import CausalityError, ModelError
from sim.gait.curves import MeasuredCycle
from sim.gait.light import LIGHTS
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import Rug, Walk
from sim.streams import Streams
from sim.timebase import NEVER, NS_PER_S, TimeNs, ns_from_s, s_from_ns


class Walker:
    """A patient who walks a drawn schedule.

    The body is integrated in whole steps and only as far as `integrate` allows; any sequence of targets and any
    grouping of the pulses gives the same bits. A pulse that recruits nothing leaves no trace at all.

    Args:
        patient: who walks.
        curves: measured cycle of that patient.
        walk: speed, compensation, orthosis.
        schedule: from `sim.gait.draw.draw_schedule`.
        rugs: raised patches of floor.
        streams: of the case; gives the error with which the patient feels the own clearance.
        compensation: state at stride 1, from `settled_compensation`; `walk.compensation == "none"` freezes it at zero.
        trace: True keeps every step for plots; it changes no result.
        track: True keeps the latest steps, for a sensor that shows them; it changes no result either.
        stream_prefix: of the name of the stream of that error.
        electrodes: through which pulses reach the nerve.
        shifts: when they move.
    """

    def __init__(
        self,
        patient: Patient,
        curves: MeasuredCycle,
        walk: Walk,
        schedule: StrideSchedule,
        rugs: tuple[Rug, ...] = (),
        streams: Streams | None = None,
        compensation: CompensationState | None = None,
        *,
        trace: bool = False,
        track: bool = False,
        stream_prefix: str = "body",
        electrodes: Electrodes = CENTRED,
        shifts: tuple[ElectrodeShift, ...] = (),
    ) -> None:
        ready = [prepare(patient, curves, walk.speed_m_s, manner) for manner in schedule.manners]
        cycles = [each.cycle for each in ready]
        consts = np.stack([each.const for each in ready])
        if walk.orthosis is not None:
            aided = constants(patient, cycles[0], walk.orthosis)
            consts[:, at.C_AFO], consts[:, at.C_AFO_SET] = aided[at.C_AFO], aided[at.C_AFO_SET]
        state = compensation if compensation is not None else CompensationState()
        reaction = LIGHTS[walk.light].reaction_ratio
        consts[:, at.C_GAIN] *= reaction
        consts[:, at.C_KICK] *= reaction
        if walk.compensation == "none":
            consts[:, at.C_LIMIT] = 0.0
            state = CompensationState(0.0, state.mtc_swing_ratio)
        streams = streams if streams is not None else Streams(0)
        felt = streams.generator(f"{stream_prefix}.clearance_sense").standard_normal(schedule.strides + 1)
        self._schedule = schedule
        self._nerve = nerve_of(patient, electrodes, tuple(sorted(shifts, key=lambda shift: shift.t_ns)), streams)
        self._buffers: Buffers = make_buffers(
            cycles, consts, schedule, state, rugs, patient.clearance_sense_sd_m * felt
        )
        # one draw a stride, whether it stumbles or not: another device meets the same luck
        luck = streams.generator(f"{stream_prefix}.fall_draw").random(schedule.strides + 1)
        self._falls = luck < patient.fall_given_trip_ratio
        self._sensed = np.zeros((3, schedule.strides + 2), np.int64)
        self._trace, self._track = trace, track
        self._delay_ns = ns_from_s(patient.electromechanical_delay_s)

    @property
    def schedule(self) -> StrideSchedule:
        """The prescribed strides that are walked."""
        return self._schedule

    @property
    def body_ns(self) -> TimeNs:
        """The body is known before this instant."""
        return int(self._buffers.ints[at.I_T])

    @property
    def electromechanical_delay_ns(self) -> TimeNs:
        """From a pulse to its first mechanical effect, ns: the shortest way from a pulse to any sensor of the foot."""
        return self._delay_ns

    @property
    def heel_contact_ns(self) -> NDArray[np.int64]:
        """(N + 1,) instant at which the heel takes load after swing k; `NEVER` while unknown."""
        return self._buffers.instants[:, at.O_CONTACT]

    @property
    def landing_ns(self) -> NDArray[np.int64]:
        """(N + 1,) instant at which the foot lands after swing k; `NEVER` while unknown."""
        return self._buffers.instants[:, at.O_LANDING]

    def stride_curves(self, stride: int) -> NDArray[np.float64]:
        """Spline coefficients of the leg in a stride, (200, 16); final once the swing before it has landed."""
        return stride_curves(stride, self._buffers)

    @property
    def flat_ns(self) -> NDArray[np.int64]:
        """(N + 1,) instant at which the foot lies flat after swing k; `NEVER` while unknown."""
        return self._buffers.instants[:, at.O_FLAT]

    @property
    def stride_constants(self) -> NDArray[np.float64]:
        """(N + 1, CONSTANTS) constants of the patient in the manner of each stride (`sim.body.layout`)."""
        return self._buffers.consts[self._buffers.stride_ns[:, at.S_MANNER]]

    def stride_progress(self, stride: int) -> tuple[float, float]:
        """How far a stride leads forward along the ground, and how far it rises, m."""
        b = self._buffers
        return float(b.stride[stride, at.F_LENGTH]), float(b.consts[b.stride_ns[stride, at.S_MANNER], at.C_RISE])

    def leaving_foot(self, stride: int) -> tuple[float, float]:
        """Angle (rad) and rate (rad/s) of the foot at toe-off if no muscle is stimulated then."""
        return leaving_foot(stride, self.stride_curves(stride), self._buffers)

    @property
    def steps(self) -> NDArray[np.float64]:
        """(n, TRACE) the steps that were kept, with ``trace=True`` or ``track=True`` (columns: `sim.body.layout`)."""
        return self._buffers.trace[: int(self._buffers.ints[at.I_TRACE])]

    def step_at(self, t_ns: TimeNs) -> tuple[float, float]:
        """Angle (rad) and rate (rad/s) of the foot after the last step that ends at or before `t_ns`."""
        steps = self.steps
        row = int(np.searchsorted(steps[:, at.T_T], t_ns * 1e-9, "right")) - 1
        return float(steps[row, at.T_PHI]), float(steps[row, at.T_OMEGA])

    def forget_steps(self, rows: int) -> bool:
        """Forget the first `rows` steps; False where they are kept for plots."""
        if self._trace:
            return False
        used = len(self.steps)
        self._buffers.trace[: used - rows] = self._buffers.trace[rows:used].copy()
        self._buffers.ints[at.I_TRACE] = used - rows
        return True

    def prescribed_legs(self, led_over_ratio: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """When the leg of each stride begins and what it is made of (`sim.body.composed.prescribed_legs`)."""
        return prescribed_legs(self._buffers, self._schedule.pause_phase_ratio, led_over_ratio)

    @property
    def compensation(self) -> CompensationState:
        """What the patient has got used to so far."""
        body = self._buffers.body
        return CompensationState(float(body[at.B_DEMAND]), float(body[at.B_MTC_RATIO]))

    @property
    def demand_m(self) -> NDArray[np.float64]:
        """(N + 1,) compensation of strides 0..N, m of lift; NaN where the body has not come that far."""
        return self._buffers.results[:, at.R_DEMAND]

    def hold(self, demand_m: float) -> None:
        """Give the compensation of the coming swing, whatever the patient would have chosen; NaN leaves it.

        Args:
            demand_m: lift, m.
        """
        if math.isfinite(demand_m):
            self._buffers.body[at.B_DEMAND] = demand_m

    @property
    def floor(self) -> tuple[Rug, ...]:
        """The patches of floor that have been laid down so far, with their places; obstacles of the schedule aside."""
        loose = self._buffers.rugs[: len(self._buffers.rugs) - len(self._schedule.obstacles)]
        laid = loose[~np.isnan(loose[:, at.G_EDGE])]
        return tuple(
            Rug(int(row[at.G_T]), float(row[at.G_HEIGHT]), float(row[at.G_LENGTH]), float(row[at.G_EDGE]))
            for row in laid
        )

    @property
    def fatigue_ratio(self) -> float:
        """Force that is left of the rested muscle's, 0..1."""
        return float(self._buffers.body[at.B_GAIN_A] / A_REST)

    def earliest_contact_ns(self, stride: int) -> TimeNs:
        """No heel contact can end swing `stride` before this instant: landing is contact after 85 % of swing."""
        return int(self._buffers.stride_ns[stride, at.S_WATCH])

    def add_pulses(self, pulses: NDArray[Any]) -> None:
        """Let the nerve feel pulses, in time order.

        Args:
            pulses: `PULSE_DTYPE`, in time order, none before one already added.

        Raises:
            CausalityError: the body has already passed the effect of one of them.
            ModelError: the height of a pulse is unknown, or the pulses are out of order.
        """
        if pulses.size == 0:
            return
        t_ns = np.rint(pulses["t_s"] * NS_PER_S).astype(np.int64)
        effects = t_ns + self._delay_ns
        body_ns = self.body_ns
        if effects[0] < body_ns:
            raise CausalityError(
                "muscle",
                s_from_ns(body_ns),
                f"a pulse takes effect at {s_from_ns(int(effects[0])):.6f} s, the body has been integrated past it",
            )
        shares, heights = self._nerve.feel(pulses, t_ns, prescribed_knee_rad(t_ns, self._schedule, self._buffers.bases))
        self._note_sensation(t_ns, heights)
        felt = (shares[:, [at.P_DEEP, at.P_SUPERFICIAL, at.P_WITHDRAWAL]] > 0.0).any(axis=1)
        if not felt.all():
            effects, shares = effects[felt], shares[felt]
            if effects.size == 0:
                return
        b = self._buffers
        known = int(b.ints[at.I_PULSES])
        last_ns = int(b.pulse_ns[known - 1]) if known else -NEVER
        if effects[0] < last_ns or (effects[1:] < effects[:-1]).any():
            raise ModelError("muscle", s_from_ns(last_ns), "pulses must be added in time order")
        while known + effects.size > b.pulse_ns.size:
            b.pulse_ns = np.concatenate([b.pulse_ns, np.zeros_like(b.pulse_ns)])
            b.pulse_share = np.concatenate([b.pulse_share, np.zeros_like(b.pulse_share)])
        b.pulse_ns[known : known + effects.size] = effects
        b.pulse_share[known : known + effects.size] = shares
        b.ints[at.I_PULSES] = known + effects.size

    def _note_sensation(self, t_ns: NDArray[np.int64], heights: NDArray[np.float64]) -> None:
        strides = np.searchsorted(self._schedule.t0_ns, t_ns, "right") - 1
        for row, limit in enumerate((-np.inf, self._nerve.sensory_ratio, self._nerve.pain_ratio)):
            np.add.at(self._sensed[row], strides[heights > limit], 1)

    def integrate(self, until_ns: TimeNs) -> None:
        """Bring the body forward by whole steps, not beyond `until_ns`.

        Raises:
            ModelError: the foot left the domain of the model, or landed before the earliest possible contact.
        """
        b = self._buffers
        if until_ns <= self.body_ns:
            return
        if self._trace or self._track:
            self._make_room(until_ns)
        if not b.run(until_ns):
            angle, rate = float(b.body[at.B_PHI]), float(b.body[at.B_OMEGA])
            raise ModelError(
                "foot",
                s_from_ns(self.body_ns),
                f"angle {angle:g} rad, rate {rate:g} rad/s; allowed are 3 rad and 300 rad/s",
            )

    def _make_room(self, until_ns: TimeNs) -> None:
        b = self._buffers
        used = int(b.ints[at.I_TRACE])
        steps = 2 * ((until_ns - self.body_ns) // b.step_ns + int(b.ints[at.I_PULSES])) + 64
        if used + steps > b.trace.shape[0]:
            grown = np.full((2 * (used + steps), at.TRACE), np.nan)
            grown[:used] = b.trace[:used]
            b.trace = grown

    def cycles(self) -> Columns:
        """Hip, knee, ankle, clearance and force over the cycle, (N, 101) each; needs ``trace=True``.

        Raises:
            ModelError: the walker kept no trace.
        """
        if not self._trace:
            raise ModelError("trace", s_from_ns(self.body_ns), "the walker was made without trace=True")
        return traced_cycles(self._schedule, self._buffers)

    def strides(self) -> Columns:
        """The gait columns of `strides.parquet`, rows 1..N; NaN where the body has not come that far.

        `sensed` and `over_comfort`: share of the stride's pulses that the skin feels, and that are uncomfortable; 0
        where there are none.

        Raises:
            ModelError: a heel contact lies before its lower bound.
        """
        b = self._buffers
        if (b.instants[:, at.O_LANDING] < b.stride_ns[:, at.S_WATCH]).any():
            raise ModelError("landing", s_from_ns(self.body_ns), "a heel contact lies before the earliest possible one")
        pulses, sensed, sore = (row[1:-1] for row in self._sensed)
        felt = {"sensed": sensed, "over_comfort": sore}
        shares = {name: count / np.maximum(pulses, 1) for name, count in felt.items()}
        return gait_columns(self._schedule, b, self._falls) | shares
