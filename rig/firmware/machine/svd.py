"""Names of registers from a CMSIS-SVD file, which the makers of chips publish.

Only names and addresses are taken: what a register does is told by a model or by nobody.

Source: CMSIS-SVD schema 1.3 (`peripheral`, `cluster`, `register`, `derivedFrom`, `dim`).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from sim.errors import ScenarioError

_MEND = "give the .svd file of the chip, as its maker publishes it"


def read_svd(path: Path) -> dict[int, str]:
    """Address -> name of every register of a chip: ``{0x40010400: "TIM8.CR1", ...}``.

    Raises:
        ScenarioError: the file cannot be read, is no SVD file, or a peripheral or register in it lacks what it needs.
    """
    try:
        root = ET.parse(path).getroot()  # noqa: S314  # the user's own file; expat refuses to blow up entities
    except OSError as error:
        raise ScenarioError(str(path), f"cannot be read: {error.strerror}", _MEND) from None
    except ET.ParseError as error:
        line, column = error.position
        raise ScenarioError(f"{path}:{line}:{column + 1}", "is not XML", _MEND) from None
    if root.tag != "device":
        raise ScenarioError(str(path), f"is no SVD file: it describes a <{root.tag}>, not a <device>", _MEND)
    peripherals = {_text(each, "name", path, "a peripheral"): each for each in root.iter("peripheral")}
    names: dict[int, str] = {}
    for name, peripheral in peripherals.items():
        base = _number(peripheral, "baseAddress", path, name)
        for offset, register in _registers(_with_registers(name, peripherals, path), path, name):
            names.setdefault(base + offset, f"{name}.{register}")
    return names


def _with_registers(name: str, peripherals: dict[str, ET.Element], path: Path) -> ET.Element:
    """The element that holds the registers of a peripheral: its own, or that of the one it is derived from."""
    element, seen = peripherals[name], {name}
    while element.find("registers") is None and (other := element.get("derivedFrom")) is not None:
        if other not in peripherals or other in seen:
            raise ScenarioError(str(path), f"peripheral {name} is derived from {other}, which is not there", _MEND)
        seen.add(other)
        element = peripherals[other]
    found = element.find("registers")
    return ET.Element("registers") if found is None else found


def _registers(parent: ET.Element, path: Path, place: str) -> Iterator[tuple[int, str]]:
    """Offsets and names below an element; clusters prefix theirs."""
    for element in parent:
        if element.tag not in {"register", "cluster"}:
            continue
        name = _text(element, "name", path, f"a {element.tag} of {place}")
        first = _number(element, "addressOffset", path, f"{place}.{name}")
        for offset, shown in _repeated(element, name, first, path, place):
            if element.tag == "register":
                yield offset, shown
            else:
                inner = _registers(element, path, f"{place}.{shown}")
                yield from ((offset + below, f"{shown}.{register}") for below, register in inner)


def _repeated(element: ET.Element, name: str, first: int, path: Path, place: str) -> Iterator[tuple[int, str]]:
    """An array of `dim` registers or clusters, each `dimIncrement` behind the other; else the one."""
    if element.find("dim") is None:
        yield first, name
        return
    count = _number(element, "dim", path, f"{place}.{name}")
    step = _number(element, "dimIncrement", path, f"{place}.{name}")
    for turn, index in enumerate(_indices(element, count)):
        yield first + turn * step, name.replace("[%s]", f"{index}").replace("%s", f"{index}")


def _indices(element: ET.Element, count: int) -> list[str]:
    """``0-3``, ``A,B,C`` or nothing: what stands for ``%s``."""
    text = (element.findtext("dimIndex") or "").strip()
    span = re.fullmatch(r"(\d+)-(\d+)", text)
    words = [str(each) for each in range(int(span[1]), int(span[2]) + 1)] if span else text.split(",") if text else []
    return words if len(words) == count else [str(each) for each in range(count)]


def _text(element: ET.Element, tag: str, path: Path, what: str) -> str:
    text = (element.findtext(tag) or "").strip()
    if not text:
        raise ScenarioError(str(path), f"{what} has no <{tag}>", _MEND)
    return text


def _number(element: ET.Element, tag: str, path: Path, what: str) -> int:
    """A number as SVD writes it: ``0x40010000``, ``#1010``, ``1024``."""
    text = _text(element, tag, path, what).lower()
    try:
        return int(text[1:], 2) if text.startswith("#") else int(text, 0 if text.startswith("0x") else 10)
    except ValueError:
        raise ScenarioError(str(path), f"<{tag}> of {what} is `{text}`, which is no number", _MEND) from None
