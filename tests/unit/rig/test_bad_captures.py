"""Bad captures never give a number without a warning: each has its code, and the exit code says so."""

import numpy as np
import pytest
from nptdms import ChannelObject, TdmsWriter
from pulse_captures import LSB_A, PERIOD, N, codes_of, current_a, told

from rig.waveforms import RoleFormat, WaveformWriter
from sim.pulse import PULSE_DTYPE

SOUND = {"scale": "1 A", "rate": "1 MHz"}


def with_nan(x):
    x[31_100:31_200] = np.nan
    return x


def humming(x):
    loud = 20e-6 * np.random.default_rng(4).standard_normal(x.size)
    return x + loud + 0.00015 * np.sin(2 * np.pi * 50 * np.arange(x.size) * 1e-6)


def noisy(x):
    return x + 0.0015 * np.random.default_rng(3).standard_normal(x.size)


ARRAYS = {
    "wrong scale": (lambda x: x * 1e3, SOUND, "scale"),
    "scale not told": (lambda x: x, {"rate": "1 MHz"}, "unit_unknown"),
    "no pulses": (lambda x: x[:5_500], SOUND, "no_pulses"),
    "half a pulse at the start": (lambda x: x[6_100:], SOUND, "half_pulse"),
    "half a pulse at the end": (lambda x: x[: 6_000 + 7 * PERIOD + 200], SOUND, "half_pulse"),
    "end in the gap": (lambda x: x[: 6_000 + 7 * PERIOD + 350], SOUND, "half_pulse"),
    "start in the gap": (lambda x: x[6_350:], SOUND, "mixed_polarity"),
    "reversed": (lambda x: -x, SOUND, "polarity"),
    "NaN": (with_nan, SOUND, "not_a_number"),
    "a pulse lost in NaN": (with_nan, SOUND, "lost_pulse"),
    "one bit": (lambda x: (x > 0.01).astype(float), SOUND, "few_levels"),
    "one bit, 8-bit numbers": (lambda x: (x > 0.01).astype(np.uint8), SOUND, "few_levels"),
    "constant": (np.zeros_like, SOUND, "constant"),
    "clipped before the file": (lambda x: np.clip(x, -0.015, 0.015), SOUND, "flat_top"),
    "clipped codes": (
        lambda x: np.clip(np.rint(2 * x / LSB_A), -32768, 32767).astype(np.int16), SOUND | {"scale": "0.61 uA"},
        "clipped",
    ),
    "clipped 8-bit codes": (
        lambda x: np.clip(np.rint(x / 0.03 * 256), -128, 127).astype(np.int8), SOUND | {"scale": "0.1 mA"}, "clipped",
    ),
    "too slow": (lambda x: x[::100].copy(), SOUND | {"rate": "10 kHz"}, "slow_rate"),
    "wrong rate": (lambda x: x, SOUND | {"rate": "30 MHz"}, "rate"),
    "mains hum": (humming, SOUND, "unsteady_baseline"),
    "noise": (noisy, SOUND, "noisy"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
def test_a_bad_array_is_measured_with_a_warning(tmp_path, capsys, name):
    """Exit code 6, the warning by its code in the JSON, and a line for people on standard error."""
    spoil, options, code = ARRAYS[name]
    np.save(tmp_path / "a.npy", spoil(current_a()))
    exit_code, document, shown = told(capsys, tmp_path / "a.npy", "0", **options)
    assert exit_code == 6
    assert code in codes_of(document), document["warnings"]
    assert f"warning: {code}: " in shown and "Traceback" not in shown
    assert all(set(warning) == {"code", "text", "where"} for warning in document["warnings"])


def test_a_sound_capture_has_no_doubtful_warning(tmp_path, capsys):
    """Exit code 0; that nothing is stated of the instrument is a note."""
    np.save(tmp_path / "a.npy", current_a())
    code, document, shown = told(capsys, tmp_path / "a.npy", "0", **SOUND)
    assert code == 0 and codes_of(document) == {"scatter_only"} and "warning" not in shown
    assert document["uncertainty"]["basis"] == "scatter only"


def test_what_is_cut_or_clipped_does_not_enter_the_means(tmp_path, capsys):
    """Half pulses at both ends leave the charge of the whole ones, 6 uC; a clipped record has no rms and no mean."""
    x = current_a()
    np.save(tmp_path / "a.npy", x[6_100 : 6_000 + 7 * PERIOD + 200])
    _, document, _ = told(capsys, tmp_path / "a.npy", "0", **SOUND)
    assert document["summary"]["phase_charge_c"] == pytest.approx(6e-6, rel=1e-3)
    assert document["summary"]["rate_hz"] == pytest.approx(40.0, rel=1e-6)
    np.save(tmp_path / "b.npy", np.clip(np.rint(2 * x / LSB_A), -32768, 32767).astype(np.int16))
    _, document, _ = told(capsys, tmp_path / "b.npy", "0", **SOUND | {"scale": "0.61 uA"})
    assert document["summary"]["rms_a"] is None and document["summary"]["net_charge_c"] is None


def test_reversed_on_purpose(tmp_path, capsys):
    """A device that begins with the negative phase is no fault where the user says so."""
    np.save(tmp_path / "a.npy", -current_a())
    code, document, _ = told(capsys, tmp_path / "a.npy", "0", first_phase="negative", **SOUND)
    assert code == 0 and document["summary"]["phase1_a"] == pytest.approx(-0.02, rel=1e-3)


def csv(path, times, values):
    rows = zip(times.tolist(), values.tolist(), strict=True)
    path.write_text("time (s),i (A)\n" + "".join(f"{t!r},{v!r}\n" for t, v in rows), encoding="utf-8")
    return path


def test_a_gap_in_time_cuts_the_pulse_that_it_meets(tmp_path, capsys):
    """100 samples are missing inside the second pulse: told by place, the others measured, rate by the true time."""
    x = current_a()[:90_000]
    keep = np.r_[0:31_100, 31_200:90_000]
    path = csv(tmp_path / "a.csv", keep * 1e-6, x[keep])
    code, document, _ = told(capsys, path, "i")
    assert code == 6 and {"gap", "lost_pulse"} <= codes_of(document)
    (gap,) = [warning for warning in document["warnings"] if warning["code"] == "gap"]
    assert "100 samples are missing" in gap["text"] and "31100" in gap["where"]
    assert document["summary"]["phase_charge_c"] == pytest.approx(6e-6, rel=1e-3)


def test_mixed_rates_are_refused(tmp_path, capsys):
    """1 MS/s, then 500 kS/s in one file: no one rate, so nothing is measured (exit 4). Also a slow change of 1 %."""
    x = current_a()[:60_000]
    for name, factor in (("a", 2.0), ("b", 1.01)):
        times = np.concatenate([np.arange(30_000) * 1e-6, 0.03 + factor * np.arange(30_000) * 1e-6])
        code, document, shown = told(capsys, csv(tmp_path / f"{name}.csv", times, x), "i")
        assert code == 4 and document is None
        assert "rates" in shown or "not uniform" in shown


def tdms(path, parts):
    with TdmsWriter(str(path)) as writer:
        for values, increment in parts:
            properties = {"wf_increment": increment, "unit_string": "A"}
            writer.write_segment([ChannelObject("dev", "i", values, properties=properties)])
    return path


def test_mixed_rates_in_tdms_are_refused(tmp_path, capsys):
    x = current_a()
    path = tdms(tmp_path / "a.tdms", [(x[:100_000], 1e-6), (x[100_000:], 2e-6)])
    code, document, shown = told(capsys, path, "i")
    assert code == 4 and document is None and "mixed rates" in shown


def test_a_truncated_tdms_is_measured_as_far_as_it_goes(tmp_path, capsys):
    """Foreign file, cut inside its second segment; and a waveform file of ours, cut likewise."""
    x = current_a()
    whole = tdms(tmp_path / "a.tdms", [(x[:104_000], 1e-6), (x[104_000:], 1e-6)]).read_bytes()
    (tmp_path / "b.tdms").write_bytes(whole[:-300_000])
    code, document, _ = told(capsys, tmp_path / "b.tdms", "i")
    assert code == 6 and "truncated" in codes_of(document) and document["summary"]["n"] >= 4
    writer = WaveformWriter(tmp_path / "c.tdms", "full", 1e6, {"current": RoleFormat(LSB_A, 0.0, "A")})
    writer.append({"current": np.rint(x / LSB_A).astype(np.int16)}, 0, np.empty(0, PULSE_DTYPE), x.size * 1000, ())
    writer.close()
    (tmp_path / "d.tdms").write_bytes((tmp_path / "c.tdms").read_bytes()[:-1_000])
    code, document, _ = told(capsys, tmp_path / "d.tdms", "current")
    assert code == 6 and "truncated" in codes_of(document)
    code, document, _ = told(capsys, tmp_path / "c.tdms", "current")
    assert code == 0 and document["summary"]["n"] == N


NOTHING = {
    "a.tdms": (b"\xff\xd8\xff\xe0" + bytes(2000), "the name says TDMS, but the content is a JPEG picture"),
    "b.npy": (b"PK\x03\x04" + bytes(2000), "the content is a ZIP archive"),
    "c.tdms": (b"time,i\n0,1\n", "does not begin as TDMS"),
    "d.csv": (b"", "the file is empty"),
    "e.csv": (b"time,i\n0,1\n1e-6,2\n2e-6,two\n", "line 4 holds `two`"),
    "f.dat": (bytes(range(256)) * 20, "--dtype int16"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_no_capture_gives_no_number(tmp_path, capsys, name):
    """Exit 4, one line, nothing on standard output."""
    content, words = NOTHING[name]
    (tmp_path / name).write_bytes(content)
    code, document, shown = told(capsys, tmp_path / name, "i", rate="1 MHz")
    assert code == 4 and document is None and words in shown


def test_a_recording_of_a_logger_is_refused(tmp_path, capsys):
    """One sample a second shows no pulse of a millisecond: not measured, rather than measured wrongly."""
    code, document, shown = told(capsys, csv(tmp_path / "a.csv", np.arange(99.0), np.zeros(99)), "i")
    assert code == 4 and document is None and "too few to see pulses" in shown
