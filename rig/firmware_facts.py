"""What a case knows of the firmware that ran in its device: `firmware.json` in the folder of the case."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from rig.files import write_file
from sim.errors import RecordError

FIRMWARE_FILE: Final = "firmware.json"
SCHEMA: Final = "stimrig/firmware/1"

FirmwareFacts: TypeAlias = Mapping[str, Any]
"""Plain data, empty for a device without firmware. Keys; those that an image alone can tell are absent for a firmware
that was built for this machine:

* `identity`: name -> text: kind, image, sha256, board, chip, compiler, engine, counter.
* `clock_hz`, `cycles`, `load_ratio`: processor cycles of the whole life and the share in which it did not sleep.
* `interrupts`: `number, name, entries, mean_s, longest_s, longest_at_s, longest_with_nested_s, wait_mean_s,
  wait_longest_s` each; times of a handler leave out what interrupted it; a wait lasts from pending to the first
  instruction of the handler.
* `resets`: `t_s, cause` each, those before the run included.
* `faults`: of the processor, and resets by its watchdog: the first 20 (`rig.firmware.plant.fault_log`), absent where
  there was none: `t_s, name, status, registers, place, stack, drives, serial` each; `registers` name -> `0x...` of
  pc, cfsr, hfsr, bfar, mmfar; `place` `file:line` of the innermost of `stack` (`function, place` each; a scan);
  `drives` the last before it (`t_s, current_a` each), `serial` the end of the serial log.
* `fault_counts`: name -> how many, all of them.
* `stacks`: `name, top, size_bytes, used_bytes, deepest` each; `size_bytes` null where no symbol tells.
* `coverage`: `lines, functions` as [executed, with code], where it was asked for.
* `trace_hash`: SHA-256 in hex, where it was asked for.
"""


@runtime_checkable
class TellsOfFirmware(Protocol):
    """A bench whose device executes a firmware that it can look into."""

    def firmware_facts(self) -> FirmwareFacts:
        """What is known of it while the bench is open; empty where the device of this case has none."""
        ...


def facts_of_bench(bench: object) -> FirmwareFacts:
    """What an opened bench knows of the firmware in its device; empty where there is none."""
    return bench.firmware_facts() if isinstance(bench, TellsOfFirmware) else {}


def fault_words(facts: FirmwareFacts) -> str:
    """One line about what failed in the processor; "" where nothing did."""
    counts, faults = facts.get("fault_counts"), facts.get("faults")
    if not counts or not faults:
        return ""
    first = faults[0]
    told = ", ".join(f"{count} × {_name(name)}" for name, count in counts.items())
    registers = " ".join(f"{name}={value}" for name, value in first["registers"].items())
    frame = first["stack"][0] if first["stack"] else {"function": "", "place": ""}
    place = f"at {frame['function']}" + (f" ({frame['place']})" if frame["place"] else "") if first["stack"] else ""
    words = " ".join(filter(None, (_name(first["name"]), first["status"], place, registers)))
    return f"{told}; first at {first['t_s']:.6f} s: {words}"


def _name(name: str) -> str:
    return "watchdog reset" if name == "watchdog" else name.replace("_", " ")


def write_firmware_facts(folder: Path, facts: FirmwareFacts) -> None:
    """Write the file of a case.

    Raises:
        RecordError: it cannot be written.
    """
    text = json.dumps({"schema": SCHEMA, **facts}, indent=1, ensure_ascii=False, allow_nan=False)
    write_file(folder / FIRMWARE_FILE, text + "\n")


def read_firmware_facts(folder: Path) -> FirmwareFacts:
    """The facts of a case folder; empty where it has none.

    Raises:
        RecordError: the file is damaged.
    """
    path = folder / FIRMWARE_FILE
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        schema = found.pop("schema")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise RecordError(str(path), f"cannot be read: {error!r}", "remove it, or run the case again") from error
    if schema != SCHEMA:
        raise RecordError(str(path), f"is of schema {schema}", f"this version reads {SCHEMA}")
    return found
