"""What can be set on the simulated oscilloscope, and what a setting may be."""

from dataclasses import dataclass, field
from typing import Final

from rig.simulated.keysight.scope_model import DIVISIONS_HIGH, ScopeModel

RIGHT, EITHER = "RIGHt".rstrip("t"), "EITHer".removesuffix("er")  # short forms that spell checkers would mend
REFERENCES: Final = {"LEFT": 0.1, "CENT": 0.5, RIGHT: 0.9}
"""Reference point -> its place on the screen, share of the range. Left and right stand one division from the edge."""
EXTERNAL: Final = 0
"""Source of the trigger: the trigger input."""
TYPES: Final = {"NORM": 0, "PEAK": 1, "AVER": 2, "HRES": 3}
"""Type of acquisition -> its number in the preamble."""
FORMATS: Final = {"BYTE": 0, "WORD": 1, "ASC": 4}
"""Format of the data -> its number in the preamble."""
POINTS: Final = (*(m * 10**e for e in range(2, 7) for m in (1, 2, 5)), 250, 2_500_000, 4_000_000)
AUTO_WAIT_S: Final = 0.05
"""An automatic sweep triggers by itself when none has come for this long (design choice; the real one takes 50 ms and
more)."""


@dataclass(slots=True)
class Channel:
    """One analogue input. All volts are at the tip of the probe.

    Attributes:
        is_on: displayed, and so acquired.
        range_v: full scale over 8 divisions.
        offset_v: voltage in the middle of the screen.
        probe_ratio: 10 for a probe 10:1.
        coupling: `DC` or `AC`.
        is_limited: 20 MHz limit.
        is_inverted: shown upside down.
        label: for people.
    """

    is_on: bool = False
    range_v: float = 40.0
    offset_v: float = 0.0
    probe_ratio: float = 1.0
    coupling: str = "DC"
    is_limited: bool = False
    is_inverted: bool = False
    label: str = ""

    def takes_range(self, range_v: float, model: ScopeModel) -> bool:
        """True where the input has this full scale."""
        return model.least_range_v <= range_v / self.probe_ratio * (1.0 + 1e-9) and (
            range_v / self.probe_ratio <= model.greatest_range_v * (1.0 + 1e-9)
        )

    def takes_offset(self, offset_v: float, model: ScopeModel) -> bool:
        """True where the input has this offset (design choice: up to the largest range, either way)."""
        return abs(offset_v) <= model.greatest_range_v * self.probe_ratio

    def set_probe(self, ratio: float) -> None:
        """Another probe: what the screen shows is scaled with it."""
        self.range_v *= ratio / self.probe_ratio
        self.offset_v *= ratio / self.probe_ratio
        self.probe_ratio = ratio

    @property
    def division_v(self) -> float:
        """V a division."""
        return self.range_v / DIVISIONS_HIGH


@dataclass(slots=True)
class Timebase:
    """The horizontal axis.

    Attributes:
        mode: `MAIN` or `ROLL`.
        range_s: time over 10 divisions.
        position_s: from the trigger to the reference point; positive: the reference point is later.
        reference: place of the reference point on the screen.
    """

    mode: str = "MAIN"
    range_s: float = 1e-3
    position_s: float = 0.0
    reference: str = "CENT"

    @property
    def before_trigger_s(self) -> float:
        """How long before the trigger the record begins; negative: it begins after it."""
        return REFERENCES[self.reference] * self.range_s - self.position_s


@dataclass(slots=True)
class Trigger:
    """The edge trigger.

    Attributes:
        source: number of the channel; `EXTERNAL` for the trigger input.
        level_v: at the tip of the probe.
        slope: `POS`, `NEG` or `EITHER`.
        sweep: `AUTO` triggers by itself when nothing comes, `NORM` waits.
    """

    source: int = 1
    level_v: float = 0.0
    slope: str = "POS"
    sweep: str = "AUTO"


@dataclass(slots=True)
class Acquisition:
    """How samples become a record.

    Attributes:
        type: `NORM`, `PEAK`, `AVER` or `HRES`.
        count: acquisitions of an average.
        is_segmented: the memory holds many short records.
        segments: how many.
    """

    type: str = "NORM"
    count: int = 8
    is_segmented: bool = False
    segments: int = 25


@dataclass(slots=True)
class WaveformRequest:
    """How `:WAVeform:DATA?` answers.

    Attributes:
        source: number of the channel.
        format: `BYTE`, `WORD` or `ASC`.
        is_little_endian: `LSBFirst`.
        is_unsigned: codes from 0 instead of from the middle.
        points: most points to send; None is as many as there are.
        points_mode: `NORM` sends the measurement record, at most 62 500 points; `RAW` and `MAX` the whole one.
    """

    source: int = 1
    format: str = "BYTE"
    is_little_endian: bool = False
    is_unsigned: bool = True
    points: int | None = None
    points_mode: str = "NORM"


@dataclass(slots=True)
class ScopeSettings:
    """All of them, as they are after `*RST`."""

    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    timebase: Timebase = field(default_factory=Timebase)
    trigger: Trigger = field(default_factory=Trigger)
    acquisition: Acquisition = field(default_factory=Acquisition)
    waveform: WaveformRequest = field(default_factory=WaveformRequest)

    @classmethod
    def after_reset(cls, model: ScopeModel) -> "ScopeSettings":
        """Channel 1 on, 1 ms over the screen, automatic sweep."""
        return cls({n: Channel(is_on=n == 1) for n in range(1, model.channels + 1)})
