"""`stimrig.toml`: the nearest one upwards from a folder, never beyond the root of a repository."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.problems import nearest
from sim.errors import ScenarioError

FILE_NAME: Final = "stimrig.toml"


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What `stimrig.toml` says.

    Attributes:
        folder: folder of the file; None where there is none.
        plugins: Python files with devices, measures, events, benches or sections.
        requirements: `requirements.csv`, or None.
        bench: default bench, or "".
        device: default device of scenarios that take any, or "".
        runs: folder of the run folders, or None.
        item: file of the item under test, or None.
        junit_inconclusive: how JUnit shows INCONCLUSIVE: `error` or `failure`.
    """

    folder: Path | None = None
    plugins: tuple[Path, ...] = ()
    requirements: Path | None = None
    bench: str = ""
    device: str = ""
    runs: Path | None = None
    junit_inconclusive: str = "error"
    item: Path | None = None


def find_settings(start: Path) -> Path | None:
    """The nearest `stimrig.toml` in `start` or above it; a folder that holds `.git` is the last one looked at."""
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / FILE_NAME).is_file():
            return candidate / FILE_NAME
        if (candidate / ".git").exists():
            return None
    return None


def read_settings(start: Path) -> ProjectSettings:
    """The settings that hold in the folder `start`; defaults where no file says anything.

    Raises:
        ScenarioError: the file is not TOML, or holds an unknown key or a value of the wrong kind.
    """
    path = find_settings(start)
    if path is None:
        return ProjectSettings()
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        lines = text.split("\n")
        where = f"{path}:{place[1]}:{place[2]}" if place else f"{path}:{len(lines)}:{len(lines[-1]) + 1}"
        raise ScenarioError(where, f"not TOML: {str(error).split(' (at')[0]}", "write `key = value`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(str(path), f"cannot be read: {error}", "save it as UTF-8 text") from None
    return _Reader(path, text, document).settings()


class _Reader:
    """Takes the known keys of one document, and knows where each stands."""

    def __init__(self, path: Path, text: str, document: dict[str, Any]) -> None:
        self._path, self._text, self._document = path, text, document

    def settings(self) -> ProjectSettings:
        allowed = ("plugins", "requirements", "bench", "device", "runs", "junit", "item")
        for key in self._document:
            if key not in allowed:
                raise ScenarioError(self._where(key), f"unknown key `{key}`", nearest(key, allowed))
        junit: Any = self._document.get("junit", {})
        if not isinstance(junit, dict) or any(key != "inconclusive" for key in junit):
            raise ScenarioError(self._where("junit"), "unknown key in [junit]", 'allowed: inconclusive = "failure"')
        shown = junit.get("inconclusive", "error")
        if shown not in {"error", "failure"}:
            raise ScenarioError(self._where("inconclusive"), f"unknown word {shown!r}", "allowed: error, failure")
        item: Any = self._document.get("item", {})
        if not isinstance(item, dict) or set(item) - {"file"} or not isinstance(item.get("file", ""), str):
            raise ScenarioError(self._where("item"), "[item] names a file", 'allowed: file = "item.yaml"')
        folder = self._path.parent
        requirements, runs = self._word("requirements"), self._word("runs")
        return ProjectSettings(
            folder=folder,
            plugins=tuple(folder / name for name in self._words("plugins")),
            requirements=folder / requirements if requirements else None,
            bench=self._word("bench"),
            device=self._word("device"),
            runs=folder / runs if runs else None,
            junit_inconclusive=shown,
            item=folder / item["file"] if item.get("file") else None,
        )

    def _where(self, key: str) -> str:
        found = re.search(rf"^[ \t]*(?:\[\s*)?({re.escape(key)})\b", self._text, re.MULTILINE)
        if found is None:
            return f"{self._path}:1:1"
        line = self._text.count("\n", 0, found.start(1)) + 1
        return f"{self._path}:{line}:{found.start(1) - self._text.rfind(chr(10), 0, found.start(1))}"

    def _word(self, key: str) -> str:
        value = self._document.get(key, "")
        if not isinstance(value, str):
            raise ScenarioError(self._where(key), f"`{key}` is a text", f'write {key} = "..."')
        return value

    def _words(self, key: str) -> tuple[str, ...]:
        value: Any = self._document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ScenarioError(self._where(key), f"`{key}` is a list of texts", f'write {key} = ["my_checks.py"]')
        return tuple(str(item) for item in value)
