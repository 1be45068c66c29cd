"""The `firmware:` of a device file: which image runs on which board, or which library is loaded on this machine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from scenarios.fields import Key, as_table, as_text, integer, read_keys, word
from scenarios.places import SHIPPED, named_files
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table, Text, Where, plain, read_document, rooted
from sim.errors import ScenarioError

FirmwareKind: TypeAlias = Literal["host", "image"]

LIBRARIES: Final = (".so", ".dll", ".dylib")
"""How a firmware built for this machine ends."""
IMAGES: Final = (".elf", ".axf", ".out", ".hex", ".bin")
"""How an image for a microcontroller ends."""
SHIPPED_IMAGES: Final = SHIPPED.parent / "rig" / "firmware" / "images"
HOST_BOARD: Final = "host"
"""Board of a library that names none."""
FEATURE: Final = "firmware"
IMAGE_FEATURE: Final = "firmware_image"
"""Of a device whose firmware is an image on a microcontroller, with memory and peripherals of its own."""
"""Feature that every device with a firmware has."""

_HIGHEST: Final = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class FirmwareOfDevice:
    """What runs in place of a simulated stimulator.

    Attributes:
        kind: `host`: built for this machine; `image`: for a microcontroller.
        image: the library or the image; an empty path means the reference firmware, built here.
        board: file of the board.
        sha256: of `image`, in hex; "" where it is built here.
        board_sha256: of `board`.
        at: address at which a `.bin` lies, or None.
        svd: file with the names of the chip's registers, or an empty path.
    """

    kind: FirmwareKind
    image: Path
    board: Path
    sha256: str
    board_sha256: str = ""
    at: int | None = None
    svd: Path = Path()

    @property
    def name(self) -> str:
        """Of the image or library, without its folder."""
        return "reference, built here" if self.is_built_here else self.image.name

    @property
    def board_name(self) -> str:
        """Of the board, without its folder."""
        return self.board.name.removesuffix(".board.yaml")

    @property
    def level(self) -> str:
        """What a verdict on it is worth (formats.md section 2): `firmware-host` or `firmware-image`."""
        return f"firmware-{self.kind}"

    @property
    def is_built_here(self) -> bool:
        """True for the reference firmware, which is compiled where it runs."""
        return self.image == Path()


def is_firmware(device: str) -> bool:
    """True where what stands behind `--device` is an image or a library, not a device."""
    return device.lower().endswith((*LIBRARIES, *IMAGES))


def read_firmware(node: Node) -> tuple[FirmwareOfDevice, dict[str, Any]]:
    """Read the table under `firmware:`.

    Paths count from the file that says them. In a `case.yaml` they count from the folder of the run, a folder above
    it, or the one where stimrig is called. What stands there with a sha256 is what once ran: the record can be read
    where the file is another one by now, or gone; who runs it again compares (`rig.firmware.plant.readiness`).

    Returns:
        What it says, and the same as texts for `case.yaml`.

    Raises:
        ScenarioError: a key or a file that is wrong, with its place.
    """
    table, problems = as_table(node, "`firmware`"), Problems()
    ran = "board_sha256" in table.values
    keys = {
        "build": Key(word(("reference",), "firmware to build")),
        "library": Key(lambda each: _file(each, LIBRARIES, ran=ran)),
        "image": Key(lambda each: _image(each, ran=ran)),
        "board": Key(lambda each: _board(each, ran=ran)),
        "svd": Key(lambda each: _file(each, (".svd",), ran=ran)),
        "sha256": Key(as_text),
        "board_sha256": Key(as_text),
    }
    found = read_keys(table, keys, "`firmware`", problems)
    problems.raise_any()
    named = [key for key in ("build", "library", "image") if key in found]
    if len(named) != 1:
        problem = f"`firmware` names {' and '.join(named) or 'neither image nor library'}"
        raise ScenarioError(str(table.where), problem, "write one of `image:`, `library:`, `build: reference`")
    kind: FirmwareKind = "image" if "image" in found else "host"
    if kind == "image" and "board" not in found:
        raise ScenarioError(str(table.where), "an image needs a board", "add `board:`, a name or a *.board.yaml")
    image, at = found.get("image", (found.get("library", Path()), None))
    board = found.get("board") or _board(Text(HOST_BOARD, table.where))
    firmware = FirmwareOfDevice(
        kind,
        image,
        board,
        found.get("sha256", "") if ran else file_sha256(image) if image != Path() else "",
        found["board_sha256"] if ran else file_sha256(board),
        at,
        found.get("svd", Path()),
    )
    return firmware, plain(table) if ran else _as_texts(firmware)


def device_of_firmware(device: str, board: str, where: Where) -> Table:
    """The device that ``--device fw.elf --board B`` means: that of the board, with this firmware in it.

    Args:
        device: image or library, as written.
        board: name or file; "" for a library on the board of this machine.
        where: what asks for it, for messages; files count from its folder, boards from the present one.

    Raises:
        ScenarioError: no such file, no board, or a board that names no device.
    """
    if not board and not device.lower().endswith(LIBRARIES):
        raise ScenarioError(str(where), f"`{device}` is an image: its board is not named", "add --board B")
    said = Text(board or HOST_BOARD, Where("--board", 0, 0))
    path = _board(said)
    document = read_document(path)
    if "device" not in document.values:
        problem = "the board does not say which device it is"
        raise ScenarioError(str(document.where), problem, "add `device:`, a device file with settings and control")
    kind = "library" if device.lower().endswith(LIBRARIES) else "image"
    values = {
        "schema": "device/1",
        "id": Path(device).stem,
        "title": f"{Path(device).name} on {path.name.removesuffix('.board.yaml')}",
        "firmware": {kind: device},
    }
    table = rooted(values, where)
    assert isinstance(table, Table)
    named, firmware = document.values["device"], table.values["firmware"]
    assert isinstance(firmware, Table)
    table = table.replaced(table.keys["firmware"], firmware.replaced(Text("board", said.where), said))
    return table.replaced(Text("like", named.where), named)


def _image(node: Node, *, ran: bool) -> tuple[Path, int | None]:
    """A file or shipped name, or ``{file: fw.bin, at: 0x08000000}``."""
    if isinstance(node, Table):
        problems = Problems()
        keys = {"file": Key(as_text, required=True), "at": Key(_address)}
        found = read_keys(node, keys, "`image`", problems)
        problems.raise_any()
        return _file(node.values["file"], IMAGES, ran=ran), found.get("at")
    shipped = {path.stem: path for path in sorted(SHIPPED_IMAGES.glob("*.elf"))}
    name = as_text(node)
    if name in shipped:
        return shipped[name], None
    if name in {path.name for path in shipped.values()} and not (Path(node.where.file).parent / name).is_file():
        return shipped[name.removesuffix(".elf")], None
    if not is_firmware(name) and not ran:
        raise ScenarioError(str(node.where), f"no shipped image `{name}`", f"{nearest(name, shipped)}; or name a file")
    return _file(node, IMAGES, ran=ran), None


def _address(node: Node) -> int:
    text = as_text(node)
    try:
        value = int(text, 16) if text.lower().startswith("0x") else integer(0, _HIGHEST, "address")(node)
    except ValueError:
        value = -1
    if not 0 <= value <= _HIGHEST:
        raise ScenarioError(str(node.where), f"`{text}` is no address", "write for example `0x08000000`")
    return value


def _board(node: Node, *, ran: bool = False) -> Path:
    name = as_text(node)
    if name.endswith(".yaml"):
        return _file(node, (".yaml",), ran=ran)
    known = named_files("boards")
    if name not in known and ran:
        return Path(f"{name}.board.yaml")
    if name not in known:
        raise ScenarioError(str(node.where), f"unknown board `{name}`", nearest(name, known))
    return known[name]


def _file(node: Node, suffixes: tuple[str, ...], *, ran: bool = False) -> Path:
    """The file that is named, from the folder of the file that names it; of a case that `ran` also from further up."""
    name, here = as_text(node), Path(node.where.file).parent
    if not name.lower().endswith(suffixes) and not ran:
        problem = f"`{name}` does not end like one of {', '.join(suffixes)}"
        raise ScenarioError(str(node.where), problem, "is it the right key?")
    folders = [here]
    if ran:
        folders += [*here.resolve().parents, Path()]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    if ran:
        return Path(name)
    raise ScenarioError(str(node.where), f"no file `{name}`", f"the path is taken from {here}")


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hex.

    Raises:
        ScenarioError: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ScenarioError(str(path), f"cannot be read: {error}", "check the path and its permissions") from None


def _shown(path: Path) -> str:
    """A path as a case tells it: the name of what is shipped, else from here, else in full."""
    whole = path.resolve()
    for folder in (SHIPPED_IMAGES, SHIPPED_IMAGES.parent / "boards"):
        if whole.parent == folder.resolve():
            return whole.name.removesuffix(".board.yaml").removesuffix(".elf")
    here = Path.cwd().resolve()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.as_posix()


def _as_texts(firmware: FirmwareOfDevice) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    if firmware.is_built_here:
        texts["build"] = "reference"
    elif firmware.at is not None:
        texts["image"] = {"file": _shown(firmware.image), "at": f"{firmware.at:#010x}"}
    else:
        texts["image" if firmware.kind == "image" else "library"] = _shown(firmware.image)
    texts["board"] = _shown(firmware.board)
    if firmware.svd != Path():
        texts["svd"] = _shown(firmware.svd)
    if firmware.sha256:
        texts["sha256"] = firmware.sha256
    return texts | {"board_sha256": firmware.board_sha256}


def schema_of_firmware() -> Mapping[str, Any]:
    """JSON Schema of `firmware:`."""
    text = {"type": "string"}
    bare = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": text, "at": {"type": ["string", "integer"]}},
        "additionalProperties": False,
    }
    names = {"library": text, "board": text, "svd": text, "sha256": text, "board_sha256": text}
    return {
        "type": "object",
        "properties": {"build": {"const": "reference"}, "image": {"anyOf": [text, bare]}, **names},
        "oneOf": [{"required": [key]} for key in ("build", "library", "image")],
        "additionalProperties": False,
    }
