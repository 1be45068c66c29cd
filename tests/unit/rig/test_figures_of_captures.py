"""U of every figure of a capture, the output table, a polarity swap, tables and pictures, and constant memory."""

import json
import resource
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from pulse_captures import PERIOD, N, codes_of, current_a, told

SOUND = {"scale": "1 A", "rate": "1 MHz"}
STATED = """schema: instrument/1
id: card-7
title: card and shunt
tap: 250 ohm
filter_tau: 2 us
timebase: 50 ppm
current: {gain_bound: 0.1 %, offset_bound: 150 uV, inl_bound: 600 uV, noise: 315 uV}
"""


@pytest.fixture
def capture(tmp_path):
    np.save(tmp_path / "a.npy", current_a())
    (tmp_path / "card.yaml").write_text(STATED, encoding="utf-8")
    return tmp_path


def test_what_is_stated_of_the_instrument_makes_the_budget(capture, capsys):
    """Gain 0.1 % rectangular is 2 x 0.001/sqrt(3) of a charge; U of the net charge holds the INL of both phases."""
    code, document, _ = told(capsys, capture / "a.npy", "0", instrument=str(capture / "card.yaml"), **SOUND)
    summary, budget = document["summary"], document["uncertainty"]["budget"]
    assert code == 0 and document["uncertainty"]["basis"] == "instrument and scatter"
    assert summary["rms_U_a"] == pytest.approx(2e-3 / 3**0.5 * summary["rms_a"], rel=1e-9)
    assert summary["dc_U_a"] == pytest.approx(2 * np.hypot(0.6e-6, 2.4e-6) / 3**0.5, rel=1e-3)
    assert "INL" in {part["name"] for part in budget["net_charge_c"]}
    assert 0.5e-9 < summary["net_charge_U_c"] < 4e-9
    for name in ("phase1_U_s", "phase2_U_s", "gap_U_s", "phase_charge_U_c", "rate_U_hz", "phase1_U_a"):
        assert summary[name] > 0.0, name


def test_options_state_a_part_and_say_what_is_missing(capture, capsys):
    code, document, _ = told(capsys, capture / "a.npy", "0", gain="0.1 %", noise="1.3 uA", **SOUND)
    assert code == 0 and codes_of(document) == {"partial_instrument"}
    (warning,) = document["warnings"]
    assert "offset, INL, sample clock" in warning["text"]
    assert document["summary"]["dc_U_a"] is None


def test_bounds_in_volts_need_to_know_the_ampere(capture, capsys):
    """A card file without a tap cannot make A of V where the capture is in A already."""
    (capture / "card.yaml").write_text(STATED.replace("tap: 250 ohm\n", ""), encoding="utf-8")
    code, document, shown = told(capsys, capture / "a.npy", "0", instrument=str(capture / "card.yaml"), **SOUND)
    assert code == 4 and document is None and "tap" in shown


def test_fields_of_the_output_table(capture, capsys):
    """Worked values of a 20 mA, 300 us, 40 Hz pulse on 500 ohm and 25 cm2 (regulatory.md 1.3, closed form)."""
    _, document, _ = told(capsys, capture / "a.npy", "0", fda=True, load="500 ohm", area="25 cm^2", **SOUND)
    fields = document["fda"]
    assert fields["waveform"] == "pulsed biphasic" and fields["shape"] == "rectangular"
    assert fields["symmetrical_phases"] is True and fields["max_output_voltage_v"] is None
    rms_a = (40 * 2 * 300e-6 * 0.02**2) ** 0.5
    assert fields["rms_current_on_a"] == pytest.approx(rms_a, rel=0.05)  # record of 8.3 periods
    assert fields["average_absolute_current_on_a"] == pytest.approx(40 * 2 * 6e-6, rel=1e-3)
    assert fields["max_power_density_w_m2"] == pytest.approx(fields["rms_current_on_a"] ** 2 * 500 / 25e-4)
    assert fields["max_phase_charge_c"] == pytest.approx(6e-6, rel=1e-3)
    assert fields["pulse_width_whole_s"] == pytest.approx(700e-6, abs=1e-7)


def test_voltage_beside_the_current(tmp_path, capsys):
    """Vmax of the output table; a load of 500 ohm agrees, a voltage at twice its scale does not."""
    x = current_a()
    np.save(tmp_path / "a.npy", np.stack([x, 500 * x], axis=1))
    options = SOUND | {"voltage": "1", "voltage_scale": "1", "load": "500 ohm", "fda": True}
    code, document, _ = told(capsys, tmp_path / "a.npy", "0", **options)
    assert code == 0 and document["fda"]["max_output_voltage_v"] == pytest.approx(10.0, rel=1e-3)
    code, document, _ = told(capsys, tmp_path / "a.npy", "0", **options | {"voltage_scale": "2"})
    assert code == 6 and "load" in codes_of(document)


