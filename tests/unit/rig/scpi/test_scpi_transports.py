"""Unmodified pyvisa with pyvisa-py talks to a simulated instrument over a raw socket, HiSLIP and VXI-11."""

import time

import numpy as np
import pytest
import pyvisa
from pyvisa.errors import VisaIOError
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.server import LINKS, InstrumentServer

TIMEOUT_MS = 20_000


@pytest.fixture(scope="session")
def manager():
    manager = pyvisa.ResourceManager("@py")
    yield manager
    manager.close()


@pytest.fixture(scope="session", params=list(LINKS))
def server(request):
    """One server a transport for all tests of a process."""
    with InstrumentServer(ShelfInstrument(), request.param) as server:
        yield server


@pytest.fixture
def connect(manager, server):
    """Opens connections to a fresh instrument; closes them afterwards."""
    server.instrument.restore()
    server.instrument.status.clear()
    server.faults.clear()
    opened = []

    def connect():
        link = manager.open_resource(server.resource)
        opened.append(link)
        link.timeout = TIMEOUT_MS
        link.read_termination = link.write_termination = "\n"
        return link

    yield connect
    for link in opened:
        link.close()
    assert not server.instrument.crashes


@pytest.fixture
def link(connect):
    return connect()


def await_busy(link):
    """Waits until the instrument is busy: what two clients write has no order of its own."""
    deadline = time.monotonic() + 60
    while link.query("STAT:OPER:COND?") != "8":
        assert time.monotonic() < deadline


def trigger_message(link):
    """The link's trigger; pyvisa-py 0.8.1 has none in its HiSLIP session, but below it."""
    session = link.visalib.sessions[link.session]
    (session.interface.trigger if hasattr(session.interface, "trigger") else link.assert_trigger)()


def test_identity(link):
    """`*IDN?` comes back as the instrument has it."""
    assert link.query("*IDN?") == "STIMRIG,SHELF,SIM0001,1.0"


def test_settings_are_set_and_read_back(link):
    """A relative path after `;`, units and MAX work end to end."""
    link.write(":CHAN2:RANG 100 mV;:TRIG:MODE NORM")
    assert float(link.query("CHANnel2:RANGe?")) == 0.1
    assert link.query("TRIG:MODE?;:CHAN1:RANG? MAX") == "NORM;+4.00000000E+01"


@pytest.mark.parametrize("length", [1, 4096, 20478, 20480, 70_000, 1_100_000])
def test_a_long_answer_is_whole(link, length):
    """Answers of any length arrive whole, in as many pieces as the transport makes of them."""
    assert link.query(f"TEXT? {length}") == "x" * length


def test_a_mebibyte_goes_both_ways(link):
    """A block with every byte value, newlines and quotes among them, comes back byte for byte."""
    data = np.frombuffer(bytes(range(256)) * 4096, dtype="<i2")
    link.write_binary_values("DATA ", data, "h")
    assert link.query("SYST:ERR?") == '+0,"No error"'
    assert np.array_equal(link.query_binary_values("DATA?", "h", container=np.ndarray), data)


def test_a_block_of_newlines_is_no_end_of_message(link, server):
    """Bytes 0x0A, semicolons, quotes and hashes inside a block are data."""
    data = b"\n;\"\n#19';,\n" * 100
    link.write_raw(b"DATA #41100" + data + b"\n")
    assert link.query("*OPC?") == "1"
    assert server.instrument.data == data


def test_two_clients_have_one_instrument(connect):
    """What one sets the other reads; each gets its own answers."""
    one, other = connect(), connect()
    one.write("CHAN1:RANG 4")
    assert one.query("*OPC?") == "1"
    one.write("TEXT? 5")
    assert float(other.query("CHAN1:RANG?")) == 4.0
    assert one.read() == "xxxxx"


def test_errors_are_kept_in_order(link):
    """Each wrong command leaves its error, oldest first, and nothing else."""
    for text in ("FOO", "CHAN1:RANG 99", "CHAN1:RANG", "CHAN1:RANG 1,2", "TRIG:MODE SOON", "CHAN7:RANG 1"):
        link.write(text)
    codes = [int(link.query("SYST:ERR?").split(",")[0]) for _ in range(7)]
    assert codes == [-113, -222, -109, -108, -224, -114, 0]


def test_another_client_gets_in_while_one_waits(connect):
    """`*OPC?` of one client waits for a trigger; another asks, and triggers."""
    one, other = connect(), connect()
    one.write("ARM;*OPC?")
    await_busy(other)
    other.write("TRIG")
    assert one.read() == "1"


def test_a_lost_client_does_not_leave_the_instrument_waiting(connect, server):
    """A client that goes while its `*OPC?` waits takes the wait with it: its connection ends."""
    before = server.connections
    one = connect()
    one.write("ARM;*OPC?")
    await_busy(connect())
    one.close()
    deadline = time.monotonic() + 60
    while server.connections > before + (2 if "hislip" in server.resource else 1):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_device_clear_breaks_a_wait(connect, server):
    """`*OPC?` waits for a trigger that never comes; after a device clear the link is as new."""
    if server.transport == "socket":
        pytest.skip("a raw socket has no device clear")
    link = connect()
    link.write("ARM")
    link.timeout = 150
    with pytest.raises(VisaIOError):
        link.query("*OPC?")
    link.timeout = TIMEOUT_MS
    link.clear()
    assert link.query("*IDN?").startswith("STIMRIG")
    assert link.query("SYST:ERR?") == '+0,"No error"'
    assert link.query("STAT:OPER:COND?") == "8"


def test_status_byte(link, server):
    """The status byte says: answer available, error in the queue, event, service wanted, operation."""
    if server.transport == "socket":
        pytest.skip("a raw socket has no status byte")
    assert link.read_stb() == 0
    link.write("*IDN?")
    assert link.read_stb() == 16
    link.read()
    assert link.read_stb() == 0
    link.write("FOO")
    assert link.read_stb() == 4
    link.write("*ESE 32;*SRE 32")
    assert link.read_stb() == 4 | 32 | 64
    link.write("*CLS;STAT:OPER:ENAB 8;:ARM")
    assert link.read_stb() == 128
    assert link.query("*SRE 0;:TRIG;*OPC?") == "1"


def test_an_answer_that_nobody_read_is_lost_and_told(link, server):
    """IEEE 488.2 section 6.3.2.3: a new message before the answer is read gives -410, and the answer of the new one."""
    if server.transport == "socket":
        pytest.skip("a raw socket knows no message exchange")
    link.write("*IDN?")
    assert link.query("TEXT? 3") == "xxx"
    assert link.query("SYST:ERR?").startswith("-410")


def test_trigger_message(link, server):
    """The link's own trigger is a `*TRG`; one that nobody waits for is -211."""
    if server.transport == "socket":
        link.write("ARM;*TRG;*TRG")
    else:
        link.write("ARM")
        trigger_message(link)
        trigger_message(link)
    assert link.query("STAT:OPER:COND?") == "0"
    assert link.query("SYST:ERR?").startswith("-211")
