"""Three small clients of our own, written from the standards: they show what arrives on the wire, byte by byte.

pyvisa-py hangs, spins or hides much of what a faulty link does; these do not.
"""

import socket
import struct

COMPLETE, CLOSED, TIMED_OUT = "complete", "closed", "timed out"
PATIENT_S = 20.0
"""Of a client whose answer is due: a busy computer is no fault of the link."""


class Ended(Exception):  # noqa: N818 - an end is no error here
    """What came before the stream ended or stopped."""

    def __init__(self, got, why):
        super().__init__(got, why)
        self.got, self.why = got, why


def exactly(sock, count):
    got = b""
    while len(got) < count:
        try:
            more = sock.recv(count - len(got))
        except TimeoutError:
            raise Ended(got, TIMED_OUT) from None
        except ConnectionError:
            more = b""
        if not more:
            raise Ended(got, CLOSED)
        got += more
    return got


def tcp(port, timeout_s):
    return socket.create_connection(("127.0.0.1", port), timeout_s)


class SocketClient:
    """Bytes until the newline that is not followed by anything."""

    def __init__(self, port, timeout_s=PATIENT_S):
        self.sock = tcp(port, timeout_s)

    def hurry(self, timeout_s):
        """From now on an answer must come within this."""
        self.sock.settimeout(timeout_s)

    def close(self):
        self.sock.close()

    def ask(self, command, expected_bytes):
        """The answer, and how it ended; `expected_bytes` tells when a stream without messages is complete."""
        self.sock.sendall(command + b"\n")
        try:
            return exactly(self.sock, expected_bytes), COMPLETE
        except Ended as end:
            return end.got, end.why


HISLIP = struct.Struct("!2sBBIQ")


class HislipClient:
    """IVI-6.1: both channels, one message at a time."""

    def __init__(self, port, timeout_s=PATIENT_S):
        self.sock, self.asynchronous = tcp(port, timeout_s), tcp(port, timeout_s)
        self.sock.sendall(HISLIP.pack(b"HS", 0, 0, 0x01007878, 7) + b"hislip0")
        self.session = HISLIP.unpack(exactly(self.sock, 16))[3] & 0xFFFF
        self.asynchronous.sendall(HISLIP.pack(b"HS", 17, 0, self.session, 0))
        assert HISLIP.unpack(exactly(self.asynchronous, 16))[1] == 18
        self.id, self.delivered = 0xFFFFFF00, 0

    def hurry(self, timeout_s):
        """From now on an answer must come within this."""
        self.sock.settimeout(timeout_s)

    def close(self):
        self.sock.close()
        self.asynchronous.close()

    def tell(self, command):
        """A message that asks nothing."""
        self.sock.sendall(HISLIP.pack(b"HS", 7, self.delivered, self.id, len(command)) + command)
        self.id, self.delivered = (self.id + 2) & 0xFFFFFFFF, 0

    def ask(self, command, expected_bytes=0):
        del expected_bytes
        asked, got = self.id, b""
        self.tell(command)
        try:
            while True:
                _, kind, _, number, length = HISLIP.unpack(exactly(self.sock, 16))
                assert kind in (6, 7) and number == asked
                got += exactly(self.sock, length)
                if kind == 7:
                    self.delivered = 1
                    return got, COMPLETE
        except Ended as end:
            return got + end.got, end.why

    def on(self, sock, kind, code=0, parameter=0, payload=b""):
        """One message on either channel; type, control code, parameter and payload of the answer."""
        sock.sendall(HISLIP.pack(b"HS", kind, code, parameter, len(payload)) + payload)
        _, kind, code, parameter, length = HISLIP.unpack(exactly(sock, 16))
        return kind, code, parameter, exactly(sock, length)


class Vxi11Client:
    """VXI-11 over ONC RPC: create a link, write, read until END."""

    def __init__(self, port, timeout_s=PATIENT_S):
        self.sock, self.number = tcp(port, timeout_s), 0
        self.hurry(timeout_s)
        result = self.call(10, struct.pack("!4I", 1, 0, 0, 5) + b"inst0\0\0\0")
        self.error, self.link, self.abort_port, self.most_bytes = struct.unpack("!4I", result)

    def hurry(self, timeout_s):
        """From now on an answer must come within this; the server is told half of it."""
        self.sock.settimeout(timeout_s)
        self.timeout_ms = int(timeout_s * 500)

    def close(self):
        self.sock.close()

    def call(self, procedure, arguments, program=0x0607AF):
        """The result of a procedure; raises Ended with the bytes of the record that came."""
        self.number += 1
        record = struct.pack("!10I", self.number, 0, 2, program, 1, procedure, 0, 0, 0, 0) + arguments
        self.sock.sendall(struct.pack("!I", 0x80000000 | len(record)) + record)
        length = struct.unpack("!I", exactly(self.sock, 4))[0] & 0x7FFFFFFF
        reply = exactly(self.sock, length)
        number, _, _, _, _, status = struct.unpack_from("!6I", reply)
        assert number == self.number
        if status:
            raise ArithmeticError(status)
        return reply[24:]

    def write(self, data, flags=8):
        arguments = (
            struct.pack("!5I", self.link, self.timeout_ms, 0, flags, len(data)) + data + b"\0" * (-len(data) % 4)
        )
        return struct.unpack("!2I", self.call(11, arguments))

    def read(self, size, flags=0, terminator=0):
        """Error, reason, bytes."""
        result = self.call(12, struct.pack("!6I", self.link, size, self.timeout_ms, 0, flags, terminator))
        error, reason, length = struct.unpack_from("!3I", result)
        return error, reason, result[12 : 12 + length]

    def generic(self, procedure):
        return struct.unpack("!I", self.call(procedure, struct.pack("!4I", self.link, 0, 0, 0))[:4])[0]

    def ask(self, command, expected_bytes=0):
        del expected_bytes
        got = b""
        try:
            assert self.write(command)[0] == 0
            while True:
                error, reason, piece = self.read(1 << 16)
                if error:
                    return got, TIMED_OUT
                got += piece
                if reason & 4:
                    return got, COMPLETE
        except Ended as end:
            return got + end.got[36:], end.why


CLIENTS = {"socket": SocketClient, "hislip": HislipClient, "vxi11": Vxi11Client}
