"""Files of bare numbers, as oscilloscopes and cards dump them: nothing in them says what they are, the user does."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from rig.capture_file import Recording, Wanted
from rig.capture_file_npy import column_recording, raw_place
from rig.capture_warnings import CaptureWarning
from sim.errors import ScenarioError


def open_raw(path: Path, wanted: Wanted) -> Recording:
    """The channel `wanted` of a file of bare numbers of type `wanted.dtype`, `wanted.columns` side by side.

    Raises:
        ScenarioError: no such type, no rate, or no such column.
        RecordError: the file holds no whole row.
    """
    mend = "int8, uint8, int16, >i2 (big-endian), int32, float32 or float64"
    try:
        dtype = np.dtype(wanted.dtype)
    except TypeError:
        raise ScenarioError("--dtype", f"`{wanted.dtype}` is no type of number", mend) from None
    if dtype.kind not in "iuf" or dtype.names is not None:
        raise ScenarioError("--dtype", f"`{wanted.dtype}` is no type of number", mend)
    if wanted.rate_hz is None:
        raise ScenarioError("--rate", f"{path.name} does not say its sample rate", 'give it: --rate "1 MHz"')
    if not wanted.current.isdigit() or int(wanted.current) >= wanted.columns:
        problem = f"{path.name} has no column `{wanted.current}`"
        raise ScenarioError(wanted.option, problem, f"columns are numbered 0 to {wanted.columns - 1}; see --columns")
    recording = column_recording(path, raw_place(path, dtype, wanted.columns, int(wanted.current)), wanted)
    left = path.stat().st_size % (dtype.itemsize * wanted.columns)
    if not left:
        return recording
    text = f"the last row is not whole: {left} bytes are left over; cut off, or --dtype or --columns are wrong"
    return replace(recording, warnings=(*recording.warnings, CaptureWarning("truncated", text, "--dtype")))
