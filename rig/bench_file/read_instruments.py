"""Instruments and their calibrations, from the bench file."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

from rig.bench_file.drivers import DRIVERS
from rig.bench_file.instruments import Calibration, InputRange, Instrument, OutputLimit
from scenarios.dataclass_reader import read_dataclass, valued
from scenarios.fields import Key, Read, as_table, as_text, quantity, read_keys, word
from scenarios.problems import Problems
from scenarios.text import Listing, Node, Table, Where, plain
from sim.errors import ScenarioError

T = TypeVar("T")

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
"""What instruments and fixtures may be called: the wiring puts a dot behind it."""


def places_of(table: Table) -> dict[str, Where]:
    """Key -> place of its value."""
    return {name: node.where for name, node in table.values.items()}


def read_entries(node: Node, key: str, what: str, read: Callable[[str, Node, Where], T]) -> dict[str, T]:
    """A table whose names the wiring can use.

    Args:
        node: the table.
        key: under which it stands.
        what: an entry is, for messages ("a fixture").
        read: name, entry and place of the name -> the entry.

    Raises:
        ScenarioError: what cannot be read, all of it together.
    """
    table, problems = as_table(node, f"`{key}`"), Problems()
    found: dict[str, T] = {}
    for name, each in table.values.items():
        where = table.keys[name].where
        with problems.gathered():
            if NAME.fullmatch(name) is None:
                problem = f"`{name[:40]}` is no name for {what}"
                raise ScenarioError(str(where), problem, "small letters, digits and `_`, a letter first")
            found[name] = read(name, each, where)
    problems.raise_any()
    return found


def day(node: Node) -> date:
    """A date as 2026-03-02.

    Raises:
        ScenarioError: it is none.
    """
    text = as_text(node)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ScenarioError(str(node.where), f"`{text[:40]}` is no date", "write year-month-day: 2026-03-02")


def read_calibration(node: Node) -> Calibration:
    """``{certificate: K-22817, done: 2026-03-02, due: 2027-03-02, on_expired: refuse}``.

    Raises:
        ScenarioError: no calibration, or one that ends before it was done.
    """
    problems = Problems()
    keys: dict[str, Key] = {
        "certificate": Key(as_text),
        "done": Key(day),
        "due": Key(day, required=True),
        "on_expired": Key(word(("refuse", "warn"), "on_expired")),
        "by": Key(as_text),
        "note": Key(as_text),
    }
    found = read_keys(node, keys, "a calibration", problems)
    problems.raise_any()
    return calibration(node, found)


def calibration(node: Node, found: dict[str, Any]) -> Calibration:
    """A calibration from the keys that were read.

    Raises:
        ScenarioError: it ends before it was done.
    """
    done, due = found.get("done"), found.get("due")
    if done is not None and due is not None and due < done:
        raise ScenarioError(str(node.where), f"due on {due}, before it was done on {done}", "mend one of the two dates")
    return Calibration(found.get("certificate", ""), done, due, found.get("on_expired", "refuse"))


def read_instruments(node: Node) -> dict[str, Instrument]:
    """Every instrument of the file.

    Raises:
        ScenarioError: what cannot be read, all of it together.
    """
    return read_entries(node, "instruments", "an instrument", _instrument)


def _instrument(name: str, node: Node, where: Where) -> Instrument:
    problems = Problems()
    keys: dict[str, Key] = {
        "driver": Key(word(DRIVERS, "driver"), required=True),
        "address": Key(as_text, required=True),
        "identity": Key(as_text),
        "serial": Key(as_text),
        "device": Key(as_text),
        "calibration": Key(read_calibration),
        "ranges": Key(_ranges),
        "timebase": Key(valued(_ppm("timebase"))),
        "filter_tau": Key(valued(quantity("s", 0.0, 1.0, "filter_tau"))),
        "limits": Key(_limits),
        "timeout": Key(quantity("s", 0.01, 120.0, "timeout")),
        "settings": Key(_texts),
        "note": Key(as_text),
    }
    found = read_keys(node, keys, f"instrument `{name}`", problems)
    problems.raise_any()
    return Instrument(
        name=name,
        driver=found["driver"],
        address=found["address"],
        identity=found.get("identity", ""),
        serial=found.get("serial", ""),
        device=found.get("device", "Dev1"),
        calibration=found.get("calibration", Calibration()),
        ranges=found.get("ranges", ()),
        timebase_ppm=found.get("timebase", 50.0),
        filter_tau_s=found.get("filter_tau"),
        limits=found.get("limits", {}),
        timeout_s=found.get("timeout", 2.0),
        settings=found.get("settings", {}),
        where=where,
        places=places_of(as_table(node, name)),
    )


def _ppm(what: str) -> Read[float]:
    read = quantity("", 0.0, 0.01, what)
    return lambda node: round(read(node) * 1e6, 9)


def _ranges(node: Node) -> tuple[InputRange, ...]:
    if not isinstance(node, Listing):
        raise ScenarioError(str(node.where), "`ranges` is a list", "write `- {range: 10 V, gain_bound: 0.05 %, ...}`")
    problems = Problems()
    found: list[InputRange] = []
    for item in node.items:
        with problems.gathered():
            found.append(read_dataclass(InputRange, item, "a range"))
    problems.raise_any()
    return tuple(found)


def _limits(node: Node) -> dict[str, OutputLimit]:
    table, problems = as_table(node, "`limits`"), Problems()
    found: dict[str, OutputLimit] = {}
    for port, each in table.values.items():
        with problems.gathered():
            found[port] = read_dataclass(OutputLimit, each, f"limits of `{port}`")
    problems.raise_any()
    return found


def _texts(node: Node) -> dict[str, str]:
    return {name: as_text(each) for name, each in as_table(node, "`settings`").values.items()} if plain(node) else {}
