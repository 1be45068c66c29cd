"""Opening a bench: a name or a `*.bench.yaml` becomes a `Bench`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rig.bench import Bench
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from scenarios.catalogue import BenchSpec, Catalogue, DeviceModelSpec
from scenarios.dataclass_reader import read_dataclass
from scenarios.places import find_named
from scenarios.problems import nearest
from scenarios.text import Table, Text, read_document
from sim.errors import ScenarioError

SCHEMA: Final = "bench/1"


def _virtual(description: Table, models: Mapping[str, DeviceModelSpec]) -> VirtualBench:
    settings = read_dataclass(VirtualBenchSettings, description.without("schema", "kind"), "bench")
    return VirtualBench(settings, models)


BENCHES: Final[tuple[BenchSpec, ...]] = (
    BenchSpec("virtual", _virtual, "plant and simulated card in this process; no hardware, same seed, same bytes"),
)


def bench_file(name_or_file: str, beside: tuple[Path, ...] = ()) -> Path:
    """The file that `--bench` means: a path, or a name found beside the scenario or among the shipped ones.

    Raises:
        ScenarioError: there is no such bench.
    """
    path = Path(name_or_file)
    return path if path.is_file() else find_named("benches", name_or_file, beside, f"--bench {name_or_file}")


def open_bench(name_or_file: str, catalogue: Catalogue, beside: tuple[Path, ...] = ()) -> Bench:
    """The bench described by a name or a file; it is connected by `Bench.open`, not here.

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
    return catalogue.benches[kind.text].build(description, catalogue.models)
