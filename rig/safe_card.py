"""A DAQ card is driven safe by fresh tasks: digital lines first (the interlock), then the analog outputs.

Where the tasks of a dead or hung runner still hold the card (-50103), the device is reset first: that aborts them.
nidaqmx is untyped where it matters, so this file is the one place of the guardian that touches it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from sim.errors import BenchError

ANSWER_S: Final = 5.0
"""A card's server that cannot be reached by then is told as such."""


@dataclass(frozen=True, slots=True)
class CardOrder:
    """Drive a card safe.

    Attributes:
        name: of the instrument in the bench file.
        address: `local` or `grpc://HOST:PORT`.
        lines: (physical line, state) in the order in which they are driven, as `("Dev1/port0/line0", False)`.
        outputs: (physical channel, V) of the analog outputs.
    """

    name: str
    address: str
    lines: tuple[tuple[str, bool], ...] = ()
    outputs: tuple[tuple[str, float], ...] = ()

    def prepare(self) -> None:
        """Load the driver while there is time."""
        import_module("nidaqmx.system")

    def drive_safe(self) -> str:
        """Open a session, write the safe states; what was done, in words.

        Raises:
            BenchError: the card did not take them.
        """
        channel = _channel(self.address)
        try:
            return drive_card_safe(dict(self.lines), dict(self.outputs), channel)
        finally:
            if channel is not None:
                channel.close()


def _channel(address: str) -> Any:
    """A gRPC channel of our own to the card's server; None for a card of this computer."""
    if not address.startswith("grpc://"):
        return None
    import grpc

    channel = grpc.insecure_channel(address.removeprefix("grpc://"))
    try:
        grpc.channel_ready_future(channel).result(timeout=ANSWER_S)
    except grpc.FutureTimeoutError as error:
        channel.close()
        raise BenchError(address, float("nan"), f"the card's server does not answer within {ANSWER_S:g} s") from error
    return channel


def drive_card_safe(lines: Mapping[str, bool], outputs: Mapping[str, float], channel: Any = None) -> str:
    """Write `lines`, then `outputs` (V), by tasks of our own; what was done, in words.

    Args:
        lines: physical line -> state.
        outputs: physical channel -> V.
        channel: gRPC channel of the card; None for a card of this computer.

    Raises:
        BenchError: the card did not take them, even after a reset.
    """
    import nidaqmx.errors

    try:
        _write(lines, outputs, channel)
    except nidaqmx.errors.Error as held:
        try:
            _reset([*lines, *outputs], channel)
            _write(lines, outputs, channel)
        except nidaqmx.errors.Error as error:
            raise BenchError("card", float("nan"), " ".join(str(error).split())) from error
        return f"{_told(lines, outputs)} (after a reset: {_code(held)})"
    return _told(lines, outputs)


def _write(lines: Mapping[str, bool], outputs: Mapping[str, float], channel: Any) -> None:
    import nidaqmx

    for line, state in lines.items():
        with nidaqmx.Task(grpc_options=_session(channel)) as task:
            task.do_channels.add_do_chan(line)
            task.write(state)
    for output, volts in outputs.items():
        with nidaqmx.Task(grpc_options=_session(channel)) as task:
            task.ao_channels.add_ao_voltage_chan(output)
            task.write(volts)


def _reset(channels: Iterable[str], channel: Any) -> None:
    from nidaqmx.system import Device

    for name in dict.fromkeys(physical.lstrip("/").partition("/")[0] for physical in channels):
        Device(name, grpc_options=_session(channel)).reset_device()


def _session(channel: Any) -> Any:
    from nidaqmx import GrpcSessionOptions

    return None if channel is None else GrpcSessionOptions(channel, "")


def _code(error: Any) -> str:
    return f"error {getattr(error, 'error_code', '')}".strip()


def _told(lines: Mapping[str, bool], outputs: Mapping[str, float]) -> str:
    words = [f"{line} {'on' if state else 'off'}" for line, state in lines.items()]
    return ", ".join([*words, *(f"{output} {volts:g} V" for output, volts in outputs.items())]) or "nothing to drive"
