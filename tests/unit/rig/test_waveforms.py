"""The waveform file: npTDMS, an independent client, reads back what was put in; no cut of time changes a byte."""

import errno
import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nptdms import TdmsFile

from rig.cells import cell_samples, cell_statistics, fill_cells
from rig.waveform_file import WaveformFile
from rig.waveforms import RoleFormat, WaveformWriter
from rig.windows import KeptCells
from sim.errors import CausalityError, RecordError
from sim.pulse import PULSE_DTYPE

ROLES = {"current": RoleFormat(1e-6, 2e-6, "A"), "voltage": RoleFormat(-1e-3, 0.0, "V")}
RATE_HZ = 1e6
N = 350_123


def noise(n=N, seed=1):
    generator = np.random.default_rng(seed)
    return {role: generator.integers(-40, 40, n).astype(np.int16) for role in ROLES}


def pulses_at(*spans):
    table = np.zeros(len(spans), PULSE_DTYPE)
    table["t_s"] = [a for a, _ in spans]
    table["end_s"] = [b for _, b in spans]
    return table


PULSES = pulses_at((0.0101, 0.0113), (0.0997, 0.1009), (0.1998, 0.2301), (0.3, 0.3))


def write(path, keep, cuts, codes=None, gaps=(), pulses=PULSES, rate_hz=RATE_HZ):
    """A file written in blocks that end at `cuts` (samples); every pulse is told in the block in which it ends."""
    codes = codes or noise()
    period_ns = round(1e9 / rate_hz)
    writer = WaveformWriter(path, keep, rate_hz, ROLES)
    n = len(codes["current"])
    start = 0
    for end in [*sorted({c for c in cuts if 0 < c < n}), n]:
        t0, t1 = start / rate_hz, end / rate_hz
        new = pulses[(pulses["end_s"] >= t0) & (pulses["end_s"] < t1)]
        is_open = pulses[(pulses["t_s"] < t1) & (pulses["end_s"] >= t1)]
        settled = min([end * period_ns, *(int(t * 1e9) for t in is_open["t_s"])])
        inside = tuple((a * period_ns, b * period_ns) for a, b in gaps if start <= a < end)
        writer.append({r: c[start:end] for r, c in codes.items()}, start, new, settled, inside)
        start = end
    writer.close()
    return writer


def test_nptdms_reads_a_full_file_as_it_was_given(tmp_path):
    """Every sample, its scaling and its properties, against npTDMS as independent client."""
    codes = noise()
    write(tmp_path / "w.tdms", "full", [100_000, 123_457], codes)
    file = TdmsFile.read(tmp_path / "w.tdms")
    for role, form in ROLES.items():
        channel = file["capture"][role]
        assert np.array_equal(channel.raw_data, codes[role])
        assert np.allclose(channel[:], codes[role] * form.scale + form.offset, rtol=0, atol=1e-12)
        assert {k: channel.properties[k] for k in ("rate_hz", "scale", "offset", "unit", "t0_ns")} == {
            "rate_hz": 1e6,
            "scale": form.scale,
            "offset": form.offset,
            "unit": form.unit,
            "t0_ns": 0,
        }
    assert len(file["gaps"]["start_sample"]) == 0
    assert not (tmp_path / "w.tdms_index").exists()


def test_nptdms_and_the_windows_of_a_file(tmp_path):
    """Windows hold the samples around each pulse, idle cells the statistics of the rest, computed here with numpy."""
    codes = noise()
    write(tmp_path / "w.tdms", "windows", [37_000], codes)
    file = TdmsFile.read(tmp_path / "w.tdms")
    starts, lengths = file["windows"]["start_sample"][:], file["windows"]["samples"][:]
    kept = np.zeros(N, bool)
    at = 0
    for start, length in zip(starts, lengths, strict=True):
        assert np.array_equal(file["capture"]["current"].raw_data[at : at + length], codes["current"][start:][:length])
        assert not kept[start : start + length].any()
        kept[start : start + length] = True
        at += length
    for t_s, end_s in zip(PULSES["t_s"], PULSES["end_s"], strict=True):
        first = (int(t_s * RATE_HZ) // 256 - 2) * 256
        last = (int(end_s * RATE_HZ) // 256 + 3) * 256
        assert kept[first:last].all()
    wanted = sum(
        (int(e * 1e6) // 256 + 3) - (int(t * 1e6) // 256 - 2)
        for t, e in zip(PULSES["t_s"], PULSES["end_s"], strict=True)
    )
    assert kept.sum() == wanted * 256
    cells = file["idle"]["cell"][:]
    assert np.array_equal(cells, np.flatnonzero(~kept[::256]))
    for role in ROLES:
        for row, cell in enumerate(cells):
            span = codes[role][cell * 256 : cell * 256 + 256].astype(np.int64)
            got = [int(file["idle"][f"{role}.{name}"][row]) for name in ("min", "max", "sum", "sumsq", "count")]
            assert got == [span.min(), span.max(), span.sum(), (span**2).sum(), span.size]


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, N - 1), max_size=12), keep=st.sampled_from(["windows", "full"]))
def test_no_cut_of_time_changes_a_byte(tmp_path_factory, cuts, keep):
    """The file is a function of samples and pulses, not of the blocks in which they came."""
    folder = tmp_path_factory.mktemp("cut")
    write(folder / "one.tdms", keep, [])
    write(folder / "cut.tdms", keep, cuts)
    assert (folder / "one.tdms").read_bytes() == (folder / "cut.tdms").read_bytes()


