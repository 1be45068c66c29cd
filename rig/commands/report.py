"""`stimrig report`: makes the reports of a run again from its records, or the credibility chapter of the model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import say

if TYPE_CHECKING:
    from reports.verdict import RunResult


def report(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN...", help="Run folders, their names, or latest")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Put the reports there instead of into the run folder (chapter: this folder)."
        ),
    ] = None,
    credibility: Annotated[
        bool, typer.Option("--credibility", help="The credibility chapter of the patient model instead; needs no run.")
    ] = False,
    patient: Annotated[
        str, typer.Option("--patient", metavar="CLASS", help="Class whose sensitivity the chapter shows.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows of the chapter as JSON.")] = False,
) -> int:
    """Make the reports of a run again from its records, or the credibility chapter of the patient model."""
    from sim.errors import ScenarioError

    if credibility:
        from rig.commands.credibility import DEFAULT_PATIENT, write_credibility

        if runs:
            raise ScenarioError("--credibility", f"a run is named too: {runs[0]}", "the chapter needs no run")
        return write_credibility(patient or DEFAULT_PATIENT, out or Path(), as_json=as_json)
    if patient or as_json:
        option = "--patient" if patient else "--json"
        raise ScenarioError(option, "belongs to the credibility chapter", "add --credibility")
    if not runs:
        raise ScenarioError("report", "no run is named", "name a run folder or latest, or ask for --credibility")
    from reports.verdict import worst
    from reports.writers import write_run, write_sums
    from rig.commands.context import here
    from rig.commands.exits import exit_of
    from rig.commands.rebuild import rebuild
    from rig.commands.run import say_reports
    from rig.run_folder import find_run

    context = here()
    results: list[RunResult] = []
    for name in runs:
        folder = find_run(name, context.runs)
        result = rebuild(folder, context.catalogue)
        place = folder if out is None else out / folder.name
        style: Any = context.project.junit_inconclusive
        sections = tuple(context.catalogue.sections.values())
        write_run(result, place, junit_inconclusive=style, sections=sections)
        if out is None:
            write_sums(folder)
        say(f"{result.outcome.value}  {folder.name}")
        say_reports(place)
        results.append(result)
    outcome = worst([result.outcome for result in results])
    return exit_of(outcome.value, interrupted=any(result.interrupted for result in results))
