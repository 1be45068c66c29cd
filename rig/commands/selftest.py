"""`stimrig selftest`: known waveforms through sound and faulty instruments; what is not noticed is a failure."""

from typing import TYPE_CHECKING, Annotated

import typer

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from reports.selftest.recovery import Recovered, Trial
    from reports.selftest.result import SelftestResult


def selftest(
    bench: Annotated[str, typer.Option("--bench", metavar="B", help="Bench: a name or a *.bench.yaml.")] = "virtual",
    full: Annotated[bool, typer.Option("--full", help="Every reference waveform with every instrument.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON in SI units.")] = False,
) -> int:
    """Prove the measuring chain: what was sent is found again, and a bad instrument is noticed.

    Exit code 0, or 3 where a fault of the instrument goes unnoticed or a sound one is not read within its uncertainty.
    """
    from pathlib import Path

    from rig.benches import bench_file, open_bench
    from rig.commands.exits import Exit
    from rig.commands.self_check import selftest_of
    from scenarios.plugins import assemble_catalogue
    from scenarios.settings_file import read_settings

    project = read_settings(Path.cwd())
    beside = (project.folder,) if project.folder else ()
    opened = open_bench(bench, assemble_catalogue(project.plugins), beside)
    name = bench_file(bench, beside).name.removesuffix(".bench.yaml")
    result = selftest_of(opened, name, full=full)
    if json:
        say_json(result.document())
    else:
        for line in _lines(result):
            say(line)
    return Exit.RIG_ERROR if result.failed else Exit.PASSED


def _lines(result: "SelftestResult") -> list[str]:
    recovered = [part for trial in result.trials if trial.instrument == "perfect" for part in _rows(trial)]
    lines = ["Recovered against true, perfect instrument", ""]
    lines += table(recovered, ("reference", "quantity", "true", "recovered", "U (k = 2)", "error/U"))
    lines += ["", "Instruments", ""]
    rows = [_instrument(trials, result) for trials in result.by_instrument()]
    lines += table(rows, ("", "instrument", "is", "largest error/U", "what happened"))
    if result.unnoticed:
        lines += ["", "This bench takes no zero and span: nothing on it shows the faults marked `unnoticed`."]
    failed = len(result.failed)
    word = "FAIL" if failed else "PASS"
    references = len({trial.reference for trial in result.trials})
    total = f"{len(result.by_instrument())} instruments, {references} reference waveforms, {len(result.trials)} trials"
    return [*lines, "", f"{word}: {total}, {failed} failed" + ("" if result.full else "; --full tries every waveform")]


def _rows(trial: "Trial") -> list[tuple[str, ...]]:
    return [(trial.reference, *_row(part)) for part in trial.recovered]


def _row(part: "Recovered") -> tuple[str, ...]:
    from reports.quantities import quantity

    if not part.found:
        return part.measure, quantity(part.true_value, part.unit), "-", "-", "-"
    return (
        part.measure,
        quantity(part.true_value, part.unit, 5),
        quantity(part.value, part.unit, 5),
        quantity(part.expanded_value, part.unit, 2),
        f"{part.error_ratio:.2f}" + ("" if part.inside else "  outside"),
    )


def _instrument(trials: "list[Trial]", result: "SelftestResult") -> tuple[str, ...]:
    shown = next((trial for trial in trials if not trial.ok), trials[0])
    bad = [trial for trial in trials if trial in result.failed]
    mark = "FAIL" if bad else "unnoticed" if any(trial in result.unnoticed for trial in trials) else "ok"
    errors = [part.error_ratio for trial in trials for part in trial.recovered if part.found]
    largest = f"{max(errors):.2g}" if errors else "-"
    return mark, f"{shown.instrument} ({shown.summary})", shown.expected, largest, shown.brief
