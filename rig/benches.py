"""Opening a bench: a name or a `*.bench.yaml`, with `@PROFILE` where it has some, becomes a `Bench`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rig.bench import Bench
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from scenarios.catalogue import BenchSpec, Catalogue, DeviceModelSpec
from scenarios.dataclass_reader import read_dataclass
from scenarios.places import find_named
from scenarios.problems import nearest
from scenarios.text import Table, Text, read_document
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

SCHEMA: Final = "bench/1"


def _virtual(description: Table, models: Mapping[str, DeviceModelSpec]) -> VirtualBench:
    settings = read_dataclass(VirtualBenchSettings, description.without("schema", "kind"), "bench")
    return VirtualBench(settings, models)


def _laboratory(description: Table, models: Mapping[str, DeviceModelSpec], profile: str = "") -> Bench:
    from rig.bench_file.read import read_laboratory

    return bench_of(read_laboratory(description, profile), models)


def _virtual_schema() -> dict[str, Any]:
    from scenarios.json_schema_dataclass import dataclass_schema

    schema = dataclass_schema(VirtualBenchSettings)
    schema["properties"] |= {"schema": {"const": SCHEMA}, "kind": {"const": "virtual"}}
    return schema


def _laboratory_schema() -> dict[str, Any]:
    from rig.bench_file.json_schema import laboratory_schema

    return laboratory_schema()


BENCHES: Final[tuple[BenchSpec, ...]] = (
    BenchSpec(
        "virtual",
        _virtual,
        "plant and simulated card in this process; no hardware, same seed, same bytes",
        schema=_virtual_schema,
    ),
    BenchSpec(
        "laboratory",
        _laboratory,
        "instruments, real or simulated, fixtures and wiring: a card, or a scope and a generator",
        profiles=True,
        schema=_laboratory_schema,
    ),
)


def bench_of(laboratory: "Laboratory", models: Mapping[str, DeviceModelSpec]) -> Bench:
    """The bench of a laboratory: the card captures its current, or the scope does.

    Raises:
        ScenarioError: its current is wired to neither.
    """
    from rig.bench_file.drivers import CARD, SCOPE

    wire = laboratory.wire("current")
    driver = laboratory.instruments[wire.instrument].driver if wire is not None else ""
    if driver == CARD:
        from rig.ni.bench import NiBench

        return NiBench(laboratory, models)
    if driver == SCOPE:
        from rig.visa_bench import VisaBench

        return VisaBench(laboratory, models)
    mend = f"wire `current:` to an instrument of {CARD} or {SCOPE}"
    raise ScenarioError(str(laboratory.where), "nothing on this bench captures the current", mend)


def split_profile(name_or_file: str) -> tuple[str, str]:
    """Name or file, and the profile behind its last `@`, or ""."""
    if Path(name_or_file).is_file() or "@" not in name_or_file:
        return name_or_file, ""
    name, _, profile = name_or_file.rpartition("@")
    return (name_or_file, "") if "/" in profile or "\\" in profile else (name, profile)


def bench_file(name_or_file: str, beside: tuple[Path, ...] = ()) -> Path:
    """The file that `--bench` means: a path, or a name found beside the scenario or among the shipped ones.

    Raises:
        ScenarioError: there is no such bench.
    """
    name, _ = split_profile(name_or_file)
    path = Path(name)
    return path if path.is_file() else find_named("benches", name, beside, f"--bench {name_or_file}")


def open_bench(name_or_file: str, catalogue: Catalogue, beside: tuple[Path, ...] = ()) -> Bench:
    """The bench described by a name or a file; it is connected by `Bench.open`, not here.

    Args:
        name_or_file: `simulated`, `lab-example@sim`, `benches/mine.bench.yaml@sim`.
        catalogue: kinds of benches, models of devices.
        beside: folders that are searched before the shipped ones.

    Raises:
        ScenarioError: no such bench, or a description that cannot be used.
    """
    description = read_document(bench_file(name_or_file, beside))
    schema, kind = description.values.get("schema"), description.values.get("kind")
    if not isinstance(schema, Text) or schema.text != SCHEMA:
        raise ScenarioError(str(description.where), "this is no bench file", f"it begins with `schema: {SCHEMA}`")
    if not isinstance(kind, Text) or kind.text not in catalogue.benches:
        asked = kind.text if isinstance(kind, Text) else ""
        where = str(kind.where if kind is not None else description.where)
        raise ScenarioError(where, f"unknown kind of bench `{asked}`", nearest(asked, catalogue.benches))
    spec, profile = catalogue.benches[kind.text], split_profile(name_or_file)[1]
    if not profile:
        return spec.build(description, catalogue.models)
    if not spec.profiles:
        raise ScenarioError(f"--bench {name_or_file}", f"a bench of kind {spec.name} has no profiles", "drop `@...`")
    return spec.build(description, catalogue.models, profile)


def read_bench(name_or_file: str, beside: tuple[Path, ...] = (), *, refuse_expired: bool = True) -> "Laboratory":
    """The laboratory that a name or a file describes; nothing is connected.

    Args:
        name_or_file: `simulated`, `lab-example@sim`, `benches/mine.bench.yaml`.
        beside: folders that are searched before the shipped ones.
        refuse_expired: False for one that tells itself what is behind its day.

    Raises:
        ScenarioError: no such bench, a contradiction in it, or a bench of another kind.
    """
    from rig.bench_file.read import KIND, read_laboratory

    description = read_document(bench_file(name_or_file, beside))
    kind = description.values.get("kind")
    if not isinstance(kind, Text) or kind.text != KIND:
        where = str(kind.where if kind is not None else description.where)
        raise ScenarioError(where, "this bench has no instruments", f"a bench file of `kind: {KIND}` has")
    return read_laboratory(description, split_profile(name_or_file)[1], refuse_expired=refuse_expired)
