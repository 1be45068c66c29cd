"""The one door to numba: how kernels are compiled and where the compiled code is kept.

numba's own cache notices a change in a kernel's file but not in a callee of another file, so a stale kernel could run.
Here the cache folder is named after the hash of all our sources and numba's version; a folder that cannot be written
is replaced by a temporary one. ``NUMBA_DISABLE_JIT=1`` runs every kernel as plain Python.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba
from numba.core import config

_P = ParamSpec("_P")
_R = TypeVar("_R")


def source_hash(folders: tuple[str, ...] = ("sim", "rig")) -> str:
    """16 hex digits of our sources in `folders`, numba's version and Python's."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for folder in folders:
        for source in sorted((root / folder).rglob("*.py")):
            digest.update(source.relative_to(root).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def user_cache() -> Path:
    """Folder of this user for what can be made again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _choose_cache() -> Path:
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(chosen)
    folder = user_cache() / "stimrig" / f"kernels-{source_hash()}"
    return folder if _writable(folder) else Path(tempfile.mkdtemp(prefix="stimrig-kernels-"))


CACHE_FOLDER = _choose_cache()
config.CACHE_DIR = str(CACHE_FOLDER)  # pyright: ignore[reportAttributeAccessIssue]


def is_cold() -> bool:
    """True while no compiled kernel is kept yet: the next run compiles for some seconds."""
    jit_is_off = bool(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0")
    return not jit_is_off and not any(CACHE_FOLDER.rglob("*.nbc"))


def compiled(kernel: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile `kernel` to machine code: cached on disk, without the GIL, IEEE division, strict floating point."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(kernel)


def inlined(kernel: Callable[_P, _R]) -> Callable[_P, _R]:
    """As `compiled`, for small functions that must vanish into their caller so that its loop can be vectorised."""
    return numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")(kernel)


def borrowing(kernel: Callable[_P, _R]) -> Callable[_P, _R]:
    """As `compiled`, for kernels that borrow their arrays and make none: numba then counts no references.

    Counting them, atomically and at every call of a helper, took over half the time of the body's step.
    """
    return numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(kernel)  # pyright: ignore[reportCallIssue]  # untyped option
