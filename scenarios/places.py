"""Where the files are that a scenario names: beside it first, then beside `stimrig.toml`, then the shipped ones."""

from pathlib import Path
from typing import Final

from scenarios.problems import nearest
from scenarios.text import Where
from sim.errors import ScenarioError

SHIPPED: Final = Path(__file__).parent
"""The folder of the shipped library, patients, devices, benches and limits."""

SUFFIXES: Final = {
    "library": ".scenario.yaml",
    "patients": ".yaml",
    "devices": ".device.yaml",
    "benches": ".bench.yaml",
    "limits": ".yaml",
    "boards": ".board.yaml",
}
"""Kind of file -> how its name ends."""

_ELSEWHERE: Final = {"boards": SHIPPED.parent / "rig" / "firmware"}
"""Kinds whose shipped files lie beside the code that they belong to."""

_SINGULAR: Final = {
    "library": "scenario",
    "patients": "patient",
    "devices": "device",
    "benches": "bench",
    "limits": "limits",
    "boards": "board",
}


def named_files(kind: str, beside: tuple[Path, ...] = ()) -> dict[str, Path]:
    """Name -> file of every file of a kind; a file beside the scenario hides a shipped one of the same name.

    Args:
        kind: `library`, `patients`, `devices`, `benches`, `limits` or `boards`.
        beside: folders that are searched before the shipped one, nearest first; in each the folder `kind`.
    """
    suffix = SUFFIXES[kind]
    found: dict[str, Path] = {}
    for folder in (_ELSEWHERE.get(kind, SHIPPED), *reversed(beside)):
        for path in sorted((folder / kind).glob(f"*{suffix}")):
            found[path.name.removesuffix(suffix)] = path
    return dict(sorted(found.items()))


def find_named(kind: str, name: str, beside: tuple[Path, ...], where: Where | str) -> Path:
    """The file that `name` means: a name of `named_files`, or a path relative to the first folder of `beside`.

    Raises:
        ScenarioError: nothing has this name.
    """
    if name.endswith(SUFFIXES[kind]):
        path = (beside[0] if beside else Path()) / name
        if path.is_file():
            return path
        raise ScenarioError(str(where), f"no file `{name}`", f"the path is taken from {beside[0] if beside else '.'}")
    files = named_files(kind, beside)
    if name not in files:
        raise ScenarioError(str(where), f"unknown {_SINGULAR[kind]} `{name}`", nearest(name, files))
    return files[name]