def test_blocks_of_a_millisecond_give_the_same_bytes(tmp_path):
    """The smallest cut of the design, with lost samples."""
    gaps = [(50_100, 50_700), (150_000, 153_000)]
    for keep in ("windows", "full"):
        write(tmp_path / f"{keep}1.tdms", keep, [], gaps=gaps)
        write(tmp_path / f"{keep}2.tdms", keep, range(1000, N, 1000), gaps=gaps)
        assert (tmp_path / f"{keep}1.tdms").read_bytes() == (tmp_path / f"{keep}2.tdms").read_bytes()


@pytest.mark.parametrize("gaps", [(), [(50_100, 50_700), (150_000, 153_000)]])
@pytest.mark.parametrize("rate_hz", [1e6, 1e5])
def test_idle_statistics_agree_between_full_and_windows(tmp_path, gaps, rate_hz):
    """`full` and `windows` of one capture tell the same about every quiet cell."""
    rows = {}
    for keep in ("windows", "full"):
        writer = write(tmp_path / f"{keep}.tdms", keep, [77_777], gaps=gaps, rate_hz=rate_hz)
        with WaveformFile(tmp_path / f"{keep}.tdms") as file:
            assert file.cell == cell_samples(rate_hz) == {1e6: 256, 1e5: 32}[rate_hz]
            parts = list(file.idle(PULSES["t_s"], PULSES["end_s"]))
        rows[keep] = [
            np.concatenate([p.cell for p in parts]),
            np.concatenate([p.count for p in parts]),
            *(np.concatenate([p.values[role][k] for p in parts]) for role in ROLES for k in range(4)),
        ]
        if keep == "windows":
            assert np.array_equal(rows[keep][0], np.concatenate([r.cell for r in writer.idle]))
    for a, b in zip(rows["windows"], rows["full"], strict=True):
        assert np.array_equal(a, b)


def test_reader_gives_back_pieces_windows_and_gaps(tmp_path):
    """Our reader against the samples themselves."""
    codes = noise()
    gaps = [(50_100, 50_700), (99_900, 100_200)]
    write(tmp_path / "full.tdms", "full", [], codes, gaps)
    with WaveformFile(tmp_path / "full.tdms") as file:
        parts = list(file.parts())
    assert [gap for part in parts for gap in part.gaps] == [(50_100, 600), (99_900, 100), (100_000, 200)]
    for piece in (piece for part in parts for piece in part.pieces):
        for role, values in piece.samples.items():
            assert np.array_equal(values, codes[role][piece.first_sample :][: len(values)])
    write(tmp_path / "w.tdms", "windows", [], codes)
    with WaveformFile(tmp_path / "w.tdms") as file:
        windows = list(file.windows())
    assert len(windows) == len(PULSES)
    for window in windows:
        assert np.array_equal(
            window.samples["current"], codes["current"][window.first_sample :][: len(window.samples["current"])]
        )


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_cut_off_at_any_byte_reads_up_to_its_last_whole_segment(cut_file, tmp_path_factory, data):
    """After a kill -9 or a full disk: both readers give a beginning of what was written."""
    content, codes = cut_file
    length = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("cut") / "w.tdms"
    path.write_bytes(content[:length])
    if length < first_segment_bytes(content):
        with pytest.raises(RecordError, match="nothing was recorded"):
            WaveformFile(path)
        return
    with WaveformFile(path) as file:
        pieces = [piece for part in file.parts() for piece in part.pieces]
    for piece in pieces:
        for role, values in piece.samples.items():
            assert np.array_equal(values, codes[role][piece.first_sample :][: len(values)])
    logging.getLogger("nptdms").setLevel(logging.ERROR)
    raw = TdmsFile.read(path)["capture"]["current"].raw_data
    ours = [piece.samples["current"] for piece in pieces]
    whole = np.concatenate(ours) if ours else np.empty(0, np.int16)
    assert np.array_equal(raw[: len(whole)], whole)


