"""Cutting a stream into messages: the same ones however the stream is cut, and no byte of a block is a separator."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from rig.simulated.scpi.blocks import definite_block
from rig.simulated.scpi.framing import Framer, split

NASTY = st.sampled_from(
    [b"\n", b"#", b"#0", b"#1", b"#13", b"#210", b'"', b"'", b";", b",", b"(", b"9", b"a\r", b"#9999999999"]
)
STREAMS = st.lists(st.one_of(NASTY, st.binary(max_size=6)), max_size=30).map(b"".join)
WORDS = st.text("ABCdef:?* ", min_size=1, max_size=8).map(str.encode)
STRINGS = st.text("ab;,#1()' ", max_size=8).map(lambda text: b'"' + text.encode() + b'"')
BLOCKS = st.binary(max_size=40).map(definite_block)


def feed_in_pieces(stream, cuts, limit_bytes=1 << 20):
    framer = Framer(limit_bytes)
    messages, start = [], 0
    for cut in sorted(cut % (len(stream) + 1) for cut in cuts):
        messages += framer.feed(stream[start:cut])
        start = cut
    messages += framer.feed(stream[start:])
    return messages + framer.end(), framer.overruns


@settings(max_examples=60, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 1000), max_size=8))
def test_any_cut_gives_the_same_messages(stream, cuts):
    """Whole, in any pieces, or byte by byte: the same messages and the same number of overruns."""
    whole = feed_in_pieces(stream, ())
    assert feed_in_pieces(stream, cuts) == whole
    assert feed_in_pieces(stream, range(len(stream))) == whole


@settings(max_examples=60, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 1000), max_size=8), st.integers(12, 40))
def test_any_cut_drops_the_same_messages(stream, cuts, limit_bytes):
    """With a short limit too: a message is kept or dropped for its length, not for its pieces, and none is longer."""
    whole, overruns = feed_in_pieces(stream, (), limit_bytes)
    assert feed_in_pieces(stream, cuts, limit_bytes) == (whole, overruns)
    assert all(len(message) <= limit_bytes for message in whole)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(WORDS, STRINGS, BLOCKS), min_size=1, max_size=6), st.lists(st.integers(0, 500), max_size=6))
def test_a_message_of_words_strings_and_blocks_is_one(parts, cuts):
    """Independent truth: the message was put together here, so it must come out as it went in."""
    message = b" ".join(parts)
    messages, overruns = feed_in_pieces(message + b"\nEND\n", cuts)
    assert messages == [message, b"END"]
    assert overruns == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(STRINGS, BLOCKS, st.just(b"(@1,2;3)"), st.just(b"1.5")), min_size=1, max_size=4), min_size=1
    )
)
def test_units_and_arguments_come_apart_as_they_were_put_together(units):
    """Separators inside strings, blocks and brackets are none."""
    message = b";".join(b"HEAD " + b",".join(arguments) for arguments in units)
    found = [split(unit.removeprefix(b"HEAD "), b",") for unit in split(message, b";")]
    assert found == units


@settings(max_examples=60, deadline=None)
@given(st.text("ABC \"'", max_size=30).map(str.encode))
def test_without_strings_split_is_that_of_bytes(text):
    """Against `bytes.split`, where there is nothing to skip."""
    plain = re.sub(rb"[\"']", b"", text)
    assert split(plain + b";" + plain, b";") == (plain + b";" + plain).split(b";")


def test_a_block_beyond_the_limit_is_dropped_and_the_next_message_kept():
    """A block that promises a gigabyte: what comes of it is thrown away as it comes, and the stream stays in step."""
    framer = Framer(limit_bytes=64)
    assert framer.feed(b"DATA #41000") == []
    for _ in range(10):
        assert framer.feed(b"\n" * 100) == []
        assert len(framer._buffer) <= 64
    assert framer.feed(b"\nNEXT\n") == [b"NEXT"]
    assert framer.overruns == 1


def test_many_small_messages_cost_no_more_than_their_bytes():
    """A quarter of a million messages in one read: a cutter that moves the rest each time would take minutes."""
    assert Framer().feed(b"A\n" * 250_000) == [b"A"] * 250_000


def test_a_megabyte_in_crumbs_is_looked_at_once():
    """A block of a megabyte that comes 16 bytes at a time: a cutter that starts over each time would take minutes."""
    framer = Framer()
    message = definite_block(b"\n" * (1 << 20))
    found = [one for at in range(0, len(message), 16) for one in framer.feed(message[at : at + 16])]
    assert found == []
    assert framer.feed(b"\n") == [message]
