"""Faults of the link, seen on the wire by clients of our own: every kind on every transport."""

import contextlib
import time

import pytest
from scpi_wire import CLIENTS, CLOSED, COMPLETE, TIMED_OUT
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.blocks import definite_block
from rig.simulated.scpi.faults import KINDS, FaultEvent, Faults
from rig.simulated.scpi.server import InstrumentServer

PAYLOAD = bytes(range(256)) * 4
WHOLE = definite_block(PAYLOAD, 8) + b"\n"
DELAY_S = 0.1


@pytest.fixture(scope="module", params=list(CLIENTS))
def server(request):
    with InstrumentServer(ShelfInstrument(), request.param) as server:
        server.instrument.data = PAYLOAD
        yield server
        assert not server.instrument.crashes


@pytest.fixture
def connect(server):
    server.faults.clear()
    server.faults.log.clear()
    clients = []

    def connect():
        clients.append(CLIENTS[server.transport](server.port))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


EXPECTED = {
    "no_answer": (b"", TIMED_OUT),
    "late_answer": (WHOLE, COMPLETE),
    "cut_block": (WHOLE[: len(WHOLE) // 2], CLOSED),
    "stall": (WHOLE, COMPLETE),
    "disconnect": (b"", CLOSED),
    "short_block": (WHOLE[:10] + PAYLOAD[:512] + b"\n", COMPLETE),
    "long_block": (WHOLE[:-1] + b"\xaa" * 40 + b"\n", COMPLETE),
    "odd_block": (definite_block(PAYLOAD[:-1]) + b"\n", COMPLETE),
    "bad_header": (b"#Z" + WHOLE[2:], COMPLETE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_what_it_says(connect, server, kind):
    """The bytes that arrive, and how it ends; the answer before and the one after are whole; the log has it once."""
    client = connect()
    assert client.ask(b"DATA?", len(WHOLE)) == (WHOLE, COMPLETE)
    if kind == "no_answer":
        client.hurry(0.2)
    server.faults.inject(kind, delay_s=DELAY_S)
    before_s = time.monotonic()
    wanted, end = EXPECTED.get(kind, (WHOLE, COMPLETE))
    got, how = client.ask(b"DATA?", len(wanted if end == COMPLETE else WHOLE))
    if kind in ("late_answer", "stall"):
        assert time.monotonic() - before_s >= DELAY_S
    if kind == "garbage":
        assert how == COMPLETE and len(got) == len(WHOLE) and got[-1:] == b"\n"
        assert all(byte >= 0x80 for byte in got[:-1])
    else:
        assert (got, how) == (wanted, end)
    again = connect() if how != COMPLETE else client
    assert again.ask(b"DATA?", len(WHOLE)) == (WHOLE, COMPLETE)
    assert [(event.kind, event.command) for event in server.faults.log] == [(kind, "DATA?")]


def test_a_stall_is_in_the_middle(connect, server):
    """Half of the answer comes at once, the rest when the stall is over: a client with a short patience has half."""
    client = connect()
    client.hurry(0.3)
    server.faults.inject("stall", delay_s=0.6)
    got, how = client.ask(b"DATA?", len(WHOLE))
    assert how == TIMED_OUT
    assert got in (WHOLE[: len(WHOLE) // 2], WHOLE[: len(WHOLE) // 2 + 16])
    assert connect().ask(b"*OPC?", 2) == (b"1\n", COMPLETE)


def test_all_clients_can_be_dropped(connect, server):
    """A pulled cable between two answers: every connection ends, a new one works."""
    client = connect()
    assert client.ask(b"*OPC?", 2) == (b"1\n", COMPLETE)
    server.drop()
    with contextlib.suppress(ConnectionError):  # the write may find the end already
        assert client.ask(b"*OPC?", 2) == (b"", CLOSED)
    assert connect().ask(b"*OPC?", 2) == (b"1\n", COMPLETE)


def test_a_fault_without_end(connect, server):
    """`times=None`: no answer to that command ever again, others as before, until it is cleared."""
    server.faults.inject("no_answer", command="TEXT", times=None)
    for _ in range(2):
        client = connect()
        client.hurry(0.1)
        assert client.ask(b"TEXT? 3", 4) == (b"", TIMED_OUT)
    client = connect()
    assert client.ask(b"*OPC?", 2) == (b"1\n", COMPLETE)
    server.faults.clear()
    assert client.ask(b"TEXT? 3", 4) == (b"xxx\n", COMPLETE)


def answers(faults, *commands):
    return [faults.deliver(command, WHOLE if command == b"DATA?" else b"1\n").reply for command in commands]


def test_the_nth_answer_suffers():
    """Counted over the answers that fit, twice in a row, then no more."""
    faults = Faults()
    faults.inject("no_answer", nth=2, times=2, command="opc")
    assert answers(faults, *[b"*OPC?", b"*IDN?"] * 4) == [b"1\n"] * 2 + [None, b"1\n", None] + [b"1\n"] * 3
    assert faults.log == [FaultEvent("no_answer", "*OPC?", 3), FaultEvent("no_answer", "*OPC?", 5)]


def test_faults_of_blocks_wait_for_a_block():
    """A number has no block that could be cut."""
    faults = Faults()
    faults.inject("short_block")
    found = answers(faults, b"*OPC?", b"*IDN?", b"DATA?", b"DATA?")
    assert found[:2] == [b"1\n"] * 2
    assert len(found[2]) < len(WHOLE) == len(found[3])


def test_two_faults_follow_each_other():
    """Each answer suffers one fault; the second waits for the next answer."""
    faults = Faults()
    faults.inject("bad_header")
    faults.inject("no_answer")
    assert answers(faults, b"DATA?", b"DATA?", b"DATA?") == [b"#Z" + WHOLE[2:], None, WHOLE]


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_in_the_log_has_happened(kind):
    """Also with the smallest answers: what is in the log changed the answer, and what is not did not."""
    for payload in (b"", b"a", b"ab", b"abc"):
        faults = Faults()
        faults.inject(kind)
        reply = definite_block(payload) + b"\n"
        assert (faults.deliver(b"DATA?", reply) != Faults().deliver(b"DATA?", reply)) == bool(faults.log)
        assert bool(faults.log) == (len(payload) >= 2 or ("block" not in kind and kind != "bad_header"))


def test_an_unknown_fault_is_refused():
    """A misspelt fault would be a test that shows nothing."""
    with pytest.raises(ValueError, match="no fault of a link"):
        Faults().inject("cut")
