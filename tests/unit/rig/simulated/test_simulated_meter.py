"""The simulated multimeter: it reads the load that lies on the bench, within what its data sheet states."""

import math

import pytest
from keysight_desk import CURRENT_A, LOAD_OHM, desk, refused, tell

from rig.simulated.keysight.meter import LEAD_OHM, Multimeter
from rig.simulated.keysight.meter_ranges import RANGES, range_for
from sim.electrode.load import NAMED_LOADS, Load
from sim.signal import Command


@pytest.mark.parametrize("load", [*NAMED_LOADS.values(), Load(5.0)], ids=[*NAMED_LOADS, "short"])
def test_resistance_is_that_of_the_load_within_the_data_sheet(load):
    """Every load of a bank: four wires read it, two wires their own 0.2 ohm with it; a gigohm is an overload."""
    bench = desk(walks=False)
    bench.lab.command(Command(0, "load", load))
    ohm = load.resistance_ohm
    chosen = range_for("FRES", ohm, None)
    four, two = (float(tell(bench.meter, f"CONF:{kind}", f"{kind}:NPLC 1", "READ?")) for kind in ("FRES", "RES"))
    if chosen is None:
        assert four == two == 9.9e37
        return
    bound = chosen.reading_ratio * ohm + chosen.range_ratio * chosen.full_value
    assert four == pytest.approx(ohm, abs=bound) and four != ohm
    assert two == pytest.approx(ohm + LEAD_OHM, abs=bound * 1.01)


def test_the_mean_of_biphasic_pulses_is_zero_and_of_the_supply_its_voltage():
    """Balanced pulses have no direct part beyond the range's accuracy; a meter at the supply reads 9 V."""
    bench = desk()
    bench.live_to(0.8)
    volts, amperes = (
        float(tell(bench.meter, f"MEAS:{kind}:DC? {full}")) for kind, full in (("VOLT", 100), ("CURR", 0.1))
    )
    assert abs(volts) < 2e-3 * LOAD_OHM * CURRENT_A and abs(amperes) < 1e-4
    supply = Multimeter(bench.lab, "supply", seed=3)
    assert float(tell(supply, "MEAS:VOLT?")) == pytest.approx(9.0, abs=9.0 * 3e-5 + 10.0 * 4e-6)
    assert refused(supply, "MEAS:RES?") == -221 == refused(supply, "MEAS:CURR?")


def test_a_reading_takes_its_integration_time():
    """10 cycles of 50 Hz are 0.2 s of the laboratory's time."""
    bench = desk(walks=False)
    before_ns = bench.lab.reached_ns
    tell(bench.meter, "CONF:FRES", "FRES:NPLC 10", "READ?")
    assert 200_000_000 <= bench.lab.reached_ns - before_ns < 230_000_000


def test_ranges_are_chosen_as_on_the_real_one():
    """A range reads to 120 % of its full scale; a fixed one overloads beyond it; AUTO takes it back."""
    assert [range_for("VOLT", volts, None).full_value for volts in (0.12, 0.13, 12.0, 12.1)] == [0.1, 1.0, 10.0, 100.0]
    assert range_for("VOLT", 1300.0, None) is None and RANGES["RES"] is RANGES["FRES"]
    bench = desk(walks=False)
    assert math.isclose(float(tell(bench.meter, "CONF:FRES 100", "READ?")), 9.9e37)
    assert float(tell(bench.meter, "FRES:RANG?")) == 100.0 and tell(bench.meter, "FRES:RANG:AUTO?") == "0"
    assert float(tell(bench.meter, "FRES:RANG:AUTO ON", "READ?")) == pytest.approx(LOAD_OHM, rel=1e-3)
    assert float(tell(bench.meter, "FETC?")) == pytest.approx(LOAD_OHM, rel=1e-3)


@pytest.mark.parametrize(
    ("message", "code"), [("CONF:TEMP", -113), ("CONF:FRES 1E9", -222), ("FETC?", -230), ("FRES:NPLC 200", -222)]
)
def test_what_the_meter_cannot_is_refused(message, code):
    """The right error and no answer."""
    assert refused(desk(walks=False).meter, message) == code
