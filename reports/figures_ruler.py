"""The margin bar: one result with its uncertainty on a ruler of what is allowed."""

import math
from typing import Final

from reports.figures_svg import svg_document, svg_label, svg_text
from reports.quantities import quantity
from reports.verdict import Verdict
from reports.words import interval_words, is_share, limit_words, value_words

_WIDTH: Final = 300.0
_HEIGHT: Final = 46.0
_INSET: Final = 8.0
_TRACK_TOP: Final = 14.0
_TRACK: Final = 10.0


def ruler_svg(verdict: Verdict, style: str = "") -> str:
    """The margin bar as SVG, or "" where there is no value or no limit to stand it against."""
    low, high, value = _numbers(verdict)
    if value is None or math.isnan(value) or (low is None and high is None):
        return ""
    ends = _ends(verdict, low, high, value)
    alt = f"{value_words(verdict)}, {limit_words(verdict.check)}, verdict {verdict.outcome.value}"
    parts = _zones(verdict, low, high, ends) + _limit_labels(verdict, low, high, ends) + _value(verdict, value, ends)
    return svg_document("ruler", (_WIDTH, _HEIGHT), alt, style, parts)


def _numbers(verdict: Verdict) -> tuple[float | None, float | None, float | None]:
    """Lower limit, upper limit and value on one scale; a share meets the asked share, not the samples' limit."""
    if is_share(verdict):
        return verdict.check.share, None, verdict.value
    return verdict.low, verdict.high, verdict.value


def _ends(verdict: Verdict, low: float | None, high: float | None, value: float) -> tuple[float, float]:
    spread = verdict.expanded or 0.0
    seen = [bound for bound in (low, high) if bound is not None]
    if math.isfinite(value):
        seen += [value - spread, value + spread]
    if verdict.interval95 is not None:
        seen += [bound for bound in verdict.interval95 if math.isfinite(bound)]
    if is_share(verdict):
        seen.append(1.0)
    first, last = min(seen), max(seen)
    if low is None and first > 0.0:
        first = 0.0
    room = 0.15 * ((last - first) or abs(last) or 1.0)
    if is_share(verdict):
        return max(first - room, 0.0), 1.0
    return first - (room if first != 0.0 else 0.0), last + room


def _x(value: float, ends: tuple[float, float]) -> float:
    share = (value - ends[0]) / ((ends[1] - ends[0]) or 1.0)
    return _INSET + min(max(share, 0.0), 1.0) * (_WIDTH - 2.0 * _INSET)


def _zones(verdict: Verdict, low: float | None, high: float | None, ends: tuple[float, float]) -> list[str]:
    left, right = _x(ends[0], ends), _x(ends[1], ends)
    ok_left = left if low is None else _x(low, ends)
    ok_right = right if high is None else _x(high, ends)
    parts = [_box("track-ok", ok_left, max(ok_right, ok_left + 1.5))]
    parts += [_box("track-bad", a, b) for a, b in ((left, ok_left), (ok_right, right)) if b > a]
    marginal = None if is_share(verdict) or verdict.check.limit.of_setting else verdict.check.marginal
    if marginal is not None and verdict.check.limit.kind == "within":
        parts.append(_box("track-marginal", ok_left, _x(-marginal, ends)))
        parts.append(_box("track-marginal", _x(marginal, ends), ok_right))
    elif marginal is not None and ends[0] <= marginal <= ends[1]:
        at = _x(marginal, ends)
        if high is not None and (low is None or abs(high - marginal) < abs(marginal - low)):
            parts.append(_box("track-marginal", at, ok_right))
        else:
            parts.append(_box("track-marginal", ok_left, at))
    return parts


def _limit_labels(verdict: Verdict, low: float | None, high: float | None, ends: tuple[float, float]) -> list[str]:
    parts: list[str] = []
    bounds = [bound for bound in dict.fromkeys((low, high)) if bound is not None]
    for bound in bounds:
        x = _x(bound, ends)
        text = f"{bound * 100:g} %" if is_share(verdict) else quantity(bound, verdict.unit)
        anchor = "start" if x < 60.0 else "end" if x > _WIDTH - 60.0 else "middle"
        parts.append(f'<path class="line-limit" d="M{x:.1f} {_TRACK_TOP - 4:g}v{_TRACK + 8:g}"/>')
        parts.append(svg_label("t-limit", x, _HEIGHT - 5.0, text, anchor))
    return parts


def _value(verdict: Verdict, value: float, ends: tuple[float, float]) -> list[str]:
    middle = _TRACK_TOP + _TRACK / 2.0
    if not math.isfinite(value):
        x = _WIDTH - _INSET
        return [f'<path class="needle" d="M{x - 10:g} {middle - 7:g}l10 7l-10 7z"/>']
    parts: list[str] = []
    spread = verdict.expanded or 0.0
    whisker = verdict.interval95 or ((value - spread, value + spread) if spread > 0.0 else None)
    if whisker is not None and all(map(math.isfinite, whisker)):
        x0, x1 = _x(whisker[0], ends), _x(whisker[1], ends)
        ends_of_it = f"M{x0:.1f} {middle - 4:g}v8M{x0:.1f} {middle:g}H{x1:.1f}M{x1:.1f} {middle - 4:g}v8"
        parts.append(f'<path class="whisker" d="{ends_of_it}"/>')
        if verdict.interval95 is not None:
            parts.append(f"<desc>95 % interval {svg_text(interval_words(verdict))}</desc>")
    x = _x(value, ends)
    parts.append(f'<path class="needle" d="M{x:.1f} {middle - 7:g}l5 7l-5 7l-5 -7z"/>')
    return parts


def _box(name: str, left: float, right: float) -> str:
    place = f'x="{left:.1f}" y="{_TRACK_TOP:g}" width="{max(right - left, 0.0):.1f}" height="{_TRACK:g}"'
    return f'<rect class="{name}" {place}/>'
