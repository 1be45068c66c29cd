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
"""Role -> signal that it carries to the device."""

MOST_CHANNELS: Final = 4
"""Stimulation channels for which there are roles."""

CHANNELLED: Final = {
    "contact": "contact of the electrodes, 0 to 1",
    "polarity": "leads of the electrodes: straight (1) or crossed (-1)",
    "load": "electrical load between the electrodes",
}
"""Command that concerns the electrodes of one channel -> what it changes."""

COMMANDS: Final = {
    "button.stop": "stop button: pressed, let go",
    "button.power": "power switch of the device: off, on",
    "button.rearm": "key, or amplitude control, with which the device is armed",
    "supply.relay": "relay in the supply line: off, on",
    **{
        f"{command}.{n}" if n > 1 else command: f"{text}, channel {n}" if n > 1 else text
        for command, text in CHANNELLED.items()
        for n in range(1, MOST_CHANNELS + 1)
    },
    "setting": "settings of the device, through its control",
    "fault": "seeded faults of a simulated device",
}
"""Role -> timed change that it carries to the bench or the device (`sim.signal.Command`), no sampled signal."""

ANALOGUE_UNITS: Final = {
    "shank_tilt": "rad",
    **{f"foot_imu.a{axis}": "m/s^2" for axis in "xyz"},
    **{f"foot_imu.g{axis}": "rad/s" for axis in "xyz"},
}
"""Role of an analogue sensor -> SI unit of its signal. Axes of the IMU: x to the toes, y out of the instep, z right."""

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

ROLES: Final = TO_DEVICE | COMMANDS | FROM_DEVICE
"""Every role, with its meaning."""


def command_roles(command: str, channel: int, channels: int) -> tuple[str, ...]:
    """Roles that a command needs: itself, or for the electrodes that of the channel.

    Args:
        command: role as an event names it (`contact`, `button.stop`).
        channel: stimulation channel from 1; 0 for all of the device.
        channels: how many the device has.
    """
    if command not in CHANNELLED:
        return (command,)
    numbers = range(1, channels + 1) if channel == 0 else (channel,)
    return tuple(f"{command}.{n}" if n > 1 else command for n in numbers)
