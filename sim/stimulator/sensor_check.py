"""Is a sensor's signal one that a leg can make? A device that checks notices what is broken, noisy or frozen."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.stimulator.trigger import last_value, samples_of
from sim.timebase import NEVER, TimeNs

TICK_S: Final = 0.001
"""Time between two looks, s, in the device's time (design choice)."""

MOST_RATIO: Final = 1.25
"""Ceiling of the count of changes of side over the one that is noise (design choice): ten where eight are noise, so a
leg that rests is believed again 2 s after the noise, however long that has lasted, and one that walks after 4 s."""

CHECK_DTYPE: Final = np.dtype(
    [
        ("tick", np.int64),
        ("held_value", np.float64),
        ("last_value", np.float64),
        ("side", np.int64),
        ("bad", np.int64),
        ("still", np.int64),
        ("restless", np.float64),
        ("is_invalid", np.int64),
    ],
    align=True,
)
"""Where a check stands: next tick, values, side of the thresholds, ticks in a row that are impossible or the same, how
restless the signal was lately (changes of side, leaking away), what was announced."""


@dataclass(frozen=True, slots=True)
class SensorRules:
    """What a signal of this sensor can be, in its unit.

    Attributes:
        role: signal.
        low_value: least value that it can have.
        high_value: greatest.
        below_value: lower threshold of the trigger.
        above_value: upper threshold.
        bad_s: a value that it cannot have must last this long, s.
        still_s: so long without the last bit moving is frozen, s; infinite for a switch, which may stand still.
        restless_count: so many changes of side, of which four are forgotten each second, are noise.
    """

    role: str
    low_value: float
    high_value: float
    below_value: float
    above_value: float
    bad_s: float = 0.1
    still_s: float = math.inf
    restless_count: float = 8.0


@compiled
def check_ticks(
    checks: NDArray[Any],
    until_ns: int,
    phase_ns: int,
    period_ns: float,
    samples: NDArray[np.float64],
    t0_ns: int,
    sample_ns: int,
    rules: NDArray[np.float64],
    changes: NDArray[np.int64],
) -> int:
    """Look at every tick before `until_ns`.

    Args:
        checks: (1,) of `CHECK_DTYPE`; written.
        until_ns: end, not included.
        phase_ns: instant of tick 0.
        period_ns: rig time between ticks, ns.
        samples: (n,) signal; a sample holds until the next one.
        t0_ns: instant of the first sample.
        sample_ns: sample period.
        rules: (9,) low, high, below, above, ticks that are bad, ticks that are frozen, restless, forgotten a tick,
            the ceiling of the count.
        changes: (m, 2) instant and 1 for invalid; written.

    Returns:
        Number of changes; the scan stops early where `changes` is full.
    """
    check = checks[0]
    found = 0
    n = samples.shape[0]
    while found < changes.shape[0]:
        t_ns = phase_ns + np.int64(np.rint(check["tick"] * period_ns))
        if t_ns >= until_ns:
            break
        check["tick"] += 1
        value = check["held_value"]
        if t_ns >= t0_ns and n > 0:
            value = samples[min(n - 1, (t_ns - t0_ns) // sample_ns)]
        is_bad = not (rules[0] <= value <= rules[1])
        check["bad"] = check["bad"] + 1 if is_bad else 0
        check["still"] = check["still"] + 1 if value == check["last_value"] else 0
        check["last_value"] = value
        side = 0 if value < rules[2] else (1 if value > rules[3] else check["side"])
        check["restless"] = max(0.0, check["restless"] - rules[7])
        if side != check["side"]:
            check["restless"] = min(rules[8], check["restless"] + 1.0)
            check["side"] = side
        is_invalid = check["is_invalid"]
        if check["bad"] >= rules[4] or check["still"] >= rules[5] or check["restless"] > rules[6]:
            is_invalid = 1
        elif check["bad"] == 0 and check["restless"] < 2.0:
            is_invalid = 0
        if is_invalid != check["is_invalid"]:
            check["is_invalid"] = is_invalid
            changes[found, 0] = t_ns
            changes[found, 1] = is_invalid
            found += 1
    return found


class SensorCheck:
    """Watches a signal beside the trigger and says when it becomes invalid, and valid again.

    Args:
        kernel: event kernel of the device.
        clock: the device's clock.
        rules: of the sensor.
        tell: hears True for invalid, in the phase in which sensor values reach the device.
    """

    def __init__(self, kernel: Kernel, clock: DeviceClock, rules: SensorRules, tell: Any) -> None:
        self.rules = rules
        self.patience_ratio = 1.0
        """How much longer than its rules it waits; infinite for a check that never tells."""
        self._kernel, self._clock, self._tell = kernel, clock, tell
        self._checks: NDArray[Any] = np.zeros(1, CHECK_DTYPE)
        self._checks[0]["held_value"] = self._checks[0]["last_value"] = 0.5 * (rules.low_value + rules.high_value)
        self._checks[0]["side"] = 1
        self._changes = np.zeros((64, 2), np.int64)

    def scan(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Look at the ticks before `until_ns` and announce what changes."""
        samples, t0_ns, sample_ns = samples_of(signals.get(self.rules.role))
        rules, period_ns = self._rules(), self._clock.rig_ns(TICK_S)
        while True:
            found = check_ticks(
                self._checks, until_ns, self._clock.phase_ns, period_ns, samples, t0_ns, sample_ns, rules, self._changes
            )
            for t_ns, is_invalid in self._changes[:found].tolist():
                self._kernel.at(t_ns, Phase.SENSE, partial(self._tell, is_invalid == 1))
            if found < len(self._changes):
                return

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """Keep the last sample of a block: a tick just after its end still reads it."""
        signal = signals.get(self.rules.role)
        if signal is not None and len(signal.samples):
            self._checks[0]["held_value"] = last_value(signal)

    def _rules(self) -> NDArray[np.float64]:
        rules, patience = self.rules, self.patience_ratio

        def ticks(duration_s: float) -> float:
            count = patience * duration_s / TICK_S
            return round(count) if math.isfinite(count) else float(NEVER)

        restless = rules.restless_count * patience
        return np.array(
            [
                rules.low_value,
                rules.high_value,
                rules.below_value,
                rules.above_value,
                ticks(rules.bad_s),
                ticks(rules.still_s),
                restless,
                4.0 * TICK_S,
                MOST_RATIO * restless,
            ]
        )
