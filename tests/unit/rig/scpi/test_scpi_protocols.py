"""HiSLIP and VXI-11 at their edges, by clients of our own: END, ids, refusals, abort, mistakes of a client."""

import struct
import threading

import pytest
from pyvisa_py.protocols import vxi11 as constants
from scpi_wire import CLOSED, HISLIP, Ended, HislipClient, Vxi11Client, exactly, tcp
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.server import InstrumentServer

CODES = constants.ErrorCodes


@pytest.fixture(scope="module")
def vxi11_server():
    with InstrumentServer(ShelfInstrument(), "vxi11") as server:
        yield server


@pytest.fixture(scope="module")
def hislip_server():
    with InstrumentServer(ShelfInstrument(), "hislip") as server:
        yield server


@pytest.fixture
def vxi11(vxi11_server):
    vxi11_server.instrument.restore()
    vxi11_server.instrument.status.clear()
    client = Vxi11Client(vxi11_server.port)
    yield client
    client.close()


@pytest.fixture
def hislip(hislip_server):
    hislip_server.instrument.restore()
    hislip_server.instrument.status.clear()
    client = HislipClient(hislip_server.port)
    yield client
    client.close()


@pytest.mark.parametrize("length", [20479, 20480, 20481])
def test_the_end_of_an_answer_is_told_with_its_last_byte(vxi11, length):
    """VXI-11 table B.3: an answer of exactly the requested size ends with END and REQCNT in one read.

    pyvisa-py 0.8.1 asks for 20480 bytes and overlooks END there (its issue 608), so it times out on such an answer.
    """
    vxi11.write(b"TEXT? %d" % (length - 1))
    error, reason, data = vxi11.read(20480)
    assert (error, len(data)) == (0, min(length, 20480))
    assert bool(reason & constants.RX_END) == (length <= 20480)
    assert bool(reason & constants.RX_REQCNT) == (length >= 20480)
    if length > 20480:
        assert vxi11.read(20480) == (0, constants.RX_END, b"\n")


def test_a_read_ends_at_the_terminator_that_was_asked_for(vxi11):
    """VXI-11 B.6.4: TERMCHAR_SET ends the piece after that byte, and says CHR; the rest is still there."""
    vxi11.write(b"MEAS:VOLT? (@1,2)")
    assert vxi11.read(100, constants.OP_FLAG_TERMCHAR_SET, ord(",")) == (0, constants.RX_CHR, b"+1.50000000E+00,")
    assert vxi11.read(100) == (0, constants.RX_END, b"+3.00000000E+00\n")


def test_a_message_may_come_in_pieces(vxi11):
    """Only END makes it a message; a block may be cut anywhere."""
    for piece, flags in ((b"*CLS;DATA #2", 0), (b"10\n\n\n\n\n", 0), (b"\n\n\n\n\n", 8)):
        assert vxi11.write(piece, flags) == (0, len(piece))
    assert vxi11.ask(b"DATA?;:SYST:ERR?")[0] == b"#800000010" + b"\n" * 10 + b';+0,"No error"\n'


def test_of_two_messages_in_one_write_the_second_answers(vxi11):
    """IEEE 488.2 section 6.3.2.3: the second message interrupts the answer to the first, which is told by -410."""
    vxi11.write(b"*IDN?\nTEXT? 3\n")
    assert vxi11.read(100)[2] == b"xxx\n"
    assert vxi11.ask(b"SYST:ERR?")[0].startswith(b"-410")
    vxi11.write(b"*OPC?\nOUTP OFF\n")
    assert vxi11.ask(b"SYST:ERR?")[0].startswith(b"-410")


def test_reading_what_was_not_asked(vxi11):
    """IEEE 488.2 section 6.3.2.2: a time-out, and -420 in the queue."""
    vxi11.timeout_ms = 20
    assert vxi11.read(100) == (CODES.io_timeout, 0, b"")
    vxi11.timeout_ms = 10_000
    assert vxi11.ask(b"SYST:ERR?")[0].startswith(b"-420")


