"""`stimrig bench doctor`: is the bench what its file says, wired as it says, as good as it says."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import say, say_json

if TYPE_CHECKING:
    from rig.doctor.finding import Finding


def doctor(
    name: Annotated[str, typer.Argument(metavar="BENCH", help="a name or a *.bench.yaml, with @PROFILE")],
    device: Annotated[
        str, typer.Option("--device", metavar="D", help="Device under test; by default that of the file, else odfs.")
    ] = "",
    repeat: Annotated[int, typer.Option("--repeat", min=2, max=1000, help="How often the plain step is repeated.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="For programs, SI units.")] = False,
) -> int:
    """Examine a bench: instruments, calibration, wiring, zero and span, noise, delays, loads, relays, interlock.

    The device stimulates into the bench's load meanwhile: nobody may be connected. Exit code 0 where all is well, 3
    where something is wrong, 6 where something cannot be shown.
    """
    from rig.bench_file.dates import today_of
    from rig.benches import bench_of, read_bench
    from rig.commands.context import here
    from rig.commands.device import case_around
    from rig.commands.exits import Exit
    from rig.doctor.doctor import examine

    context = here()
    laboratory = read_bench(name, context.beside, refuse_expired=False)
    case = case_around(device or laboratory.device or context.project.device or "odfs", context)
    models = context.catalogue.models
    found: list[Finding] = []
    for each in examine(laboratory, lambda file: bench_of(file, models), case, models, today_of(), repeat):
        found.append(each)
        if not as_json:
            _say(each)
    words = {each.word for each in found}
    if as_json:
        rows = [_row(each) for each in found]
        say_json(
            {"bench": laboratory.id, "identity": laboratory.identity(), "device": case.device.id, "findings": rows}
        )
    else:
        say(_total(found))
    return Exit.RIG_ERROR if "FAIL" in words else Exit.INCONCLUSIVE if "NOT SHOWN" in words else Exit.PASSED


def _say(each: "Finding") -> None:
    say(f"{each.word:<9}  {each.examination:<13}  {each.detail}")
    if each.mend:
        say(f"{'':<9}  {'':<13}  -> {each.mend}")


def _total(found: "list[Finding]") -> str:
    words = ("PASS", "FAIL", "NOT SHOWN", "NOT HERE")
    counts = {word: sum(each.word == word for each in found) for word in words}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


def _row(each: "Finding") -> dict[str, Any]:
    return {
        "examination": each.examination,
        "verdict": each.word,
        "detail": each.detail,
        "mend": each.mend,
        "numbers": dict(each.numbers),
    }
