"""Kernels that turn the segments of one role into int16 codes: each sample a pure function of its absolute index.

Four parts: the settling of the filter after an edge (exact, fresh noise), the plateau (fresh noise for 4 ms), the tail
(an exponential that is anchored every 64 samples of its segment, table noise), and idle (table noise alone). The noise
table is entered at an offset that is hashed per absolute cell of 256 samples. Drift moves in steps on the absolute
sample index.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing
from sim.front_end_bend import BOW, Bend, bent, wavy_until
from sim.front_end_filter import filtered
from sim.noise import hash64, normal_at

NOISE_CELL: Final = 256
PIECE: Final = 64
TABLE_SIZE: Final = 65_536
SETTLE_TAUS: Final = 18.0
"""The filter's own exponential is carried this far: exp(-18) of full scale is 5e-4 codes."""
DRIFT_STEP_NS: Final = 62_500_000
_FRESH_NS: Final = 4_000_000
_NEGLIGIBLE: Final = 1e-3
_LONG_TAU_S: Final = 1.0
"""Beyond this a load is nearly a capacitor: start and end of its exponential lie volts by the million apart, and single
precision would lose the difference, which is what flows (1 Gohm on 10 uF: steps of 3 V)."""
_TOP: Final = 32_767.0
_BOTTOM: Final = -32_768.0


@borrowing
def _settling(
    out: NDArray[np.int16],
    first: int,
    t_ns: int,
    period_ns: int,
    row: NDArray[np.float64],
    role: int,
    filter_tau_s: float,
    base: float,
    bend: Bend,
    sigma: float,
    key: np.uint64,
    inverse_normal: NDArray[np.float32],
) -> int:
    """Samples close behind an edge where input and filter are about equally quick; returns how many were clipped."""
    clipped = 0
    for j in range(out.size):
        dt_s = ((first + j) * period_ns - t_ns) * 1e-9
        at = filtered(dt_s, row[3 * role + 1], row[3 * role + 2], row[0], row[3 * role + 3], filter_tau_s)
        x = math.floor(bent(at, bend) + base + sigma * normal_at(key, first + j, inverse_normal))
        if x > _TOP or x < _BOTTOM:
            clipped += 1
            x = min(max(x, _BOTTOM), _TOP)
        out[j] = np.int16(x)
    return clipped


@borrowing
def _fresh(
    out: NDArray[np.int16],
    first: int,
    level: np.float32,
    swing: np.float32,
    powers: NDArray[np.float32],
    lag: np.float32,
    filter_powers: NDArray[np.float32],
    base: np.float32,
    bend: Bend,
    sigma: np.float32,
    key: np.uint64,
    inverse_normal: NDArray[np.float32],
    noise: NDArray[np.float32],
) -> int:
    """A piece ``level + swing powers[j] + lag filter_powers[j]`` with fresh noise; returns how many were clipped.

    The noise is drawn into `noise` first: its table look-ups would keep the rest from running in vectors.
    """
    clipped = 0
    bow, one = np.float32(bend.odd_codes) * np.float32(BOW), np.float32(1.0)
    even, polarity = np.float32(4.0) * np.float32(bend.even_codes), np.float32(bend.polarity_ratio)
    for j in range(out.size):
        noise[j] = normal_at(key, first + j, inverse_normal)
    for j in range(out.size):
        x = level + swing * powers[j] + lag * filter_powers[j]
        u = x * np.float32(1.0 / 32_768.0)
        w = u * u
        x += base + bow * u * (one - w) + even * w * (one - w) + polarity * abs(x)
        x = np.float32(math.floor(x + sigma * noise[j]))
        clipped += int(x > np.float32(_TOP)) + int(x < np.float32(_BOTTOM))
        out[j] = np.int16(np.int32(min(max(x, np.float32(_BOTTOM)), np.float32(_TOP))))
    return clipped


@borrowing
def _tail(
    out: NDArray[np.int16],
    noise: NDArray[np.float32],
    level: np.float32,
    swing: np.float32,
    powers: NDArray[np.float32],
    base: np.float32,
    bend: Bend,
) -> int:
    """A piece of tail, ``level + swing powers[j]``, on table noise; returns how many were clipped."""
    clipped = 0
    bow, one = np.float32(bend.odd_codes) * np.float32(BOW), np.float32(1.0)
    even, polarity = np.float32(4.0) * np.float32(bend.even_codes), np.float32(bend.polarity_ratio)
    for j in range(out.size):
        x = level + swing * powers[j]
        u = x * np.float32(1.0 / 32_768.0)
        w = u * u
        x += base + bow * u * (one - w) + even * w * (one - w) + polarity * abs(x)
        x = np.float32(math.floor(x + noise[j]))
        clipped += int(x > np.float32(_TOP)) + int(x < np.float32(_BOTTOM))
        out[j] = np.int16(np.int32(min(max(x, np.float32(_BOTTOM)), np.float32(_TOP))))
    return clipped


