"""Plain pyvisa on each transport: scope, supply and generator show one live device, against closed forms."""

from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
from keysight_desk import CURRENT_A, PULSE_S, RATE_HZ, SETUP, SMALL, desk, pulses

pyvisa = pytest.importorskip("pyvisa", reason="pyvisa is not installed")
pytest.importorskip("pyvisa_py", reason="pyvisa-py is not installed")

from rig.simulated.scpi.server import InstrumentServer  # noqa: E402
from sim.signal import Command  # noqa: E402
from sim.timebase import NS_PER_MS  # noqa: E402

MODEL = replace(SMALL, memory_points=200_000, gain_bound_ratio=0.0, offset_bound_ratio=0.0)
LOAD_OHM = 4000.0
LEVEL_V = CURRENT_A * LOAD_OHM
"""120 V, the whole compliance at 9 V."""


class Bench:
    """Scope, supply and generator as VISA resources; time passes by asking for the scope's state (5 ms each)."""

    def __init__(self, transport, stack):
        self.desk = desk(load_ohm=LOAD_OHM, model=MODEL)
        self.desk.lab.command(Command(0, "setting", ("lead_off_ratio", 0.0)))  # a clipped pulse is no lost electrode
        manager = pyvisa.ResourceManager("@py")
        stack.callback(manager.close)
        for name in ("scope", "supply", "generator"):
            server = stack.enter_context(InstrumentServer(getattr(self.desk, name), transport))
            resource = manager.open_resource(server.resource, timeout=20_000)
            if transport == "socket":
                resource.read_termination = resource.write_termination = "\n"
            stack.callback(resource.close)
            setattr(self, name, resource)
        self.tell("supply", "APPL CH2,9,1", "OUTP ON,(@2)")
        self.tell("scope", *SETUP, ":CHAN1:PROB 10;RANG 320")
        self.desk.live_to(0.5)

    def tell(self, name, *messages):
        for message in messages:
            getattr(self, name).write(message)
        assert getattr(self, name).query("SYST:ERR?").startswith("+0")

    def pass_time(self, seconds):
        """Let the laboratory live on, as a client that polls does."""
        until_ns = self.desk.lab.reached_ns + round(seconds * 1e9)
        while self.desk.lab.reached_ns < until_ns:
            assert int(self.scope.query(":OPER:COND?")) & 8

    def single(self):
        self.tell("scope", ":SING")
        while int(self.scope.query(":OPER:COND?")) & 8:
            pass
        return self.waveform(1)

    def waveform(self, channel):
        self.tell("scope", f":WAV:SOUR CHAN{channel}")
        fields = [float(field) for field in self.scope.query(":WAV:PRE?").split(",")]
        self.scope.chunk_size = 1 << 20
        codes = self.scope.query_binary_values(":WAV:DATA?", "H", container=np.ndarray, is_big_endian=False)
        assert codes.size == fields[2] and not np.isin(codes, (0, 1, 0xFFFF)).any()
        return (
            (np.arange(codes.size) - fields[6]) * fields[4] + fields[5],
            (codes - fields[9]) * fields[7] + fields[8],
        )


@pytest.fixture(params=["socket", "hislip", "vxi11"])
def bench(request):
    """The device in a train, on 9 V of the supply."""
    with ExitStack() as stack:
        yield Bench(request.param, stack)


def test_pulses_clip_at_the_compliance_of_a_sagging_supply(bench):
    """Biphasic pulses of 30 mA x 4 kohm, 300 us, 0.1 ms apart; with the supply at 7 V the plateau is 120 V x 7/9."""
    for supply_v in (9.0, 7.0):
        bench.tell("supply", f"VOLT {supply_v},(@2)")
        bench.desk.live_to(bench.desk.lab.reached_ns * 1e-9 + 0.05)
        t_s, volts = bench.single()
        plateau_v = LEVEL_V * supply_v / 9.0
        assert volts[(t_s > 20e-6) & (t_s < 280e-6)].mean() == pytest.approx(plateau_v, rel=2e-3)
        assert volts[(t_s > 420e-6) & (t_s < 680e-6)].mean() == pytest.approx(-plateau_v, rel=2e-3)
        assert np.count_nonzero(volts > 0.5 * plateau_v) * (t_s[1] - t_s[0]) == pytest.approx(PULSE_S, abs=1e-7)
        assert float(bench.supply.query("MEAS:VOLT? (@2)")) == pytest.approx(supply_v, abs=0.02)