def test_leads_swapped_at_the_load(tmp_path, capsys):
    """An instrument that adds 3 nC to a device of 10 nC: half the difference is the device's, half the sum its own."""
    added = np.zeros(N * PERIOD + 8_000)
    for k in range(N):
        added[6_100 + k * PERIOD : 6_200 + k * PERIOD] = 3e-9 / 100e-6
    np.save(tmp_path / "a.npy", current_a(net_c=10e-9) + added)
    np.save(tmp_path / "b.npy", -current_a(net_c=10e-9) + added)
    code, document, _ = told(capsys, tmp_path / "a.npy", "0", swap=tmp_path / "b.npy", **SOUND)
    assert code == 0
    assert document["summary"]["swap_net_charge_c"] == pytest.approx(10e-9, abs=0.2e-9)
    assert document["summary"]["swap_asymmetry_c"] == pytest.approx(3e-9, abs=0.2e-9)


def test_tables_and_the_picture_of_the_worst_pulse(tmp_path, capsys):
    """Parquet and CSV hold every pulse; the picture names the pulse of the largest net charge; same bytes twice."""
    x = current_a()
    x[31_100:31_200] += 0.5e-3  # 50 nC in the second pulse
    np.save(tmp_path / "a.npy", x)
    for table in ("p.parquet", "p.csv"):
        told(capsys, tmp_path / "a.npy", "0", pulses=tmp_path / table, plot=tmp_path / "w.svg", **SOUND)
    for frame in (pl.read_parquet(tmp_path / "p.parquet"), pl.read_csv(tmp_path / "p.csv")):
        assert frame.height == N and frame["net_c"][1] == pytest.approx(50e-9, rel=0.02)
    drawn = (tmp_path / "w.svg").read_bytes()
    assert b"pulse 2 of 8" in drawn and b"charge window" in drawn
    told(capsys, tmp_path / "a.npy", "0", plot=tmp_path / "w.svg", **SOUND)
    assert (tmp_path / "w.svg").read_bytes() == drawn
    code, _, shown = told(capsys, tmp_path / "a.npy", "0", plot=tmp_path / "w.gif", **SOUND)
    assert code == 4 and "--plot" in shown


MEMORY = """
import json, resource, sys
from pathlib import Path
from rig.capture_file import Wanted, open_capture
from rig.capture_measure import measure_recording
path = Path(sys.argv[1])
found = measure_recording(open_capture(path, Wanted("0", 1.220703125e-6, 1e6)))
print(json.dumps([int(found.pulses.size), found.samples, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def rss_mb(tmp_path, samples):
    """(pulses, largest resident memory in MB) of measuring a sparse NPY file of `samples` 16-bit codes."""
    path = tmp_path / "long.npy"
    codes = np.rint(current_a() / 1.220703125e-6).astype(np.int16)
    with path.open("wb") as file:
        header = {"descr": "<i2", "fortran_order": False, "shape": (samples,)}
        np.lib.format.write_array_header_2_0(file, header)
        begin = file.tell()
        for start in range(0, samples - codes.size, max(codes.size, samples // 20)):
            file.seek(begin + 2 * start)
            codes.tofile(file)
        file.truncate(begin + 2 * samples)
    done = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
    pulses, seen, peak_kb = json.loads(done.stdout)
    assert seen == samples and pulses >= 18 * N
    return pulses, peak_kb / 1024


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not there")
@pytest.mark.proof
def test_memory_does_not_grow_with_the_file(tmp_path):
    """0.2 GB take no more memory than 0.02 GB and 60 MB."""
    assert resource.RUSAGE_SELF is not None
    small, large = rss_mb(tmp_path, 10_000_000)[1], rss_mb(tmp_path, 100_000_000)[1]
    assert large < small + 60.0


@pytest.mark.proof
def test_ten_gigabytes_in_constant_memory(tmp_path):
    """10 GB (83 minutes at 1 MS/s), sparse on the disk."""
    small, (pulses, large) = rss_mb(tmp_path, 10_000_000)[1], rss_mb(tmp_path, 5_000_000_000)
    print(f"\nmeasure: 10 GB, {pulses} pulses, {large:.0f} MB resident; 0.02 GB: {small:.0f} MB")
    assert large < small + 100.0
