"""`stimrig plan`: what would run, what would not and why, and what it all needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import say, say_json, table
from rig.commands.firmware_options import BoardOption, DeviceOption

if TYPE_CHECKING:
    from scenarios.plan import Plan


def _document(plan: "Plan") -> dict[str, Any]:
    return {
        "cases": [
            {
                "number": case.number,
                "id": case.id,
                "patient": case.patient_name,
                "device": case.device.id,
                "seed": case.seed,
                "strides": None if case.is_recorded else case.walk.strides,
                "keep": case.capture.keep,
                "checks": [check.id for check in case.checks],
            }
            for case in plan.cases
        ],
        "blocked": [{"id": blocked.case.id, "reason": blocked.reason} for blocked in plan.blocked],
        "left_out": [{"id": left.case, "check": left.check or None, "reason": left.reason} for left in plan.left_out],
        "warnings": [{"where": w.where, "id": w.case, "check": w.check or None, "text": w.text} for w in plan.warnings],
        "bytes_needed": plan.bytes_needed,
        "simulated_s": plan.simulated_s,
        "unchecked_requirements": list(plan.unchecked_requirements),
    }


def _say_plan(plan: "Plan") -> None:
    rows = [
        (
            str(n),
            case.id,
            case.patient_name,
            case.device.id,
            "recorded" if case.is_recorded else str(case.walk.strides),
            str(len(case.checks)),
            case.capture.keep,
        )
        for n, case in enumerate(plan.cases, 1)
    ]
    for line in table(rows, ("", "case", "patient", "device", "strides", "checks", "keep")):
        say(line)
    for blocked in plan.blocked:
        say(f"NOT RUN   {blocked.case.id}: {blocked.reason}")
    for left in plan.left_out:
        say(f"left out  {left.case}{': ' + left.check if left.check else ''}: {left.reason}")
    for warning in plan.warnings:
        say(f"warning   {warning}")
    if plan.unchecked_requirements:
        say(f"{len(plan.unchecked_requirements)} requirement ids are unchecked: there is no requirements.csv")
    minutes, seconds = divmod(round(plan.simulated_s), 60)
    cases = "1 case" if len(plan.cases) == 1 else f"{len(plan.cases)} cases"
    say(f"{cases}, {minutes} min {seconds} s of walking, {plan.bytes_needed / 1e6:.0f} MB on disk")


def plan(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Default: scenarios/")] = None,
    bench: Annotated[str, typer.Option("--bench", metavar="B", help="Bench: a name or a *.bench.yaml.")] = "",
    device: DeviceOption = "",
    board: BoardOption = "",
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed in place of the scenarios' own.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the run would go.")] = None,
    keep: Annotated[str, typer.Option("--keep", help="full, windows or none.")] = "",
    select: Annotated[str, typer.Option("-k", metavar="TEXT", help="Only cases whose id or title holds TEXT.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    profile: Annotated[
        str, typer.Option("--profile", metavar="P", help="The library scenarios that carry this profile: core.")
    ] = "",
) -> int:
    """List what would run, what would not and why."""
    from rig.commands.options import keep_of
    from rig.commands.session import Request, prepare, refuse_nothing
    from rig.run_folder import check_space

    asked = Request(tuple(paths or ()), bench, device, seed, keep_of(keep), select, out, profile=profile, board=board)
    prepared = prepare(asked)
    if as_json:
        say_json(_document(prepared.plan))
    else:
        _say_plan(prepared.plan)
    refuse_nothing(prepared)
    check_space(prepared.out, prepared.plan.bytes_needed)
    return 0
