"""The report's section on fall risk: what it says, what it refuses to say, and its drawings."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import reports.sections.fall_risk as module
from reports.fall_risk.exposure import exposure
from reports.fall_risk.resampling import resamples
from reports.figures_fall_risk import clearance_picture, exposure_picture
from reports.figures_picture import picture_svg
from reports.sections.blocks import KINDS
from rig.record import LoopError
from sim.errors import ModelError
from sim.streams import Streams


def _strides(n, mean_m=0.012, seed=1):
    draw = np.random.default_rng(seed)
    t0_s = 2.0 + 1.4 * np.arange(n)
    mtc_m = draw.normal(mean_m, 0.003, n)
    return {
        "stride": np.arange(1.0, n + 1),
        "t0_s": t0_s,
        "stride_time_s": draw.normal(1.4, 0.05, n),
        "heel_off_s": t0_s + 0.56,
        "toe_off_s": t0_s + 0.9,
        "landing_s": t0_s + 1.4 + draw.normal(0.0, 0.01, n),
        "foot_flat_s": t0_s + 1.46,
        "mtc_m": mtc_m,
        "mtc_swing_ratio": np.full(n, 0.5),
        "is_non_mtc": np.zeros(n),
        "early_swing_min_m": mtc_m + 0.004,
        "ankle_ic_rad": draw.normal(-0.12, 0.02, n),
        "ankle_swing_peak_rad": draw.normal(-0.05, 0.02, n),
        "foot_ic_rad": draw.normal(0.1, 0.02, n),
        "hip_hike_m": np.full(n, 0.011),
        "scuff": (mtc_m < 0.002).astype(float),
        "stumble": np.zeros(n),
        "sensor_off_s": np.full(n, np.nan),
        "sensor_on_s": np.full(n, np.nan),
        "charge_c": np.full(n, 3.5e-4),
    }


def _case(name, n, **fields):
    given = {
        "case": SimpleNamespace(seed=5, walk=SimpleNamespace(orthosis=None)),
        "strides": _strides(n),
        "pulses": {"t_s": np.empty(0)},
        "other_strides": {},
        "loop_error": LoopError(0.0, 0, float("nan"), 0.005),
    }
    return SimpleNamespace(case=SimpleNamespace(id=name), record=SimpleNamespace(**(given | fields)))


@pytest.fixture
def built(monkeypatch):
    monkeypatch.setattr(module, "unaided_strides", lambda case: _strides(320, 0.009, 2))

    def build(*cases):
        return module.build(SimpleNamespace(cases=cases))

    return build


def _words(content):
    found = []
    for block in content["blocks"]:
        assert block["kind"] in KINDS
        found += [*block.get("paragraphs", ()), *(" | ".join(map(str, row)) for row in block.get("rows", ()))]
        found += [" | ".join(row) for inner in block.get("blocks", ()) for row in inner["rows"]]
    return "\n".join(found)


def test_every_metric_of_the_walk_stands_there(built):
    """model.md 6.1, each with its interval and its value without the device."""
    words = _words(built(_case("walk", 320)))
    for metric in (
        "Minimum toe clearance, mean",
        "interquartile range",
        "1st percentile",
        "Skew",
        "Excess kurtosis",
        "Cycles without a minimum",
        "Strides below an obstacle of 10 mm",
        "Expected trips per km",
        "Relative trip exposure",
        "Scuffs per 100",
        "Stumbles per 100",
        "Early-swing minimum",
        "Ankle at initial contact",
        "Peak dorsiflexion",
        "Foot angle at initial contact",
        "Initial contact to foot flat",
        "Hip hike",
        "Charge per stride",
        "Stride-time variation",
        "Swing-time variation",
        "DFA exponent",
        "51 older adults",
        "Margin of stability is not an output",
        "nothing on this page is multiplied by them",
    ):
        assert metric in words, metric
    row = next(line for line in words.splitlines() if line.startswith("Strides below an obstacle of 10 mm"))
    assert re.fullmatch(r".* \| \d+\.\d % \| \d+\.\d to \d+\.\d % \| \d+\.\d %", row)


def test_nothing_is_called_a_probability_of_falling(built):
    """No score, no forecast: the words do not occur."""
    content = built(_case("walk", 320))
    words = (content["title"] + _words(content)).lower()
    for forbidden in ("probability of fall", "fall probability", "risk of falling", "fall score", "chance of a fall"):
        assert forbidden not in words
    assert "no composite score" in words and "not a prediction of falls" in words


def test_too_few_strides_say_so(built):
    """10 strides give words; 120 give no 1 % point, no tail and no memory."""
    assert "Not told: short: 10 strides, 20 are needed." in _words(built(_case("short", 10)))
    words = _words(built(_case("middle", 120)))
    assert "1st percentile (needs 300 strides) | –" in words
    assert "under 5 %; 120 strides say no more" in words
    assert "too few strides (256 are needed)" in words


def test_the_other_foot_has_rows_of_its_own(built):
    """Only where it walked; the rest of the table is the stimulated foot's."""
    assert "The other foot" not in _words(built(_case("one", 320)))
    words = _words(built(_case("two", 320, other_strides=_strides(320, 0.015, 9))))
    assert re.search(r"The other foot: minimum toe clearance, mean \| 1[45]\.\d mm", words)
    assert "The other foot: expected trips per km" in words