def test_time_tags_of_segments_are_25_ms_apart(bench):
    """Four segments at 40 Hz; the device's own jitter of a microsecond is in them."""
    bench.tell("scope", ":ACQ:MODE SEGM;:ACQ:SEGM:COUN 4")
    bench.single()
    tags_s = []
    for index in range(1, int(bench.scope.query(":WAV:SEGM:COUN?")) + 1):
        bench.tell("scope", f":ACQ:SEGM:IND {index}")
        tags_s.append(float(bench.scope.query(":WAV:SEGM:TTAG?")))
    assert len(tags_s) == 4 and np.diff(tags_s) == pytest.approx(1.0 / RATE_HZ, abs=10e-6)


def test_a_roll_through_a_sag_shows_no_pulse_in_it(bench):
    """0.5 s rolling while the supply is below the brown-out for 0.1 s: pulses before, none while it is low, and the
    device says what it does; the supply's own slew is on channel 3."""
    bench.tell("scope", ":TIM:MODE ROLL;RANG 0.5", ":SING")
    bench.pass_time(0.2)
    low_ns = bench.desk.lab.reached_ns
    bench.tell("supply", "VOLT 2.4,(@2)")
    bench.pass_time(0.1)
    back_ns = bench.desk.lab.reached_ns
    bench.tell("supply", "VOLT 9,(@2)")
    while int(bench.scope.query(":OPER:COND?")) & 8:
        pass
    t_s, volts = bench.waveform(1)
    supply_v = bench.waveform(3)[1]
    found_s = pulses(t_s, volts, 0.3 * LEVEL_V)
    end_ns = bench.desk.lab.reached_ns  # the record ended at most one look before
    low_s, back_s = ((edge_ns - end_ns) * 1e-9 for edge_ns in (low_ns, back_ns))
    inside = (t_s > low_s + 0.012) & (t_s < back_s - 0.001)
    assert supply_v[inside].mean() == pytest.approx(2.4, abs=0.02)
    assert supply_v[t_s < low_s - 0.006].mean() == pytest.approx(9.0, abs=0.02)
    assert np.count_nonzero(found_s < low_s) in {7, 8, 9}
    assert not np.any((found_s > low_s + 0.006) & (found_s < back_s + 0.006))
    assert [text for _, text in bench.desk.lab.messages(low_ns, low_ns + 20 * NS_PER_MS) if "off" in text]


def test_a_device_clear_breaks_off_the_wait_for_a_trigger(bench):
    """`:DIG` for a trigger that never comes: the answer times out, and after a clear the scope listens again."""
    if bench.scope.resource_name.endswith("SOCKET"):
        pytest.skip("a raw socket has no device clear")
    bench.tell("scope", ":TRIG:LEV 150")
    bench.scope.timeout = 200
    bench.scope.write(":DIG CHAN1")
    bench.scope.write("*OPC?")
    with pytest.raises(pyvisa.VisaIOError, match="TMO"):
        bench.scope.read()
    bench.scope.timeout = 20_000
    bench.scope.clear()
    bench.tell("scope", ":STOP")
    assert int(bench.scope.query(":OPER:COND?")) == 0


def test_an_uploaded_step_moves_the_device(bench):
    """Binary blocks through each transport: the generator takes over the heel switch, and the scope sees it open."""
    points = np.full(5000, 1.0)
    points[1000:] = -1.0
    bench.generator.write_binary_values("SOUR1:DATA:ARB step,", points, datatype="f", is_big_endian=True)
    bench.tell("generator", "SOUR1:FUNC:ARB step", "OUTP1:LOAD INF", "SOUR1:FUNC ARB", "SOUR1:FUNC:ARB:SRAT 1E4")
    bench.tell("generator", "SOUR1:VOLT 2.5;VOLT:OFFS 1.3", "SOUR1:BURS:STAT ON;NCYC 1", "TRIG1:SOUR BUS", "OUTP1 ON")
    bench.tell("scope", ":CHAN4:DISP ON;RANG 8;OFFS 1;:TIM:RANG 0.4;:TRIG:SOUR CHAN4;LEV 1.3;SLOP NEG", ":SING")
    bench.pass_time(0.1)
    bench.tell("generator", "*TRG")
    while int(bench.scope.query(":OPER:COND?")) & 8:
        pass
    t_s, volts = bench.waveform(4)
    assert volts[t_s < -1e-4].mean() == pytest.approx(2.55, rel=0.015)
    assert volts[t_s > 1e-4].mean() == pytest.approx(0.05, abs=0.01)
