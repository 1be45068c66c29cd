"""The self-test of the measuring chain that goes with every run: quick, and kept until sources or bench change."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.selftest.result import SCHEMA, run_selftest
from rig.bench_file.laboratory import Laboratory
from rig.files import write_file
from rig.run_folder import stimrig_version
from rig.virtual_bench import VirtualBench
from sim.compiled import source_hash, user_cache
from sim.errors import RecordError
from sim.front_end_settings import FrontEndSettings

if TYPE_CHECKING:
    from reports.selftest.result import SelftestResult
    from rig.bench import Bench

_SOURCES = ("sim", "rig", "reports", "scenarios")


def selftest_of(bench: "Bench", name: str, *, full: bool = False) -> "SelftestResult":
    """Self-test of the chain behind a bench: the card that its file describes, else the card of the virtual bench."""
    if isinstance(bench, VirtualBench):
        return run_selftest(name, bench.settings.front_end, bench.settings.timebase_ppm, full=full)
    laboratory = getattr(bench, "laboratory", None)
    if isinstance(laboratory, Laboratory) and laboratory.wire("current") is not None:
        timebase_ppm = laboratory.instrument_of("current").timebase_ppm
        return run_selftest(name, laboratory.front_end(), timebase_ppm, full=full)
    return run_selftest(name, FrontEndSettings(), 50.0, full=full)


def quick_selftest(bench: "Bench", name: str, bench_file: Path) -> dict[str, Any]:
    """The document of the quick self-test, from the user's cache where sources and bench file are the same."""
    digest = hashlib.sha256(f"{SCHEMA} {stimrig_version()} {source_hash(_SOURCES)} {name}".encode())
    digest.update(bench_file.read_bytes())
    kept = user_cache() / "stimrig" / f"selftest-{digest.hexdigest()[:16]}.json"
    try:
        document: dict[str, Any] = json.loads(kept.read_text("utf-8"))
        if document.get("schema") == SCHEMA:
            return document
    except (OSError, ValueError):
        pass
    document = selftest_of(bench, name).document()
    text = json.dumps(document, allow_nan=False)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_file(kept, text)
    except (OSError, RecordError):
        pass  # a cache that cannot be written costs a second, no more
    return json.loads(text)


def failure_of(document: dict[str, Any]) -> str:
    """Why nothing may be measured, or ""."""
    if document["verdict"] == "PASS":
        return ""
    bad = [row for row in document["instruments"] if not row["ok"]]
    first = bad[0]
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return f"the self-test of the measuring chain failed: {first['instrument']}: {first['outcome']}{more}"
