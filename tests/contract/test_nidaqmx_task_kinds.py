"""Plain nidaqmx of another process, over gRPC: the kinds of task of NI's own example programs, each held to the truth.

Truth: the laboratory, which this process can ask (time moves only while a program waits, so instants are exact), the
settings of the device, or what the program itself has put out. The front end of this card is exact, so an analogue
sample is right to its 16 bits.
"""

import numpy as np
import pytest
from daq_desk import HALF_A, TAP_OHM, ClientProcess, card_of, host_of
from daq_programs_out import RAMP

pytest.importorskip("nidaqmx")
pytest.importorskip("grpc")

LSB_V = 10.0 / 32768
NEAR_V = 1.01 * LSB_V


class Desk:
    """The card behind its server, and the other process."""

    def __init__(self):
        from rig.simulated.daq.server import CardServer

        self.card = card_of()
        self.lab = self.card.lab
        self.server = CardServer(host_of(self.card))
        self.client = ClientProcess(self.server.address)
        self.t0_ns = self.t1_ns = 0

    def run(self, name, **arguments):
        """Run a program; `t0_ns` and `t1_ns` are the instants before and after."""
        self.t0_ns = self.lab.clock.now_ns()
        result = self.client.run(name, **arguments)
        self.t1_ns = self.lab.clock.now_ns()
        return result

    def volts(self, role, rate_hz, n, t0_ns=None):
        """What an input should have read of a role, V."""
        scale = TAP_OHM if role == "current" else 0.05
        start_ns = self.t0_ns if t0_ns is None else t0_ns
        return self.lab.values(role, start_ns, round(1e9 / rate_hz), n) * scale

    def crossings(self, level=HALF_A):
        """Rising edges of the current through a level while the program ran, ns."""
        instants, rising = self.lab.crossings("current", level, self.t0_ns, self.t1_ns)
        return instants[rising]

    def close(self):
        self.client.close()
        self.server.close()
        self.card.close()


@pytest.fixture(scope="module")
def desk():
    desk = Desk()
    yield desk
    desk.close()


def near(values, truth, within=NEAR_V):
    """Equal to within the rounding of the converter, and not trivially so."""
    values, truth = np.asarray(values, float), np.asarray(truth, float)
    assert values.shape == truth.shape
    assert np.ptp(truth) > 10 * within
    np.testing.assert_allclose(values, truth, rtol=0.0, atol=within)


def both(desk, result, rate_hz, n):
    near(result["values"][0], desk.volts("current", rate_hz, n))
    near(result["values"][1], desk.volts("voltage", rate_hz, n))


def one(role, rate_hz, n):
    return lambda desk, result: near(result["values"], desk.volts(role, rate_hz, n))


def ramp(repeats=1):
    return lambda desk, result: near(result["values"], np.tile(RAMP, repeats), 2 * NEAR_V)


def on_demand(desk, result):
    truth = [desk.lab.values(role, desk.t1_ns - 1, 1, 1)[0] for role in ("current", "voltage")]
    np.testing.assert_allclose(result["values"], [truth[0] * TAP_OHM, truth[1] * 0.05], atol=NEAR_V)


def software_timed(desk, result):
    assert result["values"] == pytest.approx([desk.card.outputs.of("ao0").last] * 5, abs=NEAR_V)


def finite(desk, result):
    both(desk, result, 100e3, 5000)
    assert result["rate_hz"] == 100e3


def every_n(desk, result):
    assert result["events"] == 4
    near(result["values"], desk.volts("current", 20e3, 1000))


def done(desk, result):
    assert result["told"] == [0]
    near(result["values"], desk.volts("current", 10e3, 100), 0.0 + NEAR_V)


def digital_start(desk, result):
    assert result["before"] == 0
    edges = desk.card.outputs.of("port0/line8").changes(desk.t0_ns, desk.t1_ns)
    near(result["values"], desk.volts("voltage", 10e3, 200, edges[0][0]))


# a number read from or written to lines has them as the bits of their numbers in the port


def status_bits(desk, rate_hz, n):
    return desk.lab.values("status", desk.t0_ns, round(1e9 / rate_hz), n) > 0.5


