"""Opening the instruments of a bench file: a driver's name becomes a driver behind a link."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from rig.instruments.errors import BadReply
from rig.instruments.keysight_generator import KeysightGenerator
from rig.instruments.keysight_meter import KeysightMeter
from rig.instruments.keysight_scope import KeysightScope
from rig.instruments.keysight_supply import KeysightSupply
from rig.instruments.limits import OutputLimits
from rig.instruments.patience import LabPatience, Patience
from rig.instruments.ports import Driver
from rig.instruments.scpi_link import ScpiLink
from sim.errors import BenchError


class LimitOfPort(Protocol):
    """What a port may never be set beyond (`rig.bench_file.instruments.OutputLimit`)."""

    @property
    def voltage_v(self) -> float:
        """Largest voltage, V."""
        ...

    @property
    def current_a(self) -> float | None:
        """Largest current limit, A; None where it cannot be set."""
        ...


class Described(Protocol):
    """An instrument of a bench file, as far as opening it takes."""

    @property
    def name(self) -> str:
        """Word in the wiring."""
        ...

    @property
    def driver(self) -> str:
        """`keysight.infiniivision`, ..."""
        ...

    @property
    def identity(self) -> str:
        """Beginning of the answer to `*IDN?`."""
        ...

    @property
    def serial(self) -> str:
        """Serial number; "" for any."""
        ...

    @property
    def timeout_s(self) -> float:
        """How long an answer may take, s."""
        ...

    @property
    def limits(self) -> Mapping[str, LimitOfPort]:
        """Port -> what it may never be set beyond."""
        ...


def _supply(link: ScpiLink, described: Described) -> Driver:
    return KeysightSupply(link, _limits(described, lowest=0.0))


def _generator(link: ScpiLink, described: Described) -> Driver:
    return KeysightGenerator(link, _limits(described, lowest=-1.0))


_DRIVERS: Final[Mapping[str, Callable[[ScpiLink, Described], Driver]]] = {
    "keysight.infiniivision": lambda link, _: KeysightScope(link),
    "keysight.e36300": _supply,
    "keysight.trueform33500": _generator,
    "keysight.truevolt": lambda link, _: KeysightMeter(link),
}
"""Driver in a bench file -> what makes it."""
_THINKING_S: Final = 60.0
"""A laboratory whose time costs nothing is not late when it thinks: a busy computer must not end a run. A hang still
does (design choice)."""


def open_instrument(
    described: Described,
    resource: str,
    *,
    simulated: bool | None = None,
    patience: Patience | None = None,
    backend: str = "@py",
) -> Driver:
    """The driver of an instrument, its link open and its identity checked; nothing has been set.

    Args:
        described: its entry in the bench file.
        resource: VISA resource string.
        simulated: whether the profile claims a simulated instrument; None where either will do.
        patience: the clock on which it waits: of the simulated laboratory, or by default the wall's.
        backend: pyvisa's.

    Raises:
        BenchError: no such driver, or pyvisa is missing.
        LinkError: nobody answers, somebody else does, or the other kind of instrument than the profile claims.
    """
    if described.driver not in _DRIVERS:
        known = ", ".join(_DRIVERS)
        raise BenchError(described.name, math.nan, f"`{described.driver}` is no driver over VISA", f"there are {known}")
    serial = "" if simulated else described.serial  # a simulated instrument has a serial number of its own
    timeout_s = max(described.timeout_s, _THINKING_S) if isinstance(patience, LabPatience) else described.timeout_s
    link = ScpiLink(resource, described.identity, serial, timeout_s, described.name, backend=backend, patience=patience)
    if simulated is not None and link.identity.is_simulated != simulated:
        link.close()
        answers, claimed = ("a simulated", "a real one") if not simulated else ("a real", "simulated ones")
        problem = f"{answers} instrument answers ({link.identity}), the profile claims {claimed}"
        raise BadReply(described.name, math.nan, problem, "choose the other profile")
    return _DRIVERS[described.driver](link, described)


def port_number(port: str) -> int:
    """Number of `ch2`, `out1` or `2`; 0 for a port without."""
    found = re.search(r"(\d+)$", port)
    return int(found[1]) if found else 0


def _limits(described: Described, lowest: float) -> dict[int, OutputLimits]:
    """Limits by number; `lowest` times the largest voltage is the lowest."""
    return {
        port_number(port): OutputLimits(
            lowest * limit.voltage_v + 0.0,
            limit.voltage_v,
            math.inf if limit.current_a is None else limit.current_a,
        )
        for port, limit in described.limits.items()
    }
