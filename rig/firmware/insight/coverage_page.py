"""Coverage as pages: an index by file, and a page a source file with every line marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from rig.firmware.insight.coverage import FileCoverage

_TEMPLATES = ("coverage_index.html.j2", "coverage_file.html.j2", "coverage.css")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the pages say beside the counts.

    Attributes:
        image: name of the image.
        sha256: of the image.
        cases: ids of the joined cases.
    """

    image: str
    sha256: str
    cases: tuple[str, ...]


def pages(coverage: Sequence[FileCoverage], facts: PageFacts, sources: Mapping[str, Path]) -> dict[str, str]:
    """HTML pages by their file name.

    Args:
        coverage: by file.
        facts: for the heads.
        sources: where the source files lie here; of a file that is absent only line numbers are shown.
    """
    names = page_names([each.file for each in coverage])
    shown = [_shown(each, names[each.file], sources.get(each.file)) for each in coverage]
    common = {"facts": facts, "style": _template("coverage.css")}
    total = _total(coverage)
    made = {"index.html": _render("coverage_index.html.j2", {**common, "files": shown, "total": total})}
    for each in shown:
        made[each["page"]] = _render("coverage_file.html.j2", {**common, "file": each})
    return made


def page_names(names: Sequence[str]) -> dict[str, str]:
    """File name of each source file's page: its own, with a number where two files have the same."""
    taken: dict[str, int] = {}
    found: dict[str, str] = {}
    for name in names:
        base = PurePosixPath(name).name
        taken[base] = taken.get(base, 0) + 1
        number = f"-{taken[base]}" if taken[base] > 1 else ""
        found[name] = f"{base}{number}.html"
    return found


def _share(part: int, whole: int) -> dict[str, Any]:
    ratio = part / whole if whole else 0.0
    # 99.96 % is not 100 %: a page that rounds up hides the last line
    percent = int(1000.0 * ratio) / 10.0
    level = "all" if part == whole else "most" if ratio >= 0.8 else "few"
    return {"hit": part, "of": whole, "percent": f"{percent:.1f}", "level": level}


def _total(coverage: Sequence[FileCoverage]) -> dict[str, Any]:
    return {
        "lines": _share(sum(each.lines_hit for each in coverage), sum(len(each.lines) for each in coverage)),
        "functions": _share(
            sum(each.functions_hit for each in coverage), sum(len(each.functions) for each in coverage)
        ),
    }


def _shown(coverage: FileCoverage, page: str, path: Path | None) -> dict[str, Any]:
    texts = [] if path is None else path.read_text(encoding="utf-8", errors="replace").splitlines()
    numbers = range(1, len(texts) + 1) if texts else coverage.lines
    return {
        "name": coverage.file,
        "page": page,
        "has_text": bool(texts),
        "lines": _share(coverage.lines_hit, len(coverage.lines)),
        "functions": _share(coverage.functions_hit, len(coverage.functions)),
        "each_function": coverage.functions,
        "missed": [function for function in coverage.functions if not function.cases],
        "each_line": [
            {"number": number, "cases": coverage.lines.get(number), "text": texts[number - 1] if texts else ""}
            for number in numbers
        ],
    }


@cache
def _template(name: str) -> str:
    return files("rig.firmware.insight").joinpath("templates", name).read_text(encoding="utf-8")


def _render(name: str, values: dict[str, Any]) -> str:
    from jinja2 import DictLoader, Environment, StrictUndefined

    loader = DictLoader({each: _template(each) for each in _TEMPLATES})
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name).render(values)
