"""What an event of a scenario does to the world and the bench."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.electrode.placement import ElectrodeShift
from sim.gait.manner import Passage
from sim.gait.sitting import Sit
from sim.gait.walk import Pause, Rug
from sim.sensor.signal_faults import SignalFault
from sim.sensor.switch_faults import FaultChange
from sim.sensor.wireless_switch import RadioLoss, RadioTrouble
from sim.signal import Command
from sim.timebase import TimeNs


@dataclass(frozen=True, slots=True)
class SensorOverride:
    """A sensor that stops telling the truth from `t0_ns` until `t1_ns`.

    Attributes:
        t0_ns: first instant.
        t1_ns: end, not included.
        state: what the sensor shows meanwhile.
    """

    t0_ns: TimeNs
    t1_ns: TimeNs
    state: Literal["open", "closed"]


Effect: TypeAlias = (
    Command
    | Rug
    | SensorOverride
    | Pause
    | Sit
    | Passage
    | ElectrodeShift
    | FaultChange
    | RadioLoss
    | RadioTrouble
    | SignalFault
)


@dataclass(frozen=True, slots=True)
class EventSpan:
    """A named event of a scenario on the time axis of the run.

    Attributes:
        name: its label in the scenario.
        kind: the catalogue's name of what it does (`terrain.rug`).
        start_ns: first instant.
        end_ns: last instant (equal to `start_ns` where the event has no extent).
        stride: stride that contains `start_ns`.
        effects: what it does.
    """

    name: str
    kind: str
    start_ns: TimeNs
    end_ns: TimeNs
    stride: int
    effects: tuple[Effect, ...]
