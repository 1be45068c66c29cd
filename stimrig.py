"""The front door of stimrig: ``from stimrig import device, measure, event, run, load``.

Everything is imported when it is asked for, so that ``stimrig --help`` stays fast. The folders `sim`, `scenarios`,
`rig` and `reports` are installed under their own names; a folder of yours of the same name would hide ours, and is
named in a clear error.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rig.commands.python_door import DefectSpec, Run, bench, device, event, load, measure, run, section

    __version__: str

__all__ = ["DefectSpec", "Run", "__version__", "bench", "device", "event", "load", "main", "measure", "run", "section"]

_OURS = {"sim": "kernel", "scenarios": "catalogue", "rig": "bench", "reports": "verdict"}
"""Folder -> a module that ours has."""


def _refuse_shadows() -> None:
    """Say so where another folder hides one of ours: the import error that follows would explain nothing."""
    for name, inside in _OURS.items():
        spec = find_spec(name)
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        if not any((Path(place) / f"{inside}.py").is_file() for place in places):
            found = places[0] if places else (spec.origin if spec is not None else "nothing")
            raise ImportError(
                f"stimrig needs its own folder `{name}`, but Python finds {found}; rename that folder or file, or run"
                " from another folder: stimrig lives in an environment of its own"
            )


def __getattr__(name: str) -> Any:
    """Import the public names on first use."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("stimrig")
        except PackageNotFoundError:
            return "0+source"
    if name not in __all__:
        raise AttributeError(f"module 'stimrig' has no attribute {name!r}; it has {', '.join(__all__)}")
    _refuse_shadows()
    from rig.commands import python_door

    return getattr(python_door, name)


def main() -> int:
    """Run the command line of `stimrig`; returns the exit code of design.md section 6."""
    try:
        _refuse_shadows()
    except ImportError as error:
        print(f"error: {error}", file=sys.stderr)
        return 4
    from rig.commands.app import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
