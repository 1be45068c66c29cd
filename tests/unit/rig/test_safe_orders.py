"""What the guardian is told to do for a bench: energy first, every line and output at its stated safe level."""

import pickle
from dataclasses import replace

import pytest

from rig.benches import read_bench
from rig.safe_card import CardOrder
from rig.safe_orders import InstrumentOrder, guardian_of, orders_of, safe_levels


@pytest.fixture(scope="module")
def bench():
    return read_bench("simulated")


def test_a_bench_in_this_process_needs_no_guardian(bench):
    """Nothing of it outlives the runner, so no process is started."""
    guardian = guardian_of(bench)
    assert guardian.orders == ()
    guardian.start()
    guardian.watch()
    guardian.beat()
    guardian.close()


def test_the_card_goes_to_the_levels_of_the_bench_file_interlock_first(bench):
    """Truth: the shipped file, read by eye: interlock low, heel switch 2.6 V, supply 0 V, loads r500 (code 1)."""
    lines, outputs = safe_levels(bench, "card")
    assert next(iter(lines.items())) == ("Dev1/port0/line0", False)
    high = {name.rpartition("/line")[2] for name, level in lines.items() if level}
    assert high == {"9", "12", "15", "18"}
    assert outputs == {"Dev1/ao1": 0.0, "Dev1/ao0": 2.6, "Dev1/ao3": 0.0, "Dev1/ao2": 0.0}


def test_an_inverted_code_is_stated_in_levels(bench):
    """A bank whose lines are low for what is on: r500 is code 1, the lines show its complement."""
    wiring = tuple(replace(wire, invert=wire.role == "load") for wire in bench.wiring)
    lines, _ = safe_levels(replace(bench, wiring=wiring), "card")
    assert [lines[f"Dev1/port0/line{n}"] for n in (9, 10, 11)] == [False, True, True]


def test_supply_then_generator_then_card(bench):
    """Energy first, whatever the order of the file; scopes and meters drive nothing. The orders travel by pickle."""
    card = bench.instruments["card"]
    instruments = {
        "card": replace(card, address="local"),
        "meter": replace(card, name="meter", driver="keysight.truevolt", address="TCPIP::10.0.0.4::INSTR"),
        "awg": replace(card, name="awg", driver="keysight.trueform33500", address="TCPIP::10.0.0.3::INSTR"),
        "psu": replace(card, name="psu", driver="keysight.e36300", address="TCPIP::10.0.0.2::INSTR"),
    }
    orders = orders_of(replace(bench, instruments=instruments, simulated=False))
    assert [order.name for order in orders] == ["psu", "awg", "card"]
    assert [type(order) for order in orders] == [InstrumentOrder, InstrumentOrder, CardOrder]
    assert pickle.loads(pickle.dumps(orders)) == orders
