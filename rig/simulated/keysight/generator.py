"""The simulated waveform generator: a Keysight 33522B whose outputs drive the laboratory's device."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from rig.simulated.keysight.bench_time import BenchTime
from rig.simulated.keysight.generator_commands import GENERATOR_COMMANDS
from rig.simulated.keysight.generator_output import GeneratorOutput
from rig.simulated.keysight.terminals import Terminal, Wired, terminals_of
from rig.simulated.lab import Lab
from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.register_commands import STATUS_COMMANDS
from sim.errors import BenchError
from sim.streams import Streams
from sim.timebase import TimeNs

IDENTITY: Final = "Agilent Technologies,33522B,SIM00000004,4.00-1.19-2.00-58-00"
OUTPUTS: Final = (1, 2)
GAIN_BOUND_RATIO: Final = 0.01
OFFSET_BOUND_V: Final = 1e-3
"""Source: Keysight 33500B data sheet 5991-0692: 1 % of the setting and 1 mV."""


class WaveformGenerator(Instrument):
    """A generator with two outputs behind 50 ohm each.

    After `*RST` its displayed voltages are for a load of 50 ohm: into a device's input they are twice as high, until
    `OUTPut:LOAD INFinity` is said. While a burst waits for its trigger the first point stands at the output, after it
    the last one (design choice).

    Args:
        lab: plant and clock.
        terminals: what its outputs drive, by number.
        seed: of its errors.
        identity: answer to `*IDN?`.

    Raises:
        BenchError: a wiring that no generator has.
    """

    commands: ClassVar[tuple[Command, ...]] = (*STATUS_COMMANDS, *GENERATOR_COMMANDS)

    def __init__(
        self,
        lab: Lab,
        terminals: Mapping[int, Terminal] = MappingProxyType({}),
        seed: int = 0,
        identity: str = IDENTITY,
    ) -> None:
        self.time = BenchTime(lab)
        super().__init__(identity, pause=self.time.pass_on)
        self.lab = lab
        self._terminals = dict(terminals)
        if unknown := sorted(set(self._terminals) - set(OUTPUTS)):
            raise BenchError("waveform generator", float("nan"), f"there is no output {unknown[0]}", "outputs: 1, 2")
        draw = Streams(seed).generator("generator.errors").uniform(-1.0, 1.0, (len(OUTPUTS), 2)).tolist()
        self._errors = {
            n: (gain * GAIN_BOUND_RATIO, zero * OFFSET_BOUND_V) for n, (gain, zero) in zip(OUTPUTS, draw, strict=True)
        }
        self.outputs = self._fresh()
        self.is_little_endian = False
        self._on_start: list[Callable[[TimeNs], None]] = []

    def _fresh(self) -> dict[int, GeneratorOutput]:
        return {
            n: GeneratorOutput(self.lab, self._terminals.get(n), 1.0 + gain, zero_v)
            for n, (gain, zero_v) in self._errors.items()
        }

    def on_start(self, tell: Callable[[TimeNs], None]) -> None:
        """Let `tell` know the instant of every burst: the rising edge at the sync output."""
        self._on_start.append(tell)

    def reset(self) -> None:
        """`*RST`: outputs off, 50 ohm, a sine of 100 mV."""
        with self.lab.lock:
            for output in self.outputs.values():
                output.switch(on=False)
            self.outputs = self._fresh()
            self.is_little_endian = False

    def refresh(self) -> None:
        """Live until now."""
        problem = self.time.catch_up()
        if problem is not None:
            self.status.report(ScpiError(-310, problem))

    def pending(self) -> bool:
        """A burst is under way."""
        return any(output.is_busy(self.lab.reached_ns) for output in self.outputs.values())

    def trigger(self) -> None:
        """`*TRG`: a burst at every output that waits for the bus.

        Raises:
            ScpiError: -211 where none does.
        """
        self._trigger("BUS", OUTPUTS)

    def trigger_output(self, number: int) -> None:
        """`TRIGger<n>`: a burst at one output.

        Raises:
            ScpiError: -211 where it does not wait for the bus.
        """
        self._trigger("BUS", (number,))

    def trigger_from_outside(self, t_ns: TimeNs) -> None:
        """An edge at the trigger input at `t_ns`, with the lab's lock held; ignored where no output waits for one."""
        for output in self.outputs.values():
            if output.trigger_source == "EXT":
                output.trigger(t_ns)

    def _trigger(self, source: str, numbers: tuple[int, ...]) -> None:
        with self.lab.lock:
            t_ns = self.lab.reached_ns
            waiting = [self.outputs[n] for n in numbers if self.outputs[n].trigger_source == source]
            started = [output.trigger(t_ns) for output in waiting]
            if not any(started):
                raise ScpiError(-211)
            for tell in self._on_start:
                tell(t_ns)

    def close(self) -> None:
        """Drive nothing any more."""
        with self.lab.lock:
            for output in self.outputs.values():
                output.switch(on=False)


def waveform_generator(lab: Lab, wires: Iterable[Wired] = (), seed: int = 0) -> WaveformGenerator:
    """A generator on the lab: outputs 1 and 2 are `out1` and `out2` of the wires."""
    return WaveformGenerator(lab, terminals_of(wires, "waveform generator"), seed)
