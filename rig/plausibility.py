"""What no sound instrument shows: a run in which it is seen is an ERROR of the rig, never a verdict on the device.

Zero and span (`rig.zero_span`) tell a wrong scale, a dead or swapped channel and a stuck converter before anything is
measured. Here is what they cannot tell: noise that is not the instrument's, samples that the clock does not account
for, edges quicker than the stated filter lets through, and a voltage that the current and the load do not make.

Nothing here depends on what the device does: whatever it sends passes the same filter, the same clock and the same
load. Design choices: every factor below leaves room for the tolerance of the parts.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.bench import Capture, ChannelAccuracy
from rig.record import RigFault
from rig.zero_span import ZeroSpan
from scenarios.quantities import format_quantity
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.signal import Command, Signal
from sim.timebase import NS_PER_S, first_sample_at_or_after, s_from_ns

_NOISE_FACTOR: Final = 1.5
_RISE_SAMPLES: Final = 2.197
"""10 to 90 % of a step takes ln(9) time constants behind a filter of first order."""
_RISE_PART: Final = 0.25
_LOAD_PART: Final = 0.15
_EVERY: Final = 32
"""Of the pulses behind the first 64 one in so many is looked at: looking costs more than finding."""
_FIRST: Final = 64
_LEAST: Final = 5
"""Pulses that must agree before the instrument is blamed."""
_LEAST_CODES: Final = 200.0
"""A pulse must be this high for its edges to be looked at."""
_DISTURBING: Final = frozenset({"load", "contact", "polarity", "fault"})


def noise_problem(readings: Mapping[str, ZeroSpan], accuracy: Mapping[str, ChannelAccuracy], when: str) -> str:
    """What of the noise of the zero readings is not the instrument's, or "".

    More than 1.5 times what is stated: hum, a loose cable. None at all where some is stated: a stuck converter.
    """
    problems: list[str] = []
    for role, reading in readings.items():
        part = accuracy[role]
        if reading.readings <= 0 or not part.noise_rms > 0.0:
            continue
        rms = reading.zero_noise * math.sqrt(reading.readings)
        allowed = _NOISE_FACTOR * math.hypot(part.noise_rms, part.lsb)
        if rms > allowed:
            found, most = format_quantity(rms, part.unit), format_quantity(allowed, part.unit)
            problems.append(f"zero of {role} {when} the case is noisy: {found} rms, allowed are {most} (mains hum?)")
        elif rms == 0.0 and part.noise_rms > part.lsb:
            problems.append(f"zero of {role} {when} the case does not move at all (stuck converter?)")
    return "; ".join(problems)


class CaptureWatch:
    """Looks on while a case is captured.

    Args:
        accuracy: what the bench states, by role.
        load: between the electrodes.
    """

    def __init__(self, accuracy: Mapping[str, ChannelAccuracy], load: Load) -> None:
        self._accuracy, self._load = accuracy, load
        self._seen: dict[str, int] = {}
        self._rises: dict[str, list[int]] = {}
        self._quotients: dict[str, list[float]] = {}
        self._undisturbed = True

    def feed(self, capture: Capture, pulses: NDArray[Any], commands: Iterable[Command] = ()) -> None:
        """Look at one block and the pulses that became known with it.

        Raises:
            BenchError: the block does not hold the samples that its time asks for.
        """
        if any(command.target in _DISTURBING for command in commands):
            self._undisturbed = False
        for pulse in pulses:
            self._look(capture.waveforms, pulse)
        if capture.quality.gaps:  # what is missing has been told, and is nobody's guess
            return
        for role, signal in capture.waveforms.items():
            period_ns = signal.period_ns
            first = first_sample_at_or_after(capture.t0_ns, period_ns)
            count = first_sample_at_or_after(capture.t1_ns, period_ns) - first
            if signal.samples.size != count or (count and signal.first_index != first):
                span = f"{s_from_ns(capture.t0_ns):.6f} to {s_from_ns(capture.t1_ns):.6f} s"
                found = f"{signal.samples.size} samples of {role} from {span}, {count} were due"
                problem = f"{found}: samples were dropped, or the sample clock is wrong"
                raise BenchError("capture", s_from_ns(capture.t0_ns), problem)

    def fault(self) -> RigFault | None:
        """What is wrong with the instrument, from everything that was seen, or None."""
        problem = "; ".join([*self._of_filter(), *self._of_load()])
        return RigFault(math.nan, f"instrument not plausible: {problem}") if problem else None

    def _look(self, waveforms: Mapping[str, Signal], pulse: Any) -> None:
        channel = int(pulse["channel"])
        suffix = "" if channel == 1 else f".{channel}"
        role = f"current{suffix}"
        seen = self._seen.get(role, 0)
        self._seen[role] = seen + 1
        if (seen >= _FIRST and seen % _EVERY) or role not in waveforms or not pulse["phase1_s"] > 0.0:
            return
        current = waveforms[role]
        height = float(pulse["phase1_a"]) / current.scale
        start = int(pulse["t_s"] * NS_PER_S) // current.period_ns - current.first_index
        values = current.samples[max(start - 6, 0) : start + 40]
        if start < 6 or values.size < 46 or abs(height) < _LEAST_CODES:
            return
        base = (float(pulse["baseline_a"]) - current.offset) / current.scale
        part = (values - base) / height
        reached = np.flatnonzero(part >= 0.9)
        risen = int(reached[0]) if reached.size else part.size  # an edge that is slower than the look is no quick one
        self._rises.setdefault(role, []).append(int(((part[:risen] > 0.1) & (part[:risen] < 0.9)).sum()))
        voltage = waveforms.get(f"voltage{suffix}")
        if voltage is None or not self._undisturbed:
            return
        middle = start + int(0.5 * float(pulse["phase1_s"]) * current.rate_hz)
        if middle + 3 > min(voltage.samples.size, current.samples.size):
            return
        around, before = slice(middle - 2, middle + 3), slice(start - 6, start - 1)
        volts, amps = (
            float(signal.samples[around].mean() - signal.samples[before].mean()) * signal.scale
            for signal in (voltage, current)
        )
        if amps != 0.0:
            self._quotients.setdefault(role, []).append(volts / amps)

    def _of_filter(self) -> Iterable[str]:
        for role, rises in self._rises.items():
            part = self._accuracy[role]
            stated = _RISE_SAMPLES * part.filter_tau_s * part.rate_hz
            if len(rises) >= _LEAST and part.filter_tau_s * part.rate_hz >= 1.0:
                found = float(np.median(rises))
                if found < _RISE_PART * stated:
                    yield (
                        f"edges of {role} rise within {found:g} samples, the stated filter of "
                        f"{format_quantity(part.filter_tau_s, 's')} takes {stated:.2g}: it is not there"
                    )

    def _of_load(self) -> Iterable[str]:
        low = (1.0 - _LOAD_PART) * self._load.series_ohm
        high = (1.0 + _LOAD_PART) * self._load.resistance_ohm
        for role, quotients in self._quotients.items():
            found = float(np.median(quotients))
            if self._undisturbed and len(quotients) >= _LEAST and not low <= found <= high:
                allowed = f"{format_quantity(low, 'ohm')} to {format_quantity(high, 'ohm')}"
                yield (
                    f"voltage over {role} is {format_quantity(found, 'ohm')}, the load makes {allowed}: swapped "
                    "channels, a wrong scale, or another load"
                )
