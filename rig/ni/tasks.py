"""The tasks of a run on one card: the one place of the bench that touches nidaqmx, which is untyped where it matters.

Order: outputs are filled, armed on the start trigger of the inputs, and the inputs start last, so that sample 0 of
every output and of every input stands at the same instant of one clock. Outputs never regenerate: an output that runs
dry is an error, never an old sample once more. Every buffer has a stated size.

Source: NI-DAQmx Help, "Buffer Size", "Regeneration"; X Series User Manual, start triggers and timing; daq.md section 2.
"""

import contextlib
import math
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.ni import counter
from rig.ni.errors import CardError, DaqGarbageError, DaqMissingError, of_code, of_server
from rig.ni.layout import Layout, Lines
from rig.ni.link import Link

_LEAST_BUFFER_S: Final = 4.0
"""Of the driver's input buffer; its default of 0.2 s at 500 kHz overflows at the first stall (daq.md section 2)."""
_HOLE: Final = math.nan


class CardTasks:
    """The streaming tasks of one case.

    Args:
        link: to the card.
        layout: of the case.
        rate_hz: sample rate of the inputs, Hz.
        output_hz: sample rate of the outputs, Hz.
        ahead_s: how much is written before the start, s.
        input_buffer_s: of the driver, s.
        timeout_s: how long an answer may take, s.

    Raises:
        CardError: the card refused.
    """

    def __init__(
        self,
        link: Link,
        layout: Layout,
        rate_hz: float,
        output_hz: float,
        ahead_s: float,
        input_buffer_s: float,
        timeout_s: float,
    ) -> None:
        self._link, self._layout, self._timeout_s = link, layout, timeout_s
        self._rate_hz, self._output_hz = rate_hz, output_hz
        self._input_buffer = math.ceil(max(input_buffer_s, _LEAST_BUFFER_S) * rate_hz)
        self._output_buffer = math.ceil(max(4.0 * ahead_s, _LEAST_BUFFER_S) * output_hz)
        self._tasks: dict[str, Any] = {}
        self._readers: dict[str, Any] = {}
        self.is_started = False
        self.t_s = math.nan
        try:
            with self._told():
                self._make()
        except BaseException:
            self.close()
            raise

    # ------------------------------------------------------------------ streaming

    def write(self, analogue: NDArray[np.float64], words: NDArray[np.uint32]) -> None:
        """Append samples to the outputs: (n_outputs, n), V, and words of the port (n,).

        Raises:
            DaqUnderflowError: an output had run dry before.
            CardError: the card did not take them.
        """
        if not words.size:
            return
        with self._told():
            if "ao" in self._tasks:
                _all(self._readers["ao"].write_many_sample(analogue, self._timeout_s), words.size, "written")
            if "do" in self._tasks:
                written = self._readers["do"].write_many_sample_port_uint32(words, self._timeout_s)
                _all(written, words.size, "written")

    def start(self) -> None:
        """Arm the outputs, start the inputs: time 0 of the run.

        Raises:
            CardError: the card refused.
        """
        with self._told():
            for name in ("ci", "do", "ao", "di", "ai"):
                if name in self._tasks:
                    self._tasks[name].start()
        self.is_started = True

    def read(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.uint32] | None]:
        """The next `count` samples of every input, waiting for them.

        Returns:
            (n_inputs, count), V, and the words of the status lines (count,), or None where none is captured.

        Raises:
            DaqOverflowError: samples were lost.
            DaqTimeoutError: they did not come in time.
            DaqGarbageError: what came is not what was asked for.
        """
        wait_s = self._timeout_s + count / self._rate_hz
        volts = np.full((len(self._layout.inputs), count), _HOLE)
        words = np.zeros(count, np.uint32) if "di" in self._tasks else None
        if count == 0:
            return volts, words
        with self._told():
            if "ai" in self._tasks:
                _all(self._readers["ai"].read_many_sample(volts, count, wait_s), count, "read")
                if not np.isfinite(volts).all():
                    raise _WrongAnswerError("an answer held fewer samples than it said, or no numbers")
            if words is not None:
                _all(self._readers["di"].read_many_sample_port_uint32(words, count, wait_s), count, "read")
        return volts, words

    def widths(self) -> tuple[float, ...]:
        """Pulse widths that the counter has measured since the last call, s; none where no comparator is wired.

        Raises:
            DaqOverflowError: some were lost.
            CardError: the card refused.
        """
        if "ci" not in self._tasks:
            return ()
        with self._told():
            return counter.widths(self._readers["ci"], self._timeout_s)

    def skews_s(self) -> dict[str, float]:
        """By how much later than the first input each further one is converted on a card with one converter, s.

        Less than a sample. A peak, a plateau or a charge of one input does not depend on it; what does is an instant of
        a further channel, and a product of voltage and current on an edge.

        Raises:
            CardError: the card does not tell.
        """
        with self._told():
            rate_hz = float(self._tasks["ai"].timing.ai_conv_rate)
        return {each.role: each.number / rate_hz for each in self._layout.inputs}

    def close(self) -> None:
        """Stop and clear every task, whatever state it is in; never raises."""
        tasks, self._tasks = self._tasks, {}
        self._readers, self.is_started = {}, False
        for name in ("do", "ao", "ai", "di", "ci"):
            if (task := tasks.get(name)) is not None:
                for end in (task.stop, task.close):
                    with contextlib.suppress(Exception):
                        end()

    # ------------------------------------------------------------------ making

    def _make(self) -> None:
        from nidaqmx.constants import LineGrouping, RegenerationMode
        from nidaqmx.stream_readers import AnalogMultiChannelReader, DigitalSingleChannelReader
        from nidaqmx.stream_writers import AnalogMultiChannelWriter, DigitalSingleChannelWriter

        layout, device = self._layout, self._layout.device
        trigger, one = f"/{device}/ai/StartTrigger", LineGrouping.CHAN_FOR_ALL_LINES
        ai = self._task("ai")
        for each in layout.inputs:
            reference = _references()[each.reference]
            ai.ai_channels.add_ai_voltage_chan(
                each.physical, terminal_config=reference, min_val=-each.range_v, max_val=each.range_v
            )
        self._clock(ai, self._rate_hz, self._input_buffer)
        ai.in_stream.input_buf_size = self._input_buffer
        self._readers["ai"] = _unchecked(AnalogMultiChannelReader(ai.in_stream))
        if layout.status:
            di = self._task("di")
            di.di_channels.add_di_chan(_names(layout.status), line_grouping=one)
            self._clock(di, self._rate_hz, self._input_buffer, f"/{device}/ai/SampleClock")
            di.in_stream.input_buf_size = self._input_buffer
            self._readers["di"] = _unchecked(DigitalSingleChannelReader(di.in_stream))
        if layout.counter is not None:
            self._readers["ci"] = counter.set_up(self._task("ci"), layout.counter)
        if layout.outputs:
            ao = self._task("ao")
            for each in layout.outputs:
                ao.ao_channels.add_ao_voltage_chan(each.physical, min_val=-each.range_v, max_val=each.range_v)
            self._clock(ao, self._output_hz, self._output_buffer)
            ao.triggers.start_trigger.cfg_dig_edge_start_trig(trigger)
            self._readers["ao"] = _unchecked(AnalogMultiChannelWriter(ao.out_stream))
        if layout.lines:
            do = self._task("do")
            do.do_channels.add_do_chan(_names(layout.lines), line_grouping=one)
            source = f"/{device}/ao/SampleClock" if layout.outputs else ""
            self._clock(do, self._output_hz, self._output_buffer, source)
            if not source:
                do.triggers.start_trigger.cfg_dig_edge_start_trig(trigger)
            self._readers["do"] = _unchecked(DigitalSingleChannelWriter(do.out_stream))
        for name in ("ao", "do"):
            if name in self._tasks:
                stream = self._tasks[name].out_stream
                stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
                stream.output_buf_size = self._output_buffer

    def _task(self, name: str) -> Any:
        import nidaqmx

        self._tasks[name] = task = nidaqmx.Task(**self._link.options())
        return task

    def _clock(self, task: Any, rate_hz: float, samples: int, source: str = "") -> None:
        """Clock a task, and hold the card to the rate that was asked for."""
        from nidaqmx.constants import AcquisitionType

        task.timing.cfg_samp_clk_timing(
            rate_hz, source=source, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=samples
        )
        if not source and not math.isclose(given := float(task.timing.samp_clk_rate), rate_hz, rel_tol=1e-9):
            problem = f"the card samples at {given:.9g} Hz, asked were {rate_hz:.9g} Hz"
            raise CardError(self._layout.part, self.t_s, problem, "choose a rate that divides its timebase")

    @contextmanager
    def _told(self) -> Generator[None]:
        with told(self._layout.part, self.t_s):
            yield


