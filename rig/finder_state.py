"""Names of what the pulse finder remembers from cell to cell, and what it may be told."""

from dataclasses import dataclass
from typing import Final

NEXT: Final = 0
"""First sample of the next cell to look at."""
MODE: Final = 1
START: Final = 2
"""First sample beyond the threshold of the open pulse."""
SIGN: Final = 3
LAST1: Final = 4
FIRST2: Final = 5
LAST2: Final = 6
LAST: Final = 7
PEAK: Final = 8
CUT: Final = 9
"""1 where samples of the open pulse were lost or are unknown."""
BACK: Final = 10
"""End of the first cell behind the last active sample that is back in the baseline band, or -1."""
FLOOR: Final = 11
"""Samples before this one belong to an earlier pulse."""
QUIET: Final = 12
"""Quiet cells in a row."""
PENDING_SUM: Final = 13
PENDING_RANGE: Final = 14
RING_N: Final = 15
RING_AT: Final = 16
RING_SUM: Final = 17
RING_RANGE: Final = 18
FLAT_N: Final = 19
FLAT_LOW: Final = 20
FLAT_HIGH: Final = 21
FLAT_SUM: Final = 22
FLAT_START: Final = 23
SEEDED: Final = 24
ORIGIN: Final = 25
"""First sample behind a loss or the start of the record: a pulse that is on there has lost its start."""
SPANS: Final = 26
"""Pulses of this cell that wait to be measured."""
STATE_SIZE: Final = 27

SPAN_END: Final = 7
"""End of the charge window."""
SPAN_DONE: Final = 8
"""1 where the tail was seen to come back."""
SPAN: Final = 9
"""Columns of a pulse that waits to be measured; the first seven are named below."""
SPAN_START: Final = 0
SPAN_SIGN: Final = 1
SPAN_LAST1: Final = 2
SPAN_FIRST2: Final = 3
SPAN_LAST2: Final = 4
SPAN_FLOOR: Final = 5
SPAN_CUT: Final = 6

IDLE: Final = 0
OPEN: Final = 1
SETTLING: Final = 2
"""A pulse was closed by force; what is left of its tail opens no new one."""

RING: Final = 64
"""Quiet cells that make the baseline."""

# what the kernels are told, in samples and codes
TOLD_CELL: Final = 0
TOLD_PHASE_GAP: Final = 1
TOLD_CLOSING_GAP: Final = 2
TOLD_LONGEST: Final = 3
TOLD_LEVEL_CELLS: Final = 4
TOLD_REOPEN: Final = 5
TOLD_TH_PER_RANGE: Final = 6
TOLD_TH_LEAST: Final = 7
TOLD_SIGMA_PER_RANGE: Final = 8
TOLD_A: Final = 9
TOLD_DELAY: Final = 10
TOLD_KEEP: Final = 11
TOLD_MEDIAN: Final = 12
"""Samples of the running median behind which a peak is read: odd."""
TOLD_SIZE: Final = 13


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """What counts as a pulse. Design choices, from the ranges of surface and implanted stimulators.

    Attributes:
        threshold_sigmas: a sample this many rms noises off the baseline is active; the noise is that of the record.
        threshold_a: the threshold is never below this current, A.
        phase_gap_s: phase 2 begins within this time after phase 1, else the pulse has one phase, s.
        closing_gap_s: a pause this long inside phase 2, or any return to the sign of phase 1, ends a pulse, s.
        longest_s: a pulse still open after this time is closed, s. It must stay below the shortest delay from a pulse
            to a sensor (12 ms).
        level_time_s: a current that stays flat this long is a new baseline, s.
        median_s: a peak is read behind a running median of this length, which spikes do not pass, s.
        reopen_ratio: while a tail lasts, only more than this part of the pulse's peak begins a new pulse.
    """

    threshold_sigmas: float = 7.0
    threshold_a: float = 0.0
    phase_gap_s: float = 1e-3
    closing_gap_s: float = 200e-6
    longest_s: float = 8e-3
    level_time_s: float = 4e-3
    reopen_ratio: float = 0.05
    median_s: float = 5e-6

    def median_samples(self, rate_hz: float) -> int:
        """Samples of the running median at a sample rate: odd, and no longer than `median_s`."""
        return 2 * max(0, int(0.5 * self.median_s * rate_hz - 0.5 + 1e-9)) + 1
