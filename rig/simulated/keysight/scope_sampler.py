"""What one channel of the scope takes from the lab: input, coupling, bandwidth, errors, noise, converter."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.noise import add_noise
from rig.simulated.keysight.pieces import Grid, Pieces, extremes_over, means_over, pieces_of, values_at
from rig.simulated.keysight.scope_codes import coded
from rig.simulated.keysight.scope_model import ScopeModel
from rig.simulated.keysight.scope_settings import Channel
from rig.simulated.keysight.scope_timing import SamplePlan, ScopeClock
from rig.simulated.keysight.terminals import Terminal
from rig.simulated.lab import Lab
from sim.noise import INVERSE_NORMAL
from sim.streams import Streams
from sim.timebase import TimeNs, ns_from_s

_SETTLED: Final = 12.0
"""Time constants of AC coupling that a record looks back: e^-12 of an old level is left."""
_KEPT_EDGES: Final = 10_000
_MOST_AVERAGED: Final = 256
"""Samples beyond which averaging brings no less noise (design choice)."""


@dataclass(frozen=True, slots=True)
class ChannelErrors:
    """What is wrong with one input of this very scope.

    Attributes:
        gain_ratio: relative.
        offset_ratio: of full scale.
        noise_key: of its noise.
    """

    gain_ratio: float
    offset_ratio: float
    noise_key: np.uint64


def channel_errors(model: ScopeModel, number: int, streams: Streams) -> ChannelErrors:
    """Drawn once from the seed."""
    gain, offset = streams.generator(f"scope.channel {number}.errors").uniform(-1.0, 1.0, 2)
    return ChannelErrors(
        float(gain) * model.gain_bound_ratio,
        float(offset) * model.offset_bound_ratio,
        streams.key(f"scope.channel {number}.noise"),
    )


class Sampler:
    """The analogue inputs of one scope, and its trigger input.

    Args:
        model: its bandwidth and errors.
        terminals: what is wired to each channel; an input without a wire shows its own noise.
        streams: its errors and its noise.

    Attributes:
        external_ns: instants of the newest rising edges at the trigger input.
    """

    def __init__(self, model: ScopeModel, terminals: dict[int, Terminal], streams: Streams) -> None:
        self.model, self.terminals = model, terminals
        bound = model.timebase_bound_ratio
        self.clock = ScopeClock(float(streams.generator("scope.clock").uniform(-bound, bound)))
        self.external_ns: deque[TimeNs] = deque(maxlen=_KEPT_EDGES)
        self._errors = {n: channel_errors(model, n, streams) for n in range(1, model.channels + 1)}

    def volts(
        self, lab: Lab, number: int, channel: Channel, first: int, plan: SamplePlan, kind: str
    ) -> NDArray[np.float64]:
        """What the converter of channel `number` gets, V at the tip of the probe, (n,), or (2 n,) pairs for `PEAK`."""
        grid = self.clock.grid(first, plan)
        tip = self._ideal(lab, number, channel, grid, "HRES" if kind == "HRES" and plan.every > 1 else kind)
        errors = self._errors[number]
        sign = -1.0 if channel.is_inverted else 1.0
        tip *= sign * (1.0 + errors.gain_ratio)
        tip += errors.offset_ratio * channel.range_v
        averaged = min(plan.every, _MOST_AVERAGED) if kind == "HRES" else 1
        sigma = self.model.noise_ratio * channel.range_v / averaged**0.5
        with np.errstate(over="ignore"):  # hashing wraps round on purpose; numpy's scalars would warn without numba
            add_noise(tip, errors.noise_key, first * (2 if kind == "PEAK" else 1), sigma, INVERSE_NORMAL)
        return tip

    def codes(self, channel: Channel, volts: NDArray[np.float64]) -> NDArray[np.uint16]:
        """Words of the converter."""
        return coded(volts, channel.range_v, channel.offset_v, self.model.converter_bits)

    def gain(self, number: int, channel: Channel) -> float:
        """V at the tip of the probe, as the scope reckons it, per SI unit of the role; 0 where nothing is wired."""
        terminal = self.terminals.get(number)
        return 0.0 if terminal is None else terminal.volts_per_unit * channel.probe_ratio

    def _ideal(self, lab: Lab, number: int, channel: Channel, grid: Grid, kind: str) -> NDArray[np.float64]:
        gain, terminal = self.gain(number, channel), self.terminals.get(number)
        if terminal is None:
            return np.zeros(grid.n * (2 if kind == "PEAK" else 1))
        pieces, slow = self.seen(lab, terminal.role, gain, channel, grid)
        if kind == "PEAK":
            least, greatest = extremes_over(pieces, grid)
            out = np.stack([least, greatest], axis=1).ravel()
        else:
            out = means_over(pieces, grid) if kind == "HRES" else values_at(pieces, grid)
        if slow is not None:
            level = values_at(slow, grid)
            out -= np.repeat(level, 2) if kind == "PEAK" else level
        return out

    def seen(self, lab: Lab, role: str, gain: float, channel: Channel, grid: Grid) -> tuple[Pieces, Pieces | None]:
        """The signal of a plant's role behind the input's bandwidth, and what AC coupling takes away from it."""
        bandwidth_hz = self.model.limited_hz if channel.is_limited else self.model.bandwidth_hz
        slow_tau_s = 1.0 / (2.0 * np.pi * self.model.coupling_hz)
        # what the first sample averages begins half a sample before it
        t0_ns = max(0, grid.anchor_ns - math.ceil(grid.period_ns))
        t1_ns = min(grid.anchor_ns + int(grid.n * grid.period_ns) + 2, lab.reached_ns)
        if channel.coupling == "AC":
            t0_ns = max(0, t0_ns - ns_from_s(_SETTLED * slow_tau_s))
        segments = lab.segments(role, t0_ns, t1_ns)
        pieces = pieces_of(segments, t0_ns, gain, 1.0 / (2.0 * np.pi * bandwidth_hz))
        return pieces, pieces_of(segments, t0_ns, gain, slow_tau_s) if channel.coupling == "AC" else None
