"""An output stage that somebody else switches: a firmware that closes its bridge and sets its converter."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.edges import EDGE_DTYPE
from sim.electrode.circuit import put_load
from sim.electrode.load import Load
from sim.pulse import PULSE_DTYPE
from sim.stimulator.output_kernel import DONE, NEED_PULSES, NEED_ROWS
from sim.stimulator.stage import IDLE
from sim.stimulator.switched_kernel import (
    PART_DTYPE,
    SWITCHED_DTYPE,
    current_and_voltage,
    restart_switched,
    run_switched,
    switch,
)
from sim.timebase import NEVER, NS_PER_S, TimeNs


class SwitchedOutput:
    """A current source of limited voltage with its electrodes, driven from outside.

    It works on demand: `catch_up` lets everything happen before an instant, exactly. A method that takes `t_ns` acts at
    that instant and catches up to it first, so instants must not fall.

    Args:
        load: what lies between the electrodes.
        probe_a: drives of at most this are no pulses: the device feels for its electrode, A.
        compliance_v: highest voltage of the source, V.
        channel: its number, from 1.
        phase_limit_s: a one-shot of the stage opens the bridge where a drive in one direction lasts longer, until its
            switch has been off or the other one is on, s; infinite for a stage without one. A probe has none.
    """

    def __init__(
        self, load: Load, probe_a: float, compliance_v: float, channel: int = 1, phase_limit_s: float = math.inf
    ) -> None:
        self.channel = channel
        self._stages: NDArray[Any] = np.zeros(1, SWITCHED_DTYPE)
        self._stage: Any = self._stages[0]
        self._rows: NDArray[Any] = np.zeros(1024, EDGE_DTYPE)
        self._used_rows = 0
        self._pulses: NDArray[Any] = np.zeros(256, PULSE_DTYPE)
        self._used_pulses = 0
        self._parts: NDArray[Any] = np.zeros(64, PART_DTYPE)
        self._begun = False
        stage = self._stage
        stage["tau_s"] = 1.0
        stage["change_ns"] = stage["given_up_ns"] = stage["cut_ns"] = NEVER
        stage["limit_ns"] = round(phase_limit_s * NS_PER_S) if math.isfinite(phase_limit_s) else NEVER
        stage["contact_ratio"] = stage["polarity"] = 1.0
        stage["probe_a"] = probe_a * (1.0 + 1e-9)
        stage["compliance_v"] = compliance_v
        stage["channel"] = channel
        put_load(stage, load)

    def catch_up(self, until_ns: TimeNs) -> None:
        """Let everything happen that lies before `until_ns`."""
        while True:
            missing, self._used_rows, self._used_pulses = run_switched(
                self._stages, until_ns, self._rows, self._used_rows, self._parts, self._pulses, self._used_pulses
            )
            if missing == DONE:
                return
            if missing == NEED_ROWS:
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            elif missing == NEED_PULSES:
                self._pulses = np.concatenate([self._pulses, np.zeros_like(self._pulses)])
            else:
                self._parts = np.concatenate([self._parts, np.zeros_like(self._parts)])

    def begin(self, t_ns: TimeNs) -> None:
        """Begin the run: the first segment stands at `t_ns`; once, before anything else that has an instant."""
        self._stage["t_ns"] = t_ns
        self._begun = True
        self._restart(t_ns)

    def _restart(self, t_ns: TimeNs) -> None:
        if self._begun:
            self._used_rows = restart_switched(self._stages, t_ns, self._rows, self._used_rows, self._parts)

    def set_circuit(
        self,
        t_ns: TimeNs,
        *,
        load: Load | None = None,
        contact_ratio: float | None = None,
        polarity: float | None = None,
        compliance_v: float | None = None,
    ) -> None:
        """Change what the current flows through, or what drives it, at `t_ns`; what is not named stays.

        Args:
            t_ns: instant.
            load: another load, whose capacitor is empty.
            contact_ratio: share of the electrodes' area that touches, 0..1; the voltage of the interface stays.
            polarity: +1, or -1 with the leads swapped at the load.
            compliance_v: highest voltage that the source reaches, V.
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
        self._restart(t_ns)

    def drive(self, t_ns: TimeNs, current_a: float) -> None:
        """The source is asked for `current_a` from `t_ns` on; nothing happens where it is asked for that already."""
        if current_a == self._stage["asked_a"]:
            return
        self.catch_up(t_ns)
        self._used_rows, self._used_pulses = switch(
            self._stages, t_ns, current_a, self._rows, self._used_rows, self._parts, self._pulses, self._used_pulses
        )

    def current_at(self, t_ns: TimeNs) -> float:
        """Current that the source gives at `t_ns`, A, signed as it drives it; everything before has happened then."""
        self.catch_up(t_ns)
        return current_and_voltage(self._stages, t_ns)[0]

    def voltage_at(self, t_ns: TimeNs) -> float:
        """Voltage at the device's own terminals at `t_ns`, V, signed as it drives it."""
        self.catch_up(t_ns)
        return current_and_voltage(self._stages, t_ns)[1]

    @property
    def driven_a(self) -> float:
        """What the source is asked for, A."""
        return float(self._stage["asked_a"])

    @property
    def open_pulse_ns(self) -> TimeNs | None:
        """Start of the pulse under way, or None."""
        return None if self._stage["phase"] == IDLE else int(self._stage["t0_ns"])

    def take_rows(self) -> NDArray[Any]:
        """The segments since the last call, (n,) of `EDGE_DTYPE`."""
        rows = self._rows[: self._used_rows].copy()
        self._used_rows = 0
        return rows

    def take_pulses(self) -> NDArray[Any]:
        """The pulses completed since the last call, (n,) of `PULSE_DTYPE`, exact.

        Of a pulse that ends by a gap without end it is known only that gap later that it has ended.
        """
        pulses = self._pulses[: self._used_pulses].copy()
        self._used_pulses = 0
        return pulses
