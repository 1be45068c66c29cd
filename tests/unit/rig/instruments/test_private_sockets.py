"""Canaries: where pyvisa-py keeps what we touch, and the faults for which we touch it.

A failure here after an upgrade of pyvisa-py says that `rig/instruments/private_sockets.py` must be looked at again.
"""

import socket

import pytest
import pyvisa
from line_instrument import LineInstrument
from pyvisa_py.protocols import hislip, rpc
from pyvisa_py.sessions import UnknownAttribute
from pyvisa_py.tcpip import TCPIPInstrHiSLIP, TCPIPInstrVxi11, TCPIPSocketSession

from rig.instruments.private_sockets import LoudSocket, close_half_open, make_loud, pending_bytes, sockets_of


@pytest.fixture
def instrument():
    served = LineInstrument()
    yield served
    served.close()


def test_a_raw_socket_session_keeps_its_socket_in_interface_and_what_it_read_in_a_buffer(instrument):
    """The two private names exist in the installed pyvisa-py, and hold what we think they hold."""
    resource = pyvisa.ResourceManager("@py").open_resource(instrument.resource)
    session = resource.visalib.sessions[resource.session]
    assert isinstance(session, TCPIPSocketSession)
    assert isinstance(session.interface, socket.socket) and sockets_of(session) == (session.interface,)
    assert pending_bytes(session) == 0 and isinstance(session._pending_buffer, bytearray)
    resource.close()


def test_the_attribute_for_nagle_is_still_broken(instrument):
    """On the day that this passes without an error, the workaround can go."""
    resource = pyvisa.ResourceManager("@py").open_resource(instrument.resource)
    with pytest.raises(UnknownAttribute):
        resource.set_visa_attribute(pyvisa.constants.ResourceAttribute.tcpip_nodelay, True)
    resource.close()


def test_a_loud_socket_has_no_nagle_a_time_out_and_notices_a_closed_peer(instrument):
    """What `make_loud` promises, asked of the operating system."""
    resource = pyvisa.ResourceManager("@py").open_resource(instrument.resource, read_termination="\n")
    session = resource.visalib.sessions[resource.session]
    make_loud(session, 0.25)
    assert isinstance(session.interface, LoudSocket)
    assert session.interface.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
    assert session.interface.gettimeout() == 0.25
    resource.query("*IDN?")
    instrument.hang_up()
    with pytest.raises(ConnectionResetError):
        resource.visalib.read(resource.session, 1)
    resource.close()


def test_hislip_and_vxi_11_keep_theirs_where_we_look():
    """By the source: `_sync` and `_async` of a HiSLIP instrument, `sock` of an RPC client, both in `interface`."""
    assert {"_sync", "_async"} <= set(hislip.Instrument.__init__.__code__.co_names)
    assert "sock" in rpc.RawTCPClient.connect.__code__.co_names
    for session in (TCPIPInstrHiSLIP, TCPIPInstrVxi11):
        assert "interface" in session.after_parsing.__code__.co_names


@pytest.mark.parametrize("form", ["TCPIP::127.0.0.1::hislip0,{port}::INSTR", "TCPIP::127.0.0.1,{port}::inst0::INSTR"])
def test_what_a_failed_open_left_behind_is_closed(form):
    """Nobody listens: pyvisa-py drops its socket unclosed, which this suite would hear as a ResourceWarning."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises((ConnectionRefusedError, pyvisa.errors.VisaIOError)) as caught:
        pyvisa.ResourceManager("@py").open_resource(form.format(port=port))
    close_half_open(caught.value)


def test_another_backend_is_left_alone():
    """Of a session without such sockets nothing is found and nothing is touched."""
    session = object()
    make_loud(session, 1.0)
    assert sockets_of(session) == () and pending_bytes(session) == 0