def first_segment_bytes(content):
    """Length of the first segment: 28 bytes of lead-in and what its third field announces."""
    return 28 + int.from_bytes(content[12:20], "little")


@pytest.fixture(scope="module")
def cut_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "w.tdms"
    codes = noise()
    write(path, "windows", [], codes)
    return path.read_bytes(), codes


def test_filled_cells_have_the_statistics_that_were_kept(tmp_path):
    """What is shown in place of an idle cell has its minimum, maximum and sum; kept samples are unchanged."""
    codes = noise()
    write(tmp_path / "w.tdms", "windows", [], codes)
    with WaveformFile(tmp_path / "w.tdms") as file:
        signals = list(file.signals("voltage"))
        kept = [(p.first_sample, p.samples["voltage"]) for p in file.windows()]
    shown = np.concatenate([s.samples for s in signals])
    assert signals[0].t0_ns == 0 and shown.size == N
    for first, values in kept:
        assert np.array_equal(shown[first : first + len(values)], values)
    whole = codes["voltage"][: N // 256 * 256].reshape(-1, 256).astype(np.int64)
    seen = shown[: N // 256 * 256].reshape(-1, 256).astype(np.int64)
    assert np.array_equal(whole.min(1), seen.min(1))
    assert np.array_equal(whole.max(1), seen.max(1))
    assert np.array_equal(whole.sum(1), seen.sum(1))


@pytest.mark.kernels
@pytest.mark.parametrize("peak", [1, 2895, 2896, 32767])
def test_cell_statistics_against_numpy_up_to_full_scale(peak):
    """Sums of squares must not overflow at any amplitude; numpy in 64 bits is the truth."""
    codes = np.random.default_rng(peak).integers(-peak - 1, peak + 1, 1024).astype(np.int16)
    codes[:256] = -peak - 1
    first = np.array([0, 256, 300, 1000])
    last = np.array([256, 512, 301, 1024])
    low, high = np.empty(4, np.int16), np.empty(4, np.int16)
    total, squares = np.empty(4, np.int64), np.empty(4, np.int64)
    cell_statistics(codes, first, last, low, high, total, squares)
    for j in range(4):
        span = codes[first[j] : last[j]].astype(np.int64)
        assert (low[j], high[j], total[j], squares[j]) == (span.min(), span.max(), span.sum(), (span**2).sum())


@pytest.mark.kernels
def test_fill_cells_handles_cells_of_one_and_two_samples():
    """A cell that lost nearly all of its samples is still filled exactly."""
    out = np.zeros(6, np.int16)
    fill_cells(
        out,
        np.array([0, 1, 3]),
        np.array([1, 2, 3]),
        np.array([-7, -3, -5], np.int16),
        np.array([-7, 4, 9], np.int16),
        np.array([-7, 1, 2]),
    )
    assert out.tolist() == [-7, -3, 4, -5, 9, -2]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=30))
def test_kept_cells_are_the_union_of_what_was_added(spans):
    """Order of adding must not matter; a set of integers is the truth."""
    kept = KeptCells()
    truth = set()
    for first, length in spans:
        kept.add(first, first + length)
        truth |= set(range(first, first + length + 1))
    ranges, idle = kept.split(0, 80)
    assert {c for a, b in ranges for c in range(a, b)} == truth
    assert set(idle.tolist()) == set(range(80)) - truth
    assert ranges == sorted(ranges)


def test_a_pulse_found_too_late_is_an_error_never_clamped(tmp_path):
    """A pulse that reaches cells already decided would make the file depend on the cut."""
    writer = WaveformWriter(tmp_path / "w.tdms", "windows", RATE_HZ, ROLES)
    codes = noise()
    writer.append({r: c[:200_000] for r, c in codes.items()}, 0, pulses_at(), 200_000_000)
    with pytest.raises(CausalityError, match="after its window"):
        writer.append({r: c[200_000:] for r, c in codes.items()}, 200_000, pulses_at((0.05, 0.051)), 350_123_000)
    writer.close()


def test_samples_given_twice_are_refused(tmp_path):
    """A bench that hands over the same samples again is a broken rig."""
    writer = WaveformWriter(tmp_path / "w.tdms", "full", RATE_HZ, ROLES)
    codes = noise(1000)
    writer.append(codes, 0, pulses_at(), 1_000_000)
    with pytest.raises(RecordError, match="twice"):
        writer.append(codes, 500, pulses_at(), 1_500_000)
    writer.close()


