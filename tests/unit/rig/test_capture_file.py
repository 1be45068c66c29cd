"""`stimrig measure` on files that other programs made, and on bad ones."""

import json

import numpy as np
import pytest
from nptdms import ChannelObject, TdmsWriter

from rig.capture_file import Wanted, open_capture
from rig.capture_measure import measure_recording
from rig.capture_summary import summary_of
from rig.commands.exits import guarded
from rig.commands.measure import measure
from rig.finder import PulseFinder
from rig.waveforms import RoleFormat, WaveformWriter
from sim.pulse import PULSE_DTYPE
from sim.signal import Signal

LSB_V = 10 / 32768
TAP_OHM = 250.0
N, PERIOD, WIDTH, GAP = 8, 25_000, 300, 100


@pytest.fixture(scope="module")
def codes():
    """Eight biphasic pulses of 20 mA on 250 ohm at 1 MS/s, sharp edges on the samples, one code of noise."""
    x = np.zeros(N * PERIOD + 8_000)
    for k in range(N):
        start = 6_000 + k * PERIOD
        x[start : start + WIDTH] = 0.02 * TAP_OHM / LSB_V
        x[start + WIDTH + GAP : start + 2 * WIDTH + GAP] = -0.02 * TAP_OHM / LSB_V
    return np.rint(x + np.random.default_rng(2).standard_normal(x.size)).astype(np.int16)


def write_tdms(path, codes):
    scaling = {
        "wf_increment": 1e-6,
        "unit_string": "V",
        "NI_Number_Of_Scales": 1,
        "NI_Scale[0]_Scale_Type": "Linear",
        "NI_Scale[0]_Linear_Slope": LSB_V,
        "NI_Scale[0]_Linear_Y_Intercept": 0.0,
    }
    with TdmsWriter(str(path)) as writer:
        half = codes.size // 2
        for part in (codes[:half], codes[half:]):
            writer.write_segment(
                [
                    ChannelObject("dev", "ai0", part, properties=scaling),
                    ChannelObject("dev", "float", part * LSB_V, properties={"wf_increment": 1e-6}),
                ]
            )
    return path


