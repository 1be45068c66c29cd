"""An inertial sensor on an I2C bus, as an MPU-6050 answers.

Modelled: the measurements with their full scales, sleep, identity, data-ready flag; not the FIFO, the motion processor,
the auxiliary bus, nor the filter and the sample rate: each burst shows the terminals at its own instant.

Source: InvenSense RM-MPU-6000A-00 rev 4.2 (registers), PS-MPU-6000A-00 rev 3.4, 6.1 and 6.2 (scales), as recalled.
"""

import copy
import math
from collections.abc import Callable
from typing import Any, Final

from rig.firmware.machine.peripheral import Unmodelled

WHO_AM_I: Final = 0x68
_GRAVITY_M_S2: Final = 9.80665
_FORCES: Final = {0x3B: "foot_imu.ax", 0x3D: "foot_imu.ay", 0x3F: "foot_imu.az"}
_RATES: Final = {0x43: "foot_imu.gx", 0x45: "foot_imu.gy", 0x47: "foot_imu.gz"}
"""Register of the high byte -> terminal of the device."""
_PER_G: Final = 16384
_PER_DEGREE_PER_S: Final = 131.0
"""Counts at the smallest full scale; each larger one halves them."""
_TEMPERATURE_25: Final = -3921
"""(25 °C - 36.53 °C) * 340 per °C, rounded down."""
_CONFIG, _GYRO_CONFIG, _ACCEL_CONFIG, _POWER = 0x1A, 0x1B, 0x1C, 0x6B
_SETTINGS: Final = {
    **dict.fromkeys((0x19, _CONFIG, _GYRO_CONFIG, _ACCEL_CONFIG, 0x23, 0x37, 0x38, 0x6A, 0x6C), 0),
    _POWER: 0x40,
}
"""Registers that keep what is written -> value after power-up: it sleeps."""


class Imu:
    """The sensor at its address.

    Args:
        value_at: ``(terminal, cycle) -> m/s^2 or rad/s``.
        now: the cycle of what happens at this moment.
        address: 0x68, or 0x69 where AD0 is high.
    """

    def __init__(self, value_at: Callable[[str, int], float], now: Callable[[], int], address: int = WHO_AM_I) -> None:
        self._value_at, self._now, self.address = value_at, now, address
        self._settings = dict(_SETTINGS)
        self._pointer = 0
        self._is_pointing = False
        self._instant = 0
        self._held: dict[int, int] = {}

    def start(self, reading: bool) -> None:
        """It is addressed; all measurements of one burst belong to this instant."""
        self._is_pointing = not reading
        self._instant = self._now()
        self._held.clear()

    def write(self, byte: int) -> bool:
        """The number of a register, then its value; it acknowledges everything that it knows.

        Raises:
            Unmodelled: a register that has no model.
        """
        if self._is_pointing:
            self._pointer, self._is_pointing = byte, False
            return True
        if self._pointer not in self._settings:
            raise Unmodelled(f"register 0x{self._pointer:02x} of the inertial sensor", f"write 0x{byte:02x}")
        if self._pointer == _POWER and byte & 0x80:
            self._settings = dict(_SETTINGS)
        else:
            self._settings[self._pointer] = byte
        self._pointer += 1
        return True

    def read(self) -> int:
        """The register that is pointed at; the next read goes on behind it.

        Raises:
            Unmodelled: a register that has no model.
        """
        pointer = self._pointer
        self._pointer = pointer + 1 & 0xFF
        if pointer in self._settings:
            return self._settings[pointer]
        if pointer == 0x75:
            return WHO_AM_I
        if pointer == 0x3A:
            return 0 if self._sleeps else 1
        high = pointer - 1 + (pointer & 1)
        if not 0x3B <= high <= 0x47:
            raise Unmodelled(f"register 0x{pointer:02x} of the inertial sensor", "read")
        return self._word(high) >> (8 if pointer == high else 0) & 0xFF

    @property
    def _sleeps(self) -> bool:
        return bool(self._settings[_POWER] & 0x40)

    def _word(self, high: int) -> int:
        if high not in self._held:
            self._held[high] = 0 if self._sleeps else self._counts(high)
        return self._held[high]

    def _counts(self, high: int) -> int:
        if high == 0x41:
            return _TEMPERATURE_25
        if high in _FORCES:
            scale = _PER_G / (1 << (self._settings[_ACCEL_CONFIG] >> 3 & 3)) / _GRAVITY_M_S2
            value = self._value_at(_FORCES[high], self._instant)
        else:
            scale = _PER_DEGREE_PER_S / (1 << (self._settings[_GYRO_CONFIG] >> 3 & 3)) * 180.0 / math.pi
            value = self._value_at(_RATES[high], self._instant)
        return min(max(round(value * scale), -32768), 32767)

    def state(self) -> dict[str, Any]:
        """All that it remembers."""
        return {name: copy.copy(getattr(self, name)) for name in _STATE}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        for name in _STATE:
            setattr(self, name, copy.copy(state[name]))


_STATE: Final = ("_settings", "_pointer", "_is_pointing", "_instant", "_held")