def port(desk, result):
    assert result["value"] == 0
    assert desk.card.outputs.driven("port1/line0") is None


def lines(desk, result):
    assert result["values"] == [False] * 4


def port_finite(desk, result):
    truth = status_bits(desk, 10e3, 500)
    assert truth.any()
    assert result["values"] == (truth.astype(int) << 16).tolist()


def lines_continuous(desk, result):
    assert result["values"] == (status_bits(desk, 10e3, 500).astype(int) << 16).tolist()


def shared_clock(desk, result):
    both(desk, result, 20e3, 1000)
    assert result["lines"] == status_bits(desk, 20e3, 1000).tolist()


def waveforms(desk, result):
    both(desk, result, 20e3, 1000)
    assert result["interval_s"] == 50e-6


def raw_codes(desk, result):
    codes = np.array(result["codes"]).reshape(-1, 2).T
    volts = [offset + step * row for (offset, step), row in zip(result["scale"], codes, strict=True)]
    both(desk, {"values": volts}, 20e3, 1000)


def digital_waveform(desk, result):
    truth = status_bits(desk, 10e3, 50)
    assert truth.any()
    assert result["values"] == [[int(state), 0] for state in truth]


def properties(desk, result):
    assert result == {
        "name": "current",
        "physical": "Dev1/ai0",
        "max": 5.0,
        "kind": "ANALOG_INPUT",
        "names": ["current"],
        "configuration": result["configuration"],
    }


def update(desk, result):
    assert result["values"] == pytest.approx([1.25, -3.0, 0.0], abs=2 * NEAR_V)


def without_regeneration(desk, result):
    truth = np.concatenate([RAMP + 0.01 * number for number in range(5)])
    near(result["values"], truth, 2 * NEAR_V)
    assert 1000 <= result["generated"] <= 1400


def together(desk, result):
    near(result["values"][1], result["tone"][0], 2 * NEAR_V)
    near(result["values"][0], result["tone"][1], 2 * NEAR_V)


def counted(desk, result):
    assert desk.crossings().size > 3
    assert result["count"] == 5 + desk.crossings().size


def counted_on_a_clock(desk, result):
    instants = desk.t0_ns + np.arange(200) * 1_000_000
    truth = np.searchsorted(desk.crossings(), instants, "left")
    assert truth[-1] > 3
    assert np.abs(np.array(result["counts"]) - truth).max() == 0


def value(expected, within=1e-9):
    def check(desk, result):
        assert result["value"] == pytest.approx(expected, rel=within)

    return check


def train(high_s, low_s):
    def check(desk, result):
        assert (result["high_s"], result["low_s"]) == pytest.approx((high_s, low_s), abs=10e-9)

    return check


def pulse_frequency(desk, result):
    assert result["frequency_hz"] == pytest.approx(400.0, rel=1e-5)
    assert result["duty_ratio"] == pytest.approx(0.25, abs=1e-5)


def frequencies(desk, result):
    assert result["values"] == pytest.approx([1000.0] * 20, rel=1e-5)


def stimulation_widths(desk, result):
    """The width of the device's pulses, as the plant makes them: 300 us set, counted in ticks of 10 ns."""
    instants, rising = desk.lab.crossings("current", HALF_A, desk.t0_ns, desk.t1_ns)
    begins, ends = instants[rising], instants[~rising]
    truth = [(ends[ends > begin][0] - begin) * 1e-9 for begin in begins[:4]]
    assert result["values"] == pytest.approx(truth, abs=20e-9)
    assert result["values"] == pytest.approx([300e-6] * 4, rel=0.01)


def two_edges(desk, result):
    """From the first to the second phase of a pulse: its width and its gap."""
    first = desk.crossings()[0]
    instants, rising = desk.lab.crossings("current", -HALF_A, desk.t0_ns, desk.t1_ns)
    second = instants[~rising][instants[~rising] > first][0]
    assert result["value"] == pytest.approx((second - first) * 1e-9, abs=20e-9)


