"""A case: one scenario made fully concrete, in SI, ready to run. What the loader builds and everybody else reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from scenarios.control import ControlDescription
from scenarios.firmware_of_device import FirmwareOfDevice
from scenarios.item import Item
from sim.electrode.placement import CENTRED, Electrodes
from sim.gait.walk import Walk
from sim.sensor.recording import Recording

LimitKind: TypeAlias = Literal["at_most", "at_least", "within", "between", "equals", "never"]
Quantifier: TypeAlias = Literal["every", "share", "mean", "p95"]
Decision: TypeAlias = Literal["guarded", "simple"]
Keep: TypeAlias = Literal["full", "windows", "none"]


@dataclass(frozen=True, slots=True)
class Band:
    """One of several limits of a check, of which the wider stands.

    Attributes:
        low: lower bound, or None; SI, or a ratio of what `of` names.
        high: upper bound, or None; likewise.
        of: "" (SI), `set` (the setting that the measure reproduces), or a name: a reference that the measure gives
            (`phase_charge`) or a claim of the maker (`max_current`).
        about_set: True where `low` and `high` are distances from the setting, SI.
    """

    low: float | None
    high: float | None
    of: str = ""
    about_set: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """What a value may be.

    Attributes:
        kind: the word in the scenario.
        low: lower bound in `unit`, or None.
        high: upper bound in `unit`, or None.
        unit: SI unit of the measure.
        text: as written (`at_most: 60 ms`).
        of_setting: name of the setting that `low` and `high` are ratios of ("within: ±20 % of set"), else "".
        bands: where the limit is more than that (a list, a part of something named): its bands, of which the wider
            stands; `low` and `high` are then None.
    """

    kind: LimitKind
    low: float | None
    high: float | None
    unit: str
    text: str
    of_setting: str = ""
    bands: tuple[Band, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What its bands refer to by name, `set` not counted."""
        return tuple(dict.fromkeys(band.of for band in self.bands if band.of not in {"", "set"}))


BasisKind: TypeAlias = Literal["standard", "proposal", "maker", "derived"]
Confidence: TypeAlias = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class LimitBasis:
    """Why a limit is what it is, and who has compared it with the standard.

    Attributes:
        kind: `standard` (its words), `derived` (arithmetic from one), `maker` (a claim of the device's maker) or
            `proposal` (our own engineering default).
        standard: `IEC 60601-2-10`, or "".
        edition: of the standard, or "".
        clause: in it, or "".
        source: where the number was read.
        confidence: that the number is the standard's.
        note: for readers.
        confirmed_by: who compared it with a licensed copy, or "".
        confirmed_on: when, ISO 8601 date, or "".
        lapsed: a confirmation that no longer holds because the limit has changed since, in words, or "".
    """

    kind: BasisKind = "proposal"
    standard: str = ""
    edition: str = ""
    clause: str = ""
    source: str = ""
    confidence: Confidence = "low"
    note: str = ""
    confirmed_by: str = ""
    confirmed_on: str = ""
    lapsed: str = ""


