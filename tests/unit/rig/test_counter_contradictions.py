"""What a comparator on the current may not be: found at load, with its place and its mend; its good twin loads."""

from datetime import date

import pytest

from rig.bench_file.read import read_laboratory
from scenarios.places import SHIPPED
from scenarios.text import parse_document
from sim.errors import ScenarioError

BENCH = (SHIPPED / "benches" / "simulated.bench.yaml").read_text(encoding="utf-8")
GOOD = "comparator: {to: card.ctr0, gate: PFI9, level: 2 mA, level_bound: 0.1 mA, width_bound: 0.1 us}"
CONTRADICTIONS = {
    "on an input": ("card.ctr0", "card.ai9", "measured by a counter, `card.ai9` is none; wire it to one of a card"),
    "a counter that the card has not": ("ctr0", "ctr4", "a PXIe-6368 has no `ctr4`; it has ctr0 to ctr3"),
    "no level": (" level: 2 mA,", "", "`comparator` says no `level`; as in {to: card.ctr0"),
    "no gate": (" gate: PFI9,", "", "`comparator` says no `gate`; as in {to: card.ctr0"),
    "above every current": ("level: 2 mA", "level: 200 mA", "switches at 200 mA, the largest current is 200 mA"),
    "switching at rest": ("0.1 mA", "2 mA", "`comparator` may switch at no current at all; a bound below its level"),
    "led to no terminal": ("PFI9", "ai9", "`ai9` is no terminal of a counter; one of PFI0 to PFI15"),
    "a level of what is none": (
        "status:                   card.port0/line24",
        "status: {to: card.port0/line24, level: 2 mA}",
        "`status` has no `level`; it belongs to `comparator`",
    ),
    "nothing to hold it against": (
        "  current:   {to: card.ai0, through: taps, range: 10 V}\n",
        "",
        "`card` captures no current to hold the widths of `comparator` against",
    ),
}


def read(text):
    return read_laboratory(parse_document(text, "own.bench.yaml"), today=date(2026, 11, 22))


def test_the_shipped_comparator_is_read():
    """In SI, as it stands in the file; no word of the bench fulfils a role of a scenario."""
    laboratory = read(BENCH)
    wire = laboratory.wire("comparator")
    assert (wire.port, wire.gate) == ("ctr0", "PFI9")
    assert (wire.level, wire.level_bound, wire.width_bound_s) == (2e-3, 0.1e-3, pytest.approx(1e-7))
    assert "comparator" not in laboratory.roles


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_comparator_that_cannot_be_is_refused(name):
    """The words name what is wrong and what to do."""
    good, bad, words = CONTRADICTIONS[name]
    text = BENCH.replace(GOOD, GOOD.replace(good, bad)) if good in GOOD else BENCH.replace(good, bad)
    assert text != BENCH
    with pytest.raises(ScenarioError) as told:
        read(text)
    assert words in str(told.value)
