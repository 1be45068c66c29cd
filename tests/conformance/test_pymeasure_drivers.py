"""pymeasure's drivers, unmodified, against `stimrig serve --instruments` in another process, on all three transports.

Whoever wrote these drivers knew real instruments and nothing of ours: what works here is no agreement with ourselves.

The server is the `stimrig` beside this Python, or the one that the environment variable STIMRIG names.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.timeout(600),
]
pytest.importorskip("pymeasure", reason="pymeasure is not installed: run `tox -e conformance`")

CURRENT_A, LOAD_OHM, PULSE_S = 0.030, 500.0, 300e-6
"""What the served scenario sets."""
SCENARIO = """\
schema: scenario/1
id: SCN-CONFORMANCE
title: Somebody walks with a stimulator on 500 ohm
seed: 5
patient: stroke_moderate
leg: left
sensor: {kind: heel_switch}
device: odfs
settings: {current: 30 mA, pulse_width: 300 us, rate: 40 Hz, ramp_up: 0 ms, ramp_down: 0 ms}
load: 500 ohm
walk: {terrain: level, speed: 0.9 m/s, strides: 20, compensation: none}
checks:
  width:
    title: Width as set
    measure: {pulse_width: {}}
    within: ±10 % of set
"""
TRANSPORTS = ("socket", "hislip", "vxi11")


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Instrument -> transport -> VISA resource of a server that lives as long as the tests."""
    folder = tmp_path_factory.mktemp("served")
    scenario = folder / "walk.scenario.yaml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    command = os.environ.get("STIMRIG", str(Path(sys.executable).parent / "stimrig"))
    words = [command, "serve", str(scenario), "--instruments", "--bench", "scope-and-generator@sim", "--json"]
    with (
        (folder / "warnings.txt").open("w") as told,
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=told) as server,
    ):
        try:
            line = server.stdout.readline()
            assert line, (folder / "warnings.txt").read_text()
            yield json.loads(line)["places"]
        finally:
            server.terminate()
            server.wait(30)


def _opened(kind, resource):
    """The driver on pyvisa-py; a raw socket needs its line ends named."""
    ends = {"read_termination": "\n", "write_termination": "\n"} if resource.endswith("SOCKET") else {}
    return kind(resource, visa_library="@py", **ends)


@pytest.fixture(params=TRANSPORTS)
def drivers(request, places):
    """Scope, supply and generator by pymeasure on one transport; the supply gives the device its 9 V."""
    from pymeasure.instruments.agilent import Agilent33500
    from pymeasure.instruments.keysight import KeysightDSOX1102G, KeysightE36312A

    opened = [
        _opened(kind, places[name][request.param])
        for name, kind in (("scope", KeysightDSOX1102G), ("psu", KeysightE36312A), ("awg", Agilent33500))
    ]
    scope, supply, generator = opened
    for each in opened:
        each.write("*RST")
        each.write("*CLS")
    supply.ch_2.voltage_setpoint, supply.ch_2.current_limit, supply.ch_2.output_enabled = 9, 1, True
    yield scope, supply, generator
    for each in opened:
        each.write("*RST")
        assert each.ask("SYST:ERR?").startswith("+0")
        each.adapter.close()


def _no_errors(*instruments):
    for instrument in instruments:
        code, text = instrument.ask("SYST:ERR?").strip().split(",", 1)
        assert int(code) == 0, text


def _voltage(scope):
    """Times, s, and volts across the load of one pulse: channel 2, behind a probe of 20:1."""
    scope.ch2.setup(probe_attenuation=20, vertical_range=40, offset=0, coupling="dc", display=True)
    scope.timebase_setup(mode="main", horizontal_range=1e-3)
    scope.write(":TIM:REF LEFT;:TRIG:EDGE:SOUR CHAN2;LEV 5;SLOP POS;:TRIG:SWE NORM")
    scope.digitize("channel2")
    assert scope.ask("*OPC?").strip() == "1"
    volts, preamble = scope.download_data("channel2", 2000)
    assert volts.size == preamble["points"] > 900
    return preamble["xorigin"] + np.arange(volts.size) * preamble["xincrement"], volts


def test_the_scope_shows_the_live_stimulator_within_one_per_cent(drivers):
    """30 mA x 500 ohm, both phases, and 300 us, as the scope's own preamble scales them."""
    scope, *_ = drivers
    t_s, volts = _voltage(scope)
    base_v = volts[t_s < -1e-5].mean()
    up = volts[(t_s > 2e-5) & (t_s < 2.7e-4)].mean() - base_v
    down = base_v - volts.min()
    width_s = np.count_nonzero(volts - base_v > 0.5 * up) * (t_s[1] - t_s[0])
    print(f"phase 1: {up:.3f} V of {CURRENT_A * LOAD_OHM} V, width {width_s * 1e6:.1f} us")
    assert up == pytest.approx(CURRENT_A * LOAD_OHM, rel=0.01)
    assert down == pytest.approx(CURRENT_A * LOAD_OHM, rel=0.03)
    assert width_s == pytest.approx(PULSE_S, rel=0.01)
    _no_errors(scope)


