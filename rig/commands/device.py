"""`stimrig device`: try the adapter that configures a real box before it takes part in a run."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import note, say, say_json, table

if TYPE_CHECKING:
    from rig.commands.context import Context
    from scenarios.case import Case

device = typer.Typer(
    name="device", help="Boxes under test: try their control.", no_args_is_help=True, rich_markup_mode=None
)


@device.callback()
def _device() -> None:
    """Keep `device` a group of commands."""


@device.command("test")
def examine_device(
    name: Annotated[str, typer.Argument(metavar="DEVICE", help="A name or a *.device.yaml with `control:`.")],
    address: Annotated[
        str, typer.Option("--address", metavar="PORT", help="Where the box is: COM3, /dev/ttyUSB0, socket://HOST:PORT.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Examine the control of a box: it opens, takes every setting, answers in time, stops, closes and opens again.

    Settings are changed inside what the device file allows and put back to the file's own; disconnect the patient's
    electrodes first. Exit code 0, 1 where the control fails an examination, 6 where the box gives no way to tell.
    """
    from rig.commands.context import here
    from rig.commands.exits import Exit
    from rig.device_control.examination import examine
    from rig.device_control.opening import open_control
    from sim.errors import ScenarioError

    context = here()
    case = case_around(name, context)
    control = case.device.control
    if control is None:
        raise ScenarioError("DEVICE", f"`{name}` has no `control:`", "see rig/device_control/README.md")
    if not address and control.kind != "operator":
        raise ScenarioError("--address", "where the box is connected is not said", "for example --address /dev/ttyUSB0")
    controls = context.catalogue.controls
    found = list(
        examine(lambda: open_control(case.device, address, controls=controls), case, timeout_s=control.timeout_s)
    )
    words = {each.word for each in found}
    if json:
        say_json({"device": case.device.id, "address": address, "examinations": [_row(each) for each in found]})
    else:
        for line in table([(each.word, each.name, each.detail) for each in found], ("", "examination", "found")):
            say(line)
    return Exit.FAILED if "FAIL" in words else Exit.INCONCLUSIVE if "NOT SHOWN" in words else Exit.PASSED


def _row(each: Any) -> dict[str, str]:
    return {"name": each.name, "verdict": each.word, "detail": each.detail}


def case_around(name: str, context: "Context") -> "Case":
    """A case around the device, with the settings of its file."""
    from rig.files import write_file
    from scenarios.case_document import document_lines
    from scenarios.device_file import read_device
    from scenarios.plan import PlanOptions, load_cases
    from scenarios.text import Text, Where

    place = str(Path(name).resolve()) if Path(name).is_file() else name
    text = Text(place, Where("DEVICE", 1, 1))
    read = read_device(text, context.catalogue.models, context.beside, tuple(context.catalogue.controls))
    sensor = next((role.partition(".")[0] for role in read.roles if role != "button"), "heel_switch")
    document: dict[str, Any] = {
        "schema": "scenario/1",
        "id": "DEVICE-TEST",
        "title": "Device under test",
        "seed": "1",
        "patient": "healthy_young",
        "sensor": sensor,
        "device": place,
        "load": "500 ohm",
        "walk": {"terrain": "level", "speed": "0.9 m/s", "strides": "2"},
        "checks": {"dc": {"measure": {"dc": {}}, "at_most": "1 A"}},
    }
    with tempfile.TemporaryDirectory(prefix="stimrig-device-") as folder:
        file = Path(folder) / "device-test.scenario.yaml"
        write_file(file, "\n".join(document_lines(document)) + "\n")
        return load_cases([file], context.catalogue, PlanOptions()).cases[0]


@device.command("example")
def example(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="TCP port; 0 for any.")] = 0,
) -> int:
    """Serve the box of the worked example until Ctrl-C: try `stimrig device test odfs-serial` on it."""
    import threading

    from rig.commands.exits import Exit
    from rig.simulated.serial_box import SerialBox, ServedBox
    from sim.errors import ScenarioError

    try:
        served = ServedBox(SerialBox(), port=port)
    except OSError as error:
        raise ScenarioError("--port", f"{port} cannot be used: {error.strerror}", "choose another") from None
    say(f"stimrig device test odfs-serial --address {served.address}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        note("interrupted")
    finally:
        served.close()
    return Exit.INTERRUPTED
