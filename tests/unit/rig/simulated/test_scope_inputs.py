"""What a simulated scope's input makes of a signal, against closed forms and against brute force."""

import numpy as np
import pytest

from rig.simulated.keysight.pieces import Grid, extremes_over, means_over, pieces_of, values_anywhere, values_at
from rig.simulated.keysight.scope_codes import (
    CLIPPED_HIGH,
    CLIPPED_LOW,
    HOLE,
    as_bytes,
    as_text,
    as_volts,
    as_words,
    coded,
    scaling,
)
from rig.simulated.keysight.scope_model import INFINIIVISION_1000, INFINIIVISION_3000T
from rig.simulated.keysight.scope_settings import ScopeSettings
from rig.simulated.keysight.scope_timing import sample_plan
from sim.edges import EDGE_DTYPE


def _rows(*segments):
    rows = np.zeros(len(segments), EDGE_DTYPE)
    for row, (t_ns, v_v, v_b_v, tau_s) in zip(rows, segments, strict=True):
        row["t_ns"], row["v_v"], row["v_b_v"], row["tau_s"] = t_ns, v_v, v_b_v, tau_s
    return rows


def _pieces(rows, gain, filter_tau_s):
    segments = tuple(np.ascontiguousarray(rows[name]) for name in ("t_ns", "v_v", "v_b_v", "tau_s"))
    return pieces_of(segments, int(rows["t_ns"][0]), gain, filter_tau_s)


def _drawn(n=40):
    """Segments of every kind: short and long, with and without a swing."""
    draw = np.random.Generator(np.random.PCG64(3))
    t_ns = np.append(0, np.cumsum(draw.integers(1, 90_000, n - 1))) - 50_000
    swing = np.where(draw.random(n) < 0.5, 0.0, draw.uniform(-20, 20, n))
    return _rows(*zip(t_ns.tolist(), draw.uniform(-50, 50, n), swing, draw.uniform(1e-6, 1e-3, n), strict=True))


def _input_v(rows, t_ns):
    which = np.maximum(np.searchsorted(rows["t_ns"], t_ns, "right") - 1, 0)
    since_s = np.maximum(t_ns - rows["t_ns"][which], 0.0) * 1e-9
    return rows["v_v"][which] + rows["v_b_v"][which] * np.exp(-since_s / rows["tau_s"][which])


def test_a_step_behind_the_bandwidth_is_an_exponential():
    """At 2.5 GSa/s a step of 10 V behind 0.8 ns is 10 (1 - e^-t/tau), sample by sample."""
    tau_s = 0.8e-9
    pieces = _pieces(_rows((0, 0.0, 0.0, 1.0), (1000, 10.0, 0.0, 1.0)), 1.0, tau_s)
    seen = values_at(pieces, Grid(990, 0.0, 0.4, 60))
    since_s = np.maximum(np.arange(60) * 0.4 - 10.0, 0.0) * 1e-9
    assert seen == pytest.approx(10.0 * (1.0 - np.exp(-since_s / tau_s)), abs=1e-9)


def test_the_filter_follows_exponentials_as_its_differential_equation_says():
    """Every value of a drawn signal behind 30 us, against the equation integrated in steps of 5 ns."""
    rows, tau_s, step_ns = _drawn(), 30e-6, 5
    pieces = _pieces(rows, 1.0, tau_s)
    t_ns = np.arange(int(rows["t_ns"][0]), int(rows["t_ns"][-1]) + 50_000, step_ns)
    middle_v = _input_v(rows, t_ns + 0.5 * step_ns)
    fade = np.exp(-step_ns * 1e-9 / tau_s)
    out = np.empty(t_ns.size)
    level = float(rows[0]["v_v"] + rows[0]["v_b_v"])
    for k, target in enumerate(middle_v.tolist()):
        out[k] = level
        level = target + (level - target) * fade
    assert values_anywhere(pieces, t_ns[::97]) == pytest.approx(out[::97], abs=0.02)


def test_means_and_extremes_are_those_of_a_fine_look():
    """High-resolution and peak detection of a drawn signal, against 2000 looks a period."""
    rows = _drawn()
    pieces = _pieces(rows, 2.0, 0.0)
    grid = Grid(0, 3333.25, 10_000.0, 60)
    looks = 2000
    fine = 2.0 * _input_v(rows, grid.first_ns + np.arange(60 * looks) * 10_000.0 / looks).reshape(60, looks)
    least, greatest = extremes_over(pieces, grid)
    assert np.all(least <= fine.min(axis=1) + 1e-9) and least == pytest.approx(fine.min(axis=1), abs=0.3)
    assert np.all(greatest >= fine.max(axis=1) - 1e-9) and greatest == pytest.approx(fine.max(axis=1), abs=0.3)
    centred = Grid(0, 3333.25 + 5000.0, 10_000.0, 60)
    assert means_over(pieces, centred) == pytest.approx(fine.mean(axis=1), abs=0.1)