def system(desk, result):
    assert result["devices"] == ["Dev1"]
    assert (result["product"], result["simulated"], result["category"]) == ("USB-6363", True, "X_SERIES_DAQ")
    assert (result["inputs"], result["lines"], result["fastest_hz"]) == (32, 48, 2e6)
    assert result["outputs"] == [f"Dev1/ao{n}" for n in range(4)]
    assert result["counters"] == [f"Dev1/ctr{n}" for n in range(4)]


def reset(desk, result):
    assert desk.card.outputs.of("ao2").last == 0.0


def watched(desk, result):
    assert result == {
        "alive": [False, True],
        "expired": [True, False],
        "locked": False,
        "cleared": [False, True],
    }


def same(key, truth):
    def check(desk, result):
        assert result[key] == truth

    return check


def pattern(desk, result):
    assert result["values"] == result["pattern"]


KINDS = {
    "voltage_sample": on_demand,
    "voltage_software_timed": software_timed,
    "voltage_finite": finite,
    "voltage_continuous": one("current", 50e3, 4000),
    "voltage_digital_start": digital_start,
    "voltage_every_n_samples": every_n,
    "voltage_done_event": done,
    "voltage_waveform": waveforms,
    "voltage_raw": raw_codes,
    "digital_waveform": digital_waveform,
    "channel_properties": properties,
    "digital_lines": lines,
    "digital_port": port,
    "digital_port_finite": port_finite,
    "digital_lines_continuous": lines_continuous,
    "analogue_and_digital_on_one_clock": shared_clock,
    "voltage_update": update,
    "generate_finite": ramp(),
    "generate_continuously": ramp(3),
    "generate_without_regeneration": without_regeneration,
    "generate_every_n_samples": same("told", [50] * 4),
    "write_digital_lines": same("values", [True, False, True, True]),
    "write_digital_port": same("value", 0xA5),
    "generate_digital_line": pattern,
    "generate_digital_port_continuously": same("values", [number << 8 for number in range(16)] * 3),
    "count_edges": counted,
    "count_edges_on_a_clock": counted_on_a_clock,
    "frequency": value(400.0, 1e-5),
    "frequency_continuously": frequencies,
    "period": value(2.5e-3, 1e-5),
    "pulse_frequency": pulse_frequency,
    "pulse_time": train(0.625e-3, 1.875e-3),
    "pulse_width": stimulation_widths,
    "two_edge_separation": two_edges,
    "pulse_train": train(0.6e-3, 1.4e-3),
    "pulse_train_by_time": train(0.5e-3, 1.5e-3),
    "pulse_train_by_ticks": train(1e-3, 1e-3),
    "finite_pulse_train": same("count", 12),
    "single_pulse": value(2.5e-3, 1e-5),
    "outputs_and_inputs_together": together,
    "system_properties": system,
    "watchdog": watched,
    "reset_and_self_test": reset,
}
"""Program of `daq_programs_in`, `_out` or `_counters` -> what must hold of its result."""

WALKING = {kind for kind in KINDS if kind.startswith(("voltage", "count")) and kind != "voltage_update"} | {
    "analogue_and_digital_on_one_clock",
    "digital_port_finite",
    "digital_waveform",
    "pulse_width",
    "two_edge_separation",
}
"""Programs that look at the stimulation: the device must see a step first."""


def test_there_are_at_least_26_kinds():
    """What the issue asks for."""
    assert len(KINDS) >= 26


def test_log_to_tdms(desk, tmp_path):
    """The 44th kind, with a file: what was read stands in it, as npTDMS reads it, with its interval."""
    from nptdms import TdmsFile

    desk.run("step")
    result = desk.run("voltage_logged", path=str(tmp_path / "log.tdms"))
    both(desk, result, 20e3, 1000)
    channels = TdmsFile.read(tmp_path / "log.tdms")["capture"].channels()
    assert [channel[:].tolist() for channel in channels] == result["values"]
    assert channels[0].properties["wf_increment"] == 50e-6


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_task(desk, kind):
    """The program runs unchanged, and what it saw or did is true."""
    if kind in WALKING:
        desk.run("step")
    KINDS[kind](desk, desk.run(kind))
