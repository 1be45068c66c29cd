"""The catalogue: plain specs of every name that a scenario may use, filled by the command layer from entry points.

The loader refuses a misspelt measure with file and line without importing the code behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sim.stimulator.defect_spec import DefectSpec, as_specs

Quantity: TypeAlias = Literal["measured", "modelled"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a measure or an event.

    Attributes:
        name: key in the scenario.
        unit: SI unit whose dimension the value must have; "" for a pure number or percentage, None for a word.
        choices: allowed words, where the value is a word.
        default: text of the default; None where the parameter must be given.
        ramp: True where the value may also be ``{from: , to: , over: }``.
        summary: one line of help.
        of: what gives the value its meaning: "setting" (a value of the device's setting that the parameter `setting`
            names), "defect" (a dose of the defect that `defect` names), "load" (an electrical load), or "".
        bounds: smallest and largest value, SI, both allowed.
        many: True where a list of values may stand.
    """

    name: str
    unit: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    ramp: bool = False
    summary: str = ""
    of: Literal["", "setting", "defect", "load"] = ""
    bounds: tuple[float | None, float | None] = (None, None)
    many: bool = False


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """A measure: a pure function of a record.

    Attributes:
        name: word in a scenario.
        unit: SI unit of its values; "" for counts, ratios and states.
        quantity: `measured` from the waveform or `modelled` (a patient outcome).
        parameters: its parameters.
        requires: what it cannot do without: roles (`current`, `heel_switch`), device features (`feature:radio`),
            settings (`setting:rate`), claims of the maker (`rated:max_current`), one of some kinds of events
            (`event:electrode.peel|electrode.lift`), loads (`load:10 kohm`), sensors (`sensor:wireless_switch`), and
            channels (`channels:2`).
        sample: what one sample stands for (`pulse`, `train`, `stride`, `swing`, `occurrence`, `run`, or the name of
            the parameter that chooses it).
        occurrences: True where it yields unwanted occurrences and goes with `never: true`.
        summary: one line of help.
        compute: ``(record, parameters) -> reports.samples.Samples``; parameter values are SI floats or words.
        continuous: True where `during` cuts the data instead of dropping samples; `compute` then finds the spans
            that count under the parameter `windows`, a tuple of (start, end) in s.
        references: names of the per-sample references that it gives in `Samples.references`, for limits such as
            `±1 % of phase_charge`.
    """

    name: str
    unit: str
    quantity: Quantity
    compute: Callable[[Any, Mapping[str, Any]], Any]
    sample: str
    parameters: tuple[Parameter, ...] = ()
    requires: tuple[str, ...] = ()
    occurrences: bool = False
    summary: str = ""
    setting: str = ""
    continuous: bool = False
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventSpec:
    """Something that a scenario may let happen.

    Attributes:
        name: word after `do:`.
        effects: ``(parameters, start_ns, schedule) -> tuple[Effect, ...]``; parameter values are SI floats, words or
            `scenarios.ramp.Ramp`.
        lasts_s: ``parameters -> duration in s``.
        parameters: its parameters.
        requires: roles or features that it cannot do without.
        summary: one line of help.
        changes: ``(parameters, stride, speed in m/s of the walk, stimulated leg) -> passages, pauses and sits`` of an
            event that changes the prescribed strides: it is placed by its stride alone and read before they are drawn.
            It raises `ValueError(problem, mend)` for parameters that do not fit together. Or None.
        draws: True where chance has a part in it: `effects` then gets a generator of its own as a fourth argument, from
            the case's seed and the event's name.
    """

    name: str
    effects: Callable[..., tuple[Any, ...]]
    lasts_s: Callable[[Mapping[str, Any]], float]
    parameters: tuple[Parameter, ...] = ()
    requires: tuple[str, ...] = ()
    summary: str = ""
    changes: Callable[..., tuple[Any, ...]] | None = None
    draws: bool = False


@dataclass(frozen=True, slots=True)
class DeviceModelSpec:
    """A simulated stimulator that a `*.device.yaml` may name under `model:`.

    Attributes:
        name: word after `model:`.
        settings: dataclass of its settings; field names end in their unit.
        defects: seeded defects that it knows, by name; a bare SI unit in place of a `DefectSpec` is one without a
            stated dose.
        build: ``(settings, defects, kernel, outputs, streams, clock) -> sim.stimulator.model.StimulatorModel``, with
            one `sim.stimulator.output.Output` a channel.
        summary: one line of help.
        check_defects: ``{defect: dose} -> anything``; raises `ValueError` for doses that make no sense. Or None.
        channels: most stimulation channels that the model can have.
    """

    name: str
    settings: type[Any]
    defects: Mapping[str, DefectSpec]
    build: Callable[..., Any]
    summary: str = ""
    check_defects: Callable[[Mapping[str, float]], Any] | None = None
    channels: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "defects", as_specs(self.defects))


@dataclass(frozen=True, slots=True)
class BenchSpec:
    """A kind of bench that a `*.bench.yaml` may name under `kind:`.

    Attributes:
        name: word after `kind:`.
        build: ``(description, models) -> Bench``, and the profile as a third argument where it has some.
        summary: one line of help.
        profiles: True where `--bench NAME@PROFILE` means something.
        schema: JSON Schema of its file, with `$defs` that go to its root; None where the loader alone knows it.
        schema: JSON Schema of its file, with `$defs` that go to its root; None where the loader alone knows it.
    """

    name: str
    build: Callable[..., Any]
    summary: str = ""
    profiles: bool = False
    schema: Callable[[], dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ControlSpec:
    """A way to configure a real box, that a `*.device.yaml` may name under `control: {kind: ...}`.

    Attributes:
        name: word after `kind:`.
        build: ``(address, scenarios.control.ControlDescription) -> rig.device_control.port.DeviceControl``; the address
            is that of the bench file (`/dev/ttyUSB0`, `COM3`, whatever the control understands).
        summary: one line of help.
    """

    name: str
    build: Callable[..., Any]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A section of the report.

    Attributes:
        name: its key.
        order: sections are printed in rising order.
        build: ``run result -> section data, or None where the section has nothing to say``.
        summary: one line of help.
    """

    name: str
    order: int
    build: Callable[[Any], Any]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every name that a scenario may use, by kind."""

    measures: Mapping[str, MeasureSpec] = field(default_factory=dict[str, MeasureSpec])
    events: Mapping[str, EventSpec] = field(default_factory=dict[str, EventSpec])
    models: Mapping[str, DeviceModelSpec] = field(default_factory=dict[str, DeviceModelSpec])
    benches: Mapping[str, BenchSpec] = field(default_factory=dict[str, BenchSpec])
    sections: Mapping[str, SectionSpec] = field(default_factory=dict[str, SectionSpec])
    controls: Mapping[str, ControlSpec] = field(default_factory=dict[str, ControlSpec])