@pytest.mark.parametrize(("range_v", "offset_v"), [(16.0, 0.0), (0.8, -0.3)])
def test_codes_are_12_bits_left_justified_and_say_where_they_clip(range_v, offset_v):
    """Inside the screen a word is off by half a step of 1/4096; beyond it stands 1 or 0xFFFF, and 0 never."""
    volts = offset_v + np.linspace(-0.7, 0.7, 10_001) * range_v
    words = coded(volts, range_v, offset_v, 12)
    inside = np.abs(volts - offset_v) < 0.499 * range_v
    assert not np.any(words[inside] % 16) and np.unique(words[inside]).size > 4000
    assert np.abs(as_volts(words, range_v, offset_v) - volts)[inside].max() <= range_v / 4096 / 2 * 1.001
    assert set(words[volts < offset_v - 0.51 * range_v].tolist()) == {CLIPPED_LOW}
    assert set(words[volts > offset_v + 0.51 * range_v].tolist()) == {CLIPPED_HIGH}
    assert HOLE not in words


def test_every_format_tells_the_same_volts():
    """WORD in both orders, signed and unsigned, BYTE and text: the preamble's formula gives the same volts."""
    range_v, offset_v = 8.0, 1.0
    words = coded(np.linspace(-2.9, 4.9, 500), range_v, offset_v, 12)
    words[100], words[200], words[300] = HOLE, CLIPPED_LOW, CLIPPED_HIGH
    volts = as_volts(words, range_v, offset_v)
    plain = np.setdiff1d(np.arange(500), [100, 200, 300])
    for is_unsigned in (True, False):
        scale = scaling("WORD", range_v, offset_v, is_unsigned=is_unsigned)
        for little in (True, False):
            kind = ("<" if little else ">") + ("u2" if is_unsigned else "i2")
            sent = np.frombuffer(as_words(words, is_little_endian=little, is_unsigned=is_unsigned), kind).astype(float)
            assert (sent - scale.reference)[plain] * scale.increment_v + scale.origin_v == pytest.approx(volts[plain])
        scale = scaling("BYTE", range_v, offset_v, is_unsigned=is_unsigned)
        sent = np.frombuffer(as_bytes(words, is_unsigned=is_unsigned), "u1" if is_unsigned else "i1").astype(float)
        found = (sent - scale.reference) * scale.increment_v + scale.origin_v
        assert np.abs(found - volts)[plain].max() <= range_v / 256 * 0.51
        assert (sent[[100, 200, 300]] - (0 if is_unsigned else -128)).tolist() == [0, 1, 255]
    told = np.array(as_text(words, range_v, offset_v).split(b","), float)
    assert told[plain] == pytest.approx(volts[plain], abs=1e-5)
    assert told[100] == 9.9e37


@pytest.mark.parametrize(
    ("range_s", "segments", "rate_hz", "n"),
    [
        (100e-9, 0, 2.5e9, 250),
        (1e-3, 0, 1.25e9, 1_250_000),
        (0.5, 0, 2.5e6, 1_250_000),
        (50.0, 0, 25e3, 1_250_000),
        (1e-3, 100, 12.5e6, 12_500),
    ],
)
def test_the_rate_follows_from_memory_and_time_range(range_s, segments, rate_hz, n):
    """2 Mpt: the fastest of 2.5 GSa/s / (1, 2, 5, 10, ...) at which the range fits, computed by hand."""
    settings = ScopeSettings.after_reset(INFINIIVISION_3000T)
    settings.timebase.range_s = range_s
    settings.acquisition.is_segmented, settings.acquisition.segments = segments > 0, max(2, segments)
    plan = sample_plan(INFINIIVISION_3000T, settings)
    assert plan.rate_hz == pytest.approx(rate_hz) and plan.n == n


def test_identities_say_that_they_are_simulated():
    """Serial numbers of simulated instruments begin with SIM."""
    for model in (INFINIIVISION_3000T, INFINIIVISION_1000):
        assert model.identity.split(",")[2].startswith("SIM")
