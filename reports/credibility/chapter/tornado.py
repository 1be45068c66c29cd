"""Sensitivity of the toe clearance: the figure and its table."""

import math
from typing import Any, Final

from reports.credibility.sensitivity import Sensitivity, Sway
from reports.figures_picture import Picture
from reports.figures_svg import svg_label
from reports.quantities import quantity
from reports.sections.blocks import picture, section, table, text
from scenarios.dataclass_reader import key_and_unit

SHOWN: Final = 14
"""Parameters in the figure: the ones with the largest effects."""
LEAST_M: Final = 5e-5
"""Smaller effects are summed up in a sentence."""
_WIDTH, _LEFT, _ROW, _TOP, _BOTTOM = 720.0, 168.0, 22.0, 30.0, 40.0
_GAP: Final = 22.0


def build(found: Sensitivity) -> dict[str, Any]:
    """Figure, table and what stayed without effect."""
    moved = [sway for sway in found.sways if _largest_m(sway, found) >= LEAST_M]
    still = [_word(sway) for sway in found.sways if _largest_m(sway, found) < LEAST_M]
    nominal = found.nominal
    return section(
        "Sensitivity",
        text(
            f"One parameter of the class {found.name} at a time, walked without stride-to-stride noise: moved by one "
            "standard deviation of the people of the class (16th and 84th percentile), or by 10 % where the file gives "
            "no spread. Stimulation has a fixed current, titrated to 3.5 % of the dorsiflexors of the typical patient; "
            "in practice it is titrated again for every person, so thresholds matter less than they do here.",
            "Acute: the compensation of the typical patient is kept. Adapted: 120 strides later.",
            f"Typical patient: {quantity(nominal.bare_m, 'm', 3)} without stimulation, "
            f"{quantity(nominal.acute_m, 'm', 3)} with it at once, {quantity(nominal.adapted_m, 'm', 3)} adapted.",
        ),
        picture(_figure(found, moved[:SHOWN])),
        table(
            ("Parameter", "Low to high", "Bare, acute (mm)", "Stimulated, acute (mm)", "Stimulated, adapted (mm)"),
            [_row(sway, found) for sway in moved],
            title="Change of the minimum toe clearance at the low and at the high value",
            widths=(1.7, 1.9, 1.2, 1.3, 1.3),
        ),
        text(f"Less than 0.05 mm each: {', '.join(still) or 'none'}."),
    )


def _largest_m(sway: Sway, found: Sensitivity) -> float:
    return max(sway.reach_m(kind, found.nominal) for kind in ("bare_m", "acute_m", "adapted_m"))


def _word(sway: Sway) -> str:
    words = key_and_unit(sway.field)[0].replace("_", " ")
    return words.removesuffix(" sd") + " SD" if words.endswith(" sd") else words


def _row(sway: Sway, found: Sensitivity) -> tuple[str, ...]:
    return (
        _word(sway),
        _ends(sway),
        *(_pair(sway.range_m(kind, found.nominal)) for kind in ("bare_m", "acute_m", "adapted_m")),
    )


def _ends(sway: Sway) -> str:
    _, unit = key_and_unit(sway.field)
    if sway.field.endswith("_ratio"):
        ends = f"{100 * sway.low_si:.3g} to {100 * sway.high_si:.3g} %"
    else:
        ends = f"{quantity(sway.low_si, unit or '', 3)} to {quantity(sway.high_si, unit or '', 3)}"
    return ends if sway.spread else f"{ends} (±10 %)"


def _pair(ends: tuple[float, float]) -> str:
    return "0" if all(abs(end) < LEAST_M for end in ends) else ", ".join(map(_change, ends))


def _change(end: float) -> str:
    if math.isnan(end):
        return "cannot walk"
    return "0" if abs(end) < LEAST_M else f"{1e3 * end:+.1f}".replace("-", "−")


def _figure(found: Sensitivity, sways: list[Sway]) -> Picture:
    panel = (_WIDTH - _LEFT - _GAP - 14.0) / 2.0
    height = _TOP + _ROW * len(sways) + _BOTTOM
    parts: list[str] = []
    for i, sway in enumerate(sways):
        parts.append(svg_label("t-lane", _LEFT - 8.0, _TOP + _ROW * i + 15.0, _word(sway), "end"))
    for number, (kind, title) in enumerate((("acute_m", "acute"), ("adapted_m", "adapted"))):
        left = _LEFT + number * (panel + _GAP)
        parts += _panel(found, sways, kind, title, left, panel, height)
    return Picture(
        title=f"What moves the toe clearance of {found.name.replace('_', ' ')}, stimulated",
        alt="Bars of the change of minimum toe clearance for each parameter, acute and adapted; numbers in the table.",
        size=(_WIDTH, height),
        parts=tuple(parts),
        note="light: low value, dark: high value of the parameter",
    )


def _panel(
    found: Sensitivity, sways: list[Sway], kind: str, title: str, left: float, width: float, height: float
) -> list[str]:
    kinds = ("acute_m", "adapted_m")
    finite = [e for sway in sways for each in kinds for e in sway.range_m(each, found.nominal) if math.isfinite(e)]
    low, high = min([*finite, -1e-3]), max([*finite, 1e-3])
    margin = 0.06 * (high - low)
    low, high = low - margin, high + margin
    bottom = height - _BOTTOM

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * width

    parts = [svg_label("t-axis", left + width / 2.0, 16.0, title, "middle")]
    for tick in _ticks(low * 1e3, high * 1e3):
        at = x(tick * 1e-3)
        parts.append(f'<path class="grid" d="M{at:.1f} {_TOP:g}V{bottom:g}"/>')
        parts.append(svg_label("t-tick", at, bottom + 15.0, f"{tick:+g}".replace("-", "−") if tick else "0", "middle"))
    for i, sway in enumerate(sways):
        for end, name in zip(sway.range_m(kind, found.nominal), ("span-swing", "span-train"), strict=True):
            if math.isfinite(end):
                start, size = min(x(0.0), x(end)), abs(x(end) - x(0.0))
                place = f'x="{start:.1f}" y="{_TOP + _ROW * i + 4:.1f}" width="{size:.1f}" height="{_ROW - 8:.1f}"'
                parts.append(f'<rect class="{name}" {place}/>')
    parts.append(f'<path class="axis" d="M{x(0.0):.1f} {_TOP:g}V{bottom:g}"/>')
    parts.append(svg_label("t-axis", left + width / 2.0, height - 6.0, "change of clearance (mm)", "middle"))
    return parts


def _ticks(low: float, high: float) -> list[float]:
    from reports.figures_chart import nice_ticks

    return nice_ticks(low, high, 5)
