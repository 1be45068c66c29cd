"""What was built before: files in the user's cache folder, named by the hash of all that made them.

Several processes may want the same file at once: each builds in a folder of its own and puts the result in place by
one rename, so a file that is there is whole. The last one wins, with the same bytes.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path


@cache
def cache_folder() -> Path:
    """Folder of what firmware builds leave; one for this process only where the user's cannot be written."""
    from sim.compiled import user_cache  # brings numba along

    folder = user_cache() / "stimrig" / "firmware"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        mine = tempfile.mkdtemp(prefix="stimrig-firmware-")
        atexit.register(shutil.rmtree, mine, ignore_errors=True)
        return Path(mine)


def hash_of(parts: Iterable[str | bytes]) -> str:
    """sha256, 64 hex digits, of words and contents; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def built_once(name: str, key: str, suffix: str, make: Callable[[Path], object]) -> Path:
    """The file that `make` writes at the path it is given, made at most once for a `key`.

    Args:
        name: what it is, for a reader of the folder.
        key: hash of everything that the file depends on.
        suffix: of its name, with the point.
        make: writes the file.

    Raises:
        BenchError: `make` cannot.
    """
    kept = cache_folder() / f"{name}-{key[:24]}{suffix}"
    if kept.is_file():
        return kept
    with tempfile.TemporaryDirectory(prefix="building-", dir=cache_folder(), ignore_cleanup_errors=True) as folder:
        fresh = Path(folder) / kept.name
        make(fresh)
        try:
            os.replace(fresh, kept)  # noqa: PTH105  # the one atomic call
        except PermissionError:
            # Windows keeps a library that another process has loaded: it is as good as this one
            if not kept.is_file():
                raise
    return kept
