"""What is asked of a firmware device beside running it: debugger, coverage, traces, how long it may think."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Counter: TypeAlias = Literal["engine", "blocks"]
"""How executed instructions are counted.

* `engine`: the engine's own counter; exact and fast.
* `blocks`: from the basic blocks that were entered; needs no private field of the engine, half as fast, and up to a few
  instructions off where a handler leaves by a conditional return. The stamps of the two differ by some cycles, so a
  trace hash is only ever compared within one mode, which is recorded beside it.
"""


@dataclass(frozen=True, slots=True)
class FirmwareOptions:
    """What a run asks of the device whose firmware it executes.

    Attributes:
        gdb_port: TCP port of the GDB remote stub on the loopback interface, 0 for any free one; None for no stub.
        gdb_wait: begin only when a debugger has attached and says so; else the run goes on without waiting.
        coverage: folder that takes one raw coverage file a device; None to count nothing.
        trace: folder (of one device: the CSV file) that takes every access to a peripheral register; None for none.
        trace_hash: keep a SHA-256 over everything that the processor did that somebody could notice.
        counter: how executed instructions are counted.
        answer_timeout_s: real seconds in which the device process must answer, s; it stands still while a debugger
            holds the processor.
    """

    gdb_port: int | None = None
    gdb_wait: bool = False
    coverage: Path | None = None
    trace: Path | None = None
    trace_hash: bool = False
    counter: Counter = "engine"
    answer_timeout_s: float = 20.0
