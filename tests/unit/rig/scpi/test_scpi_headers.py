"""Headers: every short, long and shortened spelling finds its command, and nothing else does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scpi_spelling import spellings
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.commands import table_of
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.headers import HeaderTree, read_header

PATTERNS = sorted(table_of(ShelfInstrument).commands)
ALWAYS_REFUSED = {"*TRG": "-211", "TRIGger[:IMMediate]": "-211", "BREAK": "-310"}


def everything(instrument):
    """All that a command can have changed, but for the log."""
    seen = {
        name: value
        for name, value in vars(instrument).items()
        if not name.startswith("_") and name not in ("lock", "status")
    }
    seen["crashes"] = len(seen["crashes"])
    seen["registers"] = vars(instrument.status.operation), vars(instrument.status.questionable)
    seen["status"] = instrument.status.event, instrument.status.event_enable, instrument.status.service_enable
    return {**seen, "values": instrument._values, "log": [entry.error for entry in instrument.log]}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_spelling_does_the_same(pattern):
    """Short and long, with and without the optional words, in either case: same answer, same state, same errors."""
    outcomes = set()
    for spelled in spellings(ShelfInstrument, pattern):
        instrument = ShelfInstrument()
        answer = instrument.execute(spelled)
        assert bool(answer) == pattern.endswith("?")
        outcomes.add(repr((answer, everything(instrument))))
        assert instrument.status.errors.pop().startswith(ALWAYS_REFUSED.get(pattern, "+0,"))
    assert len(outcomes) == 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([p for p in PATTERNS if not p.startswith("*")]), st.data())
def test_a_word_cut_between_its_forms_is_unknown(pattern, data):
    """SCPI knows two lengths of a word; what lies between, or beyond, is -113."""
    header = read_header(pattern)
    words = [node.long for node in header.nodes]
    at = data.draw(st.integers(0, len(words) - 1))
    node = header.nodes[at]
    wrong = [node.long[:n] for n in range(1, len(node.long)) if n != len(node.short)] + [node.long + "X"]
    words[at] = data.draw(st.sampled_from(wrong))
    with pytest.raises(ScpiError) as caught:
        table_of(ShelfInstrument).find(":".join(words) + "?" * header.query)
    assert caught.value.code == -113


@settings(max_examples=60, deadline=None)
@given(st.text("*:?[]<>#1CHANRG \u00df\u0131\u0661", max_size=30))
def test_a_header_of_any_letters_is_refused(text):
    """Nothing but ScpiError comes out, whatever is asked, also of letters whose capitals are others."""
    with pytest.raises(ScpiError) as caught:
        table_of(ShelfInstrument).find(text + "\u00df")
    assert caught.value.code == -113


@pytest.mark.parametrize(
    ("spelled", "suffixes"),
    [
        ("CHAN:RANG", (1,)),
        ("CHAN4:RANG", (4,)),
        ("VOLT", (1,)),
        ("SOUR2:VOLT:IMM", (2,)),
        ("SOURCE:VOLTAGE:LEV:AMPL", (1,)),
    ],
)
def test_suffixes(spelled, suffixes):
    """A suffix that is left out is 1, also where the whole word is left out."""
    assert table_of(ShelfInstrument).find(spelled)[1] == suffixes


@pytest.mark.parametrize("spelled", ["CHAN0:RANG", "CHAN5:RANG", "CHAN999999:RANG", "SOUR3:VOLT"])
def test_a_suffix_out_of_range(spelled):
    """SCPI-1999: -114."""
    with pytest.raises(ScpiError) as caught:
        table_of(ShelfInstrument).find(spelled)
    assert caught.value.code == -114


@pytest.mark.parametrize("pattern", ["", "CHAN:", "CHAN nel", "[:CHAN", "A:B]", "CHAN<1>:X", "A::B", "A?B"])
def test_a_pattern_that_is_none_is_refused_when_the_instrument_is_written(pattern):
    """A mistake of the programmer is found before any controller comes."""
    with pytest.raises(ValueError, match="no header"):
        read_header(pattern)


def test_two_commands_that_can_be_spelled_alike_are_refused():
    """`VOLTage[:LEVel]` and `VOLTage` are the same to a controller."""
    tree = HeaderTree()
    tree.add("VOLTage[:LEVel]")
    tree.add("VOLTage[:LEVel]?")
    with pytest.raises(ValueError, match="can be spelled like"):
        tree.add("VOLTage")
