"""How to repeat every case, and what lies in the run folder."""

import shlex
from typing import Any

from reports.sections.anchors import case_folder
from reports.sections.blocks import code, mono, section, table, text
from reports.verdict import RunResult

_FILES = (
    ("run.json", "verdict, seed, versions, bench, calibration, every wall-clock fact"),
    ("verdicts.json, junit.xml", "all verdicts, for programs and CI"),
    ("report.html, report.pdf", "this report"),
    ("cases/…/case.yaml", "the fully concrete case"),
    ("cases/…/waveforms.tdms", "captured waveforms: int16 with scaling"),
    ("cases/…/pulses.parquet", "every pulse that was found"),
    ("cases/…/strides.parquet", "every stride of the replayed walk"),
    ("cases/…/events.jsonl", "what happened, with its instant"),
    ("cases/…/verdicts.json, plots/", "verdicts and charts of the case"),
    ("SHA256SUMS", "hash of every file; check with: sha256sum -c SHA256SUMS"),
)


def build(run: RunResult) -> dict[str, Any]:
    """Commands and the data index."""
    commands = [f"stimrig run {shlex.quote(case_folder(case) + '/case.yaml')}" for case in run.cases]
    blocks = (
        [text("From the run folder; a virtual case repeats every file of its folder byte for byte.")]
        if commands
        else []
    )
    if commands:
        blocks.append(code("\n".join(commands)))
    index = table(
        ("File", "Holds"), [(mono(name), words) for name, words in _FILES], title="Data index", widths=(1.6, 3.0)
    )
    origin = text(f"Run {run.run}, started {run.started}, stimrig {run.version}, bench {run.bench}.")
    return section("How to repeat", *blocks, index, origin)