def test_shares_below_one_stride_are_told_as_that(built):
    """No stride of 320 near 5 mm: under 0.3 %, not 0.0 %."""
    high = _case("high", 320, strides=_strides(320, 0.030))
    assert "Strides below an obstacle of 5 mm | under 0.3 % |" in _words(built(high))


def test_a_slow_loop_and_a_walk_that_nobody_can_repeat(built, monkeypatch):
    """Outcomes of a slow loop are not told; without a reference the column stays empty."""
    slow = LoopError(0.05, 0, float("nan"), 0.005)
    assert "closed loop was too slow" in _words(built(_case("slow", 320, loop_error=slow)))

    def broken(case):
        raise ModelError("foot", 1.0, "left the domain")

    monkeypatch.setattr(module, "unaided_strides", broken)
    words = _words(built(_case("alone", 320)))
    assert "Relative trip exposure, against without the device | – |" in words


def test_many_cases_have_a_line_each(built):
    """13 cases: one table, no drawing; nobody who walked: no section."""
    content = built(*(_case(f"case {k}", 40) for k in range(13)))
    (lines,) = [block for block in content["blocks"] if block["kind"] == "table"]
    assert len(lines["rows"]) == 13 and not any(block["kind"] == "picture" for block in content["blocks"])
    assert built(SimpleNamespace(record=None)) is None
    assert built(_case("still", 0)) is None


def test_the_drawings_show_what_the_numbers_say():
    """Heights of obstacles, the ground, the reference as a dashed line; every corner inside the drawing."""
    walk = np.random.default_rng(1).normal(0.012, 0.003, 320)
    heights = np.linspace(0.0, 0.03, 31)
    curve = exposure(walk, heights, resamples(walk, Streams(1)))
    lower = exposure(walk - 0.004, heights, resamples(walk, Streams(1)))
    for drawn in (clearance_picture(walk, walk - 0.004, "<a&b>"), exposure_picture(curve, lower, "<a&b>")):
        svg = picture_svg(drawn)
        assert "10 mm" in svg and 'class="line-reference"' in svg and 'class="bold-line"' in svg
        assert "&lt;a&amp;b&gt;" in svg and "<a&b>" not in svg and "nan" not in svg
        spots = [float(x) for corner in re.findall(r'd="([^"]*)"', svg) for x in re.findall(r"[ML](-?[\d.]+) ", corner)]
        assert min(spots) >= 0.0 and max(spots) <= 720.0
    assert "clearances" in clearance_picture(walk, None, "x").title
    few_bars = clearance_picture(walk[:100], None, "x")
    assert "bold-line" not in picture_svg(few_bars) and "tail" not in few_bars.note, "a tail needs 300 strides"
    few = exposure(walk[:100], heights, resamples(walk[:100], Streams(1)))
    assert "nan" not in picture_svg(exposure_picture(few, None, "x"))


def test_the_relative_exposure_pairs_the_same_strides(built):
    """A reference of another length is none."""
    found = built(replace_strides(_case("other", 300)))
    assert "Relative trip exposure, against without the device | – |" in _words(found)


def replace_strides(case):
    case.record.strides = _strides(310)
    return case
