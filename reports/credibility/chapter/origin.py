"""With what the chapter was made: versions, seed, solver."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from reports.sections.blocks import code, facts, section

_FOLDERS: Final = ("sim", "scenarios/patients", "reports/credibility")


def build(stimrig_version: str, patient: str) -> dict[str, Any]:
    """Facts and the command that repeats the chapter."""
    return section(
        "Versions and repetition",
        facts(
            (
                ("stimrig", stimrig_version),
                ("Model", f"{model_id()} (sha256 over model, patients and rows, first 16 digits)"),
                ("Python", platform.python_version()),
                ("Libraries", ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numba"))),
                ("Seeds", "1 for adapted walks, 2 for the acute ones; streams by name (SeedSequence, PCG64)"),
                ("Solver", "Runge-Kutta 4, 2 ms in swing, 4 ms for the muscle in stance; closed form for calcium"),
            )
        ),
        code(f"stimrig report --credibility --patient {patient}", title="To repeat"),
    )


def model_id() -> str:
    """16 hex digits that name the model: sha256 over its sources and patient files."""
    root = Path(__file__).parents[3]
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".yaml", ".csv"}:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
