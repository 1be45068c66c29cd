"""Calls that read and write volts and their codes."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.analog_in import AnalogIn
from rig.simulated.daq.analog_out import AnalogOut
from rig.simulated.daq.calls import Fields, Handler, raw
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.handlers_logging import log
from rig.simulated.daq.task import Task
from sim.front_end_settings import HALF_SCALE

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_BY_SCAN: Final = 1
"""NI's constant of the layout sample by sample; 0 is channel by channel."""


def input_of(host: "CardHost", request: Any) -> tuple[Task, AnalogIn]:
    """The task of a read of analogue inputs."""
    task = host.task(request.task.name)
    work = task.does
    if not isinstance(work, AnalogIn):
        raise not_simulated(f"an analogue read of a task of kind {task.kind_name}")
    return task, work


def output_of(host: "CardHost", request: Any) -> AnalogOut:
    """The work of a write to analogue outputs."""
    task = host.task(request.task.name)
    if not isinstance(task.does, AnalogOut):
        raise not_simulated(f"an analogue write of a task of kind {task.kind_name}")
    return task.does


def laid_out(data: NDArray[Any], wanted: int, layout: int, filler: float) -> NDArray[Any]:
    """Samples (n_channels, n) as a client takes them: flat, rows as long as was asked for, also where fewer came."""
    if data.shape[1] < wanted:
        padded = np.full((data.shape[0], wanted), filler, data.dtype)
        padded[:, : data.shape[1]] = data
        data = padded
    return data.T.ravel() if layout == _BY_SCAN else data.reshape(-1)


def _read_f64(host: "CardHost", request: Any) -> Fields:
    task, work = input_of(host, request)
    if not task.timing.is_clocked:
        volts = work.software_samples(max(1, request.num_samps_per_chan))
        layout = raw(request, "fill_mode")
        return {"read_array": laid_out(volts, volts.shape[1], layout, np.nan), "samps_per_chan_read": volts.shape[1]}
    wanted = request.num_samps_per_chan
    count, status = work.wait_for(wanted, request.timeout)
    volts = work.take_volts(count)
    log(task, volts)
    layout = raw(request, "fill_mode")
    return {
        "status": status,
        "read_array": laid_out(volts, max(wanted, count), layout, np.nan),
        "samps_per_chan_read": count,
    }


def _read_scalar(host: "CardHost", request: Any) -> Fields:
    task, work = input_of(host, request)
    if not task.timing.is_clocked:
        return {"value": float(work.software_samples(1)[0, 0])}
    count, status = work.wait_for(1, request.timeout)
    return {"status": status, "value": float(work.take_volts(count)[0, 0]) if count else float("nan")}


def _read_codes(host: "CardHost", request: Any, dtype: type[np.generic]) -> Fields:
    task, work = input_of(host, request)
    if not task.timing.is_clocked:
        raise not_simulated("a raw read without a sample clock")
    wanted = request.num_samps_per_chan
    count, status = work.wait_for(wanted, request.timeout)
    codes = work.take_codes(count).astype(dtype)
    layout = raw(request, "fill_mode")
    return {
        "status": status,
        "read_array": laid_out(codes, max(wanted, count), layout, 0),
        "samps_per_chan_read": count,
    }


def _write_f64(host: "CardHost", request: Any) -> Fields:
    work = output_of(host, request)
    data = np.asarray(request.write_array, np.float64)
    n, channels = request.num_samps_per_chan, len(work.task.channels)
    shaped = data.reshape(n, -1).T if raw(request, "data_layout") == _BY_SCAN else data.reshape(-1, n)
    if shaped.shape[0] != channels:
        shaped = data.reshape(-1, n)
    return {"samps_per_chan_written": work.write_volts(shaped, request.timeout, auto_start=request.auto_start)}


def _write_scalar(host: "CardHost", request: Any) -> Fields:
    work = output_of(host, request)
    work.write_volts(np.array([[request.value]]), request.timeout, auto_start=request.auto_start)
    return {}


def _write_i16(host: "CardHost", request: Any) -> Fields:
    work = output_of(host, request)
    codes = np.asarray(request.write_array, np.float64).reshape(-1, request.num_samps_per_chan)
    lsb_v = np.array([[channel.range_v / HALF_SCALE] for channel in work.task.channels])
    return {"samps_per_chan_written": work.write_volts(codes * lsb_v, request.timeout, auto_start=request.auto_start)}


HANDLERS: Final[dict[str, Handler]] = {
    "ReadAnalogF64": _read_f64,
    "ReadAnalogScalarF64": _read_scalar,
    "ReadBinaryI16": lambda host, request: _read_codes(host, request, np.int16),
    "ReadBinaryI32": lambda host, request: _read_codes(host, request, np.int32),
    "WriteAnalogF64": _write_f64,
    "WriteAnalogScalarF64": _write_scalar,
    "WriteBinaryI16": _write_i16,
}
