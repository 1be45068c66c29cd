"""Joins the raw coverage of many cases into an lcov file and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rig.files import write_file
from rig.firmware.insight.coverage import FileCoverage, coverage_of
from rig.firmware.insight.coverage_file import RAW, Executed, executed_in, read_executed
from rig.firmware.insight.coverage_page import PageFacts, pages
from rig.firmware.insight.lcov import lcov_lines
from rig.firmware.insight.source_files import find_sources
from rig.firmware.insight.source_map import source_map

INFO_FILE: Final = "coverage.info"
INDEX_FILE: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Joined:
    """What a coverage folder shows.

    Attributes:
        files: by name.
        cases: number of joined cases.
        left_out: number of raw files of other images, which are not joined.
    """

    files: tuple[FileCoverage, ...]
    cases: int
    left_out: int

    @property
    def lines(self) -> tuple[int, int]:
        """(executed, with code)."""
        return sum(each.lines_hit for each in self.files), sum(len(each.lines) for each in self.files)

    @property
    def functions(self) -> tuple[int, int]:
        """(executed, with code)."""
        return sum(each.functions_hit for each in self.files), sum(len(each.functions) for each in self.files)


def join_coverage(folder: Path, image: Path, sha256: str) -> Joined:
    """Join every raw file of an image in `folder`; write `coverage.info` and the pages there.

    Args:
        folder: that `--coverage` named.
        image: the ELF, with line information.
        sha256: of the ELF; raw files of another image (an earlier build) are left out.

    Raises:
        ScenarioError: the image has no line information.
        RecordError: a raw file is damaged, or a file cannot be written.
    """
    every = executed_in(folder)
    own = [each for each in every if each.sha256 == sha256]
    files = coverage_of(source_map(image), own)
    _write(folder, files, image, sha256, own)
    return Joined(files, len(own), len(every) - len(own))


def join_newest(folder: Path) -> Joined | None:
    """As `join_coverage`, of the image that was executed last; None where none was.

    Raises:
        ScenarioError: the image has no line information, or is not there any more.
        RecordError: a raw file is damaged, or a file cannot be written.
    """
    paths = sorted((folder / RAW).glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not paths:
        return None
    newest = read_executed(paths[-1])
    return join_coverage(folder, newest.image, newest.sha256)


def _write(folder: Path, files: tuple[FileCoverage, ...], image: Path, sha256: str, own: Sequence[Executed]) -> None:
    sources = find_sources((each.file for each in files), image)
    write_file(folder / INFO_FILE, "\n".join(lcov_lines(files, image.stem, sources)) + "\n")
    facts = PageFacts(image.name, sha256, tuple(each.case for each in own))
    for name, text in pages(files, facts, sources).items():
        write_file(folder / name, text)
