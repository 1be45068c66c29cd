"""The front end: renders the exact output of a plant as the 16-bit samples that a card would deliver.

Tap or divider, first-order filter, range, converter, and their errors. Every sample is a pure function of (seed, role,
absolute sample index, segments), so any cut of the time axis gives the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.edges import EDGE_DTYPE, Edges
from sim.front_end_bend import Bend, bent
from sim.front_end_filter import follow_segments
from sim.front_end_render import DRIFT_STEP_NS, NOISE_CELL, PIECE, TABLE_SIZE, render_role
from sim.front_end_settings import HALF_SCALE, AnalogInput, FrontEndSettings, channel_of, quantity_of
from sim.noise import INVERSE_NORMAL, hash64
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import NS_PER_S, TimeNs, first_sample_at_or_after, ns_from_s, sample_period_ns

_CACHED_TAUS: Final = 32
_CYCLES: Final = (2.0, 8.0)
"""Fewest and most cycles of a wavy non-linearity from zero to full scale (design choice)."""
_LOSS_SLOT_NS: Final = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """What the card delivered for one block.

    Attributes:
        waveforms: role -> int16 codes with their scale; lost samples hold code 0.
        clipped: role -> clipped samples in this block.
        gaps: (t0_ns, t1_ns) spans of lost samples inside this block.
    """

    waveforms: Mapping[str, Signal]
    clipped: Mapping[str, int]
    gaps: tuple[tuple[TimeNs, TimeNs], ...]


@dataclass(slots=True, eq=False)
class _Channel:
    """Segments of one channel, with the state that the blocks before left."""

    gains: NDArray[np.float64]
    last: NDArray[np.float64] = field(default_factory=lambda: np.array([1.0, 0, 0, 0, 0, 0, 0]))
    last_ns: TimeNs = 0
    t_ns: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    segments: NDArray[np.float64] = field(default_factory=lambda: np.zeros((256, 7)))
    n: int = 0

    def take(self, edges: NDArray[Any], filter_tau_s: float) -> None:
        """Add the segments of one block behind the one that was open.

        The card was on before the run: its filter has settled at the run's first value.
        """
        if self.n == 0 and edges.size:
            first = edges[0]
            current = (first["i_a"] + first["i_b_a"]) * self.gains[0]
            voltage = (first["v_v"] + first["v_b_v"]) * self.gains[1]
            self.last = np.array([1.0, current, 0.0, current, voltage, 0.0, voltage])
            self.last_ns = int(first["t_ns"])
        if edges.size + 1 > self.t_ns.size:
            self.t_ns = np.zeros(2 * edges.size + 1, np.int64)
            self.segments = np.zeros((2 * edges.size + 1, 7))
        self.n = follow_segments(edges, self.last, self.last_ns, self.t_ns, self.segments, self.gains, filter_tau_s)

    def keep_last(self) -> None:
        """What is open at the end of the block is what the next block begins with."""
        self.last = self.segments[self.n - 1].copy()
        self.last_ns = int(self.t_ns[self.n - 1])


@dataclass(frozen=True, slots=True, eq=False)
class _Role:
    """What one role needs to be rendered."""

    name: str
    channel: int
    quantity: int
    unit: str
    scale: float
    key: np.uint64
    errors: NDArray[np.float64]
    table: NDArray[np.float32]


def _noise_table(streams: Streams, name: str, sigma: float) -> NDArray[np.float32]:
    """A seeded table of noise, (65536 + 256,), rms `sigma`, mean exactly 0; its start is repeated behind its end.

    Each deviate stands with both signs, in seeded order: that makes the mean exact.
    """
    draw = streams.generator(f"front end.{name}.table")
    half = draw.standard_normal(TABLE_SIZE // 2)
    half *= sigma / np.sqrt(np.mean(half**2))
    whole = draw.permutation(np.concatenate([half, -half])).astype(np.float32)
    return np.concatenate([whole, whole[:NOISE_CELL]])


class FrontEnd:
    """The card between the plant's electrodes and the rig.

    Args:
        settings: of the front end; its tap must be chosen (`front_end_settings.for_device`).
        roles: what to deliver: `current`, `voltage`, `current.2`, ...
        rate_hz: sample rate, Hz.
        streams: random streams of the case.

    Raises:
        ValueError: an unknown role, no tap, or a rate without whole nanoseconds.
    """

    def __init__(self, settings: FrontEndSettings, roles: tuple[str, ...], rate_hz: float, streams: Streams) -> None:
        if settings.tap_ohm <= 0.0:
            raise ValueError(f"front end: the tap must be above 0 ohm, got {settings.tap_ohm:g}; use for_device()")
        self.settings, self.rate_hz = settings, rate_hz
        self._period_ns = sample_period_ns(rate_hz)
        self._tau_s = settings.tau_s(rate_hz)
        self._roles = tuple(self._make_role(role, streams) for role in roles)
        self._channels: dict[int, _Channel] = {}
        self._taus = np.zeros(_CACHED_TAUS)
        self._powers = np.zeros((_CACHED_TAUS, PIECE), np.float32)
        self._scratch = np.zeros(PIECE, np.float32)
        if self._tau_s > 0.0:
            self._powers[0] = np.exp(-np.arange(PIECE) * self._period_ns / NS_PER_S / self._tau_s)
        self._loss_key = streams.key("front end.lost samples")

    def render(self, edges: Edges) -> Rendered:
        """Samples that stand in [edges.t0_ns, edges.t1_ns); blocks must come in order, without holes."""
        with np.errstate(over="ignore"):  # hashing wraps round on purpose; numpy's scalars would warn without numba
            return self._block(edges)

    def _block(self, edges: Edges) -> Rendered:
        first = first_sample_at_or_after(edges.t0_ns, self._period_ns)
        count = max(0, first_sample_at_or_after(edges.t1_ns, self._period_ns) - first)
        gaps = self._gaps(edges.t0_ns, edges.t1_ns) if self.settings.lost_hz > 0.0 else ()
        waveforms: dict[str, Signal] = {}
        clipped: dict[str, int] = {}
        for number in {role.channel for role in self._roles}:
            segments = edges.channels[number] if number < len(edges.channels) else np.empty(0, EDGE_DTYPE)
            self._channel(number).take(segments, self._tau_s)
        for role in self._roles:
            codes = np.empty(count, np.int16)
            clipped[role.name] = self._render(role, codes, first)
            for t0_ns, t1_ns in gaps:
                lost = slice(
                    first_sample_at_or_after(t0_ns, self._period_ns) - first,
                    first_sample_at_or_after(t1_ns, self._period_ns) - first,
                )
                codes[lost] = 0
            waveforms[role.name] = Signal(codes, first * self._period_ns, self.rate_hz, role.unit, role.scale)
        for channel in self._channels.values():
            channel.keep_last()
        return Rendered(waveforms, clipped, gaps)

    def _render(self, role: _Role, codes: NDArray[np.int16], first: int) -> int:
        channel = self._channels[role.channel]
        return render_role(
            codes,
            first,
            self._period_ns,
            channel.t_ns,
            channel.segments,
            channel.n,
            role.quantity,
            self._tau_s,
            role.errors,
            role.key,
            self.settings.noise == "full",
            role.table,
            INVERSE_NORMAL,
            self._taus,
            self._powers,
            self._scratch,
        )

    def _channel(self, number: int) -> _Channel:
        if number not in self._channels:
            gains = np.zeros(2)
            for role in self._roles:
                if role.channel == number:
                    gains[role.quantity] = role.errors[4]
            self._channels[number] = _Channel(gains)
        return self._channels[number]

    def _make_role(self, role: str, streams: Streams) -> _Role:
        quantity = quantity_of(role)
        if quantity not in {"current", "voltage"}:
            raise ValueError(f"front end: role {role!r} is not current, voltage, current.2, ...")
        card, scale = self.settings.input_of(role), self.settings.scale_of(role)
        codes_per_v = HALF_SCALE / card.range_v
        draw = streams.generator(f"front end.{role}.errors")
        parts = np.ones(4) if self.settings.errors == "worst" else draw.uniform(-1.0, 1.0, 4)
        errors = np.array(
            [
                parts[0] * card.offset_bound_v * codes_per_v,
                parts[1] * card.drift_per_hour_v * codes_per_v * DRIFT_STEP_NS / NS_PER_S / 3600.0,
                parts[2] * card.inl_bound_v * codes_per_v,
                card.noise_v * codes_per_v,
                (1.0 + parts[3] * card.gain_bound_ratio) / scale,
                *np.zeros(5),
            ]
        )
        if card.inl_shape == "drawn" or card.polarity_gain_bound_ratio > 0.0:
            errors[2], errors[5], errors[6] = self._bend(role, card, codes_per_v, float(parts[2]), streams)
        if card.inl_shape == "wave":
            errors[2], errors[7] = 0.0, card.inl_bound_v * codes_per_v
            errors[8:] = streams.generator(f"front end.{role}.wave").uniform((_CYCLES[0], 0.0), (_CYCLES[1], 1.0))
        return _Role(
            role,
            channel_of(role),
            0 if quantity == "current" else 1,
            "A" if quantity == "current" else "V",
            scale,
            streams.key(f"front end.{role}.noise"),
            errors,
            _noise_table(streams, role, float(errors[3])),
        )

    def _bend(
        self, role: str, card: AnalogInput, codes_per_v: float, part: float, streams: Streams
    ) -> tuple[float, float, float]:
        """Odd and even non-linearity, codes, and the gain of one polarity over the other."""
        worst = self.settings.errors == "worst"
        draw = streams.generator(f"front end.{role}.shape")
        even, polarity = (1.0, 1.0) if worst else draw.uniform(-1.0, 1.0, 2)
        bound = card.inl_bound_v * codes_per_v
        polarity_gain = 0.5 * float(polarity) * card.polarity_gain_bound_ratio
        if card.inl_shape != "drawn":
            return part * bound, 0.0, polarity_gain
        # the two bends together stay inside the bound
        return part * (1.0 - abs(even)) * bound, float(even) * bound, polarity_gain

    def steady(
        self, role: str, value: float, t_ns: TimeNs, samples: int, draw: np.random.Generator
    ) -> tuple[float, float]:
        """Mean and its standard error of `samples` readings of a steady input `value`, in the unit of the role.

        The same errors as in `render`, those of the instant `t_ns`; noise from `draw`, a stream of its own.
        """
        part = next(each for each in self._roles if each.name == role)
        offset, drift, odd, sigma, gain, *others = (float(each) for each in part.errors)
        level = bent(value * gain, Bend(odd, *others)) + offset + drift * (t_ns // DRIFT_STEP_NS) + 0.5
        codes = np.clip(np.floor(level + sigma * draw.standard_normal(samples)), -HALF_SCALE, HALF_SCALE - 1)
        mean = float(np.mean(codes)) * part.scale
        return mean, float(np.std(codes)) * part.scale / samples**0.5

    def _gaps(self, t0_ns: TimeNs, t1_ns: TimeNs) -> tuple[tuple[TimeNs, TimeNs], ...]:
        """Lost spans: in each absolute slot of 50 ms at most one, drawn from the slot's number."""
        length_ns = min(ns_from_s(self.settings.lost_length_s), _LOSS_SLOT_NS)
        chance = self.settings.lost_hz * _LOSS_SLOT_NS / NS_PER_S
        found: list[tuple[TimeNs, TimeNs]] = []
        for slot in range(t0_ns // _LOSS_SLOT_NS, -(-t1_ns // _LOSS_SLOT_NS)):
            word = int(hash64(np.uint64((int(self._loss_key) + slot) & 0xFFFF_FFFF_FFFF_FFFF)))
            if (word & 0xFFFF_FFFF) / 2**32 >= chance:
                continue
            start = slot * _LOSS_SLOT_NS + (word >> 32) * (_LOSS_SLOT_NS - length_ns) // 2**32
            a, b = max(start, t0_ns), min(start + length_ns, t1_ns)
            if a < b:
                found.append((a, b))
        return tuple(found)
