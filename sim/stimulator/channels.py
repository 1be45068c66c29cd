"""The output stages of a device as one: they start, ramp and stop together, each a little after the one before."""

from collections.abc import Sequence
from dataclasses import replace

from sim.stimulator.defects import dose_of, faulty_program, pulse_defects
from sim.stimulator.output import Output
from sim.stimulator.program import PulseProgram
from sim.stimulator.stage import CHARGE_FAULT, LEAD_OFF, OVERLOAD, RUNNING
from sim.timebase import TimeNs

_WRONG = frozenset({LEAD_OFF, OVERLOAD, CHARGE_FAULT})


class Channels:
    """Every stimulation channel of a device. A channel whose electrode is off, or that has no current, stays silent.

    Args:
        outputs: one a channel.
    """

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = tuple(outputs)
        self._set: tuple[PulseProgram, ...] = ()
        self._programs: tuple[PulseProgram, ...] = ()
        self._turns = list(range(len(self._outputs)))
        self._is_lifted = [False] * len(self._outputs)
        self._is_low = [False] * len(self._outputs)
        self._noticed_ns: list[TimeNs] = [-1] * len(self._outputs)

    def load(
        self, programs: Sequence[PulseProgram], doses: dict[str, float], t_ns: TimeNs, supply_ratio: float = 1.0
    ) -> None:
        """Take another program for each channel from `t_ns` on, with the defects of each."""
        self._set = tuple(programs)[: len(self._outputs)]
        given = [
            faulty_program(program, doses, output.channel, supply_ratio)
            for output, program in zip(self._outputs, self._set, strict=True)
        ]
        source = next((k for k, program in enumerate(self._set) if program.current_a > 0.0), 0)
        stray_a = doses.get("crosstalk", 0.0) * given[source].current_a
        self._turns = [k if program.current_a > 0.0 else source for k, program in enumerate(self._set)]
        self._programs = tuple(
            replace(program, current_a=stray_a) if program.current_a == 0.0 and stray_a > 0.0 else program
            for program in given
        )
        for output, program, asked in zip(self._outputs, self._programs, self._set, strict=True):
            defects = pulse_defects(doses, output.channel, supply_ratio, asked.rate_hz)
            output.load_program(program, defects, t_ns)

    def watch_lead(self, ratio: float, pulses: int, flag_ratio: float) -> None:
        """As `Output.watch_lead`, on every channel."""
        for output in self._outputs:
            output.watch_lead(ratio, pulses, flag_ratio)

    def power(self, t_ns: TimeNs, compliance_v: float, doses: dict[str, float]) -> None:
        """Highest voltage of every source from `t_ns` on, V, and what is wrong with it."""
        highest_v = compliance_v * (1.0 + doses.get("over_voltage", 0.0))
        for output in self._outputs:
            leak_a = dose_of(doses, "dc_leak", output.channel)
            output.set_circuit(t_ns, compliance_v=highest_v, leak_a=leak_a, soft_s=doses.get("soft_source", 0.0))

    def start(self, t_ns: TimeNs, ramp_s: float, stagger_s: float, *, surge: bool = False) -> None:
        """Begin a train on every channel that can have one, each `stagger_s` after the one before."""
        for k, output in enumerate(self._outputs):
            if not self._is_lifted[k] and self._programs[k].current_a > 0.0:
                output.start_train(t_ns, ramp_s, self._turns[k] * stagger_s, surge=surge)

    def ramp(self, t_ns: TimeNs, ramp_s: float, *, up: bool) -> None:
        """Let every running train ramp up or down."""
        for output in self._outputs:
            if output.outcome == RUNNING:
                output.ramp(t_ns, ramp_s, up=up)

    def watch_faults(self, overload_ohm: float, charge_fault_ratio: float) -> None:
        """As `Output.watch_faults`, on every channel."""
        for output in self._outputs:
            output.watch_faults(overload_ohm, charge_fault_ratio)

    def freeze(self, t_ns: TimeNs) -> None:
        """As `Output.freeze`, on every channel that runs."""
        for output in self._outputs:
            if output.outcome == RUNNING:
                output.freeze(t_ns)

    def stop(self, t_ns: TimeNs) -> None:
        """As `Output.stop`, on every channel."""
        for output in self._outputs:
            output.stop(t_ns)

    def cut(self, t_ns: TimeNs) -> None:
        """As `Output.cut`, on every channel."""
        for output in self._outputs:
            output.cut(t_ns)

    def catch_up(self, t_ns: TimeNs) -> None:
        """Let everything happen that lies before `t_ns`."""
        for output in self._outputs:
            output.catch_up(t_ns)

    @property
    def is_running(self) -> bool:
        """True while a train of any channel runs."""
        return any(output.outcome == RUNNING for output in self._outputs)

    @property
    def ended_ns(self) -> TimeNs:
        """When the last train of all channels ended."""
        return max(output.outcome_ns for output in self._outputs)

    def take_flags(self) -> tuple[tuple[TimeNs, bool], ...]:
        """(instant, True where a channel falls short of its set current) of every change since the last call."""
        if not any(output.has_flags for output in self._outputs):
            return ()
        changes = sorted((t_ns, k, low) for k, output in enumerate(self._outputs) for t_ns, low in output.take_flags())
        found: list[tuple[TimeNs, bool]] = []
        for t_ns, k, low in changes:
            self._is_low[k] = low
            found.append((t_ns, any(self._is_low)))
        return tuple(found)

    @property
    def lifted(self) -> tuple[Output, ...]:
        """Channels at which something was noticed to be wrong."""
        return tuple(output for output, off in zip(self._outputs, self._is_lifted, strict=True) if off)

    @property
    def any_left(self) -> bool:
        """True where at least one channel may stimulate."""
        return not all(self._is_lifted)

    def newly_lifted(self) -> tuple[Output, ...]:
        """Channels that ended their train by themselves since the last call, because something is wrong there."""
        found: list[Output] = []
        for k, output in enumerate(self._outputs):
            if output.outcome in _WRONG and output.outcome_ns != self._noticed_ns[k]:
                self._is_lifted[k] = True
                self._noticed_ns[k] = output.outcome_ns
                found.append(output)
        return tuple(found)

    def rearm(self, output: Output) -> None:
        """This channel may stimulate again."""
        self._is_lifted[output.channel - 1] = False

    def rearm_all(self) -> None:
        """Every channel may try again."""
        self._is_lifted = [False] * len(self._outputs)

    def current_of(self, output: Output) -> float:
        """Set current of a channel, A."""
        return self._set[output.channel - 1].current_a

    def name(self, output: Output) -> str:
        """What to call a channel in a message; one alone needs no name."""
        return f"channel {output.channel}: " if len(self._outputs) > 1 else ""
