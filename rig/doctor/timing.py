"""Examinations of time: known level out, same level in; delay of a step; clocks; repeatability."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rig.doctor.finding import Finding, failed, not_here, not_shown, passed
from rig.doctor.visit import OUTPUT_HZ, RATE_HZ, Visit
from scenarios.quantities import format_quantity
from sim.sensor.heel_switch import HeelSwitch

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

BACK: Final = "heel_switch.back"
_LEVEL_V: Final = 0.02
_LEVEL_RATIO: Final = 0.025
"""Output and input together, V and part of the level: a test of the wiring, no calibration (design choice: an X series
output is within 4 mV of 10 V, an input within 2 mV; a divider on the way may be off by its bound)."""
_DELAY_S: Final = 1.0 / OUTPUT_HZ + 2.0 / RATE_HZ
"""One output sample and two of the capture."""
_CLOCK_RATIO: Final = 200e-6
"""Two quartzes are 100 ppm apart at worst; beyond this one of them is not what it says (design choice)."""
_AMPLITUDE_RATIO: Final = 0.01
_LATENCY_S: Final = 0.005


def levels(laboratory: "Laboratory", seen: Visit) -> Iterator[Finding]:
    """Known level out, same level in: the heel switch as it is wired back."""
    name = "wiring"
    if BACK not in seen.values:
        yield not_shown(name, f"`{BACK}` is not wired", "wire the heel switch's output to an input: it proves itself")
        return
    switch, first = HeelSwitch(), seen.walked[0]
    spans = {
        switch.loaded_v: (0.2, first.open_s - 0.01),
        switch.unloaded_v: (first.open_s + 0.01, first.close_s - 0.01),
    }
    for level_v, (start_s, end_s) in spans.items():
        read_v = float(np.mean(seen.samples(BACK, start_s, end_s)))
        text = f"heel_switch: {format_quantity(level_v, 'V')} out, {format_quantity(read_v, 'V')} in"
        if abs(read_v - level_v) > _LEVEL_V + _LEVEL_RATIO * level_v:
            out, back = laboratory.wire("heel_switch"), laboratory.wire(BACK)
            ends = f"{out.terminal if out else '?'} to {back.terminal if back else '?'}"
            yield failed(name, text, f"is {ends} connected, and no channel swapped?", out_v=level_v, in_v=read_v)
        else:
            yield passed(name, text, out_v=level_v, in_v=read_v)


def step_delay(seen: Visit) -> Iterator[Finding]:
    """From the instant at which a step was written to the instant at which it came back."""
    name = "loop delay"
    if BACK not in seen.values:
        yield not_shown(name, f"`{BACK}` is not wired", "wire the heel switch's output to an input")
        return
    switch = HeelSwitch()
    middle_v = 0.5 * (switch.loaded_v + switch.unloaded_v)
    delays: list[float] = []
    for walked in seen.walked:
        after = seen.samples(BACK, walked.open_s - 0.001, walked.open_s + 0.05)
        below = np.flatnonzero(after < middle_v)
        if below.size:
            delays.append(below[0] / RATE_HZ - 0.001)
    if not delays:
        yield failed(name, "no step came back", "follow the wire of the heel switch and the one that reads it back")
        return
    mean_s, spread_s = float(np.mean(delays)), float(np.ptp(delays))
    text = f"{format_quantity(mean_s, 's')}, spread {format_quantity(spread_s, 's')} over {len(delays)} steps"
    text += f"; outputs are written {format_quantity(seen.look_ahead_s, 's')} ahead"
    if not -2.0 / RATE_HZ <= min(delays) <= max(delays) <= _DELAY_S:
        mend = "do outputs and inputs share one clock and start trigger? Is there a filter or an isolator between?"
        yield failed(name, text, mend, delay_s=mean_s, spread_s=spread_s)
    else:
        yield passed(name, text, delay_s=mean_s, spread_s=spread_s)


def clock_offset(clocks_s: NDArray[np.float64], *, paced: bool) -> Iterator[Finding]:
    """Rate of the card's clock against that of this computer.

    Args:
        clocks_s: (n, 2) card time and host time behind each block, s.
        paced: False where the card's time is simulated and costs nothing.
    """
    name = "clock offset"
    if not paced:
        yield not_here(name, "card against host: the clock of this bench is simulated")
        return
    moving = clocks_s[np.concatenate([[False], np.diff(clocks_s[:, 0]) > 0.0])] if len(clocks_s) else clocks_s
    if len(moving) < 100:
        yield not_shown(name, "too few blocks", "ask for more steps: --repeat 25")
        return
    card_s, host_s = moving[:, 0] - moving[0, 0], moving[:, 1] - moving[0, 1]
    # a block is never early: the lower edge of (host - card) is the clocks, all above it is waiting
    parts = np.array_split(np.arange(len(card_s)), 10)
    lowest = [part[np.argmin(host_s[part] - card_s[part])] for part in parts]
    slope, _ = np.polyfit(card_s[lowest], host_s[lowest] - card_s[lowest], 1)
    rest_s = float(np.std(host_s[lowest] - card_s[lowest] - np.polyval([slope, _], card_s[lowest])))
    bound = 4.0 * rest_s / float(card_s[-1])
    text = f"card against host: {1e6 * slope:+.0f} ppm ± {1e6 * bound:.0f} ppm over {card_s[-1]:.0f} s"
    if abs(slope) - bound > _CLOCK_RATIO:
        yield failed(name, text, "does the card run on its own timebase, and at the rate that was asked?", ratio=slope)
    else:
        yield passed(name, text, ratio=float(slope), bound_ratio=bound)


def repeatability(seen: Visit) -> Iterator[Finding]:
    """The same step again and again: scatter of amplitude and of latency."""
    name = "repeatability"
    plain = [walked for walked in seen.walked if not walked.step.name]
    amplitudes: list[float] = []
    latencies: list[float] = []
    for walked in plain:
        pulses = seen.between(walked.open_s, walked.close_s)
        if pulses.size:
            latencies.append(float(pulses["t_s"][0]) - walked.open_s)
            amplitudes.append(float(np.mean(np.abs(pulses["phase1_a"]))))
    if len(amplitudes) < 2:
        yield not_shown(name, f"{len(amplitudes)} steps with pulses", "ask for more: --repeat 25")
        return
    mean_a, sd_a = float(np.mean(amplitudes)), float(np.std(amplitudes, ddof=1))
    mean_s, sd_s = float(np.mean(latencies)), float(np.std(latencies, ddof=1))
    text = (
        f"{len(amplitudes)} steps: {format_quantity(mean_a, 'A')} ± {100.0 * sd_a / mean_a:.2f} %, first pulse after "
        f"{format_quantity(mean_s, 's')} ± {format_quantity(sd_s, 's')} (standard deviations)"
    )
    numbers = {"mean_a": mean_a, "sd_a": sd_a, "latency_s": mean_s, "latency_sd_s": sd_s, "n": float(len(amplitudes))}
    if len(amplitudes) < len(plain) or sd_a > _AMPLITUDE_RATIO * mean_a or sd_s > _LATENCY_S:
        missing = f"; {len(plain) - len(amplitudes)} steps gave none" if len(amplitudes) < len(plain) else ""
        yield Finding(name, "FAIL", text + missing, "a loose contact, a device that is not settled, or noise", numbers)
    else:
        yield Finding(name, "PASS", text, "", numbers)
