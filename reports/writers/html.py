"""`report.html`: one file without network; text is always text, and every chart carries its limits."""

import base64
import hashlib
import json
import re
from typing import Any

from reports.figures_chart import Chart, TimeAxis, axis_document, chart_document
from reports.figures_picture import Picture, picture_svg
from reports.figures_ruler import ruler_svg
from reports.figures_svg import chart_svg
from reports.verdict import Verdict
from reports.words import LETTERS
from reports.writers.palette import DARK, LIGHT, template, variables


class _Charts:
    """Charts of one page: numbered as they are met, with the time axes that they share."""

    def __init__(self) -> None:
        self.charts: dict[str, dict[str, Any]] = {}
        self.axes: dict[str, dict[str, Any]] = {}
        self._keys: dict[tuple[Any, ...], str] = {}

    def add(self, chart: Chart) -> dict[str, Any]:
        from markupsafe import Markup

        key = f"c{len(self.charts) + 1}"
        document = chart_document(chart)
        document["axis"] = self._axis(chart.axis)
        self.charts[key] = document
        drawn = Markup(chart_svg(chart))  # noqa: S704 - our own drawing, every text in it escaped by svg_text
        return {"key": key, "title": chart.title, "note": chart.note, "svg": drawn}

    def _axis(self, axis: TimeAxis) -> str:
        same = (axis.key, axis.start_s, axis.end_s, len(axis.stride_t0_s), axis.marks)
        key = self._keys.setdefault(same, f"a{len(self._keys) + 1}")
        if key not in self.axes:
            self.axes[key] = axis_document(axis)
        return key


def html_text(document: dict[str, Any]) -> str:
    """The document as one HTML page; the template escapes every text."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    charts = _Charts()
    prepared = _prepare(document, charts)
    script = template("report.js")
    environment = Environment(
        loader=DictLoader({"report.html.j2": template("report.html.j2")}), autoescape=True, undefined=StrictUndefined,
        keep_trailing_newline=True,
    )  # fmt: skip
    page = environment.get_template("report.html.j2")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return page.render(
        doc=prepared,
        letters={outcome.value: letter for outcome, letter in LETTERS.items()},
        light=Markup(variables(LIGHT)),  # noqa: S704 - constants of this package
        dark=Markup(variables(DARK)),  # noqa: S704 - as above
        css=Markup(template("chart.css") + template("report.css")),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - a file of this package
        script_hash=digest,
        island=island({"charts": charts.charts, "axes": charts.axes}),
    )


def island(data: dict[str, Any]) -> Any:
    """JSON that can stand inside ``<script>``: no character in it can end the element or start markup."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704 - escaped in the line above


def _prepare(value: Any, charts: _Charts) -> Any:
    """The document with each chart drawn and each of our own drawings marked as such; all else stays text."""
    from markupsafe import Markup

    if isinstance(value, Chart):
        return charts.add(value)
    if isinstance(value, Picture):
        drawn = Markup(picture_svg(value))  # noqa: S704 - our own drawing, every text in it escaped by svg_text
        return {"title": value.title, "note": value.note, "svg": drawn}
    if isinstance(value, Verdict):
        return Markup(ruler_svg(value))  # noqa: S704 - our own drawing, every text in it escaped by svg_text
    if isinstance(value, dict):
        prepared = {str(key): _prepare(item, charts) for key, item in value.items()}
        if prepared.get("kind") == "equation":
            prepared["text"] = _lowered(str(value["text"]))
        return {"anchor": "", "verdict": "", "note": "", **prepared} if prepared.get("kind") == "table" else prepared
    if isinstance(value, list | tuple):
        return [_prepare(item, charts) for item in value]
    return value


def _lowered(words: str) -> Any:
    """An equation in words with its indices lowered and its exponents raised; all else is escaped."""
    from markupsafe import Markup, escape

    marked = str(escape(words))
    for sign, tag in (("_", "sub"), (r"\^", "sup")):
        marked = re.sub(sign + r"(\([^()]*(?:\([^()]*\))?[^()]*\)|[A-Za-z0-9\u2212]+)", rf"<{tag}>\1</{tag}>", marked)
    return Markup(marked)  # noqa: S704 - escaped above, the tags are ours