@borrowing
def _idle(out: NDArray[np.int16], noise: NDArray[np.float32], base: np.float32) -> None:
    """A piece in which nothing happens."""
    for j in range(out.size):
        out[j] = np.int16(np.int32(math.floor(noise[j] + base)))


@borrowing
def _power_row(tau_s: float, period_s: float, taus: NDArray[np.float64], powers: NDArray[np.float32]) -> int:
    """Row of `powers` that holds ``exp(-j period/tau)``, j = 0..63, less 1 where tau is long; filled when asked for."""
    for k in range(1, taus.size):
        if taus[k] == tau_s:
            return k
    k = 1 + int(np.int64(hash64(np.uint64(tau_s * 1e15)) % np.uint64(taus.size - 1)))
    for j in range(PIECE):
        powers[k, j] = math.expm1(-j * period_s / tau_s) if tau_s > _LONG_TAU_S else math.exp(-j * period_s / tau_s)
    taus[k] = tau_s
    return k


@borrowing
def _level(steady: float, left: float, tau_s: float) -> float:
    """What stands beside ``left powers[j]``: of a long tau the value at the anchor, else where it all will end."""
    return steady + left if tau_s > _LONG_TAU_S else steady


@borrowing
def _spans(
    t_ns: int, period_ns: int, row: NDArray[np.float64], quick: bool, filter_tau_s: float, full_noise: bool
) -> tuple[int, int]:
    """First samples of a segment at which the filter has settled, and at which fresh noise ends."""
    reach_ns = int(SETTLE_TAUS * filter_tau_s * 1e9) * (3 if quick else 1)
    settled = -(-(t_ns + reach_ns) // period_ns)
    if full_noise:
        return settled, 1 << 62
    flows = row[1] != 0.0 or row[2] != 0.0
    fresh_ns = max(reach_ns, _FRESH_NS) if flows else reach_ns
    return settled, -(-(t_ns + fresh_ns) // period_ns)


@borrowing
def _share(swing: float, tau_s: float, filter_tau_s: float) -> float:
    """What is left of an exponential input behind a settled filter; 0 where the input is quick."""
    return swing / (1.0 - filter_tau_s / tau_s) if tau_s >= 2.0 * filter_tau_s else 0.0


@borrowing
def _flowing(
    out: NDArray[np.int16],
    first: int,
    anchor: int,
    t_ns: int,
    period_ns: int,
    row: NDArray[np.float64],
    role: int,
    filter_tau_s: float,
    settled: int,
    base: float,
    bend: Bend,
    sigma: float,
    key: np.uint64,
    inverse_normal: NDArray[np.float32],
    powers: NDArray[np.float32],
    filter_powers: NDArray[np.float32],
    noise: NDArray[np.float32],
) -> int:
    """Samples of one segment with fresh noise, in pieces anchored every 64 samples behind its first sample `anchor`."""
    steady, swing, tau_s, start = row[3 * role + 1], row[3 * role + 2], row[0], row[3 * role + 3]
    share = _share(swing, tau_s, filter_tau_s)
    clipped = 0
    end = first + out.size
    i = first
    while i < end:
        q = (i - anchor) // PIECE
        into = i - anchor - q * PIECE
        n = min(end - i, PIECE - into)
        dt_s = ((anchor + q * PIECE) * period_ns - t_ns) * 1e-9
        left = share * math.exp(-dt_s / tau_s) if share != 0.0 else 0.0
        lag = 0.0
        if i < settled:
            lag = (start - steady - share) * math.exp(-dt_s / filter_tau_s)
        clipped += _fresh(
            out[i - first : i - first + n],
            i,
            np.float32(_level(steady, left, tau_s)),
            np.float32(left),
            powers[into : into + n],
            np.float32(lag),
            filter_powers[into : into + n],
            np.float32(base),
            bend,
            np.float32(sigma),
            key,
            inverse_normal,
            noise,
        )
        i += n
    return clipped


@borrowing
def _resting(
    out: NDArray[np.int16],
    first: int,
    anchor: int,
    t_ns: int,
    period_ns: int,
    row: NDArray[np.float64],
    role: int,
    filter_tau_s: float,
    base: float,
    bend: Bend,
    sigma: float,
    key: np.uint64,
    table: NDArray[np.float32],
    powers: NDArray[np.float32],
) -> int:
    """Samples of one segment on table noise; the table is entered anew in every absolute cell."""
    steady, swing, tau_s = row[3 * role + 1], row[3 * role + 2], row[0]
    share = _share(swing, tau_s, filter_tau_s)
    flat = bent(steady, bend) + base
    inside = abs(flat) < _TOP - 8.0 * sigma - 2.0
    clipped = 0
    end = first + out.size
    i = first
    while i < end:
        cell = i // NOISE_CELL
        n = min(end, (cell + 1) * NOISE_CELL) - i
        start = np.int64(hash64(key + np.uint64(cell)) & np.uint64(TABLE_SIZE - 1)) + i - cell * NOISE_CELL
        left = 0.0
        into = 0
        if share != 0.0 or not inside:
            q = (i - anchor) // PIECE
            into = i - anchor - q * PIECE
            left = share * math.exp(-(((anchor + q * PIECE) * period_ns - t_ns) * 1e-9) / tau_s)
            if abs(left) < _NEGLIGIBLE:
                left = 0.0
            if left != 0.0 or not inside:
                n = min(n, PIECE - into)
        at = out[i - first : i - first + n]
        noise = table[start : start + n]
        if left == 0.0 and inside:
            _idle(at, noise, np.float32(flat))
        else:
            clipped += _tail(
                at,
                noise,
                np.float32(_level(steady, left, tau_s)),
                np.float32(left),
                powers[into : into + n],
                np.float32(base),
                bend,
            )
        i += n
    return clipped


@borrowing
def render_role(
    out: NDArray[np.int16],
    first: int,
    period_ns: int,
    t_ns: NDArray[np.int64],
    segments: NDArray[np.float64],
    n_segments: int,
    role: int,
    filter_tau_s: float,
    errors: NDArray[np.float64],
    key: np.uint64,
    full_noise: bool,
    table: NDArray[np.float32],
    inverse_normal: NDArray[np.float32],
    taus: NDArray[np.float64],
    powers: NDArray[np.float32],
    noise: NDArray[np.float32],
) -> int:
    """Codes of samples ``first .. first + out.size`` of one role.

    Args:
        out: (n,) codes, out.
        first: absolute index of the first sample.
        period_ns: sample period.
        t_ns: (m,) starts of the segments, the first not after the first sample.
        segments: (m, 7) from `follow_segments`.
        n_segments: how many of them count.
        role: 0 current, 1 voltage.
        filter_tau_s: time constant of the filter, s.
        errors: ``offset, drift per step, odd inl, noise`` in codes, gain, ``even inl`` in codes, polarity's gain,
            ``wave`` in codes, its cycles and its phase.
        key: of the role's noise.
        full_noise: fresh noise for every sample.
        table: (65536 + 256,) noise table in codes, mean exactly 0.
        inverse_normal: `sim.noise.INVERSE_NORMAL`.
        taus: (k,) time constants whose powers are known; a cache. Row 0 belongs to the filter.
        powers: (k, 64) their powers; a cache.
        noise: (64,) scratch.

    Returns:
        Number of clipped samples.
    """
    offset, drift, sigma = errors[0], errors[1], errors[3]
    bend = Bend(errors[2], errors[5], errors[6], errors[7], errors[8], errors[9])
    end = first + out.size
    clipped = 0
    i = first
    s = 0
    while i < end:
        while s + 1 < n_segments and t_ns[s + 1] <= i * period_ns:
            s += 1
        row = segments[s]
        anchor = -(-t_ns[s] // period_ns)
        tau_s, swing = row[0], row[3 * role + 2]
        quick = swing != 0.0 and tau_s < 2.0 * filter_tau_s
        settled, fresh_until = _spans(t_ns[s], period_ns, row, quick, filter_tau_s, full_noise)
        if bend.wave_codes != 0.0:
            wavy = wavy_until(t_ns[s], period_ns, row, role)
            if i < wavy:
                quick = True
                settled = max(settled, wavy)
        step = i * period_ns // DRIFT_STEP_NS
        base = offset + drift * step + 0.5
        stop = min(end, -(-(step + 1) * DRIFT_STEP_NS // period_ns))
        if s + 1 < n_segments:
            stop = min(stop, -(-t_ns[s + 1] // period_ns))
        known = powers[_power_row(tau_s, period_ns * 1e-9, taus, powers)] if swing != 0.0 else powers[0]
        if quick and i < settled:
            stop = min(stop, settled)
            at = out[i - first : stop - first]
            clipped += _settling(
                at, i, t_ns[s], period_ns, row, role, filter_tau_s, base, bend, sigma, key, inverse_normal
            )
        elif i < fresh_until:
            stop = min(stop, fresh_until)
            at = out[i - first : stop - first]
            clipped += _flowing(
                at,
                i,
                anchor,
                t_ns[s],
                period_ns,
                row,
                role,
                filter_tau_s,
                settled,
                base,
                bend,
                sigma,
                key,
                inverse_normal,
                known,
                powers[0],
                noise,
            )
        else:
            at = out[i - first : stop - first]
            clipped += _resting(
                at, i, anchor, t_ns[s], period_ns, row, role, filter_tau_s, base, bend, sigma, key, table, known
            )
        i = stop
    return clipped
