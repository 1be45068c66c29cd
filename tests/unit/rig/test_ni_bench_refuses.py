"""A card that is not what the bench file says of it is refused before anything is driven; what it tells is recorded."""

from dataclasses import replace

import pytest
from streaming_desk import CATALOGUE, laboratory_of, streaming_case

from rig.ni.bench import NiBench
from sim.errors import BenchError
from sim.signal import Stimulus


@pytest.fixture
def case(tmp_path):
    return streaming_case(tmp_path)


def bench_with(**changes):
    """The simulated bench, its card described otherwise."""
    laboratory = laboratory_of()
    parts = {key: changes.pop(key) for key in ("simulated",) if key in changes}
    card = replace(laboratory.instruments["card"], **changes)
    return NiBench(replace(laboratory, instruments={**laboratory.instruments, "card": card}, **parts), CATALOGUE.models)


FACTS = {"product": "PXIe-6368", "serial": "01C2D3E4", "simulated": "True", "driver": "25.5.0"}
WRONG = {
    "another product": ({"product": "USB-6211"}, {}, "is a USB-6211, the bench file says PXIe-6368"),
    "another serial number": (
        {"simulated": "False"},
        {"serial": "01C2D3E5", "simulated": False},
        "another card has another calibration",
    ),
    "a simulated card where a real one is claimed": ({}, {"simulated": False}, "a simulated card answers"),
    "a real card where a simulated one is claimed": ({"simulated": "False"}, {}, "a real card answers"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_card_that_is_another_is_refused(name, case, monkeypatch):
    """What the driver says is held against the file: product, serial number, real or simulated."""
    told, file, words = WRONG[name]
    monkeypatch.setattr("rig.ni.bench.card_facts", lambda *_: {**FACTS, **told})
    bench = bench_with(**file)
    with pytest.raises(BenchError, match=words):
        bench.open(case)
    with pytest.raises(BenchError, match="not open"):
        bench.exchange(Stimulus(0, 1))
    bench.close()


def test_a_sensor_off_the_grid_of_the_outputs_is_refused(case):
    """10 kHz of the heel switch do not fit on outputs at 3 kHz."""
    laboratory = laboratory_of(output_rate_hz=4000.0)
    with pytest.raises(BenchError, match="multiple of the sensor"):
        NiBench(laboratory, CATALOGUE.models).open(case)


def test_a_card_with_one_converter_tells_when_each_input_is_converted(case):
    """USB-6363 at 500 kHz: the voltage is converted after the current, by less than a sample."""
    bench = bench_with(identity="USB-6363")
    bench.open(replace(case, capture=replace(case.capture, rate_hz=500e3)))
    told = bench.identity()
    bench.close()
    assert told["card.product"] == "USB-6363"
    assert float(told["card.converted_after.current"].split()[0]) == 0.0
    assert 0.0 < float(told["card.converted_after.voltage"].split()[0]) < 2.0