class _WrongAnswerError(Exception):
    """An answer that cannot be."""


def _all(count: int | None, asked: int, done: str) -> None:
    if count != asked:
        raise _WrongAnswerError(f"{count} samples a channel were {done}, asked were {asked}")


@contextmanager
def told(part: str, t_s: float = math.nan) -> Generator[None]:
    """Whatever the client library raises inside, as an error of the rig.

    Args:
        part: name of the card on the bench.
        t_s: instant of the run, s.

    Raises:
        CardError: of the kind that fits.
    """
    try:
        import nidaqmx.errors as ni
    except ImportError as error:
        raise DaqMissingError(part, t_s, "nidaqmx is not installed", "pip install 'nidaqmx[grpc]'") from error
    try:
        yield
    except (ni.DaqNotFoundError, ni.DaqNotSupportedError) as error:
        mend = "install NI-DAQmx from ni.com, or use a `grpc://` or `sim` address"
        raise DaqMissingError(part, t_s, "the driver NI-DAQmx is not installed on this computer", mend) from error
    except ni.RpcError as error:
        status = getattr(error, "rpc_code", None)
        raise of_server(str(getattr(status, "name", status)), str(error), part, t_s) from error
    except ni.DaqError as error:
        raise of_code(int(error.error_code), str(error), part, t_s) from error
    except ni.Error as error:
        raise CardError(part, t_s, " ".join(str(error).split())) from error
    except (_WrongAnswerError, AssertionError, ValueError, TypeError, UnicodeError) as error:
        words = " ".join(str(error).split()) or "it does not fit what was asked for"
        raise DaqGarbageError(
            part, t_s, f"the card's answer cannot be: {words}", "run again; look at the link"
        ) from error


