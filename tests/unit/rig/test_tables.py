"""The tables of a record: exact columns, null for absent, whole numbers as integers, the same bytes every time."""

import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from rig.tables import PULSE_COLUMNS, STRIDE_COLUMNS, pulse_array, read_table, trains_of, write_table
from rig.trains import assign_trains
from sim.errors import RecordError
from sim.pulse import PULSE_DTYPE

STRIDE_HEADER = (
    "leg, stride, t0_s, stride_time_s, stance_ratio, heel_off_s, toe_off_s, landing_s, foot_flat_s, stride_length_m,"
    " mtc_m, mtc_swing_ratio, is_non_mtc, early_swing_min_m, ankle_ic_rad, slap_rad_s, eversion_ic_rad, hip_hike_m,"
    " scuff, stumble, sensor_off_s, sensor_on_s, first_pulse_s, last_pulse_s, pulses, charge_c"
)
PULSE_HEADER = (
    "channel, leg, stride, train, t_s, phase1_a, phase1_s, gap_s, phase2_a, phase2_s, charge1_c, charge2_c, net_c,"
    " baseline_a, clipped, tail_done"
)


def test_columns_stand_as_formats_md_lists_them():
    """Scripts of others rely on names and order (formats.md section 4); later work only appends."""
    assert ", ".join(STRIDE_COLUMNS).startswith(STRIDE_HEADER)
    assert len(set(STRIDE_COLUMNS)) == len(STRIDE_COLUMNS)
    assert ", ".join(PULSE_COLUMNS) == PULSE_HEADER


def test_absent_values_are_null_and_flags_are_whole_numbers(tmp_path):
    """Read by polars, as a user would."""
    table = {"stride": np.array([1.0, 2.0]), "scuff": np.array([0.0, 1.0]), "mtc_m": np.array([0.0123, np.nan])}
    write_table(tmp_path / "s.parquet", table, STRIDE_COLUMNS)
    frame = pl.read_parquet(tmp_path / "s.parquet")
    assert tuple(frame.columns) == STRIDE_COLUMNS
    assert frame["scuff"].to_list() == [0, 1] and frame["scuff"].dtype == pl.Int64
    assert frame["mtc_m"].to_list() == [0.0123, None]
    assert frame["charge_c"].null_count() == 2
    again = read_table(tmp_path / "s.parquet")
    assert again["scuff"].tolist() == [0.0, 1.0]
    assert np.isnan(again["mtc_m"][1]) and again["mtc_m"][0] == 0.0123


def test_an_empty_table_keeps_its_columns(tmp_path):
    """A run without a pulse still has a pulse table."""
    write_table(tmp_path / "p.parquet", {}, PULSE_COLUMNS)
    assert pl.read_parquet(tmp_path / "p.parquet").shape == (0, len(PULSE_COLUMNS))


_WRITE = """
import sys, pathlib, numpy as np
from rig.tables import PULSE_COLUMNS, write_table
values = {name: np.linspace(0, 1, 5000) ** k for k, name in enumerate(PULSE_COLUMNS)}
write_table(pathlib.Path(sys.argv[1]), values, PULSE_COLUMNS)
"""


@pytest.mark.proof
def test_the_same_table_gives_the_same_bytes_in_any_process(tmp_path):
    """Hash seeds and thread counts must not reach the file."""
    for seed, threads in (("1", "1"), ("2", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads}
        subprocess.run([sys.executable, "-c", _WRITE, str(tmp_path / seed)], env=environment, check=True)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_trains_are_found_again_from_the_columns():
    """The same trains as `rig.trains` gives from the pulses, so that a record that was read is the one that was run."""
    t_s = np.concatenate([1 + np.arange(10) * 0.025, 2.3 + np.arange(7) * 0.025, 2.31 + np.arange(3) * 0.025])
    pulses = np.zeros(t_s.size, PULSE_DTYPE)
    pulses["t_s"], pulses["end_s"] = t_s, t_s + 0.001
    pulses["channel"] = [1] * 17 + [2] * 3
    pulses["charge1_c"] = np.linspace(1e-7, 9e-6, t_s.size)
    pulses["charge1_c"][17:] = np.nan
    pulses = pulses[np.argsort(pulses["t_s"], kind="stable")]
    columns, trains = assign_trains(pulses, np.array([0.9, 2.0, 3.1]), 0, {"rate": 40.0})
    again = trains_of(columns)
    assert again.keys() == trains.keys()
    for name, values in trains.items():
        assert np.array_equal(again[name], values, equal_nan=True), name
    assert np.array_equal(pulse_array(columns)["t_s"], pulses["t_s"])


def test_no_train_is_an_empty_table():
    """A device that stays silent."""
    columns, trains = assign_trains(np.empty(0, PULSE_DTYPE), np.array([0.9, 2.0]), 0, {})
    assert {name: len(values) for name, values in trains_of(columns).items()} == dict.fromkeys(trains, 0)


def test_a_damaged_table_is_named(tmp_path):
    """One sentence with the file."""
    (tmp_path / "x.parquet").write_bytes(b"no parquet")
    for name in ("x.parquet", "absent.parquet"):
        with pytest.raises(RecordError, match=rf"{name}: cannot be read"):
            read_table(tmp_path / name)
