"""The instruments beside the one that captures: a supply of the device, a meter for its load.

A bench whose `supply` is wired to a power supply changes it by command: what the device saw is then in the capture, and
when is known to the exchange of one message and the supply's own answer. A bench with `load.check` wired to a meter
measures the load before anything is switched on: a wrong load is a rig error, never a verdict.

    auxiliaries = Auxiliaries(laboratory, resources)     nothing is opened yet
    auxiliaries.open()                                   links, identities
    auxiliaries.check_load(case)                         before the device has power
    auxiliaries.power_on(case)
    auxiliaries.command(command)                         where auxiliaries.takes(command)
    auxiliaries.safe_state(); auxiliaries.close()
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from rig.bench_file.drivers import METER, SUPPLY
from rig.instruments.errors import LinkError
from rig.instruments.keysight_supply import KeysightSupply
from rig.instruments.load_check import LoadReading, check_load
from rig.instruments.opening import open_instrument, port_number
from rig.instruments.patience import Patience, WallPatience
from rig.instruments.ports import Driver, Multimeter
from sim.errors import BenchError
from sim.signal import Command

if TYPE_CHECKING:
    from rig.bench_file.instruments import Instrument
    from rig.bench_file.laboratory import Laboratory
    from scenarios.case import Case

SUPPLY_ANSWER_S: Final = 0.05
"""From the command to the new voltage: command processing and up-programming of an E36300 into a light load (data sheet
5992-2124: 50 ms at most). The capture says what the device saw."""
_USUAL_A: Final = 1.0
_USUAL_V: Final = 9.0


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out by message.

    Attributes:
        t0_s: it was sent, on the bench's clock, s.
        t1_s: the instrument had taken it, s.
        bound_s: from `t0_s` to this much after `t1_s` the output may have changed, s.
    """

    t0_s: float
    t1_s: float
    bound_s: float = SUPPLY_ANSWER_S


class Auxiliaries:
    """Supply and meter of a laboratory, where it has them.

    Args:
        laboratory: its bench file.
        resources: name of an instrument -> VISA resource string, for those at a `sim` address.
        patience: the clock on which they wait.
    """

    def __init__(
        self, laboratory: "Laboratory", resources: Mapping[str, str] | None = None, patience: Patience | None = None
    ) -> None:
        self._laboratory, self._resources = laboratory, dict(resources or {})
        self.patience: Patience = patience or WallPatience()
        self._opened: dict[str, Driver] = {}

    def open(self) -> None:
        """Open the links; whoever answers must be whom the bench file names.

        Raises:
            BenchError: nobody, or somebody else, answers; what was opened before is closed.
        """
        try:
            for driver in (SUPPLY, METER):
                for described in self._laboratory.of_driver(driver):
                    self._opened[described.name] = self._open(described)
        except BenchError:
            self.close()
            raise

    def check_load(self, case: "Case") -> LoadReading | None:
        """Measure the load; None where no meter is wired to it, or the load passes no direct current.

        Raises:
            BenchError: it is not the load of the case.
        """
        wire = self._laboratory.wire("load.check")
        if wire is None or wire.instrument not in self._opened:
            return None
        return check_load(self._laboratory, case, cast("Multimeter", self._opened[wire.instrument]))

    def power_on(self, case: "Case") -> float | None:
        """Protect the supply, set it to the device's own voltage, switch it on; that voltage, V, or None without one.

        Raises:
            LimitRefused: the device asks for more than the bench file allows; nothing was written.
            BenchError: the supply did not take it, or its protection tripped at once.
        """
        found = self._supply()
        if found is None:
            return None
        supply, output, described = found
        port = next(wire.port for wire in self._laboratory.wiring if wire.role == "supply")
        limit = described.limits.get(port)
        voltage_v = float(getattr(case.device.settings, "nominal_supply_v", _USUAL_V))
        current_a = _USUAL_A if limit is None or limit.current_a is None else limit.current_a
        supply.set(output, voltage_v, current_a)
        if limit is not None and limit.protect_v is not None:
            supply.protect(output, limit.protect_v)
        supply.on(output)
        return voltage_v

    def takes(self, command: Command) -> bool:
        """True for a command of the supply, where one is wired to it."""
        return command.target == "supply" and self._supply() is not None

    def command(self, command: Command) -> Done:
        """Carry out a command of the supply, now; the caller has waited for its instant.

        Raises:
            LimitRefused: beyond the limits of the bench file; nothing was written.
            BenchError: the link failed, or the supply complains.
        """
        found = self._supply()
        if found is None or command.target != "supply":
            raise BenchError(self._laboratory.id, math.nan, f"no supply takes the command `{command.target}`")
        supply, output, _ = found
        t0_s = self.patience.now_s()
        if command.value == "off":
            supply.off(output)
        elif command.value == "on":
            supply.on(output)
        else:
            supply.change(output, float(command.value))
        return Done(t0_s, self.patience.now_s())

    def trouble(self) -> str:
        """What a supply says is wrong: a protection that has tripped; or ""."""
        found = self._supply()
        if found is not None and found[0].tripped(found[1]):
            return f"the protection of {found[2].name} has tripped: it has switched the device off"
        return ""

    def safe_state(self) -> None:
        """Outputs off, on a fresh link where the old one has failed. Raises the first trouble, after trying all."""
        troubles: list[BenchError] = []
        for name, driver in self._opened.items():
            try:
                make_safe(driver)
            except BenchError as error:
                troubles.append(BenchError(name, math.nan, f"could not be made safe: {error}", "switch it off by hand"))
        if troubles:
            raise troubles[0]

    def identity(self) -> dict[str, str]:
        """Who answered, by name."""
        return {f"{name}.identity": str(driver.identity()) for name, driver in self._opened.items()}

    def close(self) -> None:
        """Close the links; twice is fine."""
        for driver in self._opened.values():
            driver.close()
        self._opened.clear()

    def _open(self, described: "Instrument") -> Driver:
        resource = self._resources.get(described.name, described.address)
        return open_instrument(described, resource, simulated=self._laboratory.simulated, patience=self.patience)

    def _supply(self) -> "tuple[KeysightSupply, int, Instrument] | None":
        wire = self._laboratory.wire("supply")
        driver = self._opened.get(wire.instrument) if wire is not None else None
        if wire is None or not isinstance(driver, KeysightSupply):
            return None
        return driver, port_number(wire.port), self._laboratory.instruments[wire.instrument]


def make_safe(driver: Driver) -> None:
    """Safe state; where the link has failed, once more on a fresh one.

    Raises:
        BenchError: neither worked.
    """
    try:
        driver.safe_state()
    except LinkError:
        driver.reopen()
        driver.safe_state()
