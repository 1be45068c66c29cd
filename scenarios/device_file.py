"""Reads a device under test: a `*.device.yaml`, or the same table inlined in a `case.yaml`."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from scenarios.box_settings import box_spec
from scenarios.case import DeviceDescription
from scenarios.catalogue import DeviceModelSpec
from scenarios.control import ControlDescription
from scenarios.control_reader import read_control
from scenarios.dataclass_reader import (
    Allowed,
    key_and_unit,
    read_dataclass,
    settings_units,
    settings_values,
    settings_words,
    write_dataclass,
)
from scenarios.device_like import with_inherited
from scenarios.fields import Key, Read, as_table, as_text, integer, one_or_list, quantity, read_keys, word
from scenarios.firmware_of_device import FEATURE, IMAGE_FEATURE, FirmwareOfDevice, read_firmware
from scenarios.load_reader import read_load
from scenarios.parameters import DeviceWords, read_dose
from scenarios.places import find_named
from scenarios.problems import Problems, nearest
from scenarios.quantities import parse_quantity
from scenarios.roles import ROLES
from scenarios.text import Listing, Node, Table, Text, plain, read_document
from sim.electrode.load import Load
from sim.errors import ScenarioError

SCHEMA: Final = "device/1"
RATED: Final = {
    "max_current": "A",
    "max_voltage": "V",
    "max_pulse_width": "s",
    "max_rate": "Hz",
    "max_phase_charge": "C",
    "max_net_charge": "C",
    "max_dc": "A",
    "max_rms_current": "A",
    "max_energy": "J",
    "current_accuracy": "",
    "width_accuracy": "",
    "rate_accuracy": "",
    "step": "A",
    "full_battery": "V",
    "end_point": "V",
    "low_battery": "V",
    "electrode_area": "m^2",
    "treatment_time": "s",
}
"""What a maker may claim of a device under `rated:`, with the SI unit of each. `full_battery`, `end_point` and
`low_battery` are supply voltages: fresh, the lowest at which all limits hold, and that of the warning."""


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """A device before the scenario's settings and defects are applied.

    Attributes:
        id: its name.
        title: for people.
        spec: its simulated model; without a name where it has none.
        roles: signals that it needs.
        features: of `features`.
        channels: number of stimulation channels.
        max_current_a: largest current, A.
        settings: its defaults.
        allowed: setting -> what it may be.
        defects: seeded in this device, SI.
        note: stamp.
        table: the file as texts, settings complete.
        load: load of a scenario that names none (a name, or R_s + (R_p || C_p)), or None.
        rated: the maker's claims, SI.
        modes: name of a mode of use -> what it sets, as texts; each is characterised by itself.
        control: how the real box is configured, or None.
        firmware: what runs in place of the simulated model, or None.
    """

    id: str
    title: str
    spec: DeviceModelSpec
    roles: tuple[str, ...]
    features: tuple[str, ...]
    channels: int
    max_current_a: float
    settings: Any
    allowed: Mapping[str, Allowed]
    defects: Mapping[str, float]
    note: str
    table: Mapping[str, Any]
    load: tuple[str, Load] | None = None
    rated: Mapping[str, float] = field(default_factory=dict[str, float])
    modes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    control: ControlDescription | None = None
    firmware: FirmwareOfDevice | None = None

    @property
    def words(self) -> DeviceWords:
        """What events may refer to."""
        return DeviceWords(f"device `{self.id}`", settings_units(self.spec.settings), self.spec)


def read_device(
    node: Node, models: Mapping[str, DeviceModelSpec], beside: tuple[Path, ...], controls: tuple[str, ...] = ()
) -> DeviceFile:
    """Read a device by name, by path, or from its table; `controls` are the kinds of control of plug-ins.

    Raises:
        ScenarioError: no such device or model, or a file that does not read.
    """
    if not isinstance(node, Table):
        node = read_document(find_named("devices", as_text(node), beside, node.where))
    return _read_table(with_inherited(node, beside), models, controls)


def _read_table(table: Table, models: Mapping[str, DeviceModelSpec], controls: tuple[str, ...]) -> DeviceFile:
    problems = Problems()
    keys = {
        "schema": Key(word((SCHEMA,), "schema"), required=True),
        "id": Key(as_text, required=True),
        "title": Key(as_text),
        "why": Key(as_text),
        "note": Key(as_text),
        "source": Key(plain),
        "model": Key(word(models, "model"), required=not {"control", "firmware"} & set(table.values)),
        "control": Key(plain),
        "firmware": Key(read_firmware),
        "roles": Key(one_or_list(word(ROLES, "role"))),
        "features": Key(one_or_list(as_text)),
        "channels": Key(integer(1, 8, "channels")),
        "load": Key(read_load),
        "max_current": Key(quantity("A", 1e-6, 1.0, "max_current"), required=True),
        "settings": Key(plain),
        "allowed": Key(plain),
        "defects": Key(plain),
        "rated": Key(_read_rated),
        "modes": Key(plain),
    }
    found = read_keys(table, keys, "a device", problems)
    problems.raise_any()
    if "firmware" in found and found.get("channels", 1) > 1:
        place = table.values["channels"].where
        problems.add(place, f"{found['channels']} channels, and a board has one output stage", "write `channels: 1`")
        problems.raise_any()
    empty = Table({}, {}, table.where)
    spec = models[found["model"]] if "model" in found else box_spec(table.values.get("settings", empty))
    if found.get("channels", 1) > spec.channels:
        most = f"model `{spec.name}` has {spec.channels} channel{'s' if spec.channels > 1 else ''} at most"
        problems.add(table.values["channels"].where, f"{found['channels']} channels are too many", most)
        problems.raise_any()
    what = f"settings of `{found['id']}`"
    allowed: dict[str, Allowed] = {}
    defects: dict[str, float] = {}
    settings = None
    control: ControlDescription | None = None
    with problems.gathered():
        allowed = _read_allowed(table.values.get("allowed", empty), spec.settings)
    with problems.gathered():
        settings = read_dataclass(spec.settings, table.values.get("settings", empty), what, None, allowed)
    with problems.gathered():
        defects = read_defects(table.values.get("defects", empty), spec)
    if "control" in table.values:
        with problems.gathered():
            units, words = settings_units(spec.settings), settings_words(spec.settings)
            control = read_control(table.values["control"], units, words, controls)
    if settings is not None:
        for mode, node in as_table(table.values.get("modes", empty), "`modes`").values.items():
            with problems.gathered():
                read_dataclass(spec.settings, node, f"mode `{mode}`", settings, allowed)
    problems.raise_any()
    complete = plain(table) | {"settings": write_dataclass(settings)}
    firmware: FirmwareOfDevice | None = None
    features: tuple[str, ...] = found.get("features", ())
    if "firmware" in found:
        firmware, complete["firmware"] = found["firmware"]
        own = (FEATURE, IMAGE_FEATURE) if firmware is not None and firmware.kind == "image" else (FEATURE,)
        features = tuple(dict.fromkeys((*features, *own)))
    return DeviceFile(
        id=found["id"],
        title=found.get("title", found["id"]),
        spec=spec,
        roles=found.get("roles", ()),
        features=features,
        channels=found.get("channels", 1),
        max_current_a=found["max_current"],
        settings=settings,
        allowed=allowed,
        defects=defects,
        note=found.get("note", ""),
        table=complete,
        load=found.get("load"),
        rated=found.get("rated", {}),
        modes=found.get("modes", {}),
        control=control,
        firmware=firmware,
    )


def _read_rated(node: Node) -> dict[str, float]:
    problems = Problems()
    found = read_keys(
        node, {name: Key(quantity(unit, 0.0, None, name)) for name, unit in RATED.items()}, "`rated`", problems
    )
    problems.raise_any()
    return found


def _read_allowed(node: Node, settings: type[Any]) -> dict[str, Allowed]:
    problems = Problems()
    units = settings_units(settings)
    names = [key_and_unit(field.name)[0] for field in dataclasses.fields(settings)]
    keys = {name: Key(_range(units[name]) if name in units else _words) for name in names}
    found = read_keys(node, keys, "`allowed`", problems)
    problems.raise_any()
    return found


def _words(node: Node) -> frozenset[str]:
    return frozenset(one_or_list(as_text)(node))


def _range(unit: str) -> Read[tuple[float, float]]:
    def read(node: Node) -> tuple[float, float]:
        items: tuple[Node, ...] = ()
        if isinstance(node, Listing):
            items = node.items
        elif isinstance(node, Table):
            items = tuple(node.values[key] for key in ("from", "to") if key in node.values)
        if len(items) != 2:
            raise ScenarioError(str(node.where), "a range has two ends", "write `[1 mA, 100 mA]`")
        low, high = (parse_quantity(as_text(item), unit, item.where) for item in items)
        return low, high

    return read


def read_defects(node: Node, spec: DeviceModelSpec) -> dict[str, float]:
    """Seeded defects with their doses: ``{late_start: 80 ms}``."""
    problems = Problems()
    found: dict[str, float] = {}
    table = as_table(node, "`defects`")
    for name, value in table.values.items():
        if name not in spec.defects:
            problem = f"model `{spec.name}` has no defect `{name}`"
            problems.add(table.keys[name].where, problem, nearest(name, spec.defects))
            continue
        with problems.gathered():
            found[name] = read_dose(value, name, spec)
    problems.raise_any()
    return found


def describe_device(device: DeviceFile, settings: Node | None, defects: Node | None) -> DeviceDescription:
    """The device as a case has it: its defaults with the scenario's settings and defects applied."""
    problems = Problems()
    applied, seeded = device.settings, dict(device.defects)
    if settings is not None:
        what = f"settings of `{device.id}`"
        with problems.gathered():
            applied = read_dataclass(device.spec.settings, settings, what, device.settings, device.allowed)
    if defects is not None:
        with problems.gathered():
            seeded |= read_defects(defects, device.spec)
    if device.firmware is not None and seeded:
        place = defects.where if defects is not None else f"device `{device.id}`"
        problem = f"a real firmware has no seeded defects: {', '.join(seeded)}"
        problems.add(place, problem, "drop them, or take the simulated device; `firmware.*` events put in faults")
    if device.firmware is not None and isinstance(settings, Table):
        _refuse_unsaid(device, settings, applied, problems)
    problems.raise_any()
    return DeviceDescription(
        id=device.id,
        title=device.title,
        model=device.spec.name,
        features=device.features,
        channels=device.channels,
        max_current_a=device.max_current_a,
        settings=applied,
        programmed=settings_values(applied),
        defects=seeded,
        note=device.note,
        rated=device.rated,
        allowed=device.allowed,
        control=device.control,
        firmware=device.firmware,
    )


def _refuse_unsaid(device: DeviceFile, settings: Table, applied: Any, problems: Problems) -> None:
    """A firmware has only what it can be told: a setting without words would silently stay as it is."""
    words = device.control.settings if device.control is not None else {}
    asked, own = ({**settings_values(each), **_words_of(each)} for each in (applied, device.settings))
    for name, key in settings.keys.items():
        if name not in words and asked.get(name) != own.get(name):
            problem = f"the firmware of `{device.id}` cannot be told `{name}`"
            mend = f"it has words for: {', '.join(words) or 'nothing'}"
            problems.add(key.where, problem, mend)


def _words_of(settings: Any) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings_words(type(settings))}


def is_any(node: Node) -> bool:
    """True for `device: any`."""
    return isinstance(node, Text) and node.text.strip() == "any"
