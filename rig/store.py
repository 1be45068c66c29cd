"""Where a case is written while it runs, and how its record is read again without a rig."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rig.aid_effect import write_effect
from rig.bench import Capabilities, Capture, ChannelAccuracy, stamp_of
from rig.both_legs import of_both
from rig.files import cannot_write, write_file
from rig.firmware_facts import write_firmware_facts
from rig.idle import idle_in_si
from rig.lines import in_time_order
from rig.record import IdleCells, Record
from rig.record_facts import facts_of, plain
from rig.tables import (
    APPENDED_PULSE_COLUMNS,
    PULSE_COLUMNS,
    STRIDE_COLUMNS,
    write_table,
)
from rig.waveform_file import WaveformFile
from rig.waveforms import RoleFormat, WaveformWriter
from scenarios.case import Case, Keep
from sim.signal import Stimulus
from sim.timebase import TimeNs, ns_from_s

CASE_FILE: Final = "case.yaml"
WAVEFORM_FILE: Final = "waveforms.tdms"
EVENT_FILE: Final = "events.jsonl"
PULSE_FILE: Final = "pulses.parquet"
STRIDE_FILE: Final = "strides.parquet"
RECORD_KIND: Final = "record"
"""Kind of the last line of `events.jsonl`: what the record says beside its tables. Without it a case is incomplete."""

Accuracy: TypeAlias = Callable[[], Mapping[str, ChannelAccuracy]]


class CaseWriter:
    """Writes one case: `case.yaml` at once, waveforms and events while they come, the tables at the end.

    Args:
        folder: of the case; made here.
        case: what is asked.
        capabilities: of the bench.
        keep: how much of the waveform goes to the file.
        accuracy: of the opened bench, by role; asked when the first samples come.

    Raises:
        RecordError: a file cannot be written; what was written before stays readable.
    """

    def __init__(
        self, folder: Path, case: Case, capabilities: Capabilities, keep: Keep, accuracy: Accuracy = dict
    ) -> None:
        from scenarios.case_document import case_document

        self.folder = folder
        self.keep: Keep = keep
        self._accuracy = accuracy
        self._waveforms: WaveformWriter | None = None
        self._pulses: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        try:
            folder.mkdir(parents=True)
            self._events = (folder / EVENT_FILE).open("xb", buffering=0)
        except OSError as error:
            raise cannot_write(folder, error) from error
        write_file(folder / CASE_FILE, case_document(case))
        self.event(0, "bench", stamp_of(capabilities, case), "")

    def append(self, stimulus: Stimulus, capture: Capture, pulses: NDArray[Any], settled_ns: TimeNs) -> None:
        """Keep one block.

        Args:
            stimulus: what was given; it follows from `case.yaml`, so nothing of it is written down.
            capture: what came back.
            pulses: pulses that became known, `PULSE_DTYPE`.
            settled_ns: no pulse that starts before it is still unknown; `NEVER` after the last block.
        """
        del stimulus
        for t_ns, kind, name, detail in in_time_order(capture.lines, capture.messages):
            self.event(t_ns, kind, name, detail)
        if self.keep == "none":
            return
        if capture.waveforms and self._waveforms is None:
            self._waveforms = self._open_waveforms(capture)
        if self._waveforms is None:
            return
        first = next(iter(capture.waveforms.values())).first_index if capture.waveforms else 0
        samples = {role: signal.samples for role, signal in capture.waveforms.items()}
        self._waveforms.append(samples, first, pulses, settled_ns, capture.quality.gaps)
        self._pulses.append((pulses["t_s"].copy(), pulses["end_s"].copy()))

    def event(self, t_ns: TimeNs, kind: str, name: str, detail: Any) -> None:
        """Note something that happened at `t_ns`."""
        line = json.dumps(
            {"t_ns": int(t_ns), "kind": kind, "name": name, "detail": detail}, ensure_ascii=False, allow_nan=False
        )
        try:
            self._events.write(line.encode() + b"\n")
        except OSError as error:
            raise cannot_write(self.folder / EVENT_FILE, error) from error

    def idle_cells(self) -> dict[str, IdleCells]:
        """Statistics of the quiet cells of the whole run, by role; ends the waveform file."""
        writer = self._waveforms
        if writer is None:
            return {}
        writer.close()
        rows = writer.idle
        if writer.keep == "full":
            t_s, end_s = (np.concatenate(column) for column in zip(*self._pulses, strict=True))
            with WaveformFile(writer.path) as file:
                rows = list(file.idle(t_s, end_s))
        return idle_in_si(rows, writer.roles, writer.rate_hz, writer.cell)

    def finish(self, record: Record) -> None:
        """Write the tables and close every file."""
        try:
            write_table(self.folder / PULSE_FILE, record.pulses, PULSE_COLUMNS + APPENDED_PULSE_COLUMNS)
            write_table(self.folder / STRIDE_FILE, of_both(record), STRIDE_COLUMNS)
            if record.effect is not None:
                write_effect(self.folder, record.effect)
            if record.firmware:
                write_firmware_facts(self.folder, record.firmware)
            self.event(ns_from_s(record.span_s[1]), RECORD_KIND, "record", facts_of(record))
        finally:
            self.close()

    def close(self) -> None:
        """Close every file, keeping what was written; twice is fine."""
        self._events.close()
        if self._waveforms is not None:
            self._waveforms.close()

    def _open_waveforms(self, capture: Capture) -> WaveformWriter:
        signals = capture.waveforms
        accuracy = self._accuracy()
        roles = {
            role: RoleFormat(
                signal.scale,
                signal.offset,
                signal.unit,
                accuracy[role].filter_tau_s if role in accuracy else 0.0,
            )
            for role, signal in signals.items()
        }
        rate_hz = next(iter(signals.values())).rate_hz
        # what finds the pulses again if this run is killed
        self.event(capture.t0_ns, "accuracy", "bench", plain(accuracy))
        return WaveformWriter(self.folder / WAVEFORM_FILE, self.keep, rate_hz, roles)
