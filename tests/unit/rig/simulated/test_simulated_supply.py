"""The simulated supply: what it feeds the device, what it reads of it, how it protects."""

import numpy as np
import pytest
from keysight_desk import CURRENT_A, LOAD_OHM, PULSE_S, RATE_HZ, desk, refused, tell

from rig.simulated.keysight.supply import PowerSupply
from rig.simulated.keysight.supply_load import EFFICIENCY_RATIO, IDLE_A, energy_j
from rig.simulated.keysight.terminals import Terminal
from sim.edges import EDGE_DTYPE
from sim.errors import BenchError
from sim.signal import Command
from sim.timebase import NS_PER_MS


@pytest.fixture
def bench():
    """The device on 9 V from the supply, before its first train."""
    made = desk()
    tell(made.supply, "APPL CH2,9,1", "OUTP ON,(@2)")
    made.live_to(0.1)
    return made


def test_a_setting_is_read_back_and_one_beyond_the_range_refused(bench):
    """Channel lists, all spellings of a setting, and -222 that leaves the setting as it was."""
    tell(bench.supply, "SOUR:VOLT:LEV:IMM:AMPL 3.3,(@1,3)", "CURR 0.5,(@3)")
    assert tell(bench.supply, "VOLT? (@1:3)").split(",") == ["+3.30000000E+00", "+9.00000000E+00", "+3.30000000E+00"]
    assert [refused(bench.supply, f"VOLT {volts},(@{n})") for n, volts in ((1, 6.3), (2, 26), (3, -1))] == [-222] * 3
    assert refused(bench.supply, "CURR 1.1,(@2)") == -222 == refused(bench.supply, "VOLT 1,(@4)")
    assert float(tell(bench.supply, "VOLT? (@2)")) == 9.0 and tell(bench.supply, "OUTP? (@1:3)") == "0,1,0"
    assert float(tell(bench.supply, "VOLT? MAX,(@2)")) == 25.75
    assert tell(bench.supply, "APPL? CH2") == '"9.000000,1.000000"'


def test_a_step_of_the_supply_takes_milliseconds(bench):
    """From 9 V to 7 V with 2 ms: the device's supply follows 7 + 2 e^-t/2ms within a step of 0.5 ms."""
    tell(bench.supply, "VOLT 7,(@2)")
    bench.live_to(0.13)
    seen = bench.lab.values("supply", 100 * NS_PER_MS, NS_PER_MS, 30)
    ideal = 7.0 + 2.0 * np.exp(-np.arange(30) / 2.0)
    assert seen == pytest.approx(ideal, abs=0.01)
    assert seen[-1] == pytest.approx(7.0, abs=7.0 * 3e-4 + 3e-3)


@pytest.mark.parametrize(("supply_v", "highest_v"), [(9.0, 60.0), (6.5, 60.0), (5.9, 0.0)])
def test_the_device_follows_the_supply(bench, supply_v, highest_v):
    """Above the brown-out of 6 V the pulses stay 60 V, below it there are none."""
    tell(bench.supply, f"VOLT {supply_v},(@2)")
    bench.live_to(1.0)
    assert bench.lab.values("voltage", 400 * NS_PER_MS, 10_000, 60_000).max() == pytest.approx(highest_v)


def test_a_sag_clips_at_the_compliance():
    """4 kohm x 30 mA ask for 120 V, all of the compliance at 9 V: at 7 V it is 120 V x 7/9."""
    bench = desk(load_ohm=4000.0)
    bench.lab.command(Command(0, "setting", ("lead_off_ratio", 0.0)))  # else it takes the sag for a lost electrode
    tell(bench.supply, "APPL CH2,9,1", "OUTP ON,(@2)")
    bench.live_to(0.8)
    tell(bench.supply, "VOLT 7,(@2)")
    bench.live_to(1.4)
    full, sagged = (bench.lab.values("voltage", t_ms * NS_PER_MS, 10_000, 30_000).max() for t_ms in (480, 1000))
    assert full == pytest.approx(120.0, rel=2e-3) and sagged == pytest.approx(120.0 * 7.0 / 9.0, rel=2e-3)


def test_the_current_is_idle_and_energy_over_efficiency(bench):
    """40 pulses a second of twice 60 V x 30 mA x 300 us at 9 V; between trains the idle current."""
    idle_a = float(tell(bench.supply, "MEAS:CURR? (@2)"))
    assert idle_a == pytest.approx(IDLE_A, abs=3e-4)
    bench.live_to(0.9)
    joules = 2.0 * LOAD_OHM * CURRENT_A**2 * PULSE_S
    busy_a = np.mean([float(tell(bench.supply, "MEAS:CURR? (@2)")) for _ in range(15)])
    assert busy_a == pytest.approx(IDLE_A + joules * RATE_HZ / EFFICIENCY_RATIO / 9.0, rel=0.05)
    assert float(tell(bench.supply, "MEAS:VOLT? (@2)")) == pytest.approx(9.0, abs=9.0 * 7e-4 + 5e-3)
    assert float(tell(bench.supply, "MEAS:VOLT? (@1)")) == pytest.approx(0.0, abs=2e-3)