@pytest.mark.parametrize(
    "procedure",
    [
        constants.DEVICE_LOCK,
        constants.DEVICE_UNLOCK,
        constants.DEVICE_ENABLE_SRQ,
        constants.DEVICE_DOCMD,
        constants.CREATE_INTR_CHAN,
    ],
)
def test_what_is_not_simulated_is_refused(vxi11, procedure):
    """Error 8, operation not supported; never a success that did nothing."""
    assert vxi11.generic(procedure) == CODES.operation_not_supported


@pytest.mark.parametrize(
    "procedure",
    [
        constants.DEVICE_WRITE,
        constants.DEVICE_READ,
        constants.DEVICE_READSTB,
        constants.DEVICE_CLEAR,
        constants.DESTROY_LINK,
    ],
)
def test_a_link_that_is_none(vxi11, procedure):
    """Error 4, invalid link identifier."""
    result = vxi11.call(procedure, struct.pack("!6I", 9999, 10, 10, 10, 0, 0))
    assert struct.unpack("!I", result[:4])[0] == CODES.invalid_link_identifier


def test_a_destroyed_link_is_gone(vxi11):
    """destroy_link works once."""
    assert vxi11.generic(constants.DESTROY_LINK) == 0
    assert vxi11.generic(constants.DESTROY_LINK) == CODES.invalid_link_identifier


def test_there_is_one_device(vxi11):
    """Another logical name than inst0 is error 3, device not accessible."""
    result = vxi11.call(10, struct.pack("!4I", 1, 0, 0, 5) + b"inst7\0\0\0")
    assert struct.unpack("!4I", result)[:2] == (CODES.device_not_accessible, 0)


def test_links_of_one_connection_are_counted(vxi11):
    """A client that makes links for ever gets error 9, out of resources."""
    errors = {struct.unpack("!4I", vxi11.call(10, struct.pack("!4I", 1, 0, 0, 0)))[0] for _ in range(20)}
    assert errors == {0, CODES.out_of_resources}


@pytest.mark.parametrize(("program", "procedure", "status"), [(0x0607AF, 99, 3), (0x0607B1, 10, 1), (0x0607AF, 10, 4)])
def test_calls_that_do_not_exist(vxi11, program, procedure, status):
    """RFC 5531 section 9: procedure or program unavailable, arguments that are garbage; the connection goes on."""
    with pytest.raises(ArithmeticError) as caught:
        vxi11.call(procedure, b"", program)
    assert caught.value.args == (status,)
    assert vxi11.ask(b"*OPC?")[0] == b"1\n"


@pytest.mark.parametrize(
    "words",
    [
        (1, 1, 2, 0x0607AF, 1, 0, 0, 0, 0, 0),
        (1, 0, 3, 0x0607AF, 1, 0, 0, 0, 0, 0),
        (1, 0, 2),
        (1, 0, 2, 0x0607AF, 1, 0, 0, 99),
    ],
    ids=["a reply", "RPC version 3", "too short", "credentials beyond the end"],
)
def test_a_record_that_is_no_call_ends_the_connection(vxi11_server, words):
    """Nothing sensible can follow; the next client is served."""
    with tcp(vxi11_server.port, 2.0) as sock:
        sock.sendall(struct.pack("!I", 0x80000000 | 4 * len(words)) + struct.pack(f"!{len(words)}I", *words))
        with pytest.raises(Ended) as ended:
            exactly(sock, 1)
        assert ended.value.why == CLOSED


def test_the_abort_channel_ends_a_read(vxi11, vxi11_server):
    """VXI-11 B.6.13: device_abort on another connection gives the waiting read error 23."""
    assert vxi11.abort_port == vxi11_server.port
    vxi11.write(b"ARM;*OPC?")
    other = Vxi11Client(vxi11.abort_port)
    found = []
    reader = threading.Thread(target=lambda: found.append(vxi11.read(100)))
    reader.start()
    while reader.is_alive():
        assert other.call(1, struct.pack("!I", vxi11.link), constants.DEVICE_ASYNC_PROG) == b"\0\0\0\0"
        reader.join(0.01)
    other.close()
    assert found == [(CODES.abort, 0, b"")]


