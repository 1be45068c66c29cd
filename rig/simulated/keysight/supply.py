"""The simulated power supply: a Keysight E36312A that feeds the laboratory's device.

Source: Keysight E36300 Series Programming Guide E36311-90008.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from rig.simulated.keysight.bench_time import BenchTime
from rig.simulated.keysight.supply_commands import SUPPLY_COMMANDS
from rig.simulated.keysight.supply_model import E36312A, SupplyModel
from rig.simulated.keysight.supply_output import SupplyOutput, output_errors
from rig.simulated.keysight.terminals import Terminal, Wired, terminals_of
from rig.simulated.lab import Lab
from rig.simulated.scpi.commands import Command as ScpiCommand
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.register_commands import STATUS_COMMANDS
from sim.errors import BenchError
from sim.signal import Command, Signal
from sim.streams import Streams
from sim.timebase import TimeNs, ns_from_s


class _Feeding:
    """The supply as the laboratory sees it: changes of the device's supply voltage.

    Args:
        outputs: by number.
    """

    def __init__(self, outputs: Mapping[int, SupplyOutput]) -> None:
        self._outputs = outputs

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """None: a supply changes by commands."""
        del t0_ns, t1_ns
        return {}

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """What all outputs do in a block."""
        return [each for output in self._outputs.values() for each in output.commands(t0_ns, t1_ns)]


class PowerSupply(Instrument):
    """A supply with three outputs.

    Until the output that feeds the device is first switched on, the device lives on what the laboratory gives it (a
    fresh battery); from then on on this output alone.

    Args:
        lab: plant and clock.
        terminals: what its outputs feed, by number; at most one carries the role `supply`.
        model: identity, ranges, errors.
        seed: of its errors.

    Raises:
        BenchError: a wiring that no supply has.
    """

    commands: ClassVar[tuple[ScpiCommand, ...]] = (*STATUS_COMMANDS, *SUPPLY_COMMANDS)

    def __init__(
        self,
        lab: Lab,
        terminals: Mapping[int, Terminal] = MappingProxyType({}),
        model: SupplyModel = E36312A,
        seed: int = 0,
    ) -> None:
        self.time = BenchTime(lab)
        super().__init__(model.identity, pause=self.time.pass_on)
        self.lab, self.model = lab, model
        fed = {n: terminal.role for n, terminal in terminals.items()}
        for n, role in fed.items():
            if n not in model.outputs or role != "supply":
                problem = f"output {n} cannot carry {role}"
                raise BenchError("power supply", float("nan"), problem, f"wire supply to one of {[*model.outputs]}")
        if len(fed) > 1:
            raise BenchError("power supply", float("nan"), f"outputs {sorted(fed)} both feed the device")
        streams = Streams(seed)
        self.outputs = {
            n: SupplyOutput(lab, range_, output_errors(model, n, streams), model.slew_tau_s, feeds_device=n in fed)
            for n, range_ in model.outputs.items()
        }
        self.selected = 1
        self.driver = _Feeding(self.outputs)
        lab.drive(self.driver)

    def reset(self) -> None:
        """`*RST`: every output off."""
        with self.lab.lock:
            self.selected = 1
            for output in self.outputs.values():
                output.reset(self.lab.reached_ns)

    def refresh(self) -> None:
        """Live until now."""
        problem = self.time.catch_up()
        if problem is not None:
            self.status.report(ScpiError(-310, problem))

    def close(self) -> None:
        """Feed the device no longer."""
        self.lab.release(self.driver)

    def of(self, channels: tuple[int, ...] | None) -> list[SupplyOutput]:
        """The outputs of a list; without one the selected output."""
        return [self.outputs[n] for n in channels or (self.selected,)]

    def each(self, channels: tuple[int, ...] | None, act: Callable[[SupplyOutput, TimeNs], Any]) -> list[Any]:
        """What `act` gives for every output of a list, at this instant."""
        with self.lab.lock:
            return [act(output, self.lab.reached_ns) for output in self.of(channels)]

    def measured(
        self, channels: tuple[int, ...] | None, read: Callable[[SupplyOutput, TimeNs, TimeNs], float]
    ) -> list[float]:
        """Readings over the next cycle of the mains; the answer comes when it is over."""
        begin_ns = self.lab.reached_ns
        end_ns = begin_ns + ns_from_s(self.model.read_s)
        self.wait_until(lambda: self.lab.reached_ns >= end_ns)
        with self.lab.lock:
            return [read(output, begin_ns, end_ns) for output in self.of(channels)]


def power_supply(lab: Lab, wires: Iterable[Wired] = (), model: SupplyModel = E36312A, seed: int = 0) -> PowerSupply:
    """A supply on the lab: outputs 1 to 3 are `ch1` to `ch3` of the wires."""
    return PowerSupply(lab, terminals_of(wires, "power supply", scales=False), model, seed)
