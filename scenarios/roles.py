"""The roles: the only words by which a scenario names a signal. The bench file says which terminal fulfils which."""

from typing import Final

TO_DEVICE: Final = {
    "heel_switch": "heel switch signal",
    "shank_tilt": "tilt of the shank from the vertical, rad; positive with the ankle in front of the knee",
    "foot_imu.ax": "foot IMU, specific force along the foot to the toes, m/s^2",
    "foot_imu.ay": "foot IMU, specific force out of the instep, m/s^2; +9.81 with the foot flat at rest",
    "foot_imu.az": "foot IMU, specific force to the right, m/s^2",
    "foot_imu.gx": "foot IMU, angular velocity about x, rad/s",
    "foot_imu.gy": "foot IMU, angular velocity about y, rad/s",
    "foot_imu.gz": "foot IMU, angular velocity about z, rad/s; positive while the toes rise",
    "button": "stop button",
    "supply": "supply voltage",
}
"""Role -> what it carries to the device."""

ANALOGUE_UNITS: Final = {
    "shank_tilt": "rad",
    **{f"foot_imu.a{axis}": "m/s^2" for axis in "xyz"},
    **{f"foot_imu.g{axis}": "rad/s" for axis in "xyz"},
}
"""Role of an analogue sensor -> SI unit of its signal. Axes of the IMU: x to the toes, y out of the instep, z right."""

MOST_CHANNELS: Final = 4
"""Stimulation channels for which there are roles."""

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
    "status": "status line of the device: train enabled",
    "uart": "serial log of the device",
    "indicator.output": "lamp of the device: output active",
    "indicator.low_battery": "lamp of the device: battery low",
    "indicator.fault": "lamp of the device: fault",
    "indicator.high_impedance": "flag of the device: it cannot drive the set current",
}
"""Role -> what it brings back from the device."""

LINES: Final = ("status", "indicator.output", "indicator.low_battery", "indicator.fault", "indicator.high_impedance")
"""Roles that are two-state lines: recorded as changes, never as a waveform."""

ROLES: Final = TO_DEVICE | FROM_DEVICE
"""Every role, with its meaning."""
