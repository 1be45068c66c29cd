"""What the guardian does with an instrument over VISA: outputs off, on a link of its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rig.instruments.opening import open_instrument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rig.bench_file.instruments import OutputLimit


@dataclass(frozen=True, slots=True)
class InstrumentOrder:
    """Drive one instrument safe (`rig.safe_orders.SafeOrder`); it can be sent to another process.

    Attributes:
        name: of the instrument in the bench file.
        driver: `keysight.e36300`, ...
        address: VISA resource string.
        identity: beginning of the answer to `*IDN?`: another instrument is not touched.
        serial: serial number, or "".
        timeout_s: of every exchange, s.
        limits: of its outputs, by port; those are switched off.
    """

    name: str
    driver: str
    address: str
    identity: str
    serial: str
    timeout_s: float
    limits: "Mapping[str, OutputLimit]"

    def prepare(self) -> None:
        """Load pyvisa and its backend, without opening anything."""
        from importlib import import_module

        for name in ("pyvisa", "pyvisa_py"):
            import_module(name)

    def drive_safe(self) -> str:
        """Open a link, switch the outputs off; what was done, in words.

        Raises:
            BenchError: nobody answers, somebody else does, or an output stays on.
        """
        driver = open_instrument(self, self.address)
        try:
            driver.safe_state()
        finally:
            driver.close()
        return f"{self.name} off"
