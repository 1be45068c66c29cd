"""The options of `stimrig measure` as they were typed; nothing heavy, so that `--help` stays quick."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """What the user says about the capture and the device; see the options of the command."""

    current: str
    scale: str
    rate: str
    area: str
    load: str
    zero_value: float
    dtype: str
    columns: int
    voltage: str
    voltage_scale: str
    first_phase: str


@dataclass(frozen=True, slots=True)
class StatedTexts:
    """What the user states of the instrument."""

    instrument: str
    gain: str
    noise: str
    filter: str
