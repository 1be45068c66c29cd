"""A small client of the GDB remote protocol, written from its description, to test the stub with."""

import socket

INTERRUPT = b"\x03"
"""Ctrl-C, outside of any packet."""


class GdbClient:
    """Speaks to a stub; every request is answered before the next."""

    def __init__(self, port, timeout_s=60.0):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def send(self, payload, then=b""):
        self.link.sendall(b"$" + payload + b"#" + f"{sum(payload) % 256:02x}".encode() + then)

    def interrupt(self):
        self.link.sendall(INTERRUPT)

    def take(self):
        """The next packet of the stub, acknowledged."""
        while True:
            start = self.heard.find(b"$")
            end = self.heard.find(b"#", start)
            if start >= 0 and 0 < end <= len(self.heard) - 3:
                payload, told = self.heard[start + 1 : end], self.heard[end + 1 : end + 3]
                self.heard = self.heard[end + 3 :]
                assert int(told, 16) == sum(payload) % 256
                self.link.sendall(b"+")
                return payload
            data = self.link.recv(65536)
            if not data:
                raise ConnectionError("the stub hung up")
            self.heard += data

    def ask(self, payload):
        self.send(payload)
        return self.take()

    def monitor(self, command):
        return bytes.fromhex(self.ask(b"qRcmd," + command.encode().hex().encode()).decode()).decode().rstrip("\n")

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask(b"p%x" % number).decode()), "little")

    def memory(self, address, size):
        return bytes.fromhex(self.ask(b"m%x,%x" % (address, size)).decode())
