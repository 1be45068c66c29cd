"""Which addresses of a bench another process could reach: those are locked and guarded."""

from collections.abc import Iterable, Mapping
from typing import Protocol


class Addressed(Protocol):
    """What is asked of an instrument of a bench file here."""

    @property
    def name(self) -> str:
        """In the bench file."""
        ...

    @property
    def driver(self) -> str:
        """Which driver speaks to it, as `ni.daqmx`."""
        ...

    @property
    def device(self) -> str:
        """Name of a card in its driver (`Dev1`), else ""."""
        ...

    @property
    def address(self) -> str:
        """Where it is, as `local`, `grpc://HOST:PORT`, a VISA resource, or `sim...` for one in this process."""
        ...


class Instrumented(Protocol):
    """What is asked of a laboratory here."""

    @property
    def instruments(self) -> "Mapping[str, Addressed] | Iterable[Addressed]":
        """Its instruments."""
        ...


def is_in_process(address: str) -> bool:
    """Whether an address means a simulated instrument in this process, which no other process can reach."""
    return address == "sim" or address.startswith("sim:")


def outside(bench: Instrumented) -> tuple[Addressed, ...]:
    """The instruments that other processes could reach, in the order of the file."""
    every = bench.instruments
    listed = every.values() if isinstance(every, Mapping) else every
    return tuple(instrument for instrument in listed if not is_in_process(instrument.address))


def lock_names(bench: Instrumented) -> tuple[str, ...]:
    """One name an instrument, sorted, so that two benches with the same instruments lock them in the same order."""
    return tuple(sorted({_lock_name(instrument) for instrument in outside(bench)}))


def _lock_name(instrument: Addressed) -> str:
    address = instrument.address.strip().lower().replace("//localhost", "//127.0.0.1")
    return " ".join(filter(None, (instrument.driver, address, instrument.device.lower())))
