"""The doctor holds the card's own numbers, asked through the driver's API, against the table of cards."""

from dataclasses import replace

import pytest

import rig.simulated.daq.attributes_device as attributes
import rig.simulated.daq.products as products
from rig.benches import read_bench
from rig.commands.context import here
from rig.commands.device import case_around
from rig.doctor.instruments import instruments

CONTEXT = here()
CASE = case_around("odfs", CONTEXT)
LAB = read_bench("simulated")
CARD = "PXIe-6368"


def _told(name=CARD):
    """What the doctor says of the numbers of a card, with nothing wired to it."""
    card = replace(LAB.instruments["card"], identity=name)
    laboratory = replace(LAB, instruments={"card": card}, wiring=(), safe_state=())
    (found,) = [each for each in instruments(laboratory, CASE, CONTEXT.catalogue.models) if each.examination == "card"]
    return found


@pytest.mark.parametrize("name", products.PRODUCTS)
def test_the_simulated_cards_have_what_the_table_states(name):
    """Two tables, written for two purposes: a plan by the one must run on the other."""
    found = _told(name)
    assert found.word == "PASS" and "as the table states" in found.detail, found


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"ai": 8}, "8 inputs (the table states 16), 16 MHz of all inputs (the table states 32 MHz)"),
        ({"simultaneous": False}, "one converter for all inputs, 2 MHz of all inputs (the table states 32 MHz)"),
        ({"ai_single_hz": 1e6}, "1 MHz an input (the table states 2 MHz)"),
        ({"ao": 2}, "2 outputs (the table states 4)"),
        ({"ao_hz": 1e6}, "1 MHz an output (the table states 3.3 MHz)"),
        ({"ao_ranges_v": (5.0,)}, "5 V at an output (the table states 10 V)"),
        ({"port_lines": (8, 8, 8)}, "24 lines (the table states 48)"),
        ({"counters": 2}, "2 counters (the table states 4)"),
    ],
)
def test_a_card_that_has_less_is_found(change, wanted, monkeypatch):
    """One number of the card is smaller than the table states: FAIL, by name, with both numbers."""
    monkeypatch.setitem(products.PRODUCTS, CARD, replace(products.PRODUCTS[CARD], **change))
    found = _told()
    assert found.word == "FAIL" and found.detail == f"card: its driver tells {wanted}"
    assert "rig/bench_file/drivers.py" in found.mend


def test_a_card_that_has_more_passes_and_it_is_told(monkeypatch):
    """Nothing is planned that it could not do."""
    monkeypatch.setitem(products.PRODUCTS, CARD, replace(products.PRODUCTS[CARD], counters=8, ao_hz=5e6))
    found = _told()
    assert found.word == "PASS" and found.detail.endswith("and 5 MHz an output for 3.3 MHz, 8 counters for 4")


def test_what_a_driver_does_not_tell_is_said(monkeypatch):
    """An older driver refuses an attribute: the rest is compared, the silence is told and is no number."""
    monkeypatch.delitem(attributes.DEVICE, 0x2997)
    found = _told()
    assert found.word == "PASS" and found.detail.endswith("its driver does not tell Hz an output")
    assert "output_rate_hz" not in found.numbers


def test_a_card_that_the_table_does_not_know_is_not_shown(monkeypatch):
    """Its numbers are given, to be written into the table."""
    monkeypatch.delitem(products.PRODUCTS, CARD)
    monkeypatch.setitem(products.PRODUCTS, "PXIe-9999", replace(products.PRODUCTS["PCIe-6363"], name="PXIe-9999"))
    found = _told("PXIe-9999")
    assert found.word == "NOT SHOWN" and "knows no PXIe-9999; it has 32 inputs, 2 MHz an input" in found.detail
