"""`stimrig schema`: the published JSON Schemas, for editors and programs."""

from typing import Annotated

import typer

from rig.commands.console import say_json


def schema(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="scenario, case, device, patient, bench, board or verdicts")
    ] = "scenario",
) -> int:
    """Print the JSON Schema of a kind of file."""
    from rig.commands.context import here
    from scenarios.json_schema import SCHEMAS, json_schema
    from scenarios.problems import nearest
    from sim.errors import ScenarioError

    known = (*SCHEMAS, "board", "verdicts")
    if name == "verdicts":
        from reports.writers import verdicts_schema

        say_json(verdicts_schema())
    elif name == "board":
        from rig.firmware.board.board_file import schema_of_board

        say_json(schema_of_board())
    elif name in known:
        say_json(json_schema(here().catalogue, name))
    else:
        raise ScenarioError("schema", f"unknown schema `{name}`", nearest(name, known))
    return 0
