"""The doctor's visit: the bench is opened as for a run, and the device stimulates into the load, step by step.

Each step is one raised heel. The first ones are alike; in each of the others one thing is switched in the middle, so
that its effect is seen in the captured current: crossed leads, another load, the interlock, an electrode off, stop, the
supply's relay, power off. Nothing stimulates before the bench has opened and checked everything, and the bench closes
its interlock by itself; behind the last step outputs are safe. It knows no card: everything goes through the seam.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.bench import Bench, Capture, ChannelAccuracy
from rig.bench_file.fit import loads_of
from rig.pulse_source import PulseSource
from rig.run_folder import elapsed_s
from rig.zero_span import ZeroSpan
from scenarios.case import CaptureRequest, Case
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.pulse import joined_pulses
from sim.sensor.heel_switch import HeelSwitch
from sim.signal import Command, Signal, Stimulus
from sim.timebase import NS_PER_S, TimeNs, ns_from_s, sample_period_ns

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

RATE_HZ: Final = 100_000.0
"""Ten samples on a 100 us phase: enough for amplitudes and signs, quick on every card (design choice)."""
OUTPUT_HZ: Final = 10_000.0
DOWN_S: Final = 0.6
"""Heel on the floor before each step: extension and ramp of the step before end meanwhile."""
UP_S: Final = 0.8
CHANGE_S: Final = 0.5
"""From the opening of the heel switch to what is switched: a ramp of 0.3 s is over."""
SETTLED_S: Final = 0.06
"""Behind a change: two periods at 40 Hz."""


@dataclass(frozen=True, slots=True)
class Step:
    """One raised heel.

    Attributes:
        name: role that is tried; "" for a plain step.
        change: commands in the middle, at instants counted from there.
        restore: commands behind it.
        load: load behind the change, or None.
    """

    name: str = ""
    change: tuple[Command, ...] = ()
    restore: tuple[Command, ...] = ()
    load: Load | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """A step as it was walked, s.

    Attributes:
        step: which.
        open_s: heel switch opened.
        change_s: something was switched.
        close_s: heel switch closed.
    """

    step: Step
    open_s: float
    change_s: float
    close_s: float


@dataclass(slots=True)
class Visit:
    """What was seen.

    Attributes:
        case: of the doctor.
        walked: steps, as far as they were captured to their end.
        values: role -> samples, SI, from time 0.
        lines: role -> (instant, state).
        pulses: in time order, `PULSE_DTYPE`.
        zero_span: readings before the first step.
        accuracy: what the bench states, by role.
        identity: of the bench.
        clocks: card time and host time behind each block, s.
        look_ahead_s: how far ahead outputs are written, s.
        quiet_s: until then nothing was driven, s.
        fault: what ended it, or "".
    """

    case: Case
    walked: list[Walked] = field(default_factory=list[Walked])
    values: dict[str, NDArray[np.float64]] = field(default_factory=dict[str, NDArray[np.float64]])
    lines: dict[str, list[tuple[TimeNs, int]]] = field(default_factory=dict[str, list[tuple[TimeNs, int]]])
    pulses: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    zero_span: Mapping[str, ZeroSpan] = field(default_factory=dict[str, ZeroSpan])
    accuracy: Mapping[str, ChannelAccuracy] = field(default_factory=dict[str, ChannelAccuracy])
    identity: Mapping[str, str] = field(default_factory=dict[str, str])
    clocks: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    look_ahead_s: float = 0.0
    quiet_s: float = DOWN_S
    fault: str = ""

    @property
    def clocks_s(self) -> NDArray[np.float64]:
        """Card time and host time behind each block, (n, 2), s."""
        return np.array(self.clocks, np.float64).reshape(-1, 2)

    def between(self, start_s: float, end_s: float) -> NDArray[Any]:
        """Pulses that begin inside a span."""
        if not self.pulses.size:
            return self.pulses
        t_s = self.pulses["t_s"]
        return self.pulses[(t_s >= start_s) & (t_s < end_s)]

    def samples(self, role: str, start_s: float, end_s: float) -> NDArray[np.float64]:
        """Samples of a role inside a span, SI."""
        return self.values[role][round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]


def case_of_doctor(laboratory: "Laboratory", case: Case) -> Case:
    """The case around the device, with a load that the bench has and every role that is wired back."""
    held = loads_of(laboratory)
    plain = sorted((each for each in held or () if not each.parallel_ohm), key=lambda each: abs(each.series_ohm - 500))
    load = plain[0] if plain else (held[0] if held else case.load)
    wanted = ("current", "voltage", "heel_switch.back", "status")
    channels = tuple(role for role in wanted if laboratory.wire(role) is not None)
    capture = CaptureRequest(rate_hz=RATE_HZ, channels=channels, keep="full", effects=False)
    return replace(case, load=load, load_name="", capture=capture, events=())


def steps_of(laboratory: "Laboratory", case: Case, repeat: int) -> tuple[Step, ...]:
    """Plain steps, then one for each thing that can be switched, the harmless ones first, then a plain one."""
    roles = laboratory.roles
    rearm = _rearm(laboratory)
    steps = [Step()] * max(repeat, 1)
    if "polarity" in roles:
        steps.append(Step("polarity", (Command(0, "polarity", -1, 1),), (Command(0, "polarity", 1, 1),)))
    for load in _other_loads(laboratory, case):
        steps.append(Step("load", (Command(0, "load", load, 1),), (Command(0, "load", None, 1),), load))
    interlock = laboratory.wire("interlock")
    if interlock is not None and interlock.lines:
        steps.append(interlock_step(laboratory))
    if "contact" in roles:
        steps.append(Step("contact", (Command(0, "contact", 0.0, 1),), (Command(0, "contact", 1.0, 1), *rearm)))
    if "button.stop" in roles:
        steps.append(Step("button.stop", (Command(0, "button", "stop"),), (Command(0, "button", "release"), *rearm)))
    if "supply.relay" in roles:
        steps.append(Step("supply.relay", (Command(0, "supply", "off"),), (Command(0, "supply", "on"), *rearm)))
    if "button.power" in roles:
        on = (Command(0, "button", "power_on"), *rearm)
        steps.append(Step("button.power", (Command(0, "button", "power_off"),), on))
    return (*steps, Step("after")) if len(steps) > repeat else tuple(steps)


def interlock_step(laboratory: "Laboratory") -> Step:
    """The interlock is opened while the device stimulates, and closed behind it."""
    back = (Command(0, "interlock", 1), *_rearm(laboratory))
    return Step("interlock", (Command(0, "interlock", 0),), back)


def _rearm(laboratory: "Laboratory") -> tuple[Command, ...]:
    return (Command(0, "button", "rearm"),) if "button.rearm" in laboratory.roles else ()


def _other_loads(laboratory: "Laboratory", case: Case) -> tuple[Load, ...]:
    """Resistive loads of the bank within the device's reach, other than the case's."""
    held = loads_of(laboratory) if laboratory.wire("load") is not None else None
    reach_ohm = case.device.rated.get("max_voltage", 0.0) / max(case.device.programmed.get("current", 1.0), 1e-9)
    return tuple(
        load
        for load in held or ()
        if load != case.load and not load.parallel_ohm and 100.0 <= load.series_ohm < 0.8 * reach_ohm
    )


def visit(bench: Bench, case: Case, steps: Sequence[Step]) -> Visit:
    """Open the bench, walk the steps, leave it safe and closed.

    Args:
        bench: not yet open.
        case: of `case_of_doctor`.
        steps: of `steps_of`.

    Raises:
        BenchError: the bench does not open; nothing was driven but to its safe state.
    """
    seen = Visit(case)
    capabilities = bench.describe()
    seen.look_ahead_s = capabilities.look_ahead_ns / NS_PER_S
    try:
        bench.open(case)
        seen.accuracy, seen.identity = dict(bench.accuracy()), dict(bench.identity())
        seen.zero_span = dict(bench.zero_span())
        captures: list[Capture] = []
        try:
            _walk(bench, seen, steps, captures, capabilities.max_block_ns)
        except BenchError as error:
            seen.fault = str(error)
        finally:
            bench.safe_state()
        _look(bench, seen, captures)
    finally:
        bench.close()
    return seen


def _walk(bench: Bench, seen: Visit, steps: Sequence[Step], captures: list[Capture], block_ns: TimeNs) -> None:
    """Nothing but outputs and inputs: a card does not wait until somebody has looked at what it captured."""
    changes, commands, end_ns = _plan(seen, steps)
    end_ns += ns_from_s(seen.look_ahead_s)
    t_ns = 0
    while t_ns < end_ns:
        until_ns = t_ns + block_ns
        inside = tuple(each for each in commands if t_ns <= each.t_ns < until_ns)
        capture = bench.exchange(Stimulus(t_ns, until_ns, {"heel_switch": _heel(changes, t_ns, until_ns)}, inside))
        seen.clocks.append((capture.t1_ns / NS_PER_S, elapsed_s()))
        if capture.t1_ns > capture.t0_ns:
            captures.append(capture)
        t_ns = until_ns


def _look(bench: Bench, seen: Visit, captures: Sequence[Capture]) -> None:
    """Samples, lines and pulses of what was captured, and the steps that it holds to their end."""
    if not captures:
        seen.walked.clear()
        return
    seen.walked = [each for each in seen.walked if each.close_s <= captures[-1].t1_ns / NS_PER_S]
    source = PulseSource(seen.case, bench)
    found = joined_pulses([*(source.find(capture)[0] for capture in captures), source.finish()])
    seen.pulses = found[np.argsort(found["t_s"], kind="stable")]
    for capture in captures:
        for role, of_role in capture.lines.items():
            seen.lines.setdefault(role, []).extend(of_role)
    for role in captures[0].waveforms:
        seen.values[role] = np.concatenate([each.waveforms[role].values() for each in captures])


def _plan(seen: Visit, steps: Sequence[Step]) -> tuple[list[tuple[TimeNs, float]], list[Command], TimeNs]:
    """(instant, level of the heel switch), commands in time order, and the end; `seen.walked` is filled."""
    switch = HeelSwitch()
    changes: list[tuple[TimeNs, float]] = [(0, switch.loaded_v)]
    commands: list[Command] = []
    t_s = 0.0
    for step in steps:
        open_s, close_s = t_s + DOWN_S, t_s + DOWN_S + UP_S
        changes += [(ns_from_s(open_s), switch.unloaded_v), (ns_from_s(close_s), switch.loaded_v)]
        commands += [replace(each, t_ns=ns_from_s(open_s + CHANGE_S) + each.t_ns) for each in step.change]
        # one after the other: a device that comes back needs a moment before it is armed
        commands += [
            replace(each, t_ns=ns_from_s(close_s + 0.05 + 0.1 * place)) for place, each in enumerate(step.restore)
        ]
        seen.walked.append(Walked(step, open_s, open_s + CHANGE_S, close_s))
        t_s = close_s
    return changes, sorted(commands, key=lambda each: each.t_ns), ns_from_s(t_s + DOWN_S)


def _heel(changes: Sequence[tuple[TimeNs, float]], t0_ns: TimeNs, t1_ns: TimeNs) -> Signal:
    period_ns = sample_period_ns(OUTPUT_HZ)
    t_ns = np.arange(t0_ns, t1_ns, period_ns)
    at = np.searchsorted([each for each, _ in changes], t_ns, "right") - 1
    return Signal(np.array([level for _, level in changes])[at], t0_ns, OUTPUT_HZ, "V")
