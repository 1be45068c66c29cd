"""What a simulated oscilloscope is: its identity, its memory, its speed, its errors."""

from dataclasses import dataclass
from typing import Final

DIVISIONS_HIGH: Final = 8
DIVISIONS_WIDE: Final = 10


@dataclass(frozen=True, slots=True)
class ScopeModel:
    """One model of oscilloscope.

    Attributes:
        maker: first field of `*IDN?`.
        model: second field.
        serial: third field; of a simulated instrument it begins with SIM.
        firmware: fourth field.
        channels: analogue inputs.
        fastest_hz: highest sample rate.
        memory_points: samples of one channel in one acquisition.
        bandwidth_hz: -3 dB of the input, a first-order low-pass here.
        limited_hz: the same with `:CHANnel:BWLimit ON`.
        most_segments: of segmented memory.
        least_range_v: smallest full scale at a 1:1 probe, V over 8 divisions.
        greatest_range_v: largest.
        coupling_hz: corner of AC coupling.
        converter_bits: bits of a sample in the 16-bit words of `WORD`, left justified.
        noise_ratio: rms noise over full scale.
        gain_bound_ratio: bound of the gain error, drawn once from the seed.
        offset_bound_ratio: bound of the offset error over full scale.
        timebase_bound_ratio: bound of the error of its clock.
        roll_least_s: shortest range of the roll mode.
    """

    maker: str
    model: str
    serial: str
    firmware: str
    channels: int
    fastest_hz: float
    memory_points: int
    bandwidth_hz: float
    limited_hz: float
    most_segments: int
    least_range_v: float = 8e-3
    greatest_range_v: float = 40.0
    coupling_hz: float = 3.5
    converter_bits: int = 12
    noise_ratio: float = 1e-3
    gain_bound_ratio: float = 2e-3
    offset_bound_ratio: float = 2.5e-3
    timebase_bound_ratio: float = 1.6e-6
    roll_least_s: float = 0.5

    @property
    def identity(self) -> str:
        """Answer to `*IDN?`."""
        return f"{self.maker},{self.model},{self.serial},{self.firmware}"


INFINIIVISION_3000T: Final = ScopeModel(
    maker="KEYSIGHT TECHNOLOGIES",
    model="MSO-X 3024T",
    serial="SIM00000001",
    firmware="07.50.2021102830",
    channels=4,
    fastest_hz=2.5e9,
    memory_points=2_000_000,
    bandwidth_hz=200e6,
    limited_hz=20e6,
    most_segments=1000,
)
"""Source: Keysight InfiniiVision 3000T X-Series data sheet 5992-0140 (bandwidth; memory and 2.5 GSa/s with all
channels; 20 MHz limit, 1.6 ppm, 1000 segments). Gain and offset are those of a unit fresh from its self-calibration
(design choice; the data sheet allows 2 % of full scale and 0.1 division). 12 bits in `WORD` whichever the type of
acquisition: the real unit has 8 of them in NORMal and PEAK, and 12 in HRESolution."""

INFINIIVISION_1000: Final = ScopeModel(
    maker="KEYSIGHT TECHNOLOGIES",
    model="DSOX1102G",
    serial="SIM00000002",
    firmware="01.20.2019061038",
    channels=2,
    fastest_hz=1e9,
    memory_points=500_000,
    bandwidth_hz=100e6,
    limited_hz=20e6,
    most_segments=50,
)
"""Source: Keysight InfiniiVision 1000 X-Series data sheet 5992-1965 (2 GSa/s on half the channels, 1 Mpt)."""


def is_small(identity: str) -> bool:
    """True for an identity of the 1000 X-Series (`DSOX1102G`, `EDUX1052A`)."""
    model = identity.partition(",")[2]
    return model.startswith(("DSOX1", "EDUX1"))
