"""Clients that send garbage, a gigabyte, half of something or nothing at all: the server goes on and stays small."""

import random
import socket
import struct
import time
import tracemalloc

import pytest
from scpi_wire import CLIENTS, COMPLETE, HISLIP, PATIENT_S
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.server import MOST_CONNECTIONS, InstrumentServer

LIMIT_BYTES = 1 << 16


@pytest.fixture(scope="module", params=list(CLIENTS))
def server(request):
    with InstrumentServer(ShelfInstrument(), request.param, limit_bytes=LIMIT_BYTES) as server:
        yield server
        assert not server.instrument.crashes


@pytest.fixture(autouse=True)
def still_serves(server):
    """After whatever a test did, a well-behaved client gets its answer, and all others are gone."""
    server.instrument.restore()
    server.instrument.status.clear()
    yield
    until(lambda: server.connections == 0)
    client = CLIENTS[server.transport](server.port)
    assert client.ask(b"*CLS;*OPC?", 2) == (b"1\n", COMPLETE)
    client.close()
    until(lambda: server.connections == 0)


def until(reached):
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def send(sock, data):
    """As much as the server takes."""
    try:
        sock.sendall(data)
    except OSError:
        return


def openings(transport):
    """How each protocol begins, so that garbage may also come later."""
    link = struct.pack("!10I", 1, 0, 2, 0x0607AF, 1, 10, 0, 0, 0, 0) + struct.pack("!4I", 1, 0, 0, 0)
    begin = {
        "socket": b"*CLS\n",
        "hislip": HISLIP.pack(b"HS", 0, 0, 0x01007878, 7) + b"hislip0",
        "vxi11": struct.pack("!I", 0x80000000 | len(link)) + link,
    }
    return [b"", begin[transport]]


def test_garbage(server):
    """Random bytes at once, and after a proper beginning."""
    noise = random.Random(5)
    for _ in range(8):
        for begin in openings(server.transport):
            with socket.create_connection(("127.0.0.1", server.port), PATIENT_S) as sock:
                send(sock, begin + noise.randbytes(noise.randrange(1, 3000)))


def test_a_client_that_goes_in_the_middle(server):
    """The stream ends after every possible number of bytes of a proper beginning."""
    begin = openings(server.transport)[1]
    for length in range(0, len(begin) + 1, 3):
        with socket.create_connection(("127.0.0.1", server.port), PATIENT_S) as sock:
            send(sock, begin[:length])


def test_a_hundred_connections_that_say_nothing(server):
    """More than are allowed: those beyond are closed at once; when the idle ones go, all is as before."""
    idle = [socket.create_connection(("127.0.0.1", server.port), PATIENT_S) for _ in range(100)]
    until(lambda: server.connections == MOST_CONNECTIONS)
    for sock in idle:
        sock.close()


def test_a_promise_of_a_gigabyte_costs_nothing(server):
    """A length that is only announced is not reserved."""
    huge = {
        "socket": b"DATA #91000000000abc",
        "hislip": HISLIP.pack(b"HS", 7, 0, 0xFFFFFF00, 1 << 30) + b"abc",
        "vxi11": struct.pack("!I", 0xC0000000) + b"abc",
    }[server.transport]
    tracemalloc.start()
    for begin in openings(server.transport):
        with socket.create_connection(("127.0.0.1", server.port), PATIENT_S) as sock:
            send(sock, begin + huge)
    until(lambda: server.connections == 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_message_beyond_the_limit_is_dropped_and_told(server):
    """-363; nothing of it is run; the link goes on where the protocol allows a limit in the message."""
    client = CLIENTS[server.transport](server.port)
    long = b"DATA #6200000" + b"\n" * 200_000 + b";OUTP ON"
    client.ask(long + b"\n*OPC?", 2)
    told = b'0;-363,"Input buffer overrun";0\n'
    found = client.ask(b"OUTP?;:SYST:ERR?;:SYST:ERR:COUN?", len(told))[0]
    client.close()
    assert found == told


def test_a_client_that_never_reads(server):
    """Answers pile up in its socket only; when it goes, its thread goes."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENT_S) as sock:
        begin = openings(server.transport)[1]
        question = {
            "socket": b"TEXT? 2000000\n",
            "hislip": HISLIP.pack(b"HS", 7, 0, 0xFFFFFF00, 13) + b"TEXT? 2000000",
            "vxi11": b"",
        }[server.transport]
        send(sock, begin + question * 5)


def test_a_server_that_ends_takes_its_clients_along(server):
    """close() with a client that waits for a trigger: it returns, and the port is free again."""
    with InstrumentServer(ShelfInstrument(), server.transport) as other:
        port = other.port
        client = CLIENTS[other.transport](port)
        other.faults.inject("no_answer", times=None)
        client.sock.settimeout(0.05)
        client.ask(b"ARM;*OPC?", 2)
    other.close()
    client.close()
    assert not [thread for thread in other._threads if thread.is_alive()]
    with InstrumentServer(ShelfInstrument(), server.transport, port=port) as again:
        assert again.port == port
