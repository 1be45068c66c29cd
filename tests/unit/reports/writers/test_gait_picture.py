"""The picture of a walk: right axes, right places, the same bytes; drawn from made-up cycles of known shape."""

import re

import numpy as np
import pytest

from reports.figures_gait import GaitPicture, Pulses, mean_pct, picture_bytes

N = 6
PHASE = np.linspace(0.0, 1.0, 101)


def _strides(**columns):
    t0_s = 2.0 + 1.4 * np.arange(N)
    table = {
        "stride": np.arange(1.0, N + 1),
        "t0_s": t0_s,
        "stride_time_s": np.full(N, 1.4),
        "heel_off_s": t0_s + 0.56,
        "toe_off_s": t0_s + 0.91,
        "mtc_m": np.linspace(0.010, 0.015, N),
        "mtc_swing_ratio": np.full(N, 0.6),
        "is_non_mtc": np.zeros(N),
        "hip_hike_m": np.full(N, 0.004),
        "scuff": np.zeros(N),
        "stumble": np.zeros(N),
    }
    return table | columns


def _picture(pulses=None, **columns):
    shape = np.sin(2.0 * np.pi * PHASE)
    scatter = 1.0 + 0.02 * np.arange(N)[:, None]
    cycles = {name: np.radians(20.0) * scatter * shape for name in ("hip_rad", "knee_rad", "ankle_rad")}
    cycles |= {"toe_clearance_m": 0.03 * scatter * np.abs(shape), "ta_force_n": 120.0 * scatter * np.abs(shape)}
    band = {name: (np.radians(-10.0) + 0.0 * shape, np.radians(30.0) + 0.0 * shape) for name in list(cycles)[:3]}
    healthy = {name: values[0] for name, values in cycles.items()}
    words = "Simulated: a test."
    return GaitPicture(
        "someone, 0.55 m/s", words, cycles, _strides(**columns), pulses, band, healthy, "what the band is"
    )


def _texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_same_picture_has_the_same_bytes(kind):
    """No date, no random id."""
    first = picture_bytes(_picture(), kind)
    assert first == picture_bytes(_picture(), kind)
    assert first.startswith({"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])


def test_it_says_what_a_clinician_asks():
    """Title, that it is simulated, units, phases, toe-off at 65 %, MTC with its scatter, the band's source."""
    said = " | ".join(_texts(picture_bytes(_picture(), "svg").decode()))
    for words in (
        "someone, 0.55 m/s",
        "Simulated",
        "flexion + (deg)",
        "dorsiflexion + (deg)",
        "height above ground (mm)",
        "force (N)",
        "gait cycle (%)",
        "stance",
        "swing",
        "toe-off 65 %",
        "heel-off",
        "normal band",
        "healthy model, same speed",
        "MTC 12.5 ± 1.9 mm",
        "lowest stride 10.0 mm",
        "what the band is",
    ):
        assert words in said, words


def test_stimulation_is_a_row_a_stride():
    """With a device the last panel holds its pulses; one that sends nothing says so."""
    pulses = Pulses(np.repeat(np.arange(1, N + 1), 10), np.tile(np.linspace(40, 95, 10), N), np.full(10 * N, 6e-6))
    said = " ".join(_texts(picture_bytes(_picture(pulses), "svg").decode()))
    assert "Stimulation: 10 × 6.0 µC a stride" in said
    silent = Pulses(np.empty(0, np.int64), np.empty(0), np.empty(0))
    assert "Stimulation: no pulse" in " ".join(_texts(picture_bytes(_picture(silent), "svg").decode()))
    assert "From stride to stride" in " ".join(_texts(picture_bytes(_picture(), "svg").decode()))


def test_cycles_without_a_minimum_are_told():
    """Two of six; and a foot 30 mm deep stays inside the axes."""
    flags = np.array([1.0, 0, 0, 1.0, 0, 0])
    svg = picture_bytes(_picture(is_non_mtc=flags, mtc_m=np.full(N, -0.030), scuff=np.ones(N)), "svg").decode()
    said = " ".join(_texts(svg))
    assert "2 of 6 cycles without a minimum" in said and "× 6 scuffs" in said


def test_a_pause_does_not_move_the_phases():
    """One stride stood still for 10 s: toe-off stays at 65 % (median over the strides)."""
    strides = _strides()
    strides["toe_off_s"][2] += 10.0
    strides["stride_time_s"][2] += 10.0
    assert mean_pct(strides, "toe_off_s") == pytest.approx(65.0)


def test_one_stride_has_a_mean_and_no_scatter():
    """A walk of one stride is drawn too."""
    picture = _picture()
    one = {name: values[:1] for name, values in picture.cycles.items()}
    strides = {name: values[:1] for name, values in picture.strides.items()}
    drawn = GaitPicture(picture.title, "", one, strides, None, picture.band, {}, "")
    assert "MTC 10.0 ± 0.0 mm" in picture_bytes(drawn, "svg").decode()
