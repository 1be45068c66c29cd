"""The electronic copy of the report: everything that HTML and PDF print, as plain JSON in `verdicts.json`.

21 CFR 11.10(b) asks for copies in human-readable and in electronic form; a number that stands in one only would be a
number that no program can check. Texts are those of the document; a chart is its data, its title and note, and the
texts that are drawn in it (ticks, limits, names of events).
"""

import html
import re
from typing import Any, Final

from reports.figures_chart import Chart, axis_document, chart_document
from reports.figures_picture import Picture, picture_svg
from reports.figures_ruler import ruler_svg
from reports.figures_svg import chart_svg
from reports.verdict import Outcome, Verdict
from reports.writers.page_one import page_one

_DRAWN_TEXT: Final = re.compile(r"<text\b[^>]*>([^<]*)</text>")


def electronic_copy(document: dict[str, Any]) -> dict[str, Any]:
    """The document of `build_document` as plain JSON values."""
    axes: dict[str, Any] = {}
    copied: dict[str, Any] = _copied(document, axes)
    return {**copied, "axes": axes}


def _copied(value: Any, axes: dict[str, Any]) -> Any:
    if isinstance(value, Chart):
        axes.setdefault(value.axis.key, axis_document(value.axis))
        texts = {"title": value.title, "note": value.note, "alt": value.alt}
        return {**texts, "drawn": drawn_texts(chart_svg(value)), "data": chart_document(value)}
    if isinstance(value, Picture):
        texts = {"title": value.title, "note": value.note, "alt": value.alt}
        return {**texts, "drawn": drawn_texts(picture_svg(value))}
    if isinstance(value, Verdict):
        return {"drawn": drawn_texts(ruler_svg(value))}
    if isinstance(value, dict):
        copied = {str(key): _copied(item, axes) for key, item in value.items()}
        return copied | _of_print(value)
    if isinstance(value, list | tuple):
        return [_copied(item, axes) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _of_print(block: dict[str, Any]) -> dict[str, Any]:
    """What only the PDF prints: page one as far as it fits, and how many clear passes of a long report it counts."""
    if block.get("kind") == "cover":
        fitted = page_one(block)
        return {"page_one": {key: fitted[key] for key in ("tested", "against", "rig", "evidence", "open", "more")}}
    if block.get("kind") == "case":
        passed = [each for each in block["checks"] if each["verdict"] == Outcome.PASS.value and not each["marginal"]]
        return {"clear_passes": len(passed)}
    return {}


def drawn_texts(svg: str) -> list[str]:
    """What is written in one of our drawings."""
    return [html.unescape(words) for words in _DRAWN_TEXT.findall(svg)]
