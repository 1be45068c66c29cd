"""One case on one card, from the first task to the last: what is written, what comes back."""

import math
from dataclasses import replace
from typing import Final

from rig.bench import Capture, ChannelAccuracy, Quality
from rig.bench_file.wiring import CardSettings
from rig.device_control.port import DeviceControl
from rig.instruments.auxiliaries import Auxiliaries
from rig.lateness import LatenessWatch
from rig.ni.input_stream import InputStream
from rig.ni.layout import Layout
from rig.ni.link import Link
from rig.ni.output_stream import BY_CONTROL, OutputStream
from rig.ni.rest import INTERLOCK
from rig.ni.tasks import CardTasks, set_lines
from rig.ni.watchdog import CardWatchdog
from scenarios.case import Case
from sim.errors import BenchError
from sim.signal import Command, Stimulus
from sim.timebase import TimeNs, first_sample_at_or_after, ns_from_s, s_from_ns, sample_period_ns

SENSOR_DELAY_S: Final = (0.0, 2e-6)
"""(delay, uncertainty) from a sample's instant to the output, s: outputs and inputs share one clock and start together,
so there is no delay; full-scale settling to 1 LSB takes 2 us (recalled from X series data sheets; the doctor measures
the delay of the bench)."""


class Session:
    """A case on a card whose outputs are at rest.

    Args:
        link: to the card.
        layout: of the case.
        case: what is asked.
        card: how the card streams.
        accuracy: of the captured roles.
        control: of the device, or None where nothing sets it.
        beside: supply and meter of the bench, or None where it has none.
        is_told_ahead: True where the control takes instants of the run (a simulated device); a real box is told when
            the capture has reached the instant.
        timeout_s: how long an answer may take, s.

    Raises:
        BenchError: the card or the layout refuses the case.
    """

    def __init__(
        self,
        link: Link,
        layout: Layout,
        case: Case,
        card: CardSettings,
        accuracy: dict[str, ChannelAccuracy],
        control: DeviceControl | None,
        beside: Auxiliaries | None,
        *,
        is_told_ahead: bool,
        timeout_s: float,
    ) -> None:
        rate_hz = case.capture.rate_hz
        self._link, self._layout, self._control, self._beside = link, layout, control, beside
        self._is_told_ahead = is_told_ahead
        self._period_ns = sample_period_ns(rate_hz)
        self.look_ahead_ns = look_ahead_ns(card)
        _on_the_grid(case, card, layout)
        nominal_v = float(getattr(case.device.settings, "nominal_supply_v", math.nan))
        self._outputs = OutputStream(
            layout, sample_period_ns(card.output_rate_hz), case.load, case.device.channels, nominal_v
        )
        self._inputs = InputStream(layout, accuracy, rate_hz, self._period_ns)
        self._watchdog = _watchdog(link, layout, card.watchdog_s)
        ahead_s = s_from_ns(self.look_ahead_ns) + card.block_s
        try:
            self._tasks = CardTasks(link, layout, rate_hz, card.output_rate_hz, ahead_s, card.input_buffer_s, timeout_s)
        except BaseException:
            self.disarm()
            raise
        self.lateness = LatenessWatch(s_from_ns(self.look_ahead_ns))
        self.reached_ns: TimeNs = 0
        self._waiting: list[Command] = []

    def exchange(self, stimulus: Stimulus) -> Capture:
        """Write what the world says next, read what was captured meanwhile.

        Raises:
            BenchError: the card failed; outputs may be live until `safe_state`.
        """
        tasks = self._tasks
        tasks.t_s = s_from_ns(self.reached_ns)
        if self._watchdog is not None and tasks.is_started:
            self._watchdog.beat(self.reached_ns)
        tasks.write(*self._outputs.take(self._by_card(stimulus)))
        if not tasks.is_started and stimulus.t1_ns >= self.look_ahead_ns:
            self._start()
        until_ns = max(0, stimulus.t1_ns - self.look_ahead_ns)
        if until_ns <= self.reached_ns:
            return Capture(self.reached_ns, self.reached_ns)
        return self._read(until_ns)

    def _start(self) -> None:
        """Close the interlock, then let the clock run: from here on the device may stimulate."""
        if self._watchdog is not None:
            self._watchdog.begin()
        interlock = self._layout.by_hand.get(INTERLOCK)
        if interlock is not None:
            set_lines(self._link, self._layout.part, interlock.driven())
        self.lateness.start()
        self._tasks.start()

    def _read(self, until_ns: TimeNs) -> Capture:
        t0_ns = self.reached_ns
        first = first_sample_at_or_after(t0_ns, self._period_ns)
        count = first_sample_at_or_after(until_ns, self._period_ns) - first
        volts, words = self._tasks.read(count)
        counted_s = self._tasks.widths()
        self.lateness.block(until_ns)
        self.reached_ns = until_ns
        waveforms, clipped = self._inputs.signals(volts, first)
        messages = self._control.take_messages() if self._control is not None else ()
        lines = self._inputs.changes(words, first)
        return Capture(t0_ns, until_ns, waveforms, lines, messages, Quality((), clipped), counted_s=counted_s)

    def _by_card(self, stimulus: Stimulus) -> Stimulus:
        """What the card carries out.

        The rest is sent by message: at its instant where that can be told beforehand, else once the capture has come
        to it. So is the interlock, which no stream may hold: whatever still runs, it can be opened at once.
        """
        mine: list[Command] = []
        for command in stimulus.commands:
            by_message = command.target in BY_CONTROL or (self._beside is not None and self._beside.takes(command))
            if by_message or command.target == INTERLOCK:
                self._waiting.append(command)
            else:
                mine.append(command)
        for command in [each for each in self._waiting if each.t_ns < self._due_ns(each, stimulus.t1_ns)]:
            self._waiting.remove(command)
            self._send(command)
        return replace(stimulus, commands=tuple(mine))

    def _due_ns(self, command: Command, ahead_ns: TimeNs) -> TimeNs:
        """Commands before this instant are sent now."""
        is_ahead = self._is_told_ahead and command.target in BY_CONTROL
        return ahead_ns if is_ahead else self.reached_ns + 1

    def _send(self, command: Command) -> None:
        if command.target == INTERLOCK:
            self._switch_interlock(command)
            return
        if command.target not in BY_CONTROL:
            assert self._beside is not None
            self._beside.command(command)
            return
        control = self._control
        assert control is not None, "a case that sets something is not run where nothing can"
        name, value, *where = command.value
        if command.target == "setting":
            control.set(name, value, command.t_ns)
        else:
            control.fault(name, value, command.t_ns, *where)

    def _switch_interlock(self, command: Command) -> None:
        """Drive the relay in the electrode circuit, or let it go.

        Raises:
            BenchError: the bench has none, or the card refused.
        """
        interlock = self._layout.by_hand.get(INTERLOCK)
        if interlock is None:
            raise BenchError(self._layout.part, s_from_ns(command.t_ns), "no terminal for `interlock`", "wire it")
        levels = interlock.driven() if command.value else interlock.at_rest()
        set_lines(self._link, self._layout.part, levels)

    def skews_s(self) -> dict[str, float]:
        """By how much later than the first input each further one is converted, s (`CardTasks.skews_s`)."""
        return self._tasks.skews_s()

    def end(self) -> None:
        """End the streaming tasks; never raises."""
        self._tasks.close()

    def disarm(self) -> None:
        """Let go of the card's watchdog, once everything is at rest; never raises."""
        if self._watchdog is not None:
            self._watchdog.close()


def look_ahead_ns(card: CardSettings) -> TimeNs:
    """The constant delay of a card: what is written before its clock starts."""
    return card.prefill * ns_from_s(card.block_s)


def _watchdog(link: Link, layout: Layout, timeout_s: float) -> CardWatchdog | None:
    """Armed before any other task: a card reserves its watchdog first."""
    interlock = layout.by_hand.get(INTERLOCK)
    if interlock is None or not timeout_s > 0.0:
        return None
    return CardWatchdog(link, layout.part, layout.device, interlock, timeout_s)


def _on_the_grid(case: Case, card: CardSettings, layout: Layout) -> None:
    """A sensor's samples must stand on the output clock's grid: nothing is then moved in time.

    Raises:
        BenchError: they do not.
    """
    sensor_ns, output_ns = sample_period_ns(case.sensor.rate_hz), sample_period_ns(card.output_rate_hz)
    if sensor_ns % output_ns:
        problem = f"the sensor gives {case.sensor.rate_hz:g} samples a second, the outputs {card.output_rate_hz:g}"
        raise BenchError(layout.part, math.nan, problem, "the output rate must be a multiple of the sensor's")
