"""Calls that read and write lines and ports, and samples as they stand in memory."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.calls import Fields, Handler, raw
from rig.simulated.daq.channels import AI
from rig.simulated.daq.digital_in import DigitalIn
from rig.simulated.daq.digital_out import DigitalOut
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.handlers_analog import input_of, laid_out
from rig.simulated.daq.integer_format import bits_of

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost


def _lines(host: "CardHost", request: Any) -> tuple[NDArray[np.bool_], int]:
    """States (n_channels, n, n_lines) of a read, and its status."""
    task = host.task(request.task.name)
    work = task.does
    if not isinstance(work, DigitalIn):
        raise not_simulated(f"a digital read of a task of kind {task.kind_name}")
    if not task.timing.is_clocked:
        return work.one_sample(), 0
    count, status = work.wait_for(request.num_samps_per_chan, request.timeout)
    return work.take_lines(count), status


def _numbers(host: "CardHost", request: Any, states: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Lines as the bits of a number (`integer_format`), (n_channels, n)."""
    task = host.task(request.task.name)
    found = np.zeros(states.shape[:2], np.uint32)
    for row, channel in enumerate(task.channels):
        for place, bit in enumerate(bits_of(channel.lines, task.on.product.port_lines)):
            if (line := states[row, :, place]).any():
                found[row] |= line.astype(np.uint32) << bit
    return found


def _read_lines(host: "CardHost", request: Any) -> Fields:
    states, status = _lines(host, request)
    channels, count, lines = states.shape
    wanted = max(count, request.num_samps_per_chan) if status else count
    flat = laid_out(states.reshape(channels, count * lines), wanted * lines, 0, 0).astype(np.bool_)
    if raw(request, "fill_mode") == 1:
        flat = flat.reshape(channels, wanted, lines).transpose(1, 0, 2).reshape(-1)
    return {"status": status, "read_array": flat, "samps_per_chan_read": count, "num_bytes_per_samp": lines}


def _read_numbers(host: "CardHost", request: Any, dtype: type[np.generic]) -> Fields:
    states, status = _lines(host, request)
    numbers = _numbers(host, request, states).astype(dtype)
    wanted = max(numbers.shape[1], request.num_samps_per_chan) if status else numbers.shape[1]
    layout = raw(request, "fill_mode")
    return {
        "status": status,
        "read_array": laid_out(numbers, wanted, layout, 0),
        "samps_per_chan_read": numbers.shape[1],
    }


def _read_scalar(host: "CardHost", request: Any) -> Fields:
    request_one = _One(request)
    states, status = _lines(host, request_one)
    return {"status": status, "value": int(_numbers(host, request, states)[0, 0]) if states.shape[1] else 0}


class _One:
    """A scalar request as one of a single sample."""

    def __init__(self, request: Any) -> None:
        self.task, self.timeout, self.num_samps_per_chan = request.task, request.timeout, 1


def _output(host: "CardHost", request: Any) -> DigitalOut:
    task = host.task(request.task.name)
    if not isinstance(task.does, DigitalOut):
        raise not_simulated(f"a digital write of a task of kind {task.kind_name}")
    return task.does


def _write_lines(host: "CardHost", request: Any) -> Fields:
    work = _output(host, request)
    data, n = np.frombuffer(request.write_array, np.uint8), request.num_samps_per_chan
    channels = len(work.task.channels)
    if raw(request, "data_layout") == 1:
        states = data.reshape(n, channels, -1).transpose(1, 0, 2)
    else:
        states = data.reshape(channels, n, -1)
    written = work.write_lines(states != 0, request.timeout, auto_start=request.auto_start)
    return {"samps_per_chan_written": written}


def _write_numbers(host: "CardHost", request: Any) -> Fields:
    work = _output(host, request)
    data = (
        np.frombuffer(request.write_array, np.uint8) if isinstance(request.write_array, bytes) else request.write_array
    )
    numbers, n = np.asarray(data, np.uint32), request.num_samps_per_chan
    shaped = numbers.reshape(n, -1).T if raw(request, "data_layout") == 1 else numbers.reshape(-1, n)
    return {"samps_per_chan_written": work.write_numbers(shaped, request.timeout, auto_start=request.auto_start)}


def _write_scalar(host: "CardHost", request: Any) -> Fields:
    data = np.array([[request.value]], np.uint32)
    _output(host, request).write_numbers(data, request.timeout, auto_start=request.auto_start)
    return {}


def _read_raw(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    if task.kind != AI:
        raise not_simulated(f"a raw read of a task of kind {task.kind_name}")
    _, work = input_of(host, request)
    if not task.timing.is_clocked:
        raise not_simulated("a raw read without a sample clock")
    wanted = request.num_samps_per_chan
    count, status = work.wait_for(wanted, request.timeout)
    codes = laid_out(work.take_codes(count), max(wanted, count), 1, 0)
    return {"status": status, "read_array": codes, "samps_read": count, "num_bytes_per_samp": 2}


HANDLERS: Final[dict[str, Handler]] = {
    "ReadDigitalLines": _read_lines,
    "ReadDigitalU8": lambda host, request: _read_numbers(host, request, np.uint8),
    "ReadDigitalU16": lambda host, request: _read_numbers(host, request, np.uint16),
    "ReadDigitalU32": lambda host, request: _read_numbers(host, request, np.uint32),
    "ReadDigitalScalarU32": _read_scalar,
    "WriteDigitalLines": _write_lines,
    "WriteDigitalU8": _write_numbers,
    "WriteDigitalU16": _write_numbers,
    "WriteDigitalU32": _write_numbers,
    "WriteDigitalScalarU32": _write_scalar,
    "ReadRaw": _read_raw,
}