def test_energy_is_the_integral_of_current_times_voltage():
    """Drawn exponentials, against a sum over steps of 10 ns."""
    draw = np.random.Generator(np.random.PCG64(5))
    rows = np.zeros(12, EDGE_DTYPE)
    rows["t_ns"] = np.cumsum(draw.integers(5_000, 40_000, 12))
    for name in ("i_a", "i_b_a", "v_v", "v_b_v"):
        rows[name] = draw.uniform(0.0, 1.0, 12)
    rows["tau_s"] = draw.uniform(1e-6, 1e-4, 12)
    t0_ns, t1_ns = int(rows["t_ns"][0]) + 777, int(rows["t_ns"][-1]) + 20_000
    t_ns = np.arange(t0_ns, t1_ns, 10) + 5
    row = rows[np.searchsorted(rows["t_ns"], t_ns, "right") - 1]
    fade = np.exp(-(t_ns - row["t_ns"]) * 1e-9 / row["tau_s"])
    power_w = (row["i_a"] + row["i_b_a"] * fade) * (row["v_v"] + row["v_b_v"] * fade)
    assert energy_j(rows, t0_ns, t1_ns) == pytest.approx(float(power_w.sum()) * 10e-9, rel=1e-4)


def test_the_current_limit_holds_the_voltage_down(bench):
    """Half the idle current gives half the voltage, as at a resistance: the device is off, the status says so."""
    tell(bench.supply, f"CURR {0.5 * IDLE_A},(@2)")
    bench.live_to(0.2)
    assert float(tell(bench.supply, "MEAS:VOLT? (@2)")) == pytest.approx(4.5, abs=0.01)
    assert tell(bench.supply, "STAT:QUEStionable:INST:ISUM2:COND?") == "1"
    assert not np.any(bench.lab.edges(180 * NS_PER_MS, 200 * NS_PER_MS).channels[0]["i_a"])
    tell(bench.supply, "CURR 1,(@2)")
    bench.live_to(0.3)
    assert float(tell(bench.supply, "MEAS:VOLT? (@2)")) == pytest.approx(9.0, abs=0.01)
    assert tell(bench.supply, "STAT:QUEStionable:INST:ISUM2:COND?") == "2"


@pytest.mark.parametrize(
    ("protects", "trips", "kind"),
    [
        (("VOLT:PROT 9.5,(@2)", "VOLT:PROT:STAT ON,(@2)"), "VOLT 10,(@2)", "VOLT"),
        (("CURR:PROT:STAT ON,(@2)", "CURR:PROT:DEL 0.02,(@2)"), "CURR 0.006,(@2)", "CURR"),
    ],
)
def test_a_protection_that_trips_stays_off_until_it_is_cleared(bench, protects, trips, kind):
    """The output goes off, says why, refuses to come on, and comes on after the cause and the trip are gone."""
    tell(bench.supply, *protects, trips)
    bench.live_to(0.2)
    assert tell(bench.supply, "OUTP? (@2)") == "0" and tell(bench.supply, f"{kind}:PROT:TRIP? (@2)") == "1"
    assert tell(bench.supply, f"{'CURR' if kind == 'VOLT' else 'VOLT'}:PROT:TRIP? (@2)") == "0"
    assert bench.lab.values("supply", 199 * NS_PER_MS, 1, 1)[0] == pytest.approx(0.0, abs=1e-3)
    assert refused(bench.supply, "OUTP ON,(@2)") == -221
    tell(bench.supply, "APPL CH2,9,1", "OUTP:PROT:CLE (@2)", "OUTP ON,(@2)")
    bench.live_to(0.3)
    assert bench.lab.values("supply", 299 * NS_PER_MS, 1, 1)[0] == pytest.approx(9.0, abs=0.01)


def test_an_output_that_was_never_on_leaves_the_device_its_battery():
    """Until the first `OUTP ON` the device has its 9 V; `*RST` after it takes the supply away."""
    bench = desk()
    bench.live_to(0.05)
    assert bench.lab.values("supply", 0, NS_PER_MS, 50).min() == 9.0
    tell(bench.supply, "APPL CH2,9,1", "OUTP ON,(@2)", "*RST")
    bench.live_to(0.1)
    assert bench.lab.values("supply", 99 * NS_PER_MS, 1, 1)[0] == 0.0


def test_a_wiring_that_no_supply_has_is_refused(bench):
    """A sensor on an output, an output that is not there, two outputs on one device."""
    for terminals in (
        {1: Terminal("heel_switch")},
        {4: Terminal("supply")},
        {1: Terminal("supply"), 2: Terminal("supply")},
    ):
        with pytest.raises(BenchError, match="power supply"):
            PowerSupply(bench.lab, terminals)
