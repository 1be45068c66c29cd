"""The order of things inside an instrument: paths, errors, registers, operations that take their time."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.session import Session


@pytest.fixture
def shelf():
    return ShelfInstrument()


def errors_of(shelf):
    found = []
    while (error := shelf.status.errors.pop()) != '+0,"No error"':
        found.append(int(error.split(",")[0]))
    return found


def test_a_path_goes_on_behind_a_semicolon(shelf):
    """SCPI-1999 volume 1, 6.2.4: behind `;` the path goes on where it stood; `:` starts anew, `*` changes nothing."""
    assert shelf.execute(b"STAT:OPER:ENAB 5;*ESR?;PTR 7;:STAT:OPER:ENAB?;PTR?") == b"128;5;7\n"
    assert errors_of(shelf) == []
    assert shelf.execute(b"STAT:OPER:ENAB?;STAT:OPER:PTR?") == b"5\n"
    assert errors_of(shelf) == [-113]


def test_answers_of_one_message_are_one_response(shelf):
    """IEEE 488.2 section 8.4: parted by semicolons, one newline at the end; a wrong query answers nothing."""
    assert shelf.execute(b"*OPC?;NIX?;*TST?") == b"1;0\n"
    assert shelf.execute(b"*CLS") == b""
    assert shelf.execute(b"") == b""
    assert shelf.execute(b" ; ; ") == b""


def test_limits_can_be_asked(shelf):
    """`header? MIN|MAX|DEF`."""
    assert shelf.execute(b"CHAN1:RANG? MIN;RANG? MAX;RANG? DEF") == b"+8.00000000E-03;+4.00000000E+01;+8.00000000E+00\n"
    assert shelf.execute(b"ACQ:COUN? MAX") == b"1000\n"
    assert shelf.execute(b"CHAN1:RANG? 5") == b""
    assert errors_of(shelf) == [-224]


def test_event_bits_of_error_classes(shelf):
    """IEEE 488.2 section 11.5.1: command, execution, device and query errors each have a bit; reading clears."""
    shelf.execute(b"*CLS")
    for command, bit in ((b"FOO", 32), (b"CHAN1:RANG 99", 16), (b"BREAK", 8)):
        shelf.execute(command)
        assert shelf.execute(b"*ESR?") == b"%d\n" % bit
    shelf.report(-410)
    assert shelf.execute(b"*ESR?;*ESR?") == b"4;0\n"


def test_a_full_queue_says_so(shelf):
    """SCPI-1999 volume 2, 21.8.1: the last place becomes -350, the oldest stay."""
    for _ in range(30):
        shelf.execute(b"FOO")
    assert shelf.execute(b"SYST:ERR:COUN?") == b"20\n"
    assert errors_of(shelf) == [-113] * 19 + [-350]


def test_reset_brings_back_settings_and_keeps_errors(shelf):
    """IEEE 488.2 section 10.32: `*RST` does not touch queue, masks or events."""
    shelf.execute(b"CHAN2:RANG 1;:OUTP ON;:FOO;*ESE 4;*RST")
    assert shelf.execute(b"CHAN2:RANG?;:OUTP?;*ESE?") == b"+4.00000000E+01;0;4\n"
    assert errors_of(shelf) == [-113]


def test_registers_latch_edges(shelf):
    """What came is latched until it is read, by the filter that is set; going is latched only where asked for."""
    assert shelf.execute(b"STAT:OPER:ENAB 8;:ARM;:STAT:OPER:COND?;EVEN?;EVEN?") == b"8;8;0\n"
    shelf.execute(b"STAT:OPER:NTR 8;:TRIG")
    assert shelf.execute(b"*STB?;STAT:OPER:EVEN?;COND?") == b"128;8;0\n"
    assert shelf.execute(b"STAT:PRESet;:STAT:OPER:NTR?;PTR?;ENAB?") == b"0;32767;0\n"


def test_operation_complete_comes_when_it_is(shelf):
    """`*OPC` sets bit 0 only when nothing is pending; `*CLS` makes it forget."""
    shelf.execute(b"*CLS;ARM;*OPC")
    assert shelf.execute(b"*ESR?") == b"0\n"
    shelf.execute(b"TRIG")
    assert shelf.execute(b"*ESR?") == b"1\n"
    shelf.execute(b"ARM;*OPC;*CLS;TRIG")
    assert shelf.execute(b"*ESR?") == b"0\n"


def test_a_wait_can_be_called_off_and_the_rest_is_dropped(shelf):
    """A device clear in the middle of `*OPC?`: no answer, and what stood behind it in the message is not run."""
    session = Session()
    answers = []
    shelf.execute(b"ARM")
    thread = threading.Thread(target=lambda: answers.append(shelf.execute(b"*IDN?;*OPC?;OUTP ON", session)))
    thread.start()
    while not session._waiting:
        assert thread.is_alive()
    session.cancel()
    thread.join(60)
    assert answers == [b""]
    assert shelf.execute(b"OUTP?") == b"0\n"


def test_a_wait_ends_where_the_controller_has_gone(shelf):
    """The link says that nobody is there any more."""
    shelf.execute(b"ARM")
    assert shelf.execute(b"*WAI;OUTP ON", Session(alive=lambda: False)) == b""
    assert not shelf.get("output")


def test_a_bug_of_the_simulation_is_an_error_of_the_device(shelf):
    """-310 in the queue, a traceback for the test, and the next command works: it is never an answer."""
    assert shelf.execute(b"BREAK;*OPC?") == b"1\n"
    assert errors_of(shelf) == [-310]
    assert "a bug of the simulation" in shelf.crashes.pop()


def test_a_flood_of_answers_is_dropped(shelf):
    """33 MB asked for in one message of 600 bytes: -430, nothing is sent, nothing is kept."""
    assert shelf.execute(b"TEXT? 2000000;" * 20) == b""
    assert errors_of(shelf) == [-430]
    assert shelf.execute(b"*OPC?") == b"1\n"


def test_the_log_tells_what_was_run(shelf):
    """Header as it was looked for, beginning of the arguments, error."""
    shelf.execute(b"CHAN1:RANG 2;RANG 99")
    assert [(entry.text, entry.error) for entry in shelf.log] == [("CHAN1:RANG 2", 0), ("CHAN1:RANG 99", -222)]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_message_is_taken(message):
    """Garbage ends in the error queue, not in a traceback, and the instrument answers afterwards."""
    shelf = ShelfInstrument()
    shelf.execute(message)
    assert not shelf.crashes
    shelf.busy = False
    assert shelf.execute(b"*CLS;SYST:ERR?") == b'+0,"No error"\n'