def test_a_jump_of_the_capture_is_a_gap(tmp_path):
    """Missing samples are stated, not closed up."""
    writer = WaveformWriter(tmp_path / "w.tdms", "full", RATE_HZ, ROLES)
    codes = noise(1000)
    writer.append(codes, 0, pulses_at(), 0)
    writer.append(codes, 1500, pulses_at(), 0)
    writer.close()
    with WaveformFile(tmp_path / "w.tdms") as file:
        (part,) = list(file.parts())
    assert part.gaps == ((1000, 500),)
    assert [p.first_sample for p in part.pieces] == [0, 1500]


def test_a_full_disk_names_the_file_and_the_mend(tmp_path):
    """/dev/full answers every write with ENOSPC, as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    writer = WaveformWriter(tmp_path / "w.tdms", "full", RATE_HZ, ROLES)
    writer._file.close()
    writer._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115, PTH123
    with pytest.raises(RecordError, match=r"w\.tdms: cannot be written: No space left.*free space"):
        writer.append(noise(), 0, pulses_at(), 0)
    writer._file.close()


def test_what_was_written_before_the_disk_filled_up_stays_readable(tmp_path):
    """A disk that fills up in the middle of a segment leaves the segments before it."""

    class Filling:
        def __init__(self, file, room):
            self.file, self.room, self.closed = file, room, False

        def write(self, data):
            if not self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            n = self.file.write(data[: self.room])
            self.room -= n
            return n

        def close(self):
            self.closed = True
            self.file.close()

    writer = WaveformWriter(tmp_path / "w.tdms", "full", RATE_HZ, ROLES)
    writer._file = Filling(writer._file, 1_000_000)
    codes = noise()
    with pytest.raises(RecordError, match="No space left"):
        writer.append(codes, 0, pulses_at(), 0)
    writer._file.close()
    with WaveformFile(tmp_path / "w.tdms") as file:
        pieces = [piece for part in file.parts() for piece in part.pieces]
    assert sum(len(p.samples["current"]) for p in pieces) == 200_000


def test_an_unwritable_folder_is_told(tmp_path):
    """The folder does not exist: the message names the file."""
    with pytest.raises(RecordError, match="cannot be written"):
        WaveformWriter(tmp_path / "nowhere" / "w.tdms", "full", RATE_HZ, ROLES)


def test_foreign_files_are_refused_by_name(tmp_path):
    """Not ours, damaged, empty, absent: one sentence each."""
    foreign = tmp_path / "x.tdms"
    foreign.write_bytes(b"hello world, this is no TDMS file")
    with pytest.raises(RecordError, match="no segment of stimrig at byte 0"):
        WaveformFile(foreign)
    foreign.write_bytes(b"")
    with pytest.raises(RecordError, match="nothing was recorded"):
        WaveformFile(foreign)
    with pytest.raises(RecordError, match="cannot be read"):
        WaveformFile(tmp_path / "absent.tdms")


def test_a_loss_in_a_quiet_cell_shifts_nothing_behind_it(tmp_path):
    """Cells behind one that lost samples stand where they stood: their sums agree with the capture's, cell by cell."""
    codes = noise()
    gaps = ((50_000, 50_136),)
    write(tmp_path / "w.tdms", "windows", [120_000], codes, gaps=gaps)
    cell = cell_samples(RATE_HZ)
    checked = 0
    with WaveformFile(tmp_path / "w.tdms") as file:
        for signal in file.signals("current"):
            first = -(-signal.first_index // cell)
            for number in range(first, (signal.first_index + len(signal.samples)) // cell):
                a = number * cell
                if a <= 50_000 < a + cell:
                    continue
                got = signal.samples[a - signal.first_index : a - signal.first_index + cell]
                assert got.sum(dtype=np.int64) == codes["current"][a : a + cell].sum(dtype=np.int64), number
                checked += 1
    assert checked > 1_300


def test_the_filter_of_a_channel_stands_in_the_file(tmp_path):
    """Without it nobody can take the filter's delay out of a pulse's instant later."""
    writer = WaveformWriter(tmp_path / "w.tdms", "windows", RATE_HZ, {"current": RoleFormat(1e-6, 0.0, "A", 2e-6)})
    writer.append({"current": noise()["current"]}, 0, PULSES, 400_000_000)
    writer.close()
    assert TdmsFile.read(tmp_path / "w.tdms")["capture"]["current"].properties["filter_tau_s"] == 2e-6
    with WaveformFile(tmp_path / "w.tdms") as file:
        assert file.roles["current"].filter_tau_s == 2e-6
