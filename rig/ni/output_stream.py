"""What the card's outputs hold sample by sample: sensor signals and commands of the world on the output clock's grid.

A command takes effect with the first sample that does not lie before its instant: up to one period of the output clock
(100 us at 10 kHz) late. That is the price of a clock that the inputs share; a software-timed line is milliseconds off.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.ni.layout import Layout, Lines, Output
from scenarios.roles import CHANNELLED
from sim.errors import BenchError
from sim.signal import Command, Signal, Stimulus
from sim.timebase import NS_PER_S, TimeNs, first_sample_at_or_after, s_from_ns

REARM_S: Final = 0.05
"""How long the key that arms the device is held (design choice: what a finger does)."""
ON_ROLES: Final = ("supply.relay",)
"""Lines that are on while the device runs."""
_BUTTONS: Final = {
    "stop": ("button.stop", 1),
    "release": ("button.stop", 0),
    "power_off": ("button.power", 1),
    "power_on": ("button.power", 0),
}
"""A line presses: stop while it is on, the power switch off while it is on."""
BY_CONTROL: Final = ("setting", "fault")
"""Commands that the device's control carries out, not the card."""


class OutputStream:
    """Samples of the outputs, block after block.

    Args:
        layout: of the case.
        period_ns: of the output clock.
        load: that the case begins with.
        channels: stimulation channels of the device.
        supply_v: of the device at the start, V; NaN where nobody knows it.

    Raises:
        BenchError: the supply is wired and its voltage is not known, or an output cannot hold its first value.
    """

    def __init__(self, layout: Layout, period_ns: TimeNs, load: Any, channels: int, supply_v: float) -> None:
        self._layout, self._period_ns, self._load = layout, period_ns, load
        self._channels = range(1, channels + 1)
        self._rows = {output.role: row for row, output in enumerate(layout.outputs)}
        self._lines = {lines.role: lines for lines in layout.lines}
        self._levels = np.array([output.rest_v for output in layout.outputs])
        self._word = 0
        self._pending: list[tuple[int, int, str, float]] = []
        self._count = 0
        for lines in layout.lines:
            is_wired = int(lines.role.partition(".")[2] or 1) in self._channels if is_of_circuit(lines.role) else True
            used = lines.word(1 if lines.role in ON_ROLES else 0)
            self._put_word(lines, used if is_wired else lines.levels(lines.rest))
        if "supply" in self._rows:
            if not math.isfinite(supply_v):
                problem = "the supply of the device is wired, and nothing states its nominal voltage"
                raise BenchError(layout.part, math.nan, problem, "name it in the settings of the device file")
            self._begin_at("supply", supply_v)
        for channel in self._channels:
            self._begin_at(of_channel("contact", channel), 1.0)
            if (role := of_channel("load", channel)) in self._lines:
                self._put_word(self._lines[role], self._load_word(self._lines[role], None, 0))

    def take(self, stimulus: Stimulus) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """The samples that stand in [stimulus.t0_ns, stimulus.t1_ns).

        Returns:
            Analogue outputs (n_outputs, n), V, and words of the port (n,).

        Raises:
            BenchError: a command that the bench cannot carry out, or a value that an output must not take.
        """
        first = first_sample_at_or_after(stimulus.t0_ns, self._period_ns)
        last = first_sample_at_or_after(stimulus.t1_ns, self._period_ns)
        for command in stimulus.commands:
            if command.target not in BY_CONTROL:
                self._plan(command)
        analogue = np.repeat(self._levels[:, None], last - first, axis=1)
        for role, signal in stimulus.signals.items():
            if role in self._rows:
                self._fill(self._rows[role], signal, analogue, first)
        words = np.full(last - first, self._word, np.uint32)
        self._apply(analogue, words, first)
        return analogue, words

    # ------------------------------------------------------------------ signals

    def _fill(self, row: int, signal: Signal, analogue: NDArray[np.float64], first: int) -> None:
        """Each output sample holds the newest sample of the signal; before the first one it holds what it held."""
        output, count = self._layout.outputs[row], analogue.shape[1]
        volts = signal.values() * output.volts_per_unit
        self._check(output, volts, s_from_ns(signal.t0_ns))
        index = (first + np.arange(count)) * self._period_ns // signal.period_ns - signal.first_index
        analogue[row] = np.concatenate([self._levels[row : row + 1], volts])[np.clip(index, -1, volts.size - 1) + 1]
        if volts.size:
            self._levels[row] = volts[-1]

    def _check(self, output: Output, volts: NDArray[np.float64], t_s: float) -> None:
        most = min(output.range_v, output.limit_v) * (1.0 + 1e-9)
        wrong = ~(np.abs(volts) <= most)
        if not wrong.any():
            return
        value = float(volts[wrong][0])
        if math.isnan(value):
            problem = f"`{output.role}` gives no number, and a voltage is always one"
            raise BenchError(output.physical, t_s, problem, "this fault of a sensor needs a digital sensor")
        problem = f"`{output.role}` asks for {value:.4g} V, allowed are {most:.4g} V"
        raise BenchError(output.physical, t_s, problem, "mend range, limit or full scale in the bench file")

    # ------------------------------------------------------------------ commands

    def _plan(self, command: Command) -> None:
        """Note what a command changes, and with which sample."""
        index, t_s = first_sample_at_or_after(command.t_ns, self._period_ns), s_from_ns(command.t_ns)
        target, value = command.target, command.value
        if target in {"contact", "polarity", "load"}:
            channels = self._channels if command.channel == 0 else (command.channel,)
            for channel in channels:
                self._plan_circuit(index, target, of_channel(target, channel), value, t_s)
        elif target == "supply" and not isinstance(value, str):
            self._later(index, "supply", float(value), t_s)
        elif target == "supply":
            self._later_word(index, "supply.relay", int(value == "on"), t_s)
        elif target == "button" and value == "rearm":
            self._later_word(index, "button.rearm", 1, t_s)
            released = index + math.ceil(REARM_S * NS_PER_S / self._period_ns)
            self._later_word(released, "button.rearm", 0, t_s)
        elif target == "button" and value in _BUTTONS:
            self._later_word(index, *_BUTTONS[value], t_s)
        else:
            raise BenchError(self._layout.part, t_s, f"the command {target} {value!r} is not known here")

    def _plan_circuit(self, index: int, target: str, role: str, value: Any, t_s: float) -> None:
        """What concerns the electrodes of one channel."""
        if target == "contact":
            self._later(index, role, float(value), t_s)
        elif target == "polarity":
            self._later_word(index, role, int(value < 0), t_s)
        else:
            lines = self._of(role, t_s)
            self._add(index, role, self._load_word(lines, value, t_s))

    def _of(self, role: str, t_s: float) -> Lines:
        if role not in self._lines:
            raise BenchError(self._layout.part, t_s, f"no terminal for `{role}`", "add it to the wiring")
        return self._lines[role]

    def _later(self, index: int, role: str, value: float, t_s: float) -> None:
        if role not in self._rows:
            if role in self._lines and value in {0.0, 1.0}:
                self._later_word(index, role, int(value), t_s)
                return
            raise BenchError(self._layout.part, t_s, f"no output takes `{role}` = {value:g}", "add it to the wiring")
        output = self._layout.outputs[self._rows[role]]
        volts = value * output.volts_per_unit
        self._check(output, np.array([volts]), t_s)
        self._add(index, role, volts)

    def _later_word(self, index: int, role: str, code: int, t_s: float) -> None:
        self._add(index, role, self._of(role, t_s).word(code))

    def _add(self, index: int, role: str, value: float) -> None:
        self._count += 1
        self._pending.append((index, self._count, role, value))

    def _load_word(self, lines: Lines, load: Any, t_s: float) -> int:
        asked = self._load if load is None else load
        if asked not in lines.codes:
            raise BenchError(self._layout.part, t_s, f"the load {asked} is not on this bench", "add it to the bank")
        return lines.word(lines.codes[asked])

    def _apply(self, analogue: NDArray[np.float64], words: NDArray[np.uint32], first: int) -> None:
        """Let what is due change the samples from its own on; the rest waits."""
        waiting: list[tuple[int, int, str, float]] = []
        for change in sorted(self._pending):
            index, _, role, value = change
            place = max(index - first, 0)
            if place >= words.size:
                waiting.append(change)
            elif role in self._rows:
                row = self._rows[role]
                analogue[row, place:] = value
                self._levels[row] = value
            else:
                self._put_word(self._lines[role], int(value))
                words[place:] = self._word
        self._pending = waiting

    def _put_word(self, lines: Lines, word: int) -> None:
        self._word = (self._word & ~lines.mask) | word

    def _begin_at(self, role: str, value: float) -> None:
        if role in self._rows:
            output = self._layout.outputs[self._rows[role]]
            volts = np.array([value * output.volts_per_unit])
            self._check(output, volts, math.nan)
            self._levels[self._rows[role]] = volts[0]
        elif role in self._lines:
            self._put_word(self._lines[role], self._lines[role].word(int(value)))


def is_of_circuit(role: str) -> bool:
    """True for what concerns the electrodes of one channel."""
    return role.partition(".")[0] in CHANNELLED


def of_channel(role: str, channel: int) -> str:
    """`contact`, `contact.2`, ..."""
    return role if channel == 1 else f"{role}.{channel}"
