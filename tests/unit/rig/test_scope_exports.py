"""Captures as oscilloscopes and cards export them: preambles, 8 bits, bare numbers, every kind of separator."""

import numpy as np
import pytest
from nptdms import ChannelObject, GroupObject, RootObject, TdmsWriter
from pulse_captures import PERIOD, N, codes_of, current_a, told

EVERY = 5
"""The scope samples at 200 kS/s: files stay small."""


def scope_volts():
    """The current across 100 ohm as an 8-bit scope of 6.25 mV a step shows it, V, and its codes from 0 to 255."""
    step_v = 0.02 * 100 / 100
    codes = np.clip(np.rint(current_a(noise=0.0)[::EVERY] * 100 / step_v) + 128, 0, 255).astype(np.uint8)
    codes[::37] += 1  # a step of noise
    return (codes.astype(float) - 128) * step_v, codes, step_v


def rows(columns, separator=","):
    return [separator.join(cells) for cells in zip(*columns, strict=True)]


def sound(capsys, path, current, amplitude_ratio=2e-2, **options):
    code, document, shown = told(capsys, path, current, **{"scale": "10 mA/V"} | options)
    assert code == 0, (shown, document and document["warnings"])
    summary = document["summary"]
    assert summary["n"] == N and summary["rate_hz"] == pytest.approx(40.0, rel=1e-4)
    assert summary["phase1_a"] == pytest.approx(0.02, rel=amplitude_ratio)
    assert summary["phase1_s"] == pytest.approx(300e-6, abs=3e-6)
    return document


