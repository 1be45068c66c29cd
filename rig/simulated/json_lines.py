"""The words of the control port: one JSON object a line, one answer a question."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rig.simulated.lab_control import LabControl
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from scenarios.load import load_file
from sim.errors import RigError, ScenarioError

LONGEST_LINE_BYTES: Final = 16_000_000
"""A case with every input written out has some 100 kB; nothing sensible is longer than this (design choice)."""


def case_of_text(text: str, catalogue: Catalogue) -> Case:
    """The case that a `case.yaml` says.

    Raises:
        ScenarioError: it cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="stimrig-case-") as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        cases = load_file(path, catalogue).cases
    if len(cases) != 1:
        raise ScenarioError("case", f"one case is asked for, got {len(cases)}", "send a `case.yaml` of a run folder")
    return cases[0]


class ControlDesk:
    """Answers questions about the device of a laboratory, and does to it what is asked.

    Args:
        control: of the device.
        catalogue: names that a case may use.
        status: what else `identity` tells.
    """

    def __init__(
        self, control: LabControl, catalogue: Catalogue, status: Callable[[], Mapping[str, Any]] = dict
    ) -> None:
        self._control, self._catalogue, self._status = control, catalogue, status

    def answer(self, line: bytes) -> bytes:
        """The answer to one line: `{"ok": true, ...}`, or `{"ok": false, "problem": ...}`; never raises."""
        try:
            fields = {"ok": True, **self._do(_asked(line))}
        except RigError as error:
            fields = {"ok": False, "problem": str(error)}
        return json.dumps(fields).encode() + b"\n"

    def _do(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        control, what, t_ns = self._control, asked.get("do"), asked.get("t_ns")
        if not (t_ns is None or (isinstance(t_ns, int) and not isinstance(t_ns, bool) and t_ns >= 0)):
            raise ScenarioError("t_ns", f"ns since the device's power-on, a whole number, got {t_ns!r}")
        if what == "identity":
            return {"identity": dict(control.identity()), **self._status()}
        if what == "case":
            control.open(case_of_text(_text(asked, "case"), self._catalogue))
        elif what == "set":
            control.set(_text(asked, "name"), _value(asked, "value"), t_ns)
        elif what == "fault":
            dose = _value(asked, "dose")
            if isinstance(dose, str):
                raise ScenarioError("dose", f"a number, got {dose!r}")
            place = (_text(asked, "where"),) if "where" in asked else ()
            control.fault(_text(asked, "name"), dose, t_ns, *place)
        elif what == "button":
            control.button(_text(asked, "name"), t_ns)
        elif what == "messages":
            return {"messages": [[t_ns, text] for t_ns, text in control.take_messages()]}
        else:
            raise ScenarioError("do", f"unknown word {what!r}", f"allowed: {', '.join(WORDS)}")
        return {}


WORDS: Final = ("identity", "case", "set", "fault", "button", "messages")
"""What may stand behind `do`."""


def _asked(line: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise ScenarioError("control port", "this is no JSON", 'a line is like {"do": "identity"}') from error
    if not isinstance(asked, dict):
        raise ScenarioError("control port", "this is no JSON object", 'a line is like {"do": "identity"}')
    return asked  # pyright: ignore[reportUnknownVariableType]  # checked key by key


def _text(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str):
        raise ScenarioError(key, f"a text, got {value!r}")
    return value


def _value(asked: Mapping[str, Any], key: str) -> float | str:
    value = asked.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ScenarioError(key, f"a number in SI or a word, got {value!r}")
    return value