def write_csv(path, codes, separator, comma, titles):
    lines = [separator.join(titles)]
    for k, v in enumerate((codes * LSB_V).tolist()):
        line = f"{k * 1e-3:.3f}{separator}{v:.7f}{separator}{v / TAP_OHM * 1e3:.7f}"
        lines.append(line.replace(".", ",") if comma else line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def check(path, wanted):
    """Every reader must give the pulses that were written: 20 mA, 300/100/300 µs, 40 Hz, balanced."""
    measured = measure_recording(open_capture(path, wanted))
    summary = summary_of(measured, area_m2=25e-4, load_ohm=500.0)
    assert summary["n"] == N and summary["clipped"] == 0
    assert summary["rate_hz"] == pytest.approx(40.0, rel=1e-6)
    for name, true in (("phase1_s", 300e-6), ("gap_s", 100e-6), ("phase2_s", 300e-6)):
        assert summary[name] == pytest.approx(true, abs=5e-9), name
    assert summary["phase_charge_c"] == pytest.approx(6e-6, rel=1e-3)
    assert abs(summary["net_charge_c"]) < 0.5e-9
    duration_s = (N * PERIOD + 8_000) * 1e-6
    rms_a = (N * 2 * 300e-6 * 0.02**2 / duration_s) ** 0.5
    assert summary["rms_a"] == pytest.approx(rms_a, rel=1e-3)
    assert summary["energy_j"] == pytest.approx(2 * 300e-6 * 0.02**2 * 500, rel=2e-3)
    assert summary["current_density_rms_a_m2"] == pytest.approx(rms_a / 25e-4, rel=1e-3)
    assert summary["power_density_w_m2"] == pytest.approx(rms_a**2 * 500 / 25e-4, rel=2e-3)
    return measured


@pytest.mark.parametrize("channel", ["ai0", "dev/ai0", "0", "float"])
def test_tdms_written_by_nptdms(tmp_path, codes, channel):
    """Scaled 16-bit and float channels, by name, by group and name, by number."""
    check(write_tdms(tmp_path / "a.tdms", codes), Wanted(channel, 1 / TAP_OHM))


@pytest.mark.parametrize(
    ("separator", "comma", "current"),
    [(",", False, "i (mA)"), (";", True, "i"), (";", False, "2"), ("\t", True, "tap")],
)
def test_csv_with_a_column_of_time(tmp_path, codes, separator, comma, current):
    """Comma, semicolon and tab; decimal point and comma; units in the titles; columns by title and by number."""
    path = write_csv(tmp_path / "a.csv", codes, separator, comma, ("time (ms)", "tap (V)", "i (mA)"))
    check(path, Wanted(current, 1 / TAP_OHM if current == "tap" else None))


def test_npy_of_codes_of_volts_and_of_fields(tmp_path, codes):
    """int16 codes, a float column, columns side by side either way round, and named fields."""
    volts = codes * LSB_V
    named = np.zeros(codes.size, [("t", float), ("i", float)])
    named["i"] = volts / TAP_OHM
    arrays = {
        "codes": (codes, "0", LSB_V / TAP_OHM),
        "volts": (volts, "0", 1 / TAP_OHM),
        "wide": (np.stack([volts, volts / TAP_OHM]), "1", None),
        "tall": (np.stack([volts, volts / TAP_OHM], axis=1), "1", None),
        "named": (named, "i", None),
    }
    for name, (array, column, a_per_unit) in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
        check(tmp_path / f"{name}.npy", Wanted(column, a_per_unit, 1e6))


def test_values_on_a_converters_grid_become_its_codes_again(tmp_path, codes):
    """Volts that came from codes give the same pulses, bit for bit in time, as the codes themselves."""
    np.save(tmp_path / "codes.npy", codes)
    np.save(tmp_path / "volts.npy", codes * LSB_V)
    a = check(tmp_path / "codes.npy", Wanted("0", LSB_V / TAP_OHM, 1e6)).pulses
    b = check(tmp_path / "volts.npy", Wanted("0", 1 / TAP_OHM, 1e6)).pulses
    assert b["net_c"] == pytest.approx(a["net_c"], abs=1e-15)


def test_a_rate_without_whole_nanoseconds(tmp_path, codes):
    """44.1 kHz: times stretch with the true period."""
    np.save(tmp_path / "a.npy", codes)
    measured = measure_recording(open_capture(tmp_path / "a.npy", Wanted("0", LSB_V / TAP_OHM, 44_100.0)))
    intervals = np.diff(measured.pulses["t_s"])
    assert measured.pulses.size == N
    assert intervals == pytest.approx(PERIOD / 44_100.0, rel=1e-7)


def test_json_has_the_agreed_shape(tmp_path, codes, capsys):
    """formats.md section 5: keys of the summary, in order; null where an option is missing; no NaN."""
    np.save(tmp_path / "a.npy", codes)
    assert guarded(lambda: measure(tmp_path / "a.npy", "0", scale="1.220703125 uA", rate="1 MHz", json=True)) == 0
    document = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert list(document) == ["pulses", "summary", "warnings", "uncertainty"]
    assert list(document["summary"])[:15] == [
        "n", "rate_hz", "jitter_s", "phase1_s", "phase2_s", "gap_s", "phase_charge_c", "net_charge_c",
        "net_charge_U_c", "dc_a", "rms_a", "energy_j", "current_density_rms_a_m2", "power_density_w_m2", "clipped",
    ]  # fmt: skip
    assert document["summary"]["energy_j"] is None and len(document["pulses"]) == N
    assert document["pulses"][0]["phase1_a"] == pytest.approx(0.02, rel=1e-3)


def test_table_for_people_and_a_capture_without_pulses(tmp_path, codes, capsys):
    np.save(tmp_path / "a.npy", codes)
    np.save(tmp_path / "flat.npy", np.zeros(10_000, np.int16))
    assert guarded(lambda: measure(tmp_path / "a.npy", "0", scale="1.220703125 uA", rate="1 MHz")) == 0
    text = capsys.readouterr().out
    assert "phase charge" in text and "µC" in text and "nan" not in text
    assert guarded(lambda: measure(tmp_path / "flat.npy", "0", rate="1 MHz")) == 6
    assert "no pulses found" in capsys.readouterr().out


BAD = {
    "empty.csv": (b"", "i", {}, 4, "empty"),
    "blank.csv": (b"\n\n \n", "i", {}, 4, "no text"),
    "binary.csv": (bytes(range(256)), "i", {}, 4, "neither"),
    "header.csv": (b"time,i\n", "i", {}, 4, "no line of numbers"),
    "one.csv": (b"time,i\n0,1\n", "i", {}, 4, "fewer than two"),
    "uneven.csv": (b"time,i\n0,1\n1e-6,1\n3e-6,1\n4e-6,2\n", "i", {}, 4, "not uniform"),
    "back.csv": (b"time,i\n0,1\n-1e-6,1\n-2e-6,1\n", "i", {}, 4, "not uniform"),
    "word.csv": (b"time,i\n0,1\n1e-6,2\n2e-6,abc\n", "i", {}, 4, "cannot be read"),
    "nan.csv": (b"time,i\n0,1\n1e-6,nan\n2e-6,1\n", "i", {}, 4, "sample 1 is nan"),
    "notime.csv": (b"a,i\n0,1\n1,2\n", "i", {}, 4, "no column of time"),
    "column.csv": (b"time,current\n0,1\n1e-6,2\n", "curent", {}, 4, "did you mean `current`"),
    "volts.csv": (b"time,u (V)\n0,1\n1e-6,2\n", "u", {}, 4, "a current is asked for"),
    "rate.csv": (b"time,i\n0,1\n1e-6,2\n", "i", {"rate": "0 Hz"}, 4, "above 0"),
    "unit.csv": (b"time,i\n0,1\n1e-6,2\n", "i", {"rate": "1 mA"}, 4, "--rate"),
    "scale.csv": (b"time,i\n0,1\n1e-6,2\n", "i", {"scale": "2 s"}, 4, "--scale"),
    "short.npy": (b"\x93NUMPY\x01\x00", "0", {"rate": "1 MHz"}, 4, "cannot be read as NPY"),
    "torn.tdms": (b"TDSm" + b"\x0e\0\0\0" * 8, "ai0", {}, 4, "torn.tdms"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_one_clear_message(tmp_path, capsys, name):
    """Exit code of the design, one message that names the file or the option and what is wrong, no traceback."""
    content, current, options, code, words = BAD[name]
    (tmp_path / name).write_bytes(content)
    assert guarded(lambda: measure(tmp_path / name, current, **options)) == code
    shown = capsys.readouterr().err
    assert shown.startswith("error: ") and words in shown and "Traceback" not in shown and "crash" not in shown


@pytest.mark.parametrize(
    ("array", "current", "rate", "code", "words"),
    [
        (np.empty(0), "0", "1 MHz", 4, "no samples"),
        (np.ones(10), "0", "", 4, "--rate"),
        (np.ones(10), "3", "1 MHz", 4, "no column `3`"),
        (np.ones((2, 2, 2)), "0", "1 MHz", 4, "3 dimensions"),
        (np.array(["a", "b"]), "0", "1 MHz", 4, "no numbers"),
        (np.array([1.0, np.inf]), "0", "1 MHz", 4, "sample 1 is inf"),
    ],
)
def test_bad_arrays(tmp_path, capsys, array, current, rate, code, words):
    np.save(tmp_path / "a.npy", array)
    assert guarded(lambda: measure(tmp_path / "a.npy", current, rate=rate)) == code
    assert words in capsys.readouterr().err


def test_missing_file(tmp_path, capsys):
    assert guarded(lambda: measure(tmp_path / "none.csv", "i")) == 4
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(("keep", "lost"), [("full", (81_100, 81_800)), ("full", (0, 0)), ("windows", (0, 0))])
def test_our_own_waveform_file(tmp_path, codes, keep, lost):
    """Pulses found again in a `full` file, and in a `windows` file whose idle cells are statistics, are the same bytes
    as those found in the samples; in the `full` file also with a stated loss of 700 samples inside a pulse."""
    scale = LSB_V / TAP_OHM
    holed = codes.copy()
    holed[slice(*lost)] = 0
    finder = PulseFinder(1e6, scale, 0.0, 0.0)
    finder.lost(lost[0] * 1000, lost[1] * 1000)
    truth = np.concatenate([finder.feed(Signal(holed, 0, 1e6, "A", scale)), finder.finish()])
    writer = WaveformWriter(tmp_path / "w.tdms", keep, 1e6, {"current": RoleFormat(scale, 0.0, "A")})
    gaps_ns = ((lost[0] * 1000, lost[1] * 1000),) if lost[1] else ()
    writer.append({"current": holed}, 0, truth, codes.size * 1000, gaps_ns)
    writer.close()
    found = measure_recording(open_capture(tmp_path / "w.tdms", Wanted("current"))).pulses
    assert found["clipped"].sum() == (1 if lost[1] else 0)
    assert found.tobytes() == truth.tobytes()


@pytest.mark.parametrize("role", ["current", "voltage"])
def test_either_role_of_a_full_file_with_a_loss_and_a_torn_end(tmp_path, role):
    """Every sample that was written comes back at its place, whether the head of its segment was parsed or was that of
    the segment before: eight segments, a loss in the fourth, the last one short; then the same file torn inside its
    last but one segment, of which nothing counts."""
    samples = {name: np.arange(k, 730_000 + k).astype(np.int16) for k, name in enumerate(("current", "voltage"))}
    path = tmp_path / "w.tdms"
    writer = WaveformWriter(path, "full", 1e6, {name: RoleFormat(1e-6, 0.0, "A") for name in samples})
    writer.append(samples, 0, np.empty(0, PULSE_DTYPE), 0, ((350_000_000, 350_100_000),))
    writer.close()
    whole = path.read_bytes()
    for size, end in ((len(whole), 730_000), (len(whole) - 2 * 2 * 30_000 - 1_000, 600_000)):
        path.write_bytes(whole[:size])
        there = np.zeros(730_000, np.bool_)
        for first, codes in open_capture(path, Wanted(role)).codes():
            np.testing.assert_array_equal(codes, samples[role][first : first + codes.size])
            there[first : first + codes.size] = True
        expected = (np.arange(730_000) < end) & ~((np.arange(730_000) >= 350_000) & (np.arange(730_000) < 350_100))
        np.testing.assert_array_equal(there, expected)
