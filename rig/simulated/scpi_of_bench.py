"""The simulated SCPI instruments of a bench file: which model answers for which driver."""

from importlib import import_module
from typing import Any, Final

from rig.bench_file.drivers import GENERATOR, METER, SCOPE, SUPPLY
from rig.bench_file.instruments import Instrument as Described
from rig.bench_file.laboratory import Laboratory
from rig.simulated.lab import Lab
from rig.simulated.scpi.instrument import Instrument
from scenarios.case import Case

_FIRMWARE: Final = "stimrig"
_MADE_BY: Final = {
    SCOPE: ("rig.simulated.keysight.scope", "oscilloscope"),
    SUPPLY: ("rig.simulated.keysight.supply", "power_supply"),
    GENERATOR: ("rig.simulated.keysight.generator", "waveform_generator"),
    METER: ("rig.simulated.keysight.meter", "multimeter"),
}
SCPI_DRIVERS: Final = frozenset(_MADE_BY)
"""Drivers whose instruments are simulated behind VISA."""


def scpi_of_bench(lab: Lab, laboratory: Laboratory, described: Described, case: Case) -> Instrument:
    """The instrument on `lab`, its errors drawn from the seed of `case`.

    It answers to the maker and model that the bench file expects; its serial number begins with `SIM`.

    Raises:
        BenchError: a wiring that no such instrument has.
    """
    module, name = _MADE_BY[described.driver]
    make: Any = getattr(import_module(module), name)
    ports = [wire for wire in laboratory.wires_of(described.name) if wire.port]
    like = {"identity": described.identity} if described.driver == SCOPE else {}
    instrument: Instrument = make(lab, ports, seed=case.seed, **like)
    if described.identity and not instrument.identity.startswith(described.identity):
        maker, _, rest = described.identity.partition(",")
        model = rest.partition(",")[0] or instrument.identity.split(",")[1]
        serial = instrument.identity.split(",")[2]
        instrument.identity = f"{maker},{model},{serial},{_FIRMWARE}"
    return instrument
