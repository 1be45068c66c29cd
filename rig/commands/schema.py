"""`stimrig schema`: the published JSON Schemas, for editors and programs."""

from typing import Annotated

import typer

from rig.commands.console import say_json


def schema(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="scenario, case or verdicts")] = "scenario",
) -> int:
    """Print a JSON Schema: of scenarios (default) with all installed names, of case.yaml, or of verdicts.json."""
    from rig.commands.context import here
    from scenarios.problems import nearest
    from sim.errors import ScenarioError

    known = ("scenario", "case", "verdicts")
    if name == "verdicts":
        from reports.writers import verdicts_schema

        say_json(verdicts_schema())
    elif name in known:
        from scenarios.json_schema import json_schema

        say_json(json_schema(here().catalogue, name))
    else:
        raise ScenarioError("schema", f"unknown schema `{name}`", nearest(name, known))
    return 0
