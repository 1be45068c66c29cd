"""The counter behind the comparator on the current: it times every pulse without a converter."""

from typing import Any, Final

import numpy as np

from rig.bench import Comparator
from rig.bench_file.laboratory import Laboratory
from rig.ni.layout import Counter

_TICK_S: Final = 12.5e-9
"""Of the slower timebase of the cards that a bench file may name, 80 MHz (M series; the X series has 100 MHz)."""
_BUFFER: Final = 10_000
"""Widths: a minute of the quickest stimulators between two reads."""
_SHORTEST_S, _LONGEST_S = 1e-6, 0.1


def comparator_of(laboratory: Laboratory) -> Comparator | None:
    """What the bench file says of the comparator, or None where none is wired."""
    wire = laboratory.wire("comparator")
    return None if wire is None else Comparator(wire.level, wire.level_bound, wire.width_bound_s, _TICK_S)


def set_up(task: Any, counter: Counter) -> Any:
    """Let a task measure every pulse at the counter's gate into a buffer; returns what reads it.

    Source: X Series User Manual, chapter 7, "Implicit Buffered Pulse-Width Measurement".
    """
    from nidaqmx.constants import AcquisitionType, Edge
    from nidaqmx.stream_readers import CounterReader

    starts = Edge.FALLING if counter.invert else Edge.RISING
    channel = task.ci_channels.add_ci_pulse_width_chan(
        counter.physical, min_val=_SHORTEST_S, max_val=_LONGEST_S, starting_edge=starts
    )
    channel.ci_pulse_width_term = counter.gate
    task.timing.cfg_implicit_timing(sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=_BUFFER)
    task.in_stream.input_buf_size = _BUFFER
    reader = CounterReader(task.in_stream)
    reader.verify_array_shape = False
    return reader


def widths(reader: Any, timeout_s: float) -> tuple[float, ...]:
    """Every width since the last call, s.

    Raises:
        ValueError: what came are no widths.
    """
    found = np.full(_BUFFER, np.nan)
    count = reader.read_many_sample_double(found, -1, timeout_s)
    if not np.all(found[:count] > 0.0):
        raise ValueError("an answer held widths that are none")
    return tuple(found[:count].tolist())
