"""One run on a generator and an oscilloscope: load the record, arm, play, carry out commands, read, place in time."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rig.instruments.alignment import Alignment, from_edges, from_messages
from rig.instruments.capture_plan import BACK, ScopeInput, configure, needed_rate_hz
from rig.instruments.opening import port_number
from rig.instruments.playback import Playback, edges_of, playback_of
from rig.instruments.ports import Acquisition, Oscilloscope, Trigger, WaveformGenerator
from rig.instruments.scope_capture import Piece, capture_of
from sim.errors import BenchError
from sim.timebase import s_from_ns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rig.bench import Capture
    from rig.bench_file.laboratory import Laboratory
    from rig.guardian import Guardian
    from rig.instruments.commands import Commands
    from scenarios.case import Case
    from sim.signal import Stimulus

SETTLE_S: Final = 1.0
"""From power to the first sample of the record: the device wakes with its foot on the floor (design choice)."""
_LOOK_S: Final = 0.25
"""The instruments are asked this often whether they are still there, s of the bench's clock."""
_MARGIN_S: Final = 0.5
"""An oscilloscope rolls this much longer than the record: arming and starting take messages."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the instruments turned out to be.

    Attributes:
        rate_hz: of the capture, Hz.
        lsb: step of the converter by role, SI.
        sensor_delay_s: (delay, bound) of the sensor's signal at the device against the record, s.
        alignment: of the record on the oscilloscope's time axis.
        segments: records that were read.
    """

    rate_hz: float
    lsb: "Mapping[str, float]"
    sensor_delay_s: tuple[float, float]
    alignment: Alignment
    segments: int


