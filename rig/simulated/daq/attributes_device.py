"""Attributes of the driver, of devices and of their physical channels."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.attribute import Attribute
from rig.simulated.daq.card import SimulatedCard
from rig.simulated.daq.channels import AI, AO, CI, CO, DI, DO
from rig.simulated.daq.products import TIMEBASE_HZ
from rig.simulated.daq.timing import CONTINUOUS, FINITE

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_VOLTAGE: Final = 10322
_X_SERIES: Final = 15858
_LOWEST_HZ: Final = TIMEBASE_HZ / (1 << 32)
_VERSION: Final = (26, 3, 0)
"""Of the driver as clients ask for it: the newest protocol that the table was written for (design choice)."""


def _ranges(values_v: tuple[float, ...]) -> list[float]:
    return [bound for range_v in values_v for bound in (-range_v, range_v)]


def _join(names: list[str]) -> str:
    return ", ".join(names)


def _terminals(card: SimulatedCard) -> list[str]:
    own = [f"PFI{number}" for number in range(16)]
    engines = [f"{kind}/{name}" for kind in ("ai", "ao", "di", "do") for name in ("SampleClock", "StartTrigger")]
    counters = [f"Ctr{number}InternalOutput" for number in range(card.product.counters)]
    return [f"/{card.name}/{name}" for name in (*own, *engines, *counters, "100MHzTimebase", "10MHzRefClock")]


def physical_subject(host: "CardHost", request: Any) -> tuple[SimulatedCard, str]:
    """The card and the name of a physical channel."""
    name = request.physical_channel
    return host.card(name), name


SYSTEM: Final = {
    0x1272: Attribute("Sys.NIDAQMajorVersion", lambda _host: _VERSION[0]),
    0x1923: Attribute("Sys.NIDAQMinorVersion", lambda _host: _VERSION[1]),
    0x2F22: Attribute("Sys.NIDAQUpdateVersion", lambda _host: _VERSION[2]),
    0x193B: Attribute("Sys.DevNames", lambda host: _join([n for n, card in host.cards.items() if not card.is_lost])),
    0x1265: Attribute("Sys.GlobalChans", lambda _host: ""),
    0x1266: Attribute("Sys.Scales", lambda _host: ""),
    0x1267: Attribute("Sys.Tasks", lambda _host: ""),
}
DEVICE: Final = {
    0x0631: Attribute("Dev.ProductType", lambda card: card.product.name),
    0x231D: Attribute("Dev.ProductNum", lambda card: card.product.number),
    0x0632: Attribute("Dev.SerialNum", lambda card: card.serial),
    0x22CA: Attribute("Dev.IsSimulated", lambda _card: True),
    0x2326: Attribute("Dev.BusType", lambda card: card.product.bus),
    0x29A9: Attribute("Dev.ProductCategory", lambda _card: _X_SERIES),
    0x2A40: Attribute("Dev.Terminals", lambda card: _join(_terminals(card))),
    0x231E: Attribute("Dev.AI.PhysicalChans", lambda card: _join(card.physical(AI))),
    0x231F: Attribute("Dev.AO.PhysicalChans", lambda card: _join(card.physical(AO))),
    0x2320: Attribute("Dev.DI.Lines", lambda card: _join(card.physical(DI))),
    0x2321: Attribute("Dev.DI.Ports", lambda card: _join(card.ports())),
    0x2322: Attribute("Dev.DO.Lines", lambda card: _join(card.physical(DO))),
    0x2323: Attribute("Dev.DO.Ports", lambda card: _join(card.ports())),
    0x2324: Attribute("Dev.CI.PhysicalChans", lambda card: _join(card.physical(CI))),
    0x2325: Attribute("Dev.CO.PhysicalChans", lambda card: _join(card.physical(CO))),
    0x2984: Attribute("Dev.AnlgTrigSupported", lambda _card: False),
    0x2985: Attribute("Dev.DigTrigSupported", lambda _card: True),
    0x298F: Attribute("Dev.AI.SimultaneousSamplingSupported", lambda card: card.product.simultaneous),
    0x298C: Attribute("Dev.AI.MaxSingleChanRate", lambda card: card.product.ai_single_hz),
    0x298D: Attribute("Dev.AI.MaxMultiChanRate", lambda card: card.product.ai_multi_hz),
    0x298E: Attribute("Dev.AI.MinRate", lambda _card: _LOWEST_HZ),
    0x2990: Attribute("Dev.AI.VoltageRngs", lambda card: _ranges(card.product.ai_ranges_v)),
    0x2996: Attribute("Dev.AO.SampClkSupported", lambda _card: True),
    0x2997: Attribute("Dev.AO.MaxRate", lambda card: card.product.ao_hz),
    0x2998: Attribute("Dev.AO.MinRate", lambda _card: _LOWEST_HZ),
    0x299B: Attribute("Dev.AO.VoltageRngs", lambda card: _ranges(card.product.ao_ranges_v)),
    0x2999: Attribute("Dev.DI.MaxRate", lambda card: card.product.digital_hz),
    0x299A: Attribute("Dev.DO.MaxRate", lambda card: card.product.digital_hz),
    0x299F: Attribute("Dev.CI.MaxSize", lambda _card: 32),
    0x29A1: Attribute("Dev.CO.MaxSize", lambda _card: 32),
    0x29A0: Attribute("Dev.CI.MaxTimebase", lambda _card: float(TIMEBASE_HZ)),
    0x29A2: Attribute("Dev.CO.MaxTimebase", lambda _card: float(TIMEBASE_HZ)),
    0x2FD2: Attribute("Dev.AI.SupportedMeasTypes", lambda _card: [_VOLTAGE]),
    0x2FD3: Attribute("Dev.AO.SupportedOutputTypes", lambda _card: [_VOLTAGE]),
    0x2FDC: Attribute("Dev.AI.SampModes", lambda _card: [FINITE, CONTINUOUS]),
    0x2FDD: Attribute("Dev.AO.SampModes", lambda _card: [FINITE, CONTINUOUS]),
    0x29B6: Attribute("Dev.Chassis.ModuleDevNames", lambda _card: ""),
}
PHYSICAL: Final = {
    0x2342: Attribute("PhysicalChan.AI.TermCfgs", lambda _subject: 1 | 2 | 4),
    0x2FD7: Attribute("PhysicalChan.AI.SupportedMeasTypes", lambda _subject: [_VOLTAGE]),
    0x2FD8: Attribute("PhysicalChan.AO.SupportedOutputTypes", lambda _subject: [_VOLTAGE]),
}
"""Number -> attribute."""
