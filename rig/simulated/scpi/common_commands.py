"""The commands that every instrument has: IEEE 488.2's, which begin with `*`, and those of SCPI for errors.

Source: IEEE 488.2-1992 chapter 10, SCPI-1999 volume 2 chapter 21.
"""

from rig.simulated.scpi.commands import command
from rig.simulated.scpi.parameters import Number
from rig.simulated.scpi.status import Status

_BYTE = Number(least=0, most=255, whole=True)


class CommonCommands:
    """Status, synchronisation and identity."""

    identity: str
    options = "0"
    status: Status

    def finish_pending(self) -> None:
        """Waits until nothing is under way; raises CalledOff."""
        raise NotImplementedError

    def note_completion(self) -> None:
        """Sets the operation complete bit as soon as nothing is under way."""
        raise NotImplementedError

    def forget_completion(self) -> None:
        """Nobody waits for the operation complete bit any more."""
        raise NotImplementedError

    def restore(self) -> None:
        """Everything as after power-on, but for status, errors and the link."""
        raise NotImplementedError

    def trigger(self) -> None:
        """What `*TRG` and the trigger message of the link do."""
        raise NotImplementedError

    @command("*IDN?")
    def tell_identity(self) -> str:
        """Maker, model, serial number, firmware."""
        return self.identity

    @command("*OPT?")
    def tell_options(self) -> str:
        """Fitted options."""
        return self.options

    @command("*RST")
    def reset_all(self) -> None:
        """Everything as after power-on."""
        self.restore()

    @command("*TST?")
    def self_test(self) -> int:
        """0: the simulation has no hardware that could fail."""
        return 0

    @command("*TRG")
    def bus_trigger(self) -> None:
        """A trigger from the bus."""
        self.trigger()

    @command("*CLS")
    def clear_status(self) -> None:
        """Forgets events and errors."""
        self.status.clear()
        self.forget_completion()

    @command("*OPC")
    def announce_completion(self) -> None:
        """Sets bit 0 of the standard event status when nothing is under way any more."""
        self.note_completion()

    @command("*OPC?")
    def await_completion(self) -> int:
        """Answers 1 when nothing is under way any more."""
        self.finish_pending()
        return 1

    @command("*WAI")
    def hold(self) -> None:
        """Runs the next command when nothing is under way any more."""
        self.finish_pending()

    @command("*STB?")
    def tell_status(self) -> int:
        """The status byte; an answer that this message itself makes is not counted."""
        return self.status.byte(message_available=False)

    @command("*ESR?")
    def tell_event(self) -> int:
        """Standard event status; forgotten by reading."""
        return self.status.take_event()

    @command("*ESE", _BYTE)
    def enable_event(self, mask: int) -> None:
        """Which standard events are summed up in the status byte."""
        self.status.event_enable = mask

    @command("*ESE?")
    def tell_event_enable(self) -> int:
        """Mask of the standard events."""
        return self.status.event_enable

    @command("*SRE", _BYTE)
    def enable_service(self, mask: int) -> None:
        """Which bits of the status byte set its bit 6."""
        self.status.service_enable = mask & ~64

    @command("*SRE?")
    def tell_service_enable(self) -> int:
        """Mask of the status byte."""
        return self.status.service_enable

    @command("SYSTem:ERRor[:NEXT]?")
    def next_error(self) -> str:
        """The oldest error, taken out of the queue."""
        return self.status.errors.pop()

    @command("SYSTem:ERRor:COUNt?")
    def count_errors(self) -> int:
        """Errors in the queue."""
        return len(self.status.errors)

    @command("SYSTem:VERSion?")
    def tell_version(self) -> str:
        """Year of the SCPI standard."""
        return "1999.0"
