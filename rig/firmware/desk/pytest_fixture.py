r"""The pytest fixture `dut`: a firmware on the desk of a test, in virtual time.

    @pytest.mark.dut("build/fw.elf", board="board.yaml")
    def test_a_current_is_taken_over(dut):
        dut.send("SET current 30\n")
        dut.expect("^OK$", timeout="50 ms")

What no marker names, the options `--dut` and `--board` name, else `stimrig_dut` and `stimrig_board` of pytest's own
configuration. Nothing of the rig is imported before a test asks for the fixture.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.firmware.desk.dut import Dut

_STORY: Final = pytest.StashKey["Dut"]()


def add_options(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    """Add the options of the fixture."""
    group.addoption(
        "--dut", default="", metavar="D", help="device of the fixture dut: fw.elf, libfw.so, a device's name"
    )
    what = "board of a firmware that is the device of scenarios or of the fixture dut: a name or a *.board.yaml"
    group.addoption("--board", default="", metavar="B", help=what)
    parser.addini("stimrig_dut", "device of the fixture dut where --dut names none", default="")
    parser.addini("stimrig_board", "board of the fixture dut where --board names none", default="")


def add_markers(config: pytest.Config) -> None:
    """Register the marker of the fixture."""
    config.addinivalue_line(
        "markers",
        "dut(device, board=..., load='500 ohm', supply='9 V', heel_switch='closed'): what the fixture dut opens",
    )


@pytest.fixture
def dut(request: pytest.FixtureRequest) -> "Iterator[Dut]":
    """A firmware on the desk: `expect`, `send`, `run`, `drive`, `press`, `pulses`, `power`, `reset`, `time`."""
    from rig.firmware.desk.dut_opening import open_dut
    from sim.errors import RigError

    name, options = _asked(request)
    opened, problem = None, ""
    try:
        opened = open_dut(name, "dut", **options)
    except RigError as error:
        problem = str(error)
    if opened is None:
        pytest.fail(problem, pytrace=False)
    request.node.stash[_STORY] = opened
    try:
        yield opened
    finally:
        opened.close()


def _asked(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Device and options, the nearest word first; paths of the configuration count from its own folder."""
    marker = request.node.get_closest_marker("dut")
    options: dict[str, Any] = dict(marker.kwargs) if marker is not None else {}
    config = request.config
    if marker is not None and len(marker.args) > 1:
        pytest.fail('@pytest.mark.dut takes one device: @pytest.mark.dut("fw.elf", board="board.yaml")', pytrace=False)
    if marker is not None and marker.args:
        return _placed(config, marker.args[0]), _with_placed_board(config, options)
    name, board = str(config.getoption("--dut")), str(config.getoption("--board"))
    if not name:
        name, board = (
            _placed(config, config.getini("stimrig_dut")),
            board or _placed(config, config.getini("stimrig_board")),
        )
    if not name:
        mend = "`--dut build/fw.elf --board board.yaml`, `@pytest.mark.dut(...)` or `stimrig_dut` in the configuration"
        pytest.fail(f"no device is named for the fixture dut; name one by {mend}", pytrace=False)
    return name, options | ({"board": board} if board and "board" not in options else {})


def _with_placed_board(config: pytest.Config, options: dict[str, Any]) -> dict[str, Any]:
    return options | ({"board": _placed(config, options["board"])} if "board" in options else {})


def _placed(config: pytest.Config, name: Any) -> str:
    """A file from the folder of pytest's configuration, where there is one of that name; else what was said."""
    beside = config.rootpath / str(name)
    return str(beside) if str(name) and not Path(str(name)).is_file() and beside.is_file() else str(name)


def tell_story(item: pytest.Item, report: Any) -> None:
    """Add the last that the device did to the report of a test that failed."""
    opened = item.stash.get(_STORY, None)
    if opened is None or not report.failed:
        return
    report.sections.append(("the device", opened.story))
