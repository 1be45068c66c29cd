"""The three transports carry the same language: the same commands give the same answers and the same errors."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scpi_wire import CLIENTS, COMPLETE
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.server import InstrumentServer
from sim.errors import BenchError

# A block that is cut is missing: END says that it is over, a raw socket waits for the rest.
COMMANDS = st.sampled_from(
    [
        b"CHAN1:RANG 4;RANG?",
        b"chan2:range 99",
        b"CHAN2:RANG?;:OUTP?",
        b"OUTP ON",
        b"DATA #15\n;\"',",
        b"DATA?",
        b"DATA abc",
        b'DISP:TEXT "a;b"',
        b"DISP:TEXT?",
        b"MEAS:VOLT? (@1,3)",
        b"TEXT? 3000",
        b"FOO?",
        b"*ESE 36",
        b"*ESR?;*STB?",
        b"*RST",
        b"*CLS",
        b"SYST:ERR?",
        b"*TRG",
        b"STAT:OPER:ENAB #H0F",
    ]
)


@pytest.fixture(scope="module")
def stand():
    """A server and a client a transport, each with an instrument of its own."""
    servers = {name: InstrumentServer(ShelfInstrument(), name).start() for name in CLIENTS}
    clients = {name: CLIENTS[name](server.port) for name, server in servers.items()}
    yield servers, clients
    for client in clients.values():
        client.close()
    for server in servers.values():
        server.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(COMMANDS, max_size=12))
def test_any_conversation_is_the_same(stand, commands):
    """Against the instrument without any transport, command by command, and the log at the end."""
    servers, clients = stand
    bare = ShelfInstrument()
    for server in servers.values():
        server.instrument.restore()
        vars(server.instrument.status).update(vars(type(bare.status)()))
        server.instrument.log.clear()
    for command in [*commands, b"SYST:ERR:COUN?"]:
        wanted = bare.execute(command)
        for name, client in clients.items():
            if wanted:
                assert (name, *client.ask(command, len(wanted))) == (name, wanted, COMPLETE)
            elif name == "vxi11":
                assert client.write(command) == (0, len(command))
            elif name == "hislip":
                client.tell(command)
            else:
                client.sock.sendall(command + b"\n")
    for server in servers.values():
        assert list(server.instrument.log) == list(bare.log)


def test_clients_at_once_get_their_own_answers(stand):
    """Four clients, one a thread, on each transport: every answer belongs to its question."""
    servers, _ = stand
    wrong = []

    def work(name, number):
        client = CLIENTS[name](servers[name].port)
        for k in range(20):
            length = 1 + (37 * k + number * 101) % 5000
            got = client.ask(b"TEXT? %d" % length, length + 1)
            if got != (b"x" * length + b"\n", COMPLETE):
                wrong.append((name, number, k, got[1]))
        client.close()

    threads = [threading.Thread(target=work, args=(name, number)) for name in servers for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


class Crumbs:
    """A socket that sends its bytes one by one."""

    def __init__(self, sock):
        self.sock = sock

    def sendall(self, data):
        for byte in data:
            self.sock.sendall(bytes([byte]))

    def __getattr__(self, name):
        return getattr(self.sock, name)


@pytest.mark.parametrize("name", list(CLIENTS))
def test_a_conversation_in_crumbs_is_the_same(stand, name):
    """However TCP cuts the stream: every byte in a segment of its own gives the same answers."""
    servers, _ = stand
    servers[name].instrument.restore()
    client = CLIENTS[name](servers[name].port)
    client.sock = Crumbs(client.sock)
    assert client.ask(b"DATA #15\n;\"',;DATA?;:CHAN1:RANG 4;RANG?", 32) == (
        b"#800000005\n;\"',;+4.00000000E+00\n",
        COMPLETE,
    )
    client.close()


def test_nobody_but_this_computer_reaches_a_server(stand):
    """None of the protocols knows a password: the default address is the loopback."""
    for server in stand[0].values():
        assert server._listener.getsockname()[0] == "127.0.0.1"
        assert "127.0.0.1" in server.resource


def test_a_port_that_is_taken_is_a_fault_of_the_bench(stand):
    """With the port in the message and a way out, no traceback of sockets."""
    port = stand[0]["socket"].port
    with pytest.raises(BenchError, match=f"{port}: .*another port"):
        InstrumentServer(ShelfInstrument(), "socket", port=port).start()


def test_an_unknown_transport_is_refused():
    """The transports that there are stand in the message."""
    with pytest.raises(ValueError, match="socket, hislip, vxi11"):
        InstrumentServer(ShelfInstrument(), "gpib")