def test_what_was_set_on_the_scope_is_read_back(drivers):
    """Every property of the driver that the scope has, the two grouped queries included."""
    scope, *_ = drivers
    scope.ch1.setup(bwlimit=True, coupling="ac", display=False, invert=True, label="Shunt", probe_attenuation=10)
    scope.ch1.setup(vertical_range=16, offset=2)
    scope.timebase_setup(mode="main", scale=2e-3)
    scope.acquisition_type, scope.acquisition_mode = "hresolution", "segmented"
    found = scope.ch1.current_configuration
    assert (found["CHAN"], found["RANG"], found["OFFS"], found["COUP"], found["PROB"]) == (1, 16.0, 2.0, "AC", 10.0)
    assert found["DISP"] is False and found["BWL"] is found["INV"] is True
    assert (scope.ch1.coupling, scope.ch1.label.strip('"'), scope.ch1.scale) == ("ac", "SHUNT", 2.0)
    assert (scope.timebase["MAIN:RANG"], scope.timebase_range, scope.timebase_mode) == (0.02, 0.02, "main")
    assert (scope.acquisition_type, scope.acquisition_mode) == ("hresolution", "segmented")
    _no_errors(scope)


def test_the_supply_is_set_and_read_back(drivers):
    """Set points, limits and states of all outputs; what is measured at the one that feeds the device."""
    _, supply, _ = drivers
    supply.ch_1.voltage_setpoint, supply.ch_3.voltage_setpoint, supply.ch_3.current_limit = 3.3, 12.5, 0.25
    assert (supply.ch_1.voltage_setpoint, supply.ch_3.voltage_setpoint, supply.ch_3.current_limit) == (3.3, 12.5, 0.25)
    assert (supply.ch_1.output_enabled, supply.ch_2.output_enabled) == (False, True)
    time.sleep(0.1)
    assert supply.ch_2.voltage == pytest.approx(9.0, abs=0.02)
    assert 0.005 < supply.ch_2.current < 0.1
    supply.ch_2.voltage_setpoint = 7
    time.sleep(0.1)
    assert supply.ch_2.voltage == pytest.approx(7.0, abs=0.02)
    supply.write("VOLT 26,(@2)")
    assert [int(entry[0]) for entry in supply.check_errors()] == [-222]


@pytest.mark.parametrize("data_format", ["float", "DAC"])
def test_an_uploaded_waveform_reaches_the_device(drivers, data_format):
    """The foot of the served patient is taken over by a waveform: it is read back, and the device stimulates to it."""
    scope, _, generator = drivers
    full = 1.0 if data_format == "float" else 32767
    points = [full] * 150 + [-full] * 250 + [full] * 100
    output = generator.ch_1
    output.data_volatile_clear()
    output.data_arb("walk", points, data_format=data_format)
    output.arb_file, output.shape = "walk", "ARB"
    output.output_load = "INF"
    output.arb_srate, output.amplitude, output.offset = 400, 2.5, 1.3
    output.output = True
    assert output.arb_file.strip('"') == "walk" and output.shape == "ARB" and output.output
    assert (output.arb_srate, output.amplitude, output.offset) == (400.0, 2.5, 1.3)
    assert output.output_load == 9.9e37
    scope.write(
        ":CHAN3:DISP ON;RANG 8;OFFS 1;:CHAN1:DISP OFF;:TIM:RANG 2;REF LEFT;:TRIG:EDGE:SOUR CHAN3;LEV 1.3;SLOP NEG"
    )
    scope.write(":TRIG:SWE NORM;:DIG CHAN3")
    assert scope.ask("*OPC?").strip() == "1"
    scope.write(":WAV:SOUR CHAN3")
    scope.waveform_points_mode, scope.waveform_points = "normal", 2000
    preamble = scope.waveform_preamble
    volts = np.array(scope.waveform_data)
    t_s = preamble["xorigin"] + np.arange(volts.size) * preamble["xincrement"]
    assert volts[(t_s > 0.01) & (t_s < 0.6)].mean() == pytest.approx(0.05, abs=0.05)
    assert volts[(t_s > 0.64) & (t_s < 1.2)].mean() == pytest.approx(2.55, rel=0.02)
    t_s, volts = _voltage(scope)
    assert volts[(t_s > 2e-5) & (t_s < 2.7e-4)].mean() == pytest.approx(CURRENT_A * LOAD_OHM, rel=0.02)
    output.output = False
    _no_errors(scope, generator)


def test_uploading_a_name_twice_is_refused(drivers):
    """+785, as pymeasure's documentation warns; clearing the memory first helps."""
    *_, generator = drivers
    points = np.linspace(-1.0, 1.0, 64)
    for _ in range(2):
        generator.ch_1.data_arb("ramp", points, data_format="float")
    assert [int(entry[0]) for entry in generator.check_errors()] == [785]
    generator.ch_1.data_volatile_clear()
    generator.ch_1.data_arb("ramp", points, data_format="float")
    _no_errors(generator)
