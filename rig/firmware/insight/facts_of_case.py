"""From what a device process tells to what is kept of a case."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from rig.firmware.insight.coverage import coverage_of
from rig.firmware.insight.coverage_file import Executed, file_stem, write_executed
from rig.firmware.insight.source_map import source_map
from rig.firmware.options import FirmwareOptions
from rig.firmware_facts import FirmwareFacts


def options_of_case(options: FirmwareOptions | None, case: str) -> FirmwareOptions | None:
    """The options with the file of this case where they name a folder."""
    if options is None or options.trace is None:
        return options
    return replace(options, trace=options.trace / f"{file_stem(case)}.csv")


def facts_of_case(model: object, case: str, options: FirmwareOptions | None) -> FirmwareFacts:
    """What the device of a case tells of its firmware; empty where it has none.

    The raw coverage that is part of it goes to the folder that the options name.

    Raises:
        RecordError: it cannot be written.
    """
    look: Any = getattr(model, "facts", None)
    if look is None:
        return {}
    facts = dict(look())
    executed = facts.pop("executed", None)
    if executed is not None and options is not None and options.coverage is not None:
        ranges = tuple((int(start), int(end)) for start, end in executed["ranges"])
        done = Executed(case, Path(executed["image"]), executed["sha256"], ranges)
        write_executed(options.coverage, done)
        files = coverage_of(source_map(done.image), [done])
        facts["coverage"] = {
            "lines": [sum(each.lines_hit for each in files), sum(len(each.lines) for each in files)],
            "functions": [sum(each.functions_hit for each in files), sum(len(each.functions) for each in files)],
        }
    return facts
