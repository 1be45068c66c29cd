"""The item under test: which specimen of a device was on the bench, and who ran it. What nobody stated is empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Firmware:
    """The software in the item.

    Attributes:
        version: as the item or its maker says.
        file: name of the image.
        sha256: of the image, 64 hex digits.
    """

    version: str = ""
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ItemElectrodes:
    """The electrodes that came with the item.

    Attributes:
        area_m2: conductive area of the smallest, m^2; None where it is not stated.
        type: as the maker says.
        lot: of these.
    """

    area_m2: float | None = None
    type: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class LabResult:
    """A result of another laboratory, in SI.

    Attributes:
        value: in the unit that its name stands for (`scenarios.item_file.LAB`).
        expanded: U of it, k = 2.
        report: number of the laboratory's report.
        lab: who measured.
        on: when, ISO 8601 date.
    """

    value: float
    expanded: float
    report: str
    lab: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """The item under test.

    Attributes:
        maker: of the device.
        model: its name.
        serial: serial number.
        lot: production lot.
        hardware: revision of the hardware.
        firmware: in it.
        electrodes: with it.
        operator: who ran the test.
        condition: on receipt.
        note: for readers.
        lab: name -> result of another laboratory.
    """

    maker: str = ""
    model: str = ""
    serial: str = ""
    lot: str = ""
    hardware: str = ""
    firmware: Firmware = Firmware()
    electrodes: ItemElectrodes = ItemElectrodes()
    operator: str = ""
    condition: str = ""
    note: str = ""
    lab: Mapping[str, LabResult] = field(default_factory=dict[str, LabResult])
