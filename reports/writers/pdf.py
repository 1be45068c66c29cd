"""`report.pdf` by typst: PDF/A-3a and PDF/UA-1, the same bytes each time, fonts from installed packages only."""

import json
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from reports.figures_chart import Chart
from reports.figures_picture import Picture, picture_svg
from reports.figures_ruler import ruler_svg
from reports.figures_svg import chart_svg
from reports.verdict import Outcome, Verdict
from reports.words import limit_words, value_words
from reports.writers.glyphs import printable
from reports.writers.page_one import page_one
from reports.writers.palette import LIGHT, print_style, template
from sim.errors import RecordError

CHECKS_IN_FULL: Final = 150
"""Beyond this many checks, clear passes stand in the overview only (design choice: about 75 pages)."""
_LONG: Final = 1800
_EPOCH: Final = "1970-01-01T00:00:00Z"


def pdf_bytes(document: dict[str, Any], verdicts: str, attached: str = "verdicts.json") -> bytes:
    """The document as a PDF, with its verdicts attached.

    Args:
        document: from `build_document`.
        verdicts: text of `verdicts.json`.
        attached: name under which they are attached.

    Raises:
        RecordError: typst refuses the document.
    """
    import typst

    checks = sum(len(block["checks"]) for part in document["sections"] for block in part["blocks"] if "checks" in block)
    style = print_style("Libertinus Serif")
    data: dict[str, Any] = _prepare(document, style, full=checks <= CHECKS_IN_FULL)
    started = _instant(document["started"])
    data["date"] = {
        "year": started.year, "month": started.month, "day": started.day,
        "hour": started.hour, "minute": started.minute, "second": started.second,
    }  # fmt: skip
    data["colours"] = LIGHT
    covers = [block for part in data["sections"] for block in part["blocks"] if block["kind"] == "cover"]
    data["sentence"] = covers[0]["sentence"] if covers else data["title"]
    inputs = {"data": json.dumps(data, ensure_ascii=True, allow_nan=False), "verdicts": verdicts, "attached": attached}
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
    try:
        return typst.compile(
            template("report.typ").encode(),
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            font_paths=fonts,
            timestamp=int(started.timestamp()),
        )
    except RuntimeError as problem:
        mend = "verdicts.json, junit.xml and report.html are complete; please report this"
        raise RecordError("report.pdf", f"typst refused the document: {problem}", mend) from None


def font_folder() -> Path:
    """Folder of the DejaVu fonts that matplotlib brings, found without importing it."""
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def _instant(started: str) -> datetime:
    try:
        return datetime.fromisoformat(started)
    except ValueError:
        return datetime.fromisoformat(_EPOCH)


def _prepare(value: Any, style: str, *, full: bool) -> Any:
    """Charts drawn, texts printable and breakable, defaults filled in; plain JSON values."""
    if isinstance(value, Chart | Picture):
        texts = {"title": value.title, "note": value.note, "alt": value.alt}
        svg = chart_svg(value, style) if isinstance(value, Chart) else picture_svg(value, style)
        drawn = printable(svg, breakable=False)
        return {"svg": drawn, **{key: printable(text) for key, text in texts.items()}}
    if isinstance(value, Verdict):
        alt = f"{value_words(value)}; limit {limit_words(value.check)}; {value.outcome.value}"
        return {"svg": printable(ruler_svg(value, style), breakable=False), "alt": printable(alt)}
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return _prepare_block({str(key): item for key, item in value.items()}, style, full=full)
    if isinstance(value, list | tuple):
        return [_prepare(item, style, full=full) for item in value]
    return value


def _prepare_block(block: dict[str, Any], style: str, *, full: bool) -> dict[str, Any]:
    kind = block.get("kind")
    if kind == "case":
        passed = Outcome.PASS.value
        kept = [c for c in block["checks"] if full or c["verdict"] != passed or c["marginal"]]
        block = {**block, "short": len(block["checks"]) - len(kept), "checks": kept}
    elif kind == "table":
        block = {"title": "", "verdict": "", **block}
    elif kind == "cover":
        block = page_one(block)
    prepared = {key: _prepare(item, style, full=full) for key, item in block.items()}
    if kind == "equation":
        prepared["formula"] = block["formula"]
    copied = ("text",) if kind == "code" else ("run", "started")
    prepared.update({key: printable(block[key], longest=80) for key in copied if key in block})
    if kind in {"check", "table", "details"}:
        prepared["long"] = (
            _letters({**prepared, "chart": None, "ruler": None}) > _LONG or len(prepared.get("rows", ())) > 20
        )
    return prepared


def _letters(value: Any) -> int:
    """Letters of all texts inside: what is long may break over pages."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_letters, value.values()))
    return sum(map(_letters, value)) if isinstance(value, list) else 0
