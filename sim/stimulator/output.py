"""The output stage of a stimulator with the electrode load behind it: what a device model switches."""

from dataclasses import fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.edges import EDGE_DTYPE
from sim.electrode.circuit import put_load
from sim.electrode.load import Load
from sim.pulse import PULSE_DTYPE
from sim.stimulator.clock import DeviceClock
from sim.stimulator.output_kernel import (
    DONE,
    NEED_FLAGS,
    NEED_ROWS,
    begin_probe,
    change_circuit,
    cut_pulse,
    next_switch_ns,
    run_output,
)
from sim.stimulator.program import PulseDefects, PulseProgram
from sim.stimulator.pulse_layout import FRESH_PULSES, SURGE_PULSES, cut_short
from sim.stimulator.pulse_train import ramp_ratio, schedule_next
from sim.stimulator.stage import IDLE, RUNNING, SILENT, STAGE_DTYPE
from sim.streams import Streams
from sim.timebase import NEVER, TimeNs

_OF_STAGE: Final = tuple(field.name for field in fields(PulseDefects) if field.name in (STAGE_DTYPE.names or ()))


class Output:
    """One stimulation channel: a pulse generator, a current source of limited voltage, two electrodes.

    It works on demand: `catch_up` lets everything happen before an instant, exactly; between two calls nothing can
    change. A method that takes `t_ns` acts at that instant and catches up to it first, so instants must not fall.

    Args:
        load: what lies between the electrodes.
        clock: the device's clock, in whose time programs are written.
        streams: random streams of the case; jitter and the defects by chance follow from the pulse's number.
        channel: its number, from 1: every channel has chances of its own.
    """

    def __init__(self, load: Load, clock: DeviceClock, streams: Streams, channel: int = 1) -> None:
        self.channel = channel
        self._clock = clock
        self._stages: NDArray[Any] = np.zeros(1, STAGE_DTYPE)
        self._stage: Any = self._stages[0]
        self._rows: NDArray[Any] = np.zeros(1024, EDGE_DTYPE)
        self._used_rows = 0
        self._pulses: NDArray[Any] = np.zeros(1024, PULSE_DTYPE)
        self._used_pulses = 0
        self._flags: NDArray[np.int64] = np.zeros((64, 2), np.int64)
        self._begun = False
        stage = self._stage
        stage["tau_s"] = 1.0
        stage["change_ns"] = stage["next_ns"] = stage["extra_ns"] = NEVER
        stage["contact_ratio"] = stage["polarity"] = stage["recharge_ratio"] = 1.0
        stage["compliance_v"] = 1.0
        stage["channel"] = channel
        stage["key"] = streams.key("device pulses" if channel == 1 else f"device pulses.{channel}")
        put_load(stage, load)

    def catch_up(self, until_ns: TimeNs) -> None:
        """Let everything happen that lies before `until_ns`."""
        while True:
            missing, self._used_rows, self._used_pulses = run_output(
                self._stages, until_ns, self._rows, self._used_rows, self._pulses, self._used_pulses, self._flags
            )
            if missing == DONE:
                return
            if missing == NEED_ROWS:
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            elif missing == NEED_FLAGS:
                self._flags = np.concatenate([self._flags, np.zeros_like(self._flags)])
            else:
                self._pulses = np.concatenate([self._pulses, np.zeros_like(self._pulses)])

    def begin(self, t_ns: TimeNs) -> None:
        """Begin the run: the first segment stands at `t_ns`; once, before anything else that has an instant."""
        self._stage["t_ns"] = t_ns
        self._begun = True
        self._restart(t_ns)

    def _restart(self, t_ns: TimeNs) -> None:
        if self._begun:
            self._used_rows = change_circuit(self._stages, t_ns, self._rows, self._used_rows)

    def set_circuit(
        self,
        t_ns: TimeNs,
        *,
        load: Load | None = None,
        contact_ratio: float | None = None,
        polarity: float | None = None,
        compliance_v: float | None = None,
        leak_a: float | None = None,
        soft_s: float | None = None,
    ) -> None:
        """Change what the current flows through, or what drives it, at `t_ns`; what is not named stays.

        Args:
            t_ns: instant.
            load: another load, whose capacitor is empty.
            contact_ratio: share of the electrodes' area that touches, 0..1; the voltage of the interface stays.
            polarity: +1, or -1 with the leads swapped at the load.
            compliance_v: highest voltage that the source reaches, V.
            leak_a: steady current beside the pulses, A.
            soft_s: output conductance beside the source, S; 0 for an ideal one.
        """
        if self._begun:
            self.catch_up(t_ns)
        stage = self._stage
        if load is not None:
            put_load(stage, load)
        if contact_ratio is not None:
            stage["contact_ratio"] = contact_ratio
        if polarity is not None:
            stage["polarity"] = polarity
        if compliance_v is not None:
            stage["compliance_v"] = compliance_v
        if leak_a is not None:
            stage["leak_a"] = leak_a
        if soft_s is not None:
            stage["soft_s"] = soft_s
        self._restart(t_ns)

    def load_program(self, program: PulseProgram, defects: PulseDefects, t_ns: TimeNs) -> None:
        """Take another program from `t_ns` on; a pulse under way ends as it was laid out."""
        if self._begun:
            self.catch_up(t_ns)
        stage = self._stage
        rig_ns = self._clock.rig_ns
        period_ns = rig_ns(1.0 / program.rate_hz)
        if stage["step"] > 0 and period_ns != stage["period_ns"]:  # the grid goes on from the last pulse
            stage["anchor_ns"] += round((stage["step"] - 1) * stage["period_ns"])
            stage["step"] = 1
        stage["period_ns"] = period_ns
        is_running = stage["outcome"] == RUNNING
        width_ns = rig_ns(program.pulse_width_s)
        if is_running and (program.current_a != stage["current_a"] or width_ns != stage["width_ns"]):
            stage["fresh_pulses"] = FRESH_PULSES
        stage["current_a"] = program.current_a
        stage["slew_a"] = program.slew_a
        if not (is_running and program.slew_a > 0.0):
            stage["given_a"] = program.current_a
        stage["width_ns"] = width_ns
        stage["least_width_ns"] = rig_ns(program.least_width_s)
        stage["gap_ns"] = self._clock.span_ns(program.gap_s)
        stage["recharge_ratio"] = program.recharge_ratio
        stage["recovery_ns"] = self._clock.span_ns(program.recovery_s * (1.0 - defects.recovery_lost_ratio))
        if program.recovery_s > 0.0:  # a recovery that is lost altogether is still no driven phase 2
            stage["recovery_ns"] = max(1, int(stage["recovery_ns"]))
        stage["jitter_ns"] = rig_ns(program.jitter_s)
        stage["ramps_width"] = int(program.ramps_width)
        for name in _OF_STAGE:
            stage[name] = getattr(defects, name)
        if stage["next_ns"] < NEVER and stage["step"] > 0:
            schedule_next(stage)
            stage["next_ns"] = max(stage["next_ns"], t_ns)

    def watch_lead(self, ratio: float, pulses: int, flag_ratio: float) -> None:
        """Stop a train after `pulses` pulses in a row whose measured plateau is below `ratio` of what was set.

        A plateau below `flag_ratio` of what was set raises the flag of the channel.
        """
        self._stage["flag_ratio"] = flag_ratio
        self._stage["lead_off_ratio"] = ratio
        self._stage["lead_off_pulses"] = pulses

    def watch_faults(self, overload_ohm: float, charge_fault_ratio: float) -> None:
        """Stop a train into less than `overload_ohm`, or whose pulses leave more than this share of a phase behind.

        0 switches a watch off.
        """
        self._stage["overload_ohm"] = overload_ohm
        self._stage["charge_fault_ratio"] = charge_fault_ratio

    def start_train(self, t_ns: TimeNs, ramp_s: float, delay_s: float = 0.0, *, surge: bool = False) -> None:
        """Begin a train at `t_ns` with a ramp of `ramp_s`, whose first pulse is one period up the ramp.

        Args:
            t_ns: instant.
            ramp_s: time of the ramp, s.
            delay_s: the first pulse comes this much later, s, and with it the whole grid of the train.
            surge: the electrode has just come back: a seeded surge shows now.
        """
        self.catch_up(t_ns)
        stage = self._stage
        period_s = stage["period_ns"] * 1e-9
        ramp_rig_s = self._clock.rig_ns(ramp_s) * 1e-9
        stage["ramp_from_ratio"] = min(1.0, period_s / ramp_rig_s) if ramp_s > 0.0 else 1.0
        stage["ramp_per_s"] = 1.0 / ramp_rig_s if ramp_s > 0.0 else 0.0
        stage["ramp_t_ns"] = stage["anchor_ns"] = t_ns + self._clock.span_ns(delay_s)
        stage["step"] = stage["low_pulses"] = stage["short_pulses"] = stage["unbalanced_pulses"] = 0
        stage["surge_pulses"] = SURGE_PULSES if surge else 0
        stage["fresh_pulses"] = 0
        stage["given_a"] = stage["current_a"]
        stage["outcome"] = RUNNING
        schedule_next(stage)

    def ramp(self, t_ns: TimeNs, ramp_s: float, *, up: bool) -> None:
        """Let the train run up to its plateau, or down to its end, from where it stands at `t_ns`.

        Args:
            t_ns: instant.
            ramp_s: time of a ramp over the whole range; 0 is a step.
            up: direction.
        """
        self.catch_up(t_ns)
        stage = self._stage
        ramp_rig_s = self._clock.rig_ns(ramp_s) * 1e-9
        from_ratio = max(0.0, ramp_ratio(stage, t_ns))
        if ramp_s <= 0.0:
            from_ratio = 1.0 if up else 0.0
        slope = 1.0 / ramp_rig_s if ramp_s > 0.0 else 0.0
        stage["ramp_from_ratio"] = from_ratio
        stage["ramp_per_s"] = slope if up else -slope
        stage["ramp_t_ns"] = t_ns

    def freeze(self, t_ns: TimeNs) -> None:
        """The train goes on as it stands at `t_ns`: nobody moves its ramp any more."""
        self.catch_up(t_ns)
        stage = self._stage
        stage["ramp_from_ratio"] = max(0.0, ramp_ratio(stage, t_ns))
        stage["ramp_per_s"] = 0.0
        stage["ramp_t_ns"] = t_ns

    def stop(self, t_ns: TimeNs) -> None:
        """No further pulse from `t_ns` on; the one under way is finished, so that its charge comes back."""
        self.catch_up(t_ns)
        stage = self._stage
        if stage["cut_last_ratio"] > 0.0 and stage["phase"] != IDLE and stage["is_probe"] == 0:
            cut_short(stage)
            stage["t3_ns"] = max(stage["t3_ns"], t_ns)
        stage["next_ns"] = stage["extra_ns"] = NEVER
        if stage["outcome"] == RUNNING:
            stage["outcome_ns"] = t_ns
        stage["outcome"] = SILENT

    def cut(self, t_ns: TimeNs) -> None:
        """Everything off at `t_ns`, in the middle of a pulse too (loss of power)."""
        self.stop(t_ns)
        self._stage["leak_a"] = 0.0
        self._stage["flag"] = 0
        if self._begun:
            self._used_rows, self._used_pulses = cut_pulse(
                self._stages, t_ns, self._rows, self._used_rows, self._pulses, self._used_pulses
            )

    def probe(self, t_ns: TimeNs, probe_a: float) -> TimeNs:
        """Begin a balanced pulse of a few microamperes at `t_ns`, to feel for the electrode between trains.

        Returns:
            Instant after which `probe_v` holds.
        """
        self.catch_up(t_ns)
        self._used_rows = begin_probe(self._stages, t_ns, probe_a, self._rows, self._used_rows)
        return int(self._stage["t3_ns"]) + 1

    @property
    def probe_v(self) -> float:
        """How far phase 1 of the last probe moved the voltage at the device's own terminals, V, unsigned."""
        return abs(float(self._stage["probe_v"]))

    @property
    def outcome(self) -> int:
        """What became of the train: RUNNING, SILENT, RAMPED_DOWN or LEAD_OFF."""
        return int(self._stage["outcome"])

    @property
    def outcome_ns(self) -> TimeNs:
        """When the train ended by itself."""
        return int(self._stage["outcome_ns"])

    @property
    def open_pulse_ns(self) -> TimeNs | None:
        """Start of the pulse under way, or None."""
        return None if self._stage["phase"] == IDLE else int(self._stage["t0_ns"])

    @property
    def next_switch_ns(self) -> TimeNs:
        """When the device switches this output next, as things stand; NEVER while it has nothing to do."""
        return int(next_switch_ns(self._stage))

    @property
    def level_a(self) -> float:
        """Current that is asked of the source now, A; what flows may be less."""
        return float(self._stage["level_a"])

    @property
    def has_flags(self) -> bool:
        """True where the flag has changed since `take_flags`."""
        return bool(self._stage["flags"] > 0)

    def take_flags(self) -> tuple[tuple[TimeNs, bool], ...]:
        """(instant, low) of every change of the flag since the last call: a plateau falls short, or no longer."""
        count = int(self._stage["flags"])
        self._stage["flags"] = 0
        return tuple((t_ns, low == 1) for t_ns, low in self._flags[:count].tolist())

    def take_rows(self) -> NDArray[Any]:
        """The segments since the last call, (n,) of `EDGE_DTYPE`."""
        rows = self._rows[: self._used_rows].copy()
        self._used_rows = 0
        return rows

    def take_pulses(self) -> NDArray[Any]:
        """The pulses completed since the last call, (n,) of `PULSE_DTYPE`, exact."""
        pulses = self._pulses[: self._used_pulses].copy()
        self._used_pulses = 0
        return pulses
