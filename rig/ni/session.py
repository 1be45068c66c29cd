"""One case on one card, from the first task to the last: what is written, what comes back."""

import math
from typing import Final

from rig.bench import Capture, ChannelAccuracy, Quality
from rig.bench_file.wiring import CardSettings
from rig.device_control.port import DeviceControl
from rig.ni.input_stream import InputStream
from rig.ni.lateness import LatenessWatch
from rig.ni.layout import Layout
from rig.ni.link import Link
from rig.ni.output_stream import BY_CONTROL, OutputStream
from rig.ni.tasks import CardTasks, set_lines
from scenarios.case import Case
from sim.errors import BenchError
from sim.signal import Command, Stimulus
from sim.timebase import TimeNs, first_sample_at_or_after, ns_from_s, s_from_ns, sample_period_ns

INTERLOCK: Final = "interlock"
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
        *,
        is_told_ahead: bool,
        timeout_s: float,
    ) -> None:
        rate_hz = case.capture.rate_hz
        self._link, self._layout, self._control = link, layout, control
        self._is_told_ahead = is_told_ahead
        self._period_ns = sample_period_ns(rate_hz)
        self.look_ahead_ns = look_ahead_ns(card)
        _on_the_grid(case, card, layout)
        nominal_v = float(getattr(case.device.settings, "nominal_supply_v", math.nan))
        self._outputs = OutputStream(
            layout, sample_period_ns(card.output_rate_hz), case.load, case.device.channels, nominal_v
        )
        self._inputs = InputStream(layout, accuracy, rate_hz, self._period_ns)
        self._tasks = CardTasks(
            link,
            layout,
            rate_hz,
            card.output_rate_hz,
            s_from_ns(self.look_ahead_ns) + card.block_s,
            card.input_buffer_s,
            timeout_s,
        )
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
        self._tell_control(stimulus)
        tasks.write(*self._outputs.take(stimulus))
        if not tasks.is_started and stimulus.t1_ns >= self.look_ahead_ns:
            self._start()
        until_ns = max(0, stimulus.t1_ns - self.look_ahead_ns)
        if until_ns <= self.reached_ns:
            return Capture(self.reached_ns, self.reached_ns)
        return self._read(until_ns)

    def _start(self) -> None:
        """Close the interlock, then let the clock run: from here on the device may stimulate."""
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
        self.lateness.block(until_ns)
        self.reached_ns = until_ns
        waveforms, clipped = self._inputs.signals(volts, first)
        messages = self._control.take_messages() if self._control is not None else ()
        lines = self._inputs.changes(words, first)
        return Capture(t0_ns, until_ns, waveforms, lines, messages, Quality((), clipped))

    def _tell_control(self, stimulus: Stimulus) -> None:
        """Settings and seeded faults: at their instant where the control takes it, else once the capture is there."""
        self._waiting.extend(command for command in stimulus.commands if command.target in BY_CONTROL)
        due_ns = stimulus.t1_ns if self._is_told_ahead else self.reached_ns + 1
        while self._waiting and self._waiting[0].t_ns < due_ns:
            command = self._waiting.pop(0)
            control = self._control
            assert control is not None, "a case that sets something is not run where nothing can"
            name, value = command.value
            if command.target == "setting":
                control.set(name, value, command.t_ns)
            else:
                control.fault(name, value, command.t_ns)

    def close(self) -> None:
        """End every task; never raises."""
        self._tasks.close()


def look_ahead_ns(card: CardSettings) -> TimeNs:
    """The constant delay of a card: what is written before its clock starts."""
    return card.prefill * ns_from_s(card.block_s)


def _on_the_grid(case: Case, card: CardSettings, layout: Layout) -> None:
    """A sensor's samples must stand on the output clock's grid: nothing is then moved in time.

    Raises:
        BenchError: they do not.
    """
    sensor_ns, output_ns = sample_period_ns(case.sensor.rate_hz), sample_period_ns(card.output_rate_hz)
    if sensor_ns % output_ns:
        problem = f"the sensor gives {case.sensor.rate_hz:g} samples a second, the outputs {card.output_rate_hz:g}"
        raise BenchError(layout.part, math.nan, problem, "the output rate must be a multiple of the sensor's")
