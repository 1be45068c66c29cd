"""`stimrig check`: reads scenarios and everything that they name, without running anything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rig.commands.console import note, say, say_json
from rig.commands.firmware_options import BoardOption, DeviceOption


def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Default: scenarios/")] = None,
    device: DeviceOption = "",
    board: BoardOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Read scenarios and tell every problem with its place."""
    from rig.commands.context import here
    from rig.commands.exits import Exit
    from rig.commands.options import device_of
    from rig.commands.session import own_scenarios
    from rig.firmware.plant.readiness import refuse_unready
    from scenarios.plan import PlanOptions, load_cases
    from sim.errors import CollectedScenarioError, ScenarioError

    context = here()
    problems: list[ScenarioError] = []
    warnings: list[str] = []
    cases = 0
    try:
        asked = PlanOptions(device=device_of(device), bench_device=context.project.device, board=board)
        plan = load_cases(paths or own_scenarios(context.project), context.catalogue, asked)
        refuse_unready(plan.cases)
        cases, warnings = len(plan.cases), [str(warning) for warning in plan.warnings]
    except CollectedScenarioError as error:
        problems += error.errors
    except ScenarioError as error:
        problems.append(error)
    if as_json:
        rows: list[dict[str, Any]] = [{"where": p.where, "problem": p.problem, "mend": p.mend} for p in problems]
        say_json({"cases": cases, "problems": rows, "warnings": warnings})
    else:
        for problem in problems:
            note(f"error: {problem}")
        for warning in warnings:
            say(f"warning: {warning}")
        if not problems:
            say(f"{cases} case{'s' if cases != 1 else ''}, no problem")
    return Exit.BAD_INPUT if problems else Exit.PASSED
