"""`stimrig sensitivity`: which seeded defects would a scenario have seen, and which of its events matter?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rig.commands.console import note, say, say_json, table

if TYPE_CHECKING:
    from reports.sensitivity.matrix import Matrix
    from rig.commands.sensitivity_search import Search
    from rig.commands.session import Request


def _search(
    request: "Request", defects: str, family: str, strides: int | None, *, ladder: bool, events: bool
) -> "Search":
    from rig.commands.sensitivity_search import Search, chosen_specs, first_cases
    from rig.commands.sensitivity_trial import shortened
    from rig.commands.session import prepare
    from scenarios.problems import nearest
    from sim.errors import NothingSelectedError, ScenarioError
    from sim.stimulator.defect_spec import FAMILIES

    if family and family not in FAMILIES:
        raise ScenarioError("--family", f"there is no family `{family}`", nearest(family, FAMILIES))
    prepared = prepare(request)
    cases = first_cases(prepared.plan.cases)
    if not cases:
        raise NothingSelectedError("no case can be run; see `stimrig plan`")
    if strides is not None:
        cases = tuple(shortened(case, strides) for case in cases)
    models = {case.device.model for case in cases}
    if len(models) > 1 or "" in models:
        told = ", ".join(sorted(model or "a device without a model" for model in models))
        raise ScenarioError("PATH", f"the scenarios have {told}", "seed defects into one simulated model at a time")
    left = len(prepared.plan.cases) - len(cases)
    if left:
        note(f"only the first case of each scenario is tried: {left} more are left out")
    names = tuple(name.strip() for name in defects.split(",") if name.strip())
    (model,) = models
    try:
        specs = chosen_specs(prepared.catalogue, model, names, family)
    except KeyError as error:
        name = str(error.args[0])
        known = prepared.catalogue.models[model].defects
        raise ScenarioError("--defects", f"model `{model}` has no defect `{name}`", nearest(name, known)) from None
    undosed = [spec.name for spec in specs if not spec.has_dose]
    if undosed:
        mend = "give it a DefectSpec with a dose"
        raise ScenarioError("--defects", f"no dose is stated for {', '.join(undosed)}", mend)
    if not specs:
        raise NothingSelectedError(f"model `{model}` has no seeded defect with a stated dose that fits")
    plugins = prepared.project.plugins
    bench = Path(f"{prepared.bench_file}{prepared.bench_profile}")
    return Search(cases, specs, bench, plugins, ladder, events, request.jobs)


def _say_matrix(matrix: "Matrix") -> None:
    from reports.sensitivity.writing import dose_text, event_text, headline, unseen_text

    for row in matrix.unseen:
        what = "ERROR" if row.error else "NOT SEEN"
        say(f"{what}  {row.spec.name} {dose_text(row, row.spec.dose)} ({row.spec.family}): {unseen_text(row)}")
    for event in matrix.idle_events:
        say(f"NO EFFECT  {event.scenario}: {event.event} ({event.kind}) changes {event_text(event)}")
    columns = {ask: str(number) for number, ask in enumerate(matrix.seeing, 1)}
    for ask, number in columns.items():
        say(f"  [{number}] {ask.name}")
    titles = ("defect", "stated", *(f"[{number}]" for number in columns.values()), "")
    rows = [
        (
            row.spec.name,
            dose_text(row, row.spec.dose),
            *(dose_text(row, matrix.dose(row, ask)) or "." for ask in columns),
            "" if row.is_seen else "not seen",
        )
        for row in matrix.defects
    ]
    for line in table(rows, titles):
        say(line)
    for event in matrix.events:
        if event.changes_something:
            say(f"event  {event.scenario}: without {event.event} changes {event_text(event)}")
    for ask in matrix.blind:
        say(f"blind  {ask.name}: {'sees none of these defects' if ask.can_see else 'fails with the sound device'}")
    say(headline(matrix))


def _write(matrix: "Matrix", out: Path, label: str) -> Path:
    """Write the files into a new folder; nothing is overwritten.

    Raises:
        ScenarioError: the folder cannot be made.
        RecordError: a file cannot be written.
    """
    from reports.sensitivity.writing import FILES
    from rig.files import write_file
    from rig.run_folder import now
    from sim.errors import ScenarioError

    stem = f"{now().strftime('%Y%m%dT%H%M%S')}Z-sensitivity-{label}"
    for number in range(1, 1000):
        folder = out / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            continue
        except OSError as error:
            raise ScenarioError(
                "--out", f"{folder}: {error.strerror}", "choose a folder that you may write to"
            ) from error
    else:
        raise ScenarioError("--out", f"{out} is full of folders {stem}", "choose another folder")
    for name, text in FILES.items():
        write_file(folder / name, text(matrix))
    return folder


def _code(matrix: "Matrix") -> int:
    from rig.commands.exits import Exit

    if not matrix.complete:
        return Exit.INTERRUPTED
    if any(not ask.can_see for ask in matrix.asks):
        return Exit.FAILED
    if matrix.errors:
        return Exit.RIG_ERROR
    return Exit.INCONCLUSIVE if matrix.unseen or matrix.idle_events else Exit.PASSED


def sensitivity(
    paths: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="Scenario files, ids or folders.")],
    defects: Annotated[str, typer.Option("--defects", metavar="A,B", help="Only these defects.")] = "",
    family: Annotated[str, typer.Option("--family", metavar="F", help="Only defects of this family.")] = "",
    stated: Annotated[
        bool, typer.Option("--stated", help="Only the stated doses, no search for the smallest.")
    ] = False,
    no_events: Annotated[bool, typer.Option("--no-events", help="Leave the events alone.")] = False,
    strides: Annotated[
        int | None, typer.Option("--strides", min=1, help="Walk at most so many, but all that its events need.")
    ] = None,
    device: Annotated[str, typer.Option("--device", metavar="D", help="Device: a name or a *.device.yaml.")] = "",
    bench: Annotated[str, typer.Option("--bench", metavar="B", help="Bench: a name or a *.bench.yaml.")] = "",
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed in place of the scenarios' own.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the matrix goes; default: runs/")
    ] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Trials side by side.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Try a scenario against seeded defects, and without each of its events.

    0: every defect is seen at its stated dose and every event changes something. 6: not so; what nobody sees comes
    first. 1: a check fails with the sound device. 3: a trial ended in a fault of the rig.
    """
    from reports.sensitivity.writing import as_document
    from rig.commands.context import runs_folder
    from rig.commands.interrupts import stop_on_signals
    from rig.commands.sensitivity_search import search_matrix
    from rig.commands.session import Request
    from rig.run_folder import elapsed_s, folder_label

    request = Request(tuple(paths), bench, device, seed, None, "", out, jobs)
    search = _search(request, defects, family, strides, ladder=not stated, events=not no_events)
    trials = len(search.cases) * len(search.specs)
    note(f"{len(search.specs)} defects on {len(search.cases)} scenarios: {trials} searches, -j {jobs}")
    last_s = [elapsed_s()]

    def told(done: int, of: int, what: str) -> None:
        if done in {0, of} or elapsed_s() - last_s[0] >= 5.0:
            last_s[0] = elapsed_s()
            note(f"{done}/{of}  {what}" if of else what)

    with stop_on_signals():
        matrix = search_matrix(search, told)
    folder = _write(matrix, runs_folder(out), folder_label(case.scenario_id for case in search.cases))
    if as_json:
        say_json(as_document(matrix) | {"folder": str(folder)})
    else:
        _say_matrix(matrix)
        say(f"picture  {folder / 'sensitivity.html'}")
        say(str(folder))
    return _code(matrix)
