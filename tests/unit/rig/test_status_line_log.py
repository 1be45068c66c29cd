"""Status lines from the card's clock to the record, and back from the files."""

import numpy as np

from rig.benches import open_bench
from rig.lines import SampledLines, spans_of, state_at
from rig.load import load_record
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.places import named_files
from scenarios.plan import load_cases
from scenarios.plugins import assemble_catalogue


def test_a_change_shows_at_the_first_tick_that_is_not_before_it():
    """Ticks of 1000 ns: 1 -> 1000, 1000 -> 1000, 1001 -> 2000; between two ticks only the last state is seen."""
    card = SampledLines(1000)
    changes = [(0, "status", 0), (1, "status", 1), (2001, "status", 0), (2500, "status", 1)]
    assert card.take(changes, 10_000) == {"status": ((0, 0), (1000, 1), (3000, 1))}


def test_what_the_card_has_not_seen_comes_with_the_next_block():
    """A change at 2999 ns is seen at 3000 ns: not in [0, 3000) but in [3000, 6000)."""
    card = SampledLines(1000)
    assert card.take([(2999, "status", 1)], 3000) == {}
    assert card.take([], 6000) == {"status": ((3000, 1),)}


def test_states_and_spans_of_a_line():
    """-1 before the first word, then as told; a line still on at the end lasts until the end."""
    lines = {"status": (np.array([1.0, 2.0, 3.0]), np.array([0, 1, 0])), "lamp": (np.array([0.0]), np.array([1]))}
    assert state_at(lines, "status", np.array([0.5, 1.0, 2.5, 3.0])).tolist() == [-1, 0, 1, 0]
    assert spans_of(lines, "status", 9.0) == ((2.0, 3.0),)
    assert spans_of(lines, "lamp", 9.0) == ((0.0, 9.0),)


def test_lines_and_messages_come_back_from_the_files(tmp_path):
    """A walk with the stop button: what the record holds is read again from its folder, to the last bit."""
    catalogue = assemble_catalogue()
    case = load_cases([named_files("library")["stop-button"]], catalogue).cases[0]
    bench = open_bench("virtual", catalogue)
    writer = CaseWriter(tmp_path / "case", case, bench.describe(), case.capture.keep, bench.accuracy)
    record = run_case(case, bench, writer)
    writer.finish(record)
    again = load_record(tmp_path / "case", catalogue)
    assert again.messages == record.messages
    assert any("stop button" in text for _, text in record.messages)
    assert set(again.lines) == set(record.lines) >= {"status", "indicator.fault"}
    for role, (t_s, state) in record.lines.items():
        np.testing.assert_array_equal(again.lines[role][0], t_s)
        np.testing.assert_array_equal(again.lines[role][1], state)
    trains = np.asarray(record.trains["t0_s"])
    on_s = np.array([t0_s for t0_s, _ in spans_of(record.lines, "status", record.span_s[1])])
    assert on_s.size == trains.size
    assert np.all((trains - on_s > -2e-6) & (trains - on_s < 0.026))  # the card sees a line one tick late at most
