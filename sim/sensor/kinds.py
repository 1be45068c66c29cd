"""Every kind of simulated sensor that a scenario may ask for."""

from typing import Final, Literal, TypeAlias

from sim.sensor.foot_imu import FootImu, FootImuSensor
from sim.sensor.heel_switch import HeelSwitch, HeelSwitchSensor, Stuck
from sim.sensor.sensor import Sensor, SensorDescription
from sim.sensor.shank_tilt import ShankTilt, ShankTiltSensor
from sim.sensor.signal_faults import FaultySensor, SignalFault
from sim.sensor.switch_faults import FaultChange
from sim.sensor.wireless_switch import RadioLoss, RadioTrouble, WirelessSwitch, WirelessSwitchSensor
from sim.streams import Streams

Leg: TypeAlias = Literal["left", "right"]

SENSORS: Final[dict[str, type[SensorDescription]]] = {
    "heel_switch": HeelSwitch,
    "wireless_switch": WirelessSwitch,
    "shank_tilt": ShankTilt,
    "foot_imu": FootImu,
}
"""Word after `kind:` -> its description."""


def make_sensor(
    description: SensorDescription,
    streams: Streams,
    stuck: tuple[Stuck, ...] = (),
    leg: Leg = "left",
    changes: tuple[FaultChange, ...] = (),
    losses: tuple[RadioLoss, ...] = (),
    troubles: tuple[RadioTrouble, ...] = (),
    line: tuple[SignalFault, ...] = (),
) -> Sensor:
    """The sensor that `description` describes, as it is at the start of a walk.

    Args:
        description: one of `SENSORS`.
        streams: of the case.
        stuck: spans in which a switch does not tell the truth.
        leg: on which it is worn.
        changes: faults of a switch that come on the way.
        losses: spans in which the link of a wireless switch is down.
        troubles: spans in which its packets are lost, doubled or late.
        line: faults between any sensor and the device; without one the sensor is as it always was.

    Raises:
        TypeError: nothing simulated has such a description.
    """
    sensor = _sound(description, streams, stuck, leg, changes, losses, troubles)
    return FaultySensor(sensor, description, line, streams) if line else sensor


def _sound(
    description: SensorDescription,
    streams: Streams,
    stuck: tuple[Stuck, ...],
    leg: Leg,
    changes: tuple[FaultChange, ...],
    losses: tuple[RadioLoss, ...],
    troubles: tuple[RadioTrouble, ...],
) -> Sensor:
    if isinstance(description, WirelessSwitch):
        return WirelessSwitchSensor(description, streams, stuck, changes, losses, troubles)
    if isinstance(description, HeelSwitch):
        return HeelSwitchSensor(description, streams, stuck, changes)
    if isinstance(description, ShankTilt):
        return ShankTiltSensor(description, streams)
    if isinstance(description, FootImu):
        return FootImuSensor(description, streams, leg)
    raise TypeError(f"no sensor is made from {type(description).__name__}")