@dataclass(frozen=True, slots=True)
class During:
    """Which part of the run a check looks at (formats.md section 2, `during`).

    Attributes:
        from_event: samples begin after this event's last instant ("" = start of the run).
        until_event: samples end before this event's first instant ("" = end of the run).
        except_events: (event, strides): drops samples of the event's stride and the `strides` after it.
    """

    from_event: str = ""
    until_event: str = ""
    except_events: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold.

    Attributes:
        id: its key in the scenario.
        title: for people.
        measure: name in the catalogue.
        parameters: of the measure, SI floats or words, defaults filled in.
        limit: what is allowed.
        quantifier: which statistic of the samples meets the limit.
        share: asked share 0..1 where the quantifier is `share`.
        confidence: of `share`, `mean` and `p95`.
        marginal: value beyond which a PASS is marginal, or None.
        needs: smallest number of samples for a PASS.
        decision: decision rule.
        during: part of the run.
        verifies: requirement ids.
        file: file that says it, relative to the nearest `stimrig.toml`.
        line: its line there.
        expect: announced verdict, or "".
        limit_id: id of the limit set's entry that it follows (`TIM-01`), or "".
        basis: of the limit; None where the scenario states a limit of its own without one.
        pool: id of the pool over whose cases the check is judged once, or "" where each case is judged by itself.
    """

    id: str
    title: str
    measure: str
    parameters: Mapping[str, Any]
    limit: Limit
    quantifier: Quantifier = "every"
    share: float = 1.0
    confidence: float = 0.95
    marginal: float | None = None
    needs: int = 1
    decision: Decision = "guarded"
    during: During = During()
    verifies: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    expect: str = ""
    limit_id: str = ""
    basis: LimitBasis | None = None
    pool: str = ""


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """An event as the scenario places it; its instant follows from the stride schedule.

    Attributes:
        name: label in the scenario.
        kind: name in the catalogue.
        stride: stride it begins in, or None where `t_s` is given.
        phase_ratio: phase of that stride, 0..1.
        t_s: instant from the start of the run, s, or None.
        parameters: SI floats, words or `Ramp`, defaults filled in.
        line: where it stands.
        spec: the catalogue's `EventSpec` of `kind`.
        file: file that says it, as in `Check`.
    """

    name: str
    kind: str
    stride: int | None
    phase_ratio: float
    t_s: float | None
    parameters: Mapping[str, Any]
    line: int = 0
    spec: Any = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class CaptureRequest:
    """What is to be recorded.

    Attributes:
        rate_hz: sample rate, Hz.
        channels: roles.
        keep: how much of the waveform goes to the file.
        effects: walk the patient three times more afterwards: the effect of the aid, acute and adapted.
    """

    rate_hz: float = 1e6
    channels: tuple[str, ...] = ("current", "voltage")
    keep: Keep = "windows"
    effects: bool = True


@dataclass(frozen=True, slots=True)
class DeviceDescription:
    """A `*.device.yaml`: what the device under test is.

    Attributes:
        id: its name.
        title: for people.
        model: name of the simulated model in the catalogue, or "".
        features: `radio`, `implanted`, ...
        channels: number of stimulation channels.
        max_current_a: largest current it can give, A; the front end's range follows from it.
        settings: the model's settings dataclass, defaults of the device with the scenario's settings applied.
        programmed: names of the settings that are known, with their SI values (`current`, `pulse_width`, `rate`, ...).
        defects: seeded defect -> dose in SI.
        note: stamp such as "preset, not a product claim".
        rated: the maker's claims, SI (`max_current`, `max_voltage`, ...): `scenarios.device_file.RATED`.
        allowed: what each setting may be: (low, high), SI, or words.
        control: how the real box is configured, or None.
        firmware: what runs in place of the simulated model, or None.
    """

    id: str
    title: str
    model: str
    features: tuple[str, ...]
    channels: int
    max_current_a: float
    settings: Any
    programmed: Mapping[str, float]
    defects: Mapping[str, float] = field(default_factory=dict[str, float])
    note: str = ""
    rated: Mapping[str, float] = field(default_factory=dict[str, float])
    allowed: Mapping[str, tuple[float, float] | frozenset[str]] = field(
        default_factory=dict[str, tuple[float, float] | frozenset[str]]
    )
    control: ControlDescription | None = None
    firmware: FirmwareOfDevice | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of `requirements.csv`."""

    id: str
    title: str = ""
    text: str = ""
    risk: str = ""
    min_evidence: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One concrete run.

    Attributes:
        id: readable, stable: ``SCENARIO[axis=value,...]``.
        number: from 1, its place in the run.
        name: for the folder: lower case, safe characters.
        scenario_id: id of the scenario.
        title: of the scenario.
        seed: 64-bit case seed.
        patient_name: name of the patient class or file.
        patient: `sim.body.patient.Patient`; None where the sensor is a recording and nobody walks.
        leg: stimulated leg.
        sensor: description of the sensor (`sim.sensor.sensor.SensorDescription`).
        device: the device under test.
        load: electrical load at the bench (`sim.electrode.load.Load`).
        load_name: as the scenario names it (`skin`, `500 ohm`).
        capture: what is recorded.
        walk: the walk without the pauses that events ask for.
        events: in the order of the file.
        checks: in the order of the file.
        not_applicable: (check id, reason) of checks that were dropped at plan time.
        requires: roles that the case cannot do without.
        requirements: rows of `requirements.csv` that the checks name.
        axes: (axis, text) of the matrix.
        document: the concrete scenario as plain text values, as `case.yaml` holds it.
        origin_file: file that the case came from.
        electrodes: between stimulator and nerve.
        profile: name of the profile whose checks it carries, or "".
        item: the specimen under test; None where nobody stated it.
    """

    id: str
    number: int
    name: str
    scenario_id: str
    title: str
    seed: int
    patient_name: str
    patient: Any
    leg: Literal["left", "right"]
    sensor: Any
    device: DeviceDescription
    load: Any
    load_name: str
    capture: CaptureRequest
    walk: Walk
    events: tuple[PlannedEvent, ...]
    checks: tuple[Check, ...]
    not_applicable: tuple[tuple[str, str], ...]
    requires: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    axes: tuple[tuple[str, str], ...]
    document: Mapping[str, Any]
    origin_file: str
    electrodes: Electrodes = CENTRED
    profile: str = ""
    item: Item | None = None

    @property
    def is_recorded(self) -> bool:
        """True where the sensor is a recording: nobody walks, so nothing can be said about a patient."""
        return isinstance(self.sensor, Recording)
