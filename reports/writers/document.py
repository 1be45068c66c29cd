"""The document that both HTML and PDF print: the built sections in order, checked, with a chart number each."""

from collections.abc import Iterable, Sequence
from typing import Any

from reports.sections import SECTIONS
from reports.sections.blocks import KINDS, section, text
from reports.verdict import RunResult
from reports.words import run_stamp
from scenarios.catalogue import SectionSpec


def build_document(run: RunResult, sections: Sequence[SectionSpec] | None = None) -> dict[str, Any]:
    """Every section of the run as plain data.

    A section that fails or returns something else than blocks says so in its own place: a plug-in must not cost the
    report.
    """
    specs = sorted(SECTIONS if sections is None else sections, key=lambda spec: (spec.order, spec.name))
    built = [(spec, _build(spec, run)) for spec in specs]
    return {
        "title": "stimrig test report",
        "label": "run",
        "run": run.run,
        "started": run.started,
        "version": run.version,
        "verdict": run.outcome.value,
        "stamp": run_stamp(run),
        "sections": [{"name": spec.name, **content} for spec, content in built if content is not None],
    }


def _build(spec: SectionSpec, run: RunResult) -> dict[str, Any] | None:
    try:
        content = spec.build(run)
        if content is None:
            return None
        title, blocks = str(content["title"]), list(content["blocks"])
        unknown = sorted({str(block["kind"]) for block in _every(blocks)} - KINDS)
    except Exception as problem:  # noqa: BLE001 - any plug-in may raise anything
        return section(spec.name, text(f"This section could not be built: {type(problem).__name__}: {problem}"))
    if unknown:
        return section(title, text(f"This section has blocks of unknown kind: {', '.join(unknown)}"))
    return section(title, *blocks)


def _every(blocks: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for block in blocks:
        yield block
        yield from _every(block.get("blocks", ()))
