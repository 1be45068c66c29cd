"""One case from its plan to its verdicts, in its folder."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rig.run_folder import elapsed_s
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from sim.errors import BenchError

if TYPE_CHECKING:
    from reports.verdict import CaseResult
    from rig.bench import Bench


def run_one(
    case: Case, bench: "Bench", folder: Path, catalogue: Catalogue, observers: Sequence[Any] = ()
) -> tuple["CaseResult", float]:
    """Run, judge and write one case; its folder holds everything but what belongs to the run.

    Returns the result and the wall time of the walk itself (loop and replay), s.

    A bench that cannot be opened makes the case an ERROR.

    Raises:
        RecordError: its folder cannot be written; what was written before stays readable.
    """
    from reports.judge import blocked_case, judge_case
    from reports.verdict import Outcome
    from reports.writers import write_case
    from rig.bench import stamp_of
    from rig.runner import run_case
    from rig.store import CaseWriter

    capabilities = bench.describe()
    writer = CaseWriter(folder, case, capabilities, case.capture.keep, bench.accuracy)
    start_s = elapsed_s()
    walked_in_s = 0.0
    try:
        try:
            record = run_case(case, bench, writer, observers)
        except BenchError as error:
            result = blocked_case(case, stamp_of(capabilities, case), str(error), Outcome.ERROR)
        else:
            walked_in_s = elapsed_s() - start_s
            writer.finish(record)
            result = judge_case(record, catalogue)
    finally:
        writer.close()
    write_case(result, folder)
    if result.record is not None:
        # the statistics of quiet cells are judged by now, and are the largest part of a record
        result = dataclasses.replace(result, record=dataclasses.replace(result.record, idle={}))
    return result, walked_in_s


def write_unstarted(result: "CaseResult", folder: Path) -> None:
    """The folder of a case that never started: what was asked, and why there is no answer.

    Raises:
        RecordError: it cannot be written.
    """
    from reports.writers import write_case
    from rig.files import cannot_write, write_file
    from rig.store import CASE_FILE
    from scenarios.case_document import case_document

    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_file(folder / CASE_FILE, case_document(result.case))
    write_case(result, folder)