def set_lines(link: Link, part: str, levels: Mapping[str, bool]) -> None:
    """Set digital lines (physical line -> electrical level) at once, by a task of its own.

    Raises:
        CardError: the card refused.
    """
    import nidaqmx
    from nidaqmx.constants import LineGrouping

    if not levels:
        return
    with told(part), nidaqmx.Task(**link.options()) as task:
        task.do_channels.add_do_chan(", ".join(levels), line_grouping=LineGrouping.CHAN_PER_LINE)
        states = list(levels.values())
        task.write(states if len(states) > 1 else states[0])


def set_outputs(link: Link, part: str, volts: Mapping[str, float]) -> None:
    """Set analogue outputs (physical channel -> V) at once, by a task of its own.

    Raises:
        CardError: the card refused.
    """
    import nidaqmx

    if not volts:
        return
    with told(part), nidaqmx.Task(**link.options()) as task:
        for physical in volts:
            task.ao_channels.add_ao_voltage_chan(physical)
        values = list(volts.values())
        task.write(values if len(values) > 1 else values[0])


def read_finite(link: Link, layout: Layout, rate_hz: float, count: int, timeout_s: float) -> NDArray[np.float64]:
    """`count` samples of every input of a layout, (n_inputs, count), V, by a task of its own.

    Raises:
        CardError: the card refused.
    """
    import nidaqmx
    from nidaqmx.constants import AcquisitionType
    from nidaqmx.stream_readers import AnalogMultiChannelReader

    volts = np.full((len(layout.inputs), count), _HOLE)
    with told(layout.part), nidaqmx.Task(**link.options()) as task:
        for each in layout.inputs:
            reference = _references()[each.reference]
            task.ai_channels.add_ai_voltage_chan(
                each.physical, terminal_config=reference, min_val=-each.range_v, max_val=each.range_v
            )
        task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=AcquisitionType.FINITE, samps_per_chan=count)
        read = AnalogMultiChannelReader(task.in_stream).read_many_sample(volts, count, timeout_s + count / rate_hz)
        _all(read, count, "read")
        if not np.isfinite(volts).all():
            raise _WrongAnswerError("an answer held fewer samples than it said, or no numbers")
    return volts


def card_facts(link: Link, part: str, device: str) -> dict[str, str]:
    """What the card and its driver say of themselves: `product, serial, simulated, driver`.

    Raises:
        CardError: no such card, or it does not answer.
    """
    from nidaqmx.system import Device, System

    options = link.options()
    with told(part):
        card: Any = Device(device, **options)
        driver = (System.remote(**options) if options else System.local()).driver_version
        return {
            "product": str(card.product_type),
            "serial": f"{int(card.serial_num):08X}",
            "simulated": str(bool(card.is_simulated)),
            "driver": ".".join(str(part) for part in driver),
        }


def reset_device(link: Link, part: str, device: str) -> None:
    """Take the card from whoever holds it, outputs to their power-up state.

    Raises:
        CardError: it does not answer.
    """
    from nidaqmx.system import Device

    with told(part):
        Device(device, **link.options()).reset_device()


def _unchecked(stream: Any) -> Any:
    """A reader or writer that does not ask the server for the task's shape at each call (daq.md section 1, trap 5)."""
    stream.verify_array_shape = False
    return stream


def _names(groups: tuple[Lines, ...]) -> str:
    return ", ".join(physical for lines in groups for physical in lines.physical)


def _references() -> Mapping[str, Any]:
    from nidaqmx.constants import TerminalConfiguration as Terminal

    return {"differential": Terminal.DIFF, "rse": Terminal.RSE, "nrse": Terminal.NRSE}
