"""The command line: one verb a file, and nothing heavy is imported before a verb needs it."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from rig.commands.bench import bench
from rig.commands.check import check
from rig.commands.console import note, say, use_utf8
from rig.commands.demo import demo
from rig.commands.device import device
from rig.commands.diff import diff
from rig.commands.exits import Exit, guarded
from rig.commands.fda import fda
from rig.commands.limits import limits
from rig.commands.listing import list_names
from rig.commands.measure import measure
from rig.commands.new import new
from rig.commands.plan import plan
from rig.commands.recheck import recheck
from rig.commands.report import report
from rig.commands.run import run
from rig.commands.schema import schema
from rig.commands.selftest import selftest
from rig.commands.sensitivity import sensitivity
from rig.commands.serve import serve
from rig.commands.show import show
from rig.commands.trace import trace
from rig.commands.walk import walk

app = typer.Typer(
    name="stimrig",
    help="Hardware-in-the-loop test rig for foot-drop stimulators. Start with: stimrig demo",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _verb in (
    demo,
    run,
    plan,
    check,
    show,
    walk,
    measure,
    selftest,
    report,
    recheck,
    diff,
    trace,
    sensitivity,
    fda,
    schema,
    serve,
):
    app.command()(_verb)
app.command("list")(list_names)
app.add_typer(new, name="new")
app.add_typer(limits, name="limits")
app.add_typer(bench, name="bench")
app.add_typer(device, name="device")

_click_error: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""typer's base of usage errors; a vendored click in new versions, so ``click.ClickException`` does not match."""


def _print_version(asked: bool) -> None:
    if asked:
        from rig.run_folder import stimrig_version

        say(f"stimrig {stimrig_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options that stand before every verb."""
    del version


def _invoke(arguments: Sequence[str] | None) -> int:
    command = typer.main.get_command(app)
    try:
        code: Any = command.main(
            list(sys.argv[1:] if arguments is None else arguments), prog_name="stimrig", standalone_mode=False
        )
    except _click_error as error:
        error.show()
        return Exit.BAD_INPUT
    except typer.Abort:
        note("interrupted")
        return Exit.INTERRUPTED
    except SystemExit:
        return Exit.PASSED  # typer's way of leaving when the reader of --help has closed the pipe
    if code == 130:  # typer's own code for Ctrl-C
        note("interrupted")
        return Exit.INTERRUPTED
    return int(code or 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code of design.md section 6."""
    use_utf8()
    return guarded(lambda: _invoke(arguments))
