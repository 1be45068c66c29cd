"""The catalogue of firmware defects: builds each, and runs library scenarios on it until a check fails."""

import dataclasses
import hashlib
from pathlib import Path

import yaml

from reports.judge import judge_case
from reports.processor import unprovoked_fault
from rig.benches import open_bench
from rig.firmware.building.builds import HOST, Patch, build_variant
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.quantities import format_quantity

FILE = Path(__file__).resolve().parents[1] / "data" / "firmware_defects" / "catalogue.yaml"
CATALOGUE = assemble_catalogue()
DEVICES = {HOST: "reference_host", "blue_f405": "reference_f405"}


@dataclasses.dataclass(frozen=True, slots=True)
class Defect:
    """One mistake.

    Attributes:
        name: key in the catalogue.
        title: what is wrong.
        build: target of the build.
        patches: that make it.
        tried: library scenarios.
        missed: why no scenario finds it, or "".
        blind: where it was written before any scenario was run on it: what the library as it then was made of it,
            `found` or `missed`; else "".
    """

    name: str
    title: str
    build: str
    patches: tuple[Patch, ...]
    tried: tuple[str, ...]
    missed: str = ""
    blind: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """The check that was not passed.

    Attributes:
        case: its case.
        check: its id.
        verdict: FAIL, or ERROR where the device did not even answer.
        shown: value against limit, or the error.
    """

    case: str
    check: str
    verdict: str
    shown: str


def defects():
    """Name -> defect, as the file says."""
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        name: Defect(
            name,
            entry["title"],
            entry["build"],
            tuple(Patch(**patch) for patch in entry["patches"]),
            tuple(entry["tried"]),
            entry.get("missed", ""),
            entry.get("blind", ""),
        )
        for name, entry in document.items()
    }


def cases_of(scenario, build, image=None):
    """The cases of a library scenario on the reference firmware of a build, or on another image in its place."""
    options = PlanOptions(device=DEVICES[build])
    for case in load_cases([named_files("library")[scenario]], CATALOGUE, options).cases:
        if image is None:
            yield case
            continue
        digest = hashlib.sha256(image.read_bytes()).hexdigest()
        firmware = dataclasses.replace(case.device.firmware, image=image, sha256=digest)
        yield dataclasses.replace(case, device=dataclasses.replace(case.device, firmware=firmware))


def judged(case, folder):
    """The result of a case on the virtual bench."""
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    try:
        return judge_case(run_case(case, bench, writer), CATALOGUE)
    finally:
        writer.close()


def finding_in(result):
    """The first check that was not passed, or what failed in the device whatever they saw; None where all is well."""
    for wanted in ("FAIL", "ERROR", "NOT RUN", "INCONCLUSIVE"):
        for verdict in result.verdicts:
            if verdict.outcome.value != wanted:
                continue
            told = "ERROR" if wanted == "NOT RUN" else wanted
            value = "–" if verdict.value is None else format_quantity(verdict.value, verdict.unit)
            shown = f"{value} against {verdict.check.limit.text}" if wanted == "FAIL" else verdict.reason
            return Finding(result.case.id, verdict.check.id, told, shown)
        if wanted == "FAIL" and (words := unprovoked_fault(result.record)):
            return Finding(result.case.id, "the device", "FAIL", words)
    return None


def find(defect, folder):
    """Run a defect's scenarios until a check fails; else the first check left undecided, None where all pass."""
    image = build_variant(defect.patches, defect.build)
    number, undecided = 0, None
    for scenario in defect.tried:
        for case in cases_of(scenario, defect.build, image):
            number += 1
            finding = finding_in(judged(case, folder / str(number)))
            if finding is not None and finding.verdict in {"FAIL", "ERROR"}:
                return finding
            undecided = undecided or finding
    return undecided
