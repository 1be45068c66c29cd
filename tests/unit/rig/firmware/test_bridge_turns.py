"""A bridge that turns round before its switches have opened is shorted: what the wiring of a board tells of it."""

import dataclasses

import pytest

from rig.firmware.board.board_file import find_board
from rig.firmware.board.board_wiring import BoardWiring

FORWARD, BACKWARD = 1 << 6, 1 << 7
PORT = "GPIOC"
"""Of the blue board, at 64 MHz: a cycle lasts 15.625 ns."""


def told_of(*steps, dead_time_s=100e-9):
    """The faults of a bridge whose switches stand so from these cycles on: (cycle, switches that are closed)."""
    told = []
    board = dataclasses.replace(find_board("blue_f405"), dead_time_s=dead_time_s)
    wiring = BoardWiring(board, lambda *_: 0.0, lambda kind, name, *rest: told.append((kind, name, *rest)))
    for cycle, closed in steps:
        wiring.pin_output(cycle, PORT, FORWARD | BACKWARD, closed)
    return [(name, cycle, data.decode()) for kind, name, _, data, cycle in told if kind == "fault"]


@pytest.mark.parametrize(("open_cycles", "shorted"), [(0, True), (6, True), (7, False), (100, False)])
@pytest.mark.parametrize(("first", "second"), [(FORWARD, BACKWARD), (BACKWARD, FORWARD)])
def test_both_switches_are_open_for_the_dead_time(first, second, open_cycles, shorted):
    """100 ns are 6.4 cycles: 6 are too few, 7 are enough; in one write there are none."""
    steps = [(1000, first), (2000, 0), (2000 + open_cycles, second)]
    told = told_of(*(steps if open_cycles else (steps[0], steps[2])))
    assert [(name, cycle) for name, cycle, _ in told] == ([("shoot_through", 2000 + open_cycles)] if shorted else [])
    if shorted:
        assert f" closes {open_cycles * 15.625:.0f} ns after " in told[0][2]


def test_a_phase_that_comes_again_needs_no_dead_time():
    """The same switch closes again at once; and without the key nobody looks at how soon the other does."""
    assert told_of((1000, FORWARD), (2000, 0), (2001, FORWARD)) == []
    assert told_of((1000, FORWARD), (2000, BACKWARD), dead_time_s=0.0) == []


def test_two_closed_switches_are_told_whatever_the_dead_time():
    """Nothing flows through the electrodes then."""
    ((name, cycle, words),) = told_of((1000, FORWARD), (2000, FORWARD | BACKWARD), (2010, 0), dead_time_s=0.0)
    assert (name, cycle) == ("shoot_through", 2000)
    assert "both on" in words


def test_an_endless_row_is_told_a_thousand_times():
    """As many as the record should hold; the run goes on."""
    assert len(told_of(*((1000 + k, BACKWARD if k % 2 else FORWARD) for k in range(3000)))) == 1000
