"""Status byte, standard event status, operation and questionable registers of one instrument.

Source: IEEE 488.2-1992 chapter 11, SCPI-1999 volume 1 chapter 9 and volume 2 chapter 20.
"""

from rig.simulated.scpi.errors import ErrorQueue, ScpiError

OPERATION_COMPLETE, QUERY_ERROR, DEVICE_ERROR, EXECUTION_ERROR, COMMAND_ERROR, POWER_ON = 1, 4, 8, 16, 32, 128
"""Bits of the standard event status register."""

ERROR_AVAILABLE, QUESTIONABLE, MESSAGE_AVAILABLE, EVENT, MASTER, OPERATION = 4, 8, 16, 32, 64, 128
"""Bits of the status byte."""

_CLASSES = {1: COMMAND_ERROR, 2: EXECUTION_ERROR, 3: DEVICE_ERROR, 4: QUERY_ERROR}


class Register:
    """Condition, what has happened since it was read, and what of it is summed up."""

    def __init__(self) -> None:
        self.condition = 0
        self.event = 0
        self.preset()

    def preset(self) -> None:
        """Nothing is summed up; what comes is latched, what goes is not."""
        self.enable, self.positive, self.negative = 0, 0x7FFF, 0

    def become(self, condition: int) -> None:
        """The instrument is in this condition now; its edges are latched."""
        came, went = condition & ~self.condition, self.condition & ~condition
        self.event |= (came & self.positive) | (went & self.negative)
        self.condition = condition

    def set(self, bits: int, on: bool) -> None:
        """These bits of the condition are on or off now."""
        self.become(self.condition | bits if on else self.condition & ~bits)

    def take_event(self) -> int:
        """What has happened; reading forgets it."""
        event, self.event = self.event, 0
        return event

    @property
    def summary(self) -> bool:
        """Something has happened that is summed up."""
        return bool(self.event & self.enable)


class Status:
    """What an instrument tells of itself."""

    def __init__(self) -> None:
        self.errors = ErrorQueue()
        self.event = POWER_ON
        self.event_enable = 0
        self.service_enable = 0
        self.operation = Register()
        self.questionable = Register()

    def report(self, error: ScpiError) -> None:
        """Puts an error in the queue and sets the bit of its class."""
        kind = -error.code // 100 if error.code < 0 else 3
        self.event |= _CLASSES.get(kind, DEVICE_ERROR)
        self.errors.push(error)

    def take_event(self) -> int:
        """The standard event status; reading forgets it."""
        event, self.event = self.event, 0
        return event

    def clear(self) -> None:
        """`*CLS`: events and errors are forgotten, conditions and masks stay."""
        self.errors.clear()
        self.event = self.operation.event = self.questionable.event = 0

    def byte(self, *, message_available: bool) -> int:
        """The status byte.

        Args:
            message_available: an answer waits for the controller that asks.
        """
        value = (
            (ERROR_AVAILABLE if len(self.errors) else 0)
            | (QUESTIONABLE if self.questionable.summary else 0)
            | (MESSAGE_AVAILABLE if message_available else 0)
            | (EVENT if self.event & self.event_enable else 0)
            | (OPERATION if self.operation.summary else 0)
        )
        return value | (MASTER if value & self.service_enable & ~MASTER else 0)