class Session:
    """One playing of one record.

    Args:
        laboratory: of the bench file, taps chosen.
        case: what is asked.
        scope: opened.
        generator: opened.
        inputs: of the scope.
        commands: who carries out what the scenario asks for.
        guardian: told that we live.
    """

    def __init__(
        self,
        laboratory: "Laboratory",
        case: "Case",
        scope: Oscilloscope,
        generator: WaveformGenerator,
        inputs: tuple[ScopeInput, ...],
        commands: "Commands",
        guardian: "Guardian",
    ) -> None:
        self._laboratory, self._case, self._scope, self._generator = laboratory, case, scope, generator
        self._inputs, self._commands, self._guardian = inputs, commands, guardian
        self._patience = commands.auxiliaries.patience
        self._played: dict[int, Playback] = {}
        self._acquisition: Acquisition | None = None

    def prepare(self, stimulus: "Stimulus") -> None:
        """Put the record into the generator, whose output then stands at its first value; prepare the oscilloscope.

        Raises:
            BenchError: a command that nobody here carries out, a record that does not fit, or an instrument's trouble.
        """
        self._commands.refuse_unknown(stimulus.commands)
        self._guardian.watch()
        for role, signal in stimulus.signals.items():
            wire = self._laboratory.wire(role)
            if wire is None:
                raise BenchError(self._laboratory.id, 0.0, f"no terminal for `{role}`")
            per_unit = (-1.0 if wire.invert else 1.0) * (wire.volts_per_unit or 1.0)
            playback = playback_of(role, signal, per_unit, self._generator.most_points)
            self._generator.load(port_number(wire.port), playback.values_v, playback.rate_hz)
            self._played[port_number(wire.port)] = playback
            self._guardian.beat()
        trigger, edges_s = self._trigger()
        span_s = s_from_ns(stimulus.t1_ns) + _MARGIN_S
        rate_hz = needed_rate_hz(self._case)
        self._acquisition = configure(self._scope, self._inputs, span_s, rate_hz, trigger, edges_s)

    def power_on(self) -> None:
        """Give the device power, and time to wake with the sensor at rest.

        Raises:
            BenchError: the supply did not come on.
        """
        self._commands.auxiliaries.power_on(self._case)
        self._wait(SETTLE_S)
        self._refuse_trouble(0.0)

    def play(self, stimulus: "Stimulus") -> "tuple[Capture, Shown]":
        """Play the record, carry out its commands, read what was captured.

        Raises:
            BenchError: an instrument failed or complained, a protection tripped, the capture clips, or the sensor's
                line did not show what was played.
        """
        acquisition, now_s = self._acquisition, self._patience.now_s
        assert acquisition is not None
        arming_s = now_s()
        self._scope.arm()
        armed_s = now_s()
        self._wait(0.05)
        starting_s = now_s()
        self._generator.start(next(iter(self._played)))  # it starts every output that waits for a trigger
        started_s = now_s()
        for command in stimulus.commands:
            self._wait(started_s + s_from_ns(command.t_ns) - now_s())
            self._commands.carry_out(command)
        self._wait(started_s + s_from_ns(stimulus.t1_ns) - now_s())
        self._refuse_trouble(s_from_ns(stimulus.t1_ns))
        for output, played in self._played.items():
            if not self._generator.is_on(output):
                problem = f"the generator's output of {played.role} went off while it played"
                raise BenchError(self._laboratory.id, s_from_ns(stimulus.t1_ns), problem, "an overload does that")
        self._finish(acquisition)
        if acquisition.roll:
            rough = from_messages(starting_s - armed_s, started_s - arming_s)
        else:
            rough = from_messages(-s_from_ns(stimulus.t1_ns), 0.0)
        return self._read(stimulus, acquisition, rough)

    def _refuse_trouble(self, t_s: float) -> None:
        if trouble := self._commands.auxiliaries.trouble():
            raise BenchError(self._laboratory.id, t_s, trouble)

    def _finish(self, acquisition: Acquisition) -> None:
        """Let a roll come to its own end, so that it begins where it was armed; end a wait for further segments."""
        if acquisition.roll:
            end_s = self._patience.now_s() + acquisition.span_s
            while self._scope.running() and self._patience.now_s() < end_s:
                self._wait(0.05)
        if self._scope.running():
            self._scope.stop()

    def _read(self, stimulus: "Stimulus", acquisition: Acquisition, rough: Alignment) -> "tuple[Capture, Shown]":
        count = 1 if acquisition.roll else self._scope.captured()
        if not count:
            raise BenchError(
                self._laboratory.id, math.nan, "the oscilloscope has captured nothing", "check its trigger"
            )
        pieces: list[Piece] = []
        for segment in range(1, count + 1):
            self._guardian.beat()
            found = self._scope.waveforms(segment)
            first = next(iter(found.values()))
            if abs(first.period_s * acquisition.rate_hz - 1.0) > 1e-6:
                problem = f"samples come {first.period_s:g} s apart, {acquisition.rate_hz:g} Hz was told"
                raise BenchError(self._laboratory.id, math.nan, problem)
            pieces.append(Piece(0.0 if acquisition.roll else first.tag_s + first.t0_s, found))
        alignment = self._aligned(pieces, acquisition, rough, s_from_ns(stimulus.t1_ns))
        placed = [Piece(piece.first_s - alignment.start_s, piece.waveforms) for piece in pieces]
        lsb = {
            each.role: pieces[0].waveforms[each.channel.number].lsb_v / abs(each.volts_per_unit)
            for each in self._inputs
        }
        late = max(self._played.values(), key=lambda each: each.bound_s)
        bound_s = alignment.bound_s + late.bound_s + 0.5 / acquisition.rate_hz
        shown = Shown(acquisition.rate_hz, lsb, (late.delay_s, bound_s), alignment, count)
        return capture_of(placed, self._inputs, acquisition.rate_hz, stimulus.t1_ns), shown

    def _aligned(
        self, pieces: "Sequence[Piece]", acquisition: Acquisition, rough: Alignment, length_s: float
    ) -> Alignment:
        """By the edges of the sensor's line where the oscilloscope sees it, else by messages."""
        wired, line = self._back()
        if wired is None or line is None:
            return rough
        (low_v, high_v), scale = _levels(line), wired.volts_per_unit / self._per_unit(line.role)
        told, told_rising = edges_of(line.values_v, low_v, high_v)
        if not told.size:
            return rough
        seen: list[NDArray[Any]] = []
        rising: list[NDArray[np.bool_]] = []
        for piece in pieces:
            waveform = piece.waveforms[wired.channel.number]
            index, up = edges_of(waveform.values_v() / scale, low_v, high_v)
            seen.append(piece.first_s + (index - 0.5) * waveform.period_s)
            rising.append(up)
        resolution_s = 0.5 / acquisition.rate_hz + self._clocks_ratio(line.role) * length_s
        return from_edges(
            told / line.rate_hz, told_rising, np.concatenate(seen), np.concatenate(rising), rough, resolution_s
        )

    def _trigger(self) -> "tuple[Trigger | None, NDArray[np.float64]]":
        """The edge by which the sensor's line leaves its rest, at the oscilloscope, and its instants in the record."""
        wired, line = self._back()
        if wired is None or line is None:
            return None, np.empty(0)
        low_v, high_v = _levels(line)
        index, rises = edges_of(line.values_v, low_v, high_v)
        if not index.size:
            return None, np.empty(0)
        up = bool(rises[0])
        scale = wired.volts_per_unit / self._per_unit(line.role)
        level_v = high_v if up else low_v
        trigger = Trigger(wired.channel.number, level_v * scale, up if scale > 0.0 else not up)
        beyond = (line.values_v >= level_v) == up  # a comparator triggers at every bounce
        return trigger, (np.flatnonzero(beyond[1:] & ~beyond[:-1]) + 1).astype(np.float64) / line.rate_hz

    def _back(self) -> tuple[ScopeInput | None, Playback | None]:
        wired = next((each for each in self._inputs if each.role == BACK), None)
        line = next((each for each in self._played.values() if each.role == BACK.partition(".")[0]), None)
        return wired, line

    def _clocks_ratio(self, role: str) -> float:
        """How far the clocks of generator and oscilloscope may run apart."""
        wires = [wire for wire in self._laboratory.wiring if wire.role in {role, BACK}]
        return sum(self._laboratory.instruments[wire.instrument].timebase_ppm for wire in wires) * 1e-6

    def _per_unit(self, role: str) -> float:
        wire = self._laboratory.wire(role)
        assert wire is not None
        return (-1.0 if wire.invert else 1.0) * (wire.volts_per_unit or 1.0)

    def _wait(self, duration_s: float) -> None:
        """Wait on the bench's clock, living: the guardian hears of us, and Ctrl-C is felt."""
        end_s = self._patience.now_s() + duration_s
        while (left_s := end_s - self._patience.now_s()) > 0.0:
            self._patience.pause(min(left_s, _LOOK_S))
            self._guardian.beat()


def _levels(line: Playback) -> tuple[float, float]:
    """Levels at which a line has fallen and has risen: two fifths and three fifths of its swing, V at the generator."""
    low_v, high_v = float(line.values_v.min()), float(line.values_v.max())
    return low_v + 0.4 * (high_v - low_v), low_v + 0.6 * (high_v - low_v)