T = [f"{k * EVERY * 1e-6:.7e}" for k in range((N * PERIOD + 8_000) // EVERY)]
V = [f"{v:.5f}" for v in scope_volts()[0]]
K = [str(k) for k in range(len(T))]


def tektronix_tds():
    head = ["Record Length,2500,", "Sample Interval,5e-6,", "Trigger Point,0,", "Source,CH1,", "Vertical Units,V,"]
    beside = head + [",,"] * (len(T) - len(head))
    return rows((beside, T, V))


EXPORTS = {
    "keysight.csv": (["x-axis,1", "second,Volt", *rows((T, V))], "1", {}),
    "pico.csv": (["Time,Channel A", "(ms),(V)", "", *rows(([f"{float(t) * 1e3:.6f}" for t in T], V))], "Channel A", {}),
    "rigol.csv": (
        ["X,CH1,Start,Increment,", "Sequence,Volt,0.0,5.0e-06,", *[f"{r},," for r in rows((K, V))]],
        "CH1", {},
    ),
    "siglent.csv": (
        ["Record Length,Analog:41600", "Sample Interval,0.000005", "Vertical Units,CH1:V", "Second,Value",
         *rows((T, V))],
        "Value", {},
    ),
    "lecroy.csv": (
        ["LECROYHDO,1,Waveform", "Segments,1,SegmentSize,41600", "Segment,TrigTime,TimeSinceSegment1",
         "#1,22-Nov-2026,0", "Time,Ampl", *rows((T, V))], "Ampl", {},
    ),
    "mso.csv": (["Model,MSO58", "Firmware Version,1.2", "Labels,,", "TIME,CH1", *rows((T, V))], "CH1", {}),
    "tds.csv": (tektronix_tds(), "value", {}),
    "quoted.csv": (['"time (s)","tap (V)"', *rows((T, V))], "tap", {}),
    "semicolon.csv": (["Zeit (s);Spannung (V)", *[r.replace(".", ",") for r in rows((T, V), ";")]], "Spannung", {}),
    "tab.txt": (["time\ttap", *rows((T, V), "\t")], "tap", {}),
    "bare.csv": (V, "0", {"rate": "200 kHz"}),
    "digits.csv": (["time (s),tap (V)", *rows(([f"{float(t):.5f}" for t in T], V))], "tap", {"rate": "200 kHz"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_of_every_maker(tmp_path, capsys, name, ending):
    """Line ends of either kind, a byte-order mark; the current by title, unit row and number."""
    lines, current, options = EXPORTS[name]
    mark = b"\xef\xbb\xbf" if ending == "\r\n" else b""
    (tmp_path / name).write_bytes(mark + (ending.join(lines) + ending).encode())
    sound(capsys, tmp_path / name, current, **options)


def test_text_in_utf_16(tmp_path, capsys):
    """As Excel saves "Unicode text"."""
    lines, current, _ = EXPORTS["tab.txt"]
    (tmp_path / "a.txt").write_text("\n".join(lines) + "\n", encoding="utf-16")
    sound(capsys, tmp_path / "a.txt", current)


def test_codes_of_eight_bits(tmp_path, capsys):
    """uint8 with its zero at 128 and int8, as NPY and as bare numbers, alone and beside another channel."""
    _, codes, step_v = scope_volts()
    per_code = f"{step_v * 0.01 * 1e6!r} uA"
    shared = {"rate": "200 kHz", "scale": per_code}
    signed = (codes.astype(int) - 128).astype(np.int8)
    np.save(tmp_path / "u.npy", codes)
    np.save(tmp_path / "s.npy", signed)
    signed.tofile(tmp_path / "s.bin")
    np.stack([codes[::-1], codes], axis=1).tofile(tmp_path / "two.raw")
    (signed.astype(np.int16) * 256).astype(">i2").tofile(tmp_path / "wide.bin")
    for name, current, options in (
        ("u.npy", "0", {"zero": 128}),
        ("s.npy", "0", {}),
        ("s.bin", "0", {"dtype": "int8"}),
        ("two.raw", "1", {"dtype": "uint8", "columns": 2, "zero": 128}),
    ):
        document = sound(capsys, tmp_path / name, current, **shared | options)
        assert abs(document["summary"]["dc_a"]) < 20e-6, name
    sound(capsys, tmp_path / "wide.bin", "0", dtype=">i2", rate="200 kHz", scale=f"{step_v * 0.01 / 256 * 1e6!r} uA")


def test_bare_numbers_need_to_be_described(tmp_path, capsys):
    np.zeros(1001, np.int16).tofile(tmp_path / "a.bin")
    for options, words in (
        ({"dtype": "int16"}, "--rate"),
        ({"dtype": "colour", "rate": "1 MHz"}, "--dtype"),
        ({"dtype": "int16", "rate": "1 MHz", "columns": 2}, "no column"),
    ):
        code, _, shown = told(capsys, tmp_path / "a.bin", "7", **options)
        assert code == 4 and words in shown
    code, document, _ = told(capsys, tmp_path / "a.bin", "1", dtype="int16", columns=2, rate="1 MHz", scale="1 uA")
    assert code == 6 and "truncated" in codes_of(document)


def test_foreign_tdms_with_several_groups_and_scalings(tmp_path, capsys):
    """Floats in A, V and mV, 16-bit codes with a linear scale, the same channel name in two groups."""
    x = current_a()
    wave = {"wf_increment": 1e-6, "wf_samples": x.size}
    scaled = wave | {
        "unit_string": "V", "NI_Number_Of_Scales": 1, "NI_Scale[0]_Scale_Type": "Linear",
        "NI_Scale[0]_Linear_Slope": 2e-4, "NI_Scale[0]_Linear_Y_Intercept": 0.5,
    }  # fmt: skip
    codes = np.rint((x * 100 - 0.5) / 2e-4).astype(np.int16)
    with TdmsWriter(str(tmp_path / "a.tdms")) as writer:
        writer.write_segment([
            RootObject({"author": "somebody"}),
            GroupObject("one", {}),
            ChannelObject("one", "i", x, properties=wave | {"unit_string": "A"}),
            ChannelObject("two", "i", x.astype(np.float32) * 1e3, properties=wave | {"unit_string": "mA"}),
            ChannelObject("two", "tap", x * 100, properties=wave | {"NI_UnitDescription": "Volts"}),
            ChannelObject("two", "card", codes, properties=scaled),
            ChannelObject("two", "plain", x, properties=wave),
        ])  # fmt: skip
    for current, options in (
        ("one/i", {"scale": ""}),
        ("two/i", {"scale": ""}),
        ("tap", {}),
        ("card", {}),
    ):
        document = sound(capsys, tmp_path / "a.tdms", current, 2e-3, **options)
        assert document["summary"]["net_charge_c"] == pytest.approx(0.0, abs=1e-9)
    code, document, _ = told(capsys, tmp_path / "a.tdms", "plain")
    assert code == 6 and codes_of(document) >= {"unit_unknown"}
    code, _, shown = told(capsys, tmp_path / "a.tdms", "i")
    assert code == 4 and "one/i, two/i" in shown
    code, _, shown = told(capsys, tmp_path / "a.tdms", "tap")
    assert code == 4 and "a current is asked for" in shown