def test_a_full_queue_of_messages_is_refused(vxi11):
    """While one message waits for a trigger few others are kept: then a write times out and nothing of it is taken."""
    vxi11.timeout_ms = 20
    vxi11.write(b"ARM;*WAI")
    answers = [vxi11.write(b"*CLS") for _ in range(5)]
    assert answers[-1] == (CODES.io_timeout, 0)
    assert vxi11.generic(constants.DEVICE_CLEAR) == 0
    vxi11.timeout_ms = 10_000
    assert vxi11.ask(b"STAT:OPER:COND?")[0] == b"8\n"


def test_an_answer_carries_the_id_of_its_question(hislip):
    """IVI-6.1 section 3.1.2: responses bear the id of the message; the client of this test asserts it."""
    for _ in range(3):
        assert hislip.ask(b"*IDN?")[0].startswith(b"STIMRIG")


def test_answers_keep_to_the_size_of_the_client(hislip):
    """IVI-6.1 section 6.9: after AsyncMaxMsgSize no message is larger."""
    kind, _, _, payload = hislip.on(hislip.asynchronous, 15, payload=struct.pack("!Q", 1016))
    assert (kind, struct.unpack("!Q", payload)[0]) == (16, 1 << 20)
    hislip.sock.sendall(HISLIP.pack(b"HS", 7, 0, hislip.id, 10) + b"TEXT? 2500")
    lengths = []
    while True:
        _, kind, _, _, length = HISLIP.unpack(exactly(hislip.sock, 16))
        lengths.append(length)
        exactly(hislip.sock, length)
        if kind == 7:
            break
    assert lengths == [1000, 1000, 501]


def test_locks_and_unknown_messages_are_refused(hislip):
    """A lock is an error (code 3), an unknown type an Error message of code 1; the link goes on."""
    assert hislip.on(hislip.asynchronous, 4, 1)[:2] == (5, 3)
    assert hislip.on(hislip.asynchronous, 24)[:2] == (25, 0)
    assert hislip.on(hislip.asynchronous, 10)[:2] == (11, 0)
    assert hislip.on(hislip.asynchronous, 77)[:2] == (3, 1)
    assert hislip.on(hislip.sock, 77)[:2] == (3, 1)
    assert hislip.ask(b"*OPC?")[0] == b"1\n"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (HISLIP.pack(b"XX", 0, 0, 0, 0), 1),
        (HISLIP.pack(b"HS", 0, 0, 0, 1 << 60), 1),
        (HISLIP.pack(b"HS", 17, 0, 9999, 0), 3),
        (HISLIP.pack(b"HS", 7, 0, 0, 0), 3),
        (HISLIP.pack(b"HS", 0, 0, 0x01007878, 7) + b"hislip7", 3),
    ],
    ids=["no prologue", "an exabyte", "no such session", "data first", "no such device"],
)
def test_a_client_that_breaks_the_protocol_is_told_and_closed(hislip_server, first, code):
    """IVI-6.1 table 14: a fatal error with its code, then the end of the stream."""
    with tcp(hislip_server.port, 2.0) as sock:
        sock.sendall(first)
        _, kind, got, _, length = HISLIP.unpack(exactly(sock, 16))
        exactly(sock, length)
        assert (kind, got) == (2, code)
        with pytest.raises(Ended):
            exactly(sock, 1)


def test_a_second_asynchronous_channel_is_refused(hislip, hislip_server):
    """Nobody else can take over the status channel of a session."""
    with tcp(hislip_server.port, 2.0) as sock:
        sock.sendall(HISLIP.pack(b"HS", 17, 0, hislip.session, 0))
        assert HISLIP.unpack(exactly(sock, 16))[1:3] == (2, 3)
    assert hislip.on(hislip.asynchronous, 21, 0, hislip.id)[:2] == (22, 0)


def test_a_device_clear_throws_away_what_comes_before_its_end(hislip):
    """IVI-6.1 section 6.12: data between AsyncDeviceClear and DeviceClearComplete are not run."""
    assert hislip.on(hislip.asynchronous, 19)[0] == 23
    hislip.sock.sendall(HISLIP.pack(b"HS", 7, 0, hislip.id, 7) + b"OUTP ON")
    assert hislip.on(hislip.sock, 8)[0] == 9
    hislip.id = 0xFFFFFF00
    assert hislip.ask(b"OUTP?")[0] == b"0\n"
