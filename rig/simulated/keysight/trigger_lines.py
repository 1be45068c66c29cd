"""Lines between simulated instruments: the sync output of a generator at the trigger input of a scope."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from rig.simulated.keysight.generator import WaveformGenerator
from rig.simulated.keysight.scope import Oscilloscope
from rig.simulated.scpi.instrument import Instrument
from sim.errors import BenchError

_SYNC, _EXT = "sync", "ext"
_NAN: Final = float("nan")


class Line(Protocol):
    """A wire of a bench file between two instruments."""

    @property
    def instrument(self) -> str:
        """Where it ends."""
        ...

    @property
    def port(self) -> str:
        """Terminal there."""
        ...

    @property
    def source(self) -> str:
        """Where it comes from, `awg.sync`; empty for a wire to the device."""
        ...


def connect_triggers(lines: Iterable[Line], instruments: Mapping[str, Instrument]) -> None:
    """Let every generator tell the scope behind its sync output when a burst begins; other lines are none of ours.

    Raises:
        BenchError: a line from or to a terminal that has no such signal.
    """
    for line in lines:
        scope = instruments.get(line.instrument)
        if not line.source or not isinstance(scope, Oscilloscope):
            continue
        name, _, port = line.source.partition(".")
        generator = instruments.get(name)
        if not isinstance(generator, WaveformGenerator) or port != _SYNC or line.port != _EXT:
            problem = f"nothing simulated goes from {line.source} to {line.instrument}.{line.port}"
            raise BenchError(line.instrument, _NAN, problem, "from a generator's sync to a scope's ext")
        generator.on_start(scope.external_edge)
