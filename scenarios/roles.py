"""The roles: the only words by which a scenario names a signal. The bench file says which terminal fulfils which."""

from typing import Final

TO_DEVICE: Final = {
    "heel_switch": "heel switch signal",
    "shank_tilt": "tilt sensor signal of the shank",
    "foot_imu.ax": "foot IMU, acceleration x",
    "foot_imu.ay": "foot IMU, acceleration y",
    "foot_imu.az": "foot IMU, acceleration z",
    "foot_imu.gx": "foot IMU, angular velocity x",
    "foot_imu.gy": "foot IMU, angular velocity y",
    "foot_imu.gz": "foot IMU, angular velocity z",
    "button": "stop button",
    "supply": "supply voltage",
}
"""Role -> what it carries to the device."""

FROM_DEVICE: Final = {
    "current": "stimulation current",
    "voltage": "stimulation voltage",
    "current.2": "stimulation current of channel 2",
    "voltage.2": "stimulation voltage of channel 2",
    "current.3": "stimulation current of channel 3",
    "voltage.3": "stimulation voltage of channel 3",
    "current.4": "stimulation current of channel 4",
    "voltage.4": "stimulation voltage of channel 4",
    "heel_switch.back": "heel switch signal as it reaches the device's terminal",
    "status": "status line of the device",
    "uart": "serial log of the device",
}
"""Role -> what it brings back from the device."""

ROLES: Final = TO_DEVICE | FROM_DEVICE
"""Every role, with its meaning."""
