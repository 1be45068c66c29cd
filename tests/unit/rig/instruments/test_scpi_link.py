"""The link's eight rules, each against a line server whose every byte is chosen here."""

import sys
import threading

import numpy as np
import pytest
from line_instrument import IDENTITY, LineInstrument

from rig.instruments.errors import BadReply, InstrumentFault, LinkLost, LinkTimeout
from rig.instruments.scpi_link import ScpiLink
from sim.errors import BenchError

TIMEOUT_S = 10.0
"""Long, because answers come: a busy computer is no fault of the link."""


@pytest.fixture
def instrument():
    served = LineInstrument({"VOLT?": b"+1.25E+00\n", "*OPC?": b"1\n", "DATA?": b"#14\x01\x02\x03\x04\n"})
    yield served
    served.close()


@pytest.fixture
def link(instrument):
    opened = ScpiLink(instrument.resource, "KEYSIGHT TECHNOLOGIES,MSO-X", "SIM00000001", TIMEOUT_S, "scope")
    yield opened
    opened.close()


def test_an_open_link_knows_who_answered(link):
    """Rule 4: the four fields of `*IDN?`; a serial number that begins with SIM is a simulated instrument."""
    assert str(link.identity) == IDENTITY and link.identity.is_simulated and link.leftovers == ()


@pytest.mark.parametrize(
    ("expected", "serial", "told"),
    [("Keysight Technologies,E36312A", "", "E36312A"), ("", "MY57450123", "MY57450123")],
    ids=["model", "serial number"],
)
def test_another_instrument_is_refused(instrument, expected, serial, told):
    """Rule 4: a swapped cable or address is found before anything is written."""
    with pytest.raises(BadReply, match=told):
        ScpiLink(instrument.resource, expected, serial, TIMEOUT_S)
    assert instrument.heard == ["*IDN?"]


def test_a_complaint_of_the_instrument_is_raised_where_it_arose(link, instrument):
    """Rule 5: what a write puts into the error queue is an InstrumentFault that names the command."""
    instrument.errors = ['-222,"Data out of range"', '-113,"Undefined header"']
    with pytest.raises(InstrumentFault, match=r"`VOLT 99`: -222.*; -113"):
        link.write("VOLT 99")
    assert link.is_open and link.number("VOLT?") == 1.25


def test_an_error_queue_without_an_end_is_no_endless_loop(link, instrument):
    """Rule 5: reading it ends in BadReply after a bounded number of entries."""
    instrument.errors = ['-350,"Queue overflow"'] * 500
    with pytest.raises(BadReply, match="no end"):
        link.write("VOLT 1")


def test_errors_of_an_earlier_session_are_told_and_not_blamed_on_this_one(instrument):
    """They are kept in `leftovers`; the queue is empty then."""
    instrument.errors = ['-410,"Query INTERRUPTED"']
    link = ScpiLink(instrument.resource, timeout_s=TIMEOUT_S)
    assert link.leftovers == ('-410,"Query INTERRUPTED"',) and link.number("VOLT?") == 1.25
    link.close()


def test_a_session_that_failed_is_never_used_again(link, instrument):
    """Rule 2: after a time-out every call says that the link is closed, until a fresh session is opened."""
    link._session.timeout_s = 0.2
    link._session._resource.timeout = 200
    with pytest.raises(LinkTimeout):
        link.query("NOTHING?")
    with pytest.raises(LinkLost, match="reopen"):
        link.query("VOLT?")
    link.reopen()
    assert link.number("VOLT?") == 1.25 and link.reopened == 1 and instrument.sessions == 2


def test_an_answer_that_nobody_asked_for_is_never_taken_for_another(link, instrument):
    """A raw socket has no message numbers: bytes that lie there before the question make the link useless.

    Where they come between question and answer, the error queue's answer gives them away: 40 is never returned.
    """

    def ask() -> None:
        while True:
            assert link.number("VOLT?") == 1.25

    instrument.send(b"40.0\n")
    with pytest.raises(BadReply, match=r"nobody asked|no entry of an error queue"):
        ask()


def test_a_closed_peer_is_told_from_a_slow_one(link, instrument):
    """Rule 7."""
    instrument.hang_up()
    with pytest.raises(LinkLost):
        link.query("VOLT?")


def test_only_a_query_that_says_so_is_asked_again(link, instrument):
    """Rule 8: a lost link is an error, except for a query that cannot do harm twice."""
    instrument.hang_up()
    with pytest.raises(LinkLost):
        link.number("VOLT?")
    link.reopen()
    instrument.hang_up()
    assert link.number("VOLT?", again=True) == 1.25 and link.reopened == 2


@pytest.mark.parametrize("answer", [b"abc\n", b"\n", b"1.2.3\n", b"+9.91E+37\n", b"\xff\xfe\n", b"nan\n", b"1,2\n"])
def test_what_is_no_number_is_no_number(link, instrument, answer):
    """SCPI's "not a number" too."""
    instrument.replies["VOLT?"] = answer
    with pytest.raises(BadReply):
        link.number("VOLT?")
    assert not link.is_open


@pytest.mark.parametrize(
    "reply",
    [b"#0abc\n", b"#Zabc\n", b"-230,x\n", b"#13abc\n", b"#16abcdef\n", b"#14abcdEF\n", b"#9999999999\n", b"#2x4ab\n"],
    ids=["no length", "garbage", "text", "odd bytes", "another count", "bytes behind", "too long", "no digits"],
)
def test_a_block_that_is_not_as_announced_gives_no_points(link, instrument, reply):
    """Rule 3: pyvisa-py makes 0 points, 1 point or garbage of these."""
    instrument.replies["DATA?"] = reply
    with pytest.raises(BadReply):
        link.block("DATA?", "<u2", 2)
    instrument.replies["DATA?"] = b"#14\x01\x02\x03\x04\n"
    link.reopen()
    assert link.block("DATA?", "<u2", 2).tolist() == [0x0201, 0x0403]


def test_a_block_is_sent_as_it_is(link, instrument):
    """IEEE 488.2: `#`, digits, length, bytes."""
    link.send_block("DATA:DAC X,", np.array([0x4241, 0x4443], "<i2"))
    assert "DATA:DAC X,#14ABCD" in instrument.heard


def test_waiting_has_a_deadline_of_its_own(link):
    """Rule 6: polling ends in False; nothing blocks in the instrument."""
    answers = iter([False, False, True])
    assert link.wait(lambda: next(answers), 1.0, 0.0) and not link.wait(lambda: False, 0.0)


def test_threads_take_turns(link):
    """A lock per link: forty queries of four threads each get their own answer."""
    wrong: list[float] = []

    def ask() -> None:
        wrong.extend(got for got in (link.number("VOLT?") for _ in range(10)) if got != 1.25)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and link.is_open


def test_without_pyvisa_there_is_one_clear_error(monkeypatch):
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "pyvisa", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BenchError, match="pip install pyvisa pyvisa-py"):
        ScpiLink("TCPIP::127.0.0.1::5025::SOCKET")
