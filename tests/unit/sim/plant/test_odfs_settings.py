"""What may be set on the reference stimulator, and the device file that ships with it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import scenarios.stimulators
from scenarios.device_file import read_device
from scenarios.stimulators import MODELS
from scenarios.text import read_document
from sim.signal import Command
from sim.stimulator.odfs_settings import OdfsSettings


def test_defaults_are_those_of_the_contract():
    """30 mA, 300 us, 40 Hz, ramps of 200 ms, extension 200 ms, time-out 4 s, gap 100 us, symmetric."""
    settings = OdfsSettings()
    assert (settings.current_a, settings.pulse_width_s, settings.rate_hz) == (0.030, 300e-6, 40.0)
    assert (settings.ramp_up_s, settings.ramp_down_s, settings.extension_s) == (0.2, 0.2, 0.2)
    assert (settings.time_out_s, settings.gap_s, settings.waveform) == (4.0, 100e-6, "symmetric")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"current_a": 0.5}, "current_a must lie between 0 and 0.25, got 0.5"),
        ({"rate_hz": float("nan")}, "rate_hz must lie between"),
        ({"waveform": "sine"}, "waveform must be symmetric or asymmetric, got 'sine'"),
        ({"ramped": "rate"}, "ramped must be pulse_width or current"),
        ({"open_below_v": 2.0}, "open_below_v must not exceed close_above_v"),
        ({"brown_out_v": 9.0}, "brown_out_v must be below nominal_supply_v"),
        ({"pulse_width_s": 1e-3, "waveform": "asymmetric", "rate_hz": 100.0}, "more than half of the period"),
    ],
)
def test_what_the_device_cannot_do_is_refused_with_the_range(values, text):
    """Every message names the setting, what is allowed and what was got."""
    with pytest.raises(ValueError, match=text):
        OdfsSettings(**values)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("current", "current_a"),
        ("lead_off", "lead_off_ratio"),
        ("lead_off_pulses", "lead_off_pulses"),
        ("rate_hz",) * 2,
    ],
)
def test_a_setting_goes_by_its_key_or_its_field(name, field):
    """`current` and `current_a` are the same setting; `lead_off` is the ratio and not the number of pulses."""
    value = {"current": 0.02, "lead_off": 0.8, "lead_off_pulses": 5, "rate_hz": 25.0}[name]
    assert OdfsSettings().changed(name, value) == dataclasses.replace(OdfsSettings(), **{field: value})


def test_the_device_file_says_what_the_model_does():
    """`odfs.device.yaml` reads against the settings dataclass, repeats its defaults, and stays inside its bounds."""
    path = Path(scenarios.stimulators.__file__).parent / "devices" / "odfs.device.yaml"
    device = read_device(read_document(path), {"odfs": MODELS[0]}, ())
    assert device.settings == OdfsSettings()
    assert device.roles == ("heel_switch",)
    assert device.max_current_a == device.allowed["current"][1]
    bounds = {field.name: field.metadata["bounds"] for field in dataclasses.fields(OdfsSettings) if field.metadata}
    for name, (low, high) in bounds.items():
        for suffix in ("_a", "_s", "_hz", "_ratio", "_v"):
            if name.removesuffix(suffix) in device.allowed and name.endswith(suffix):
                found = device.allowed[name.removesuffix(suffix)]
                assert low <= found[0] <= found[1] <= high


@pytest.mark.kernels
def test_a_short_train_in_plain_python_is_the_compiled_one(Bench):
    """Ten pulses into the skin, the electrode lifted, a probe: what compiled and interpreted kernels must agree on."""
    commands = (Command(730_000_000, "contact", 0.05), Command(1_100_000_000, "supply", 5.0))
    with np.errstate(over="ignore"):
        run = Bench(
            lifts=((0.4, 0.8), (0.95, 1.4)),
            until_s=1.2,
            settings=OdfsSettings(extension_s=0.0, ramp_down_s=0.0),
            defects={"missing_pulses": 0.1, "double_pulse": 0.2, "net_charge": 1e-8},
            commands=commands,
        ).run()
    assert [text for _, text in run.messages] == ["lead off: stimulation off", "supply 5.00 V: off"]
    np.testing.assert_allclose(run.pulses["net_c"][:8], 1e-8, rtol=1e-6)
    assert 10 <= len(run.pulses) <= 20
    probe = run.rows[(run.rows["t_ns"] > 955_000_000) & (run.rows["i_a"] > 0)]
    assert probe["i_a"].tolist() == [5e-6]
