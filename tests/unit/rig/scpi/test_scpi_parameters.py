"""Arguments of commands: what is read, and by which number what is not is refused."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig.simulated.scpi.blocks import definite_block, read_block
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.parameters import Block, Boolean, Channels, Choice, Either, Name, Number, Text
from rig.simulated.scpi.quantities import read_number
from rig.simulated.scpi.replies import number, quoted, reply

VOLTS = Number("V", 0.0, 6.18, 1.0)
OHMS = Number("OHM", 1.0, 10e6)
COUNT = Number(least=1, most=1000, whole=True)
LOAD = Either(Choice("INFinity"), OHMS)


@pytest.mark.parametrize(
    ("kind", "token", "value"),
    [
        (VOLTS, b"3.7", 3.7),
        (VOLTS, b"+.5E1", 5.0),
        (VOLTS, b"100 mV", 0.1),
        (VOLTS, b"100UV", 1e-4),
        (VOLTS, b"2V", 2.0),
        (VOLTS, b"maximum", 6.18),
        (VOLTS, b"MIN", 0.0),
        (VOLTS, b"DEF", 1.0),
        (Number("HZ"), b"2 MHZ", 2e6),
        (Number("HZ"), b"2 KHZ", 2e3),
        (OHMS, b"1.5MOHM", 1.5e6),
        (Number("A"), b"30 MA", 30e-3),
        (Number("S"), b"1e-6", 1e-6),
        (Number("S"), b"10 ms", 0.01),
        (Number(), b"-2.5 E 2", -250.0),
        (Number(), b"INF", math.inf),
        (COUNT, b"#HFF", 255),
        (COUNT, b"#b101", 5),
        (COUNT, b"#Q17", 15),
        (COUNT, b"2.6", 3),
        (Boolean(), b"on", True),
        (Boolean(), b"0", False),
        (Boolean(), b"0.4", False),
        (Boolean(), b"-2", True),
        (Choice("NORMal", "HRESolution"), b"hresolution", "HRES"),
        (Choice("CHANnel<1-4>", "EXTernal"), b"CHANNEL3", "CHAN3"),
        (Choice("CHANnel<1-4>"), b"chan", "CHAN1"),
        (Text(), b'"a ""b"" c"', 'a "b" c'),
        (Text(), b"'it''s'", "it's"),
        (Name(), b"heel_1", "heel_1"),
        (Name(), b'"heel"', "heel"),
        (Block(), b"#13abc", b"abc"),
        (Block(), b"#10", b""),
        (Block(), b"#0abc", b"abc"),
        (Channels(1, 3), b"(@1)", (1,)),
        (Channels(1, 3), b"(@3, 1)", (3, 1)),
        (Channels(1, 3), b"(@1:3)", (1, 2, 3)),
        (Channels(1, 3), b"(@3:2,3)", (3, 2)),
        (LOAD, b"INF", "INF"),
        (LOAD, b"50", 50.0),
    ],
)
def test_read(kind, token, value):
    """SCPI's words, units and lists. MHZ and MOHM are mega, every other M is milli (SCPI-1999 volume 1, 7.5)."""
    found = kind.read(token, None)
    assert found == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value)
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "token", "code"),
    [
        (VOLTS, b"6.2", -222),
        (VOLTS, b"-1 uV", -222),
        (VOLTS, b"INF", -222),
        (VOLTS, b"3 A", -131),
        (VOLTS, b"3 ZV", -131),
        (Number(), b"3 V", -138),
        (VOLTS, b"1e999", -123),
        (VOLTS, b"SOON", -148),
        (VOLTS, b"", -104),
        (VOLTS, b"1..2", -104),
        (VOLTS, b'"3"', -158),
        (VOLTS, b"#13abc", -168),
        (VOLTS, b"(@1)", -178),
        (OHMS, b"DEF", -224),
        (COUNT, b"#H", -104),
        (COUNT, b"#HXY", -104),
        (COUNT, b"#B12", -104),
        (Number(), b"#H" + b"F" * 500, -104),
        (Number(whole=True), b"INF", -222),
        (Number(), b"\xb2", -104),
        (Boolean(), b"maybe", -224),
        (Choice("NORMal"), b"NORMA", -224),
        (Choice("CHANnel<1-4>"), b"CHAN5", -224),
        (Choice("NORMal"), b"NORM1", -224),
        (Text(), b"abc", -104),
        (Text(), b'"abc', -151),
        (Text(), b'"a"b"', -151),
        (Text(), b'"', -151),
        (Name(), b"3abc", -224),
        (Block(), b"abc", -161),
        (Block(), b"#15abc", -161),
        (Block(), b"#Z", -161),
        (Block(), b"#13abcd", -103),
        (Channels(1, 3), b"(@4)", -222),
        (Channels(1, 3), b"(@1:9)", -222),
        (Channels(1, 3), b"1", -171),
        (Channels(1, 3), b"(@)", -171),
        (LOAD, b"0.5", -222),
    ],
)
def test_refused(kind, token, code):
    """Each mistake has its number of SCPI-1999 volume 2, chapter 21."""
    with pytest.raises(ScpiError) as caught:
        kind.read(token, None)
    assert caught.value.code == code


def test_a_limit_may_depend_on_the_instrument():
    """The highest voltage of a generator depends on its load: -222 beyond it, and MAX is it."""
    kind = Number("V", 0.0, lambda instrument: instrument["most"])
    assert kind.read(b"MAX", {"most": 10.0}) == 10.0
    assert kind.read(b"9", {"most": 10.0}) == 9.0
    with pytest.raises(ScpiError):
        kind.read(b"9", {"most": 5.0})


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 9))
def test_a_block_comes_back(payload, digits):
    """Whatever it carries, with any number of digits."""
    assert read_block(definite_block(payload, digits)) == payload


def test_an_infiniivision_block_has_eight_digits():
    """2000X Programmer's Guide, page 632: `#8` and eight digits, which drivers strip by count."""
    assert definite_block(b"abc", 8) == b"#800000003abc"


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e30, 1e30))
def test_a_number_is_read_as_it_was_written(value):
    """To the 9 digits that NR3 has here."""
    assert read_number(number(value)) == pytest.approx(value, rel=5e-9, abs=1e-300)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text):
    """Nothing but ScpiError comes out of hostile arguments."""
    try:
        value = read_number(text, "V")
    except ScpiError:
        return
    assert isinstance(value, float)


def test_answers():
    """Each kind of value as IEEE 488.2 chapter 8 writes it."""
    assert reply(True) == b"1"
    assert reply(-3) == b"-3"
    assert reply(1.25e-3) == b"+1.25000000E-03"
    assert reply([1, 2.0, "A"]) == b"1,+2.00000000E+00,A"
    assert reply(quoted('a"b')) == b'"a""b"'
    assert reply(b"\x00\n") == b"\x00\n"
    assert (number(math.inf), number(-math.inf), number(math.nan)) == (
        "+9.90000000E+37",
        "-9.90000000E+37",
        "+9.91000000E+37",
    )
