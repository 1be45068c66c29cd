"""The plant: a stimulator, its supply and its electrodes, from sensor signals to exact current and voltage."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.edges import Edges
from sim.electrode.load import Load
from sim.errors import ModelError
from sim.kernel import Kernel, Phase
from sim.pulse import joined_pulses
from sim.signal import Command, Stimulus
from sim.stimulator.clock import DeviceClock
from sim.stimulator.model import ModelSpec, StimulatorModel
from sim.stimulator.output import Output
from sim.streams import Streams
from sim.timebase import TimeNs, s_from_ns

if TYPE_CHECKING:
    from sim.stimulator.output_stage import OutputStage


class Plant:
    """A device under test between the rig's sensor lines and the rig's electrodes.

    What it sends is a function of the whole stimulus only, never of how the time axis was cut into blocks.

    Args:
        spec: entry of the device catalogue (`DeviceModelSpec`). One whose output stages are not ours to switch has
            ``outputs(load, clock, streams, channels)``, which makes them.
        settings: the model's settings dataclass.
        defects: seeded defect -> dose in SI.
        load: what lies between the electrodes, of each channel its own.
        streams: random streams of the case.
        clock_error_ratio: relative error of the device's clock against rig time; positive: it runs fast.
        supply_v: voltage of the device's supply, V; None for the nominal one.
        channels: stimulation channels, each with an output and electrodes of its own.

    Raises:
        ValueError: an unknown defect or an impossible dose.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: Any,
        defects: Mapping[str, float],
        load: Load,
        streams: Streams,
        clock_error_ratio: float = 0.0,
        supply_v: float | None = None,
        channels: int = 1,
    ) -> None:
        clock = DeviceClock.seeded(clock_error_ratio, streams)
        self._load = load
        self._supply_v = float(settings.nominal_supply_v) if supply_v is None else supply_v
        self._is_connected = True
        outputs: Any = getattr(spec, "outputs", _outputs)(load, clock, streams, channels)
        self._outputs: tuple[OutputStage, ...] = outputs
        self._reached_ns: TimeNs | None = None
        self._kernel = Kernel()
        self._model: StimulatorModel = spec.build(settings, defects, self._kernel, outputs, streams, clock)
        if supply_v is not None:
            self._model.supply(0, supply_v)

    def advance(self, stimulus: Stimulus) -> Edges:
        """Live through the block of `stimulus`.

        Returns:
            The segments that begin inside the block, by channel; the first block of a run begins with one at its start.

        Raises:
            ModelError: the block does not follow the one before, or a command lies outside it or makes no sense.
        """
        t0_ns, t1_ns = stimulus.t0_ns, stimulus.t1_ns
        if self._reached_ns is None:
            self._reached_ns = t0_ns
            for output in self._outputs:
                output.begin(t0_ns)
        if t0_ns != self._reached_ns or t1_ns < t0_ns:
            raise ModelError(
                "plant",
                s_from_ns(self._reached_ns),
                f"a block must begin where the one before ended, got {t0_ns} ns to {t1_ns} ns",
            )
        for command in stimulus.commands:
            if not t0_ns <= command.t_ns < t1_ns:
                raise ModelError(
                    "plant", s_from_ns(t0_ns), f"the command at {command.t_ns} ns lies outside [{t0_ns}, {t1_ns}) ns"
                )
            self._run(stimulus, command.t_ns)
            self._kernel.at(command.t_ns, Phase.BODY, partial(self._obey, command))
            self._kernel.advance_into(command.t_ns, Phase.BODY)  # before the device looks, at this instant or later
        self._run(stimulus, t1_ns)
        self._model.hold(stimulus.signals)
        for output in self._outputs:
            output.catch_up(t1_ns)
        self._model.review()
        self._reached_ns = t1_ns
        return Edges(t0_ns, t1_ns, tuple(output.take_rows() for output in self._outputs))

    def _run(self, stimulus: Stimulus, until_ns: TimeNs) -> None:
        if until_ns > self._kernel.reached_ns:
            self._model.sense(stimulus.signals, until_ns)
            self._kernel.advance_to(until_ns)

    def _obey(self, command: Command) -> None:
        t_ns, value, model = command.t_ns, command.value, self._model
        actions: dict[str, Callable[[], None]] = {
            "contact": lambda: self._set_circuit(command, contact_ratio=_contact(value)),
            "load": lambda: self._set_circuit(command, load=self._load if value is None else value),
            "polarity": lambda: self._set_circuit(command, polarity=_polarity(value)),
            "supply": lambda: self._set_supply(t_ns, value),
            "button": lambda: model.button(t_ns, value),
            "setting": lambda: model.setting(t_ns, *value),
            "fault": lambda: model.fault(t_ns, *value),
        }
        if command.target not in actions:
            known = ", ".join(actions)
            raise ModelError("plant", s_from_ns(t_ns), f"command {command.target!r} is not known; known are {known}")
        try:
            actions[command.target]()
        except ValueError as error:
            raise ModelError("plant", s_from_ns(t_ns), str(error)) from error

    def _set_supply(self, t_ns: TimeNs, value: float | str) -> None:
        """The supply has another voltage, or a relay in its line opens (`off`) or closes (`on`)."""
        if isinstance(value, str):
            if value not in {"off", "on"}:
                raise ValueError(f"supply must be a voltage, off or on, got {value!r}")
            self._is_connected = value == "on"
        else:
            self._supply_v = float(value)
        self._model.supply(t_ns, self._supply_v if self._is_connected else 0.0)

    def _set_circuit(self, command: Command, **change: Any) -> None:
        """Change what lies between the electrodes of one channel or of all."""
        if not 0 <= command.channel <= len(self._outputs):
            raise ValueError(f"channel {command.channel} of a device with {len(self._outputs)}")
        for output in self._outputs:
            if command.channel in {0, output.channel}:
                output.set_circuit(command.t_ns, **change)

    def delivered(self) -> NDArray[Any]:
        """The pulses completed since the last call, `PULSE_DTYPE`, exact: from the edges, without a front end.

        In time order; a pulse of another channel that began earlier but is still open comes later, see `settled_ns`.
        """
        if len(self._outputs) == 1:  # numpy takes 10 us to join and sort tables of fields
            return self._outputs[0].take_pulses()
        pulses = joined_pulses([output.take_pulses() for output in self._outputs])
        return pulses[np.argsort(pulses["t_s"], kind="stable")]

    @property
    def settled_ns(self) -> TimeNs:
        """Every pulse that begins before this instant has been delivered."""
        reached_ns = 0 if self._reached_ns is None else self._reached_ns
        open_ns = [output.open_pulse_ns for output in self._outputs]
        return min((t_ns for t_ns in open_ns if t_ns is not None), default=reached_ns)

    def lines(self) -> tuple[tuple[TimeNs, str, int], ...]:
        """(instant, role, state) of every two-state line that changed since the last call; a model may have none."""
        take = getattr(self._model, "take_lines", None)
        return take() if take is not None else ()

    def messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """(instant, text) of what the device told since the last call."""
        return self._model.take_messages()

    @property
    def model(self) -> StimulatorModel:
        """The device."""
        return self._model

    def close(self) -> None:
        """Let go of whatever a device holds (a process); most hold nothing. Twice is fine."""
        close = getattr(self._model, "close", None)
        if close is not None:
            close()


def _outputs(load: Load, clock: DeviceClock, streams: Streams, channels: int) -> tuple[Output, ...]:
    return tuple(Output(load, clock, streams, number) for number in range(1, channels + 1))


def _contact(value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"contact must lie between 0 and 1, got {value}")
    return float(value)


def _polarity(value: float) -> float:
    if value not in {1, -1}:
        raise ValueError(f"polarity must be +1 or -1, got {value}")
    return float(value)
