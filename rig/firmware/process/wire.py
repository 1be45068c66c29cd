"""The language between the rig and the process in which a firmware lives: frames over two pipes.

A frame is `u32 bytes of the payload, u8 type, payload`, little endian, without padding. `serve.c` speaks it for firmware
that is built for this machine, `rig.firmware.emulated_child` for an emulated one. Instants are rig time, ns; values SI.
`text` is UTF-8 up to the end of the payload, `name` is `u8 bytes, UTF-8`; causes and kinds are places in the tuples
`RESET_CAUSES`, `KINDS` and `INJECTIONS`.

To the device process:

| type | frame | payload | answer |
|---|---|---|---|
| 1 | `Start` | u16 version, i64 t_ns, f64 supply_v, f64 clock_error_ratio, i64 clock_phase_ns, u8 cause, u32 n, n bytes stored, the rest: set-up | `Ready`, `Refused` |
| 2 | `Advance` | i64 until_ns, u16 mask of kinds to break on, u8 signals; each: name, i64 t0_ns, i64 period_ns, u32 n, n f64 | events, asks, `Done` |
| 3 | `Value` | f64 | goes on with `Advance` |
| 4 | `Terminal` | i64 t_ns, f64 value, text name | |
| 5 | `Receive` | i64 t_ns, bytes | |
| 6 | `Inject` | i64 t_ns, f64 dose, u8 kind, text where | `Accepted`, `Refused` |
| 7 | `Power` | i64 t_ns, u8 1 comes 0 goes, u8 cause | events, `Done` |
| 8 | `Question` | JSON text; `ask` says what (`snapshot`, `restore`, `coverage`, ...) | `Answer`, `Refused` |
| 9 | `Quit` | | ends the process, as the end of the pipe does |

From it:

| type | frame | payload |
|---|---|---|
| 65 | `Events` | any number of: i64 t_ns, f64 value, u8 kind, u8 n, u16 m, n bytes name, m bytes data |
| 66 | `Ask` | i64 t_ns, text terminal; answered by `Value` |
| 67 | `Done` | i64 reached_ns, u8 1 where only a new process can go on, u8 cause of its reset |
| 68 | `Answer` | JSON text |
| 69 | `Stored` | bytes that must be handed to the next process |
| 70 | `Ready` | JSON text: what runs |
| 71 | `Refused` | text: why not |
| 72 | `Accepted` | |
| 73 | `Failed` | text: why the process cannot go on; it ends |
| 74 | `Held` | a debugger holds the processor; sent every half second, the deadline begins anew |

Nothing is sent unasked: a process writes between a frame that has an answer and that answer. The start at `Start`, and
what follows `Power` 1, happen in the next `Advance`; the first event is then `reset` with its cause. `Terminal`,
`Receive`, `Inject` and `Power` carry an instant that everything has reached and nothing has passed.
"""  # noqa: E501  rows of a table

import struct
from typing import Final, TypeAlias

from rig.firmware.process.wire_frame import Frame
from rig.firmware.process.wire_reports import Accepted, Answer, Ask, Done, Events, Failed, Held, Ready, Refused, Stored
from rig.firmware.process.wire_requests import Advance, Inject, Power, Question, Quit, Receive, Start, Terminal, Value

HEADER: Final = struct.Struct("<IB")

LONGEST_FRAME_BYTES: Final = 1 << 26
"""A frame that says it is longer is none (design choice: a quarter of an hour of a signal at 10 kHz)."""

Request: TypeAlias = Start | Advance | Value | Terminal | Receive | Inject | Power | Question | Quit
Report: TypeAlias = Events | Ask | Done | Answer | Stored | Ready | Refused | Accepted | Failed | Held

_FRAMES: Final[dict[int, type[Request] | type[Report]]] = {
    frame.TYPE: frame
    for frame in (
        *(Start, Advance, Value, Terminal, Receive, Inject, Power, Question, Quit),
        *(Events, Ask, Done, Answer, Stored, Ready, Refused, Accepted, Failed, Held),
    )
}


def encode(*frames: Frame) -> bytes:
    """Frames as they go through the pipe, one behind the other."""
    parts: list[bytes] = []
    for frame in frames:
        payload = frame.payload()
        parts += (HEADER.pack(len(payload), frame.TYPE), payload)
    return b"".join(parts)


class FrameBuffer:
    """Puts the bytes that come through a pipe together to frames."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """More has come through the pipe."""
        self._bytes += data

    def take(self) -> Request | Report | None:
        """The next frame, or None where it is not whole yet.

        Raises:
            ValueError: what came is no frame; the rest of the pipe means nothing.
        """
        if len(self._bytes) < HEADER.size:
            return None
        size, kind = HEADER.unpack_from(self._bytes)
        if size > LONGEST_FRAME_BYTES or kind not in _FRAMES:
            raise ValueError(f"no frame begins with {bytes(self._bytes[:32])!r}")
        end = HEADER.size + size
        if len(self._bytes) < end:
            return None
        payload = bytes(self._bytes[HEADER.size : end])
        del self._bytes[:end]
        try:
            return _FRAMES[kind].of(payload)
        except (struct.error, ValueError, IndexError, TypeError) as error:
            raise ValueError(f"a frame of type {kind} and {size} bytes does not hold together: {error}") from error

    @property
    def rest(self) -> bytes:
        """What has come and is no whole frame yet."""
        return bytes(self._bytes)
