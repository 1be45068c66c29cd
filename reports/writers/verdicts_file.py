"""`verdicts.json` (`stimrig/verdicts/1`): the verdicts for programs, with a published JSON Schema."""

import dataclasses
import json
import math
from importlib.resources import files
from typing import Any, Final

from reports.verdict import CaseResult, PoolResult, RunResult, Verdict
from rig.firmware_facts import FirmwareFacts, fault_words
from scenarios.case import LimitBasis
from scenarios.firmware_of_device import FirmwareOfDevice
from scenarios.item import Item
from scenarios.item_file import LAB

VERDICTS_SCHEMA: Final = "stimrig/verdicts/1"
_COVERAGE_FACTOR: Final = 2


def verdicts_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `verdicts.json`."""
    text = files("reports").joinpath("templates", "verdicts-1.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def run_document(run: RunResult, report: dict[str, Any] | None = None) -> dict[str, Any]:
    """The document of a whole run; `report` is the electronic copy of what HTML and PDF print."""
    document = _document(run.run, run.outcome.value, run.cases)
    document |= {"pools": [_pool(pool) for pool in run.pools], "attempts": _attempts(run)}
    document |= {"selftest": None if run.selftest is None else dict(run.selftest)}
    return document if report is None else document | {"report": report}


def case_document(result: CaseResult) -> dict[str, Any]:
    """The document of one case; `run` is null, so that a case repeated alone gives the same bytes."""
    return _document(None, result.outcome.value, (result,)) | {"pools": [], "attempts": []}


def verdicts_text(document: dict[str, Any]) -> str:
    """The document as JSON text, its key `report` on one line; absent values are null, NaN cannot occur."""
    verdicts = {key: value for key, value in document.items() if key != "report"}
    text = json.dumps(verdicts, indent=1, ensure_ascii=True, allow_nan=False)
    if "report" in document:
        report = json.dumps(document["report"], ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        text = text.removesuffix("\n}") + f',\n "report": {report}\n}}'
    return text + "\n"


def _attempts(run: RunResult) -> list[dict[str, Any]]:
    """Which try of each case this is; by run id and reported start, so that no folder's name stands here."""
    return [
        {
            "case": case.case.id,
            "attempt": len(earlier) + 1,
            "earlier": [{"run": e.run, "started": e.started or None, "verdict": e.verdict} for e in earlier],
        }
        for case in run.cases
        for earlier in [run.attempts.get(case.case.id, ())]
    ]


def _document(run: str | None, verdict: str, cases: tuple[CaseResult, ...]) -> dict[str, Any]:
    return {"schema": VERDICTS_SCHEMA, "run": run, "verdict": verdict, "cases": [_case(case) for case in cases]}


def _case(result: CaseResult) -> dict[str, Any]:
    return {
        "id": result.case.id,
        "verdict": result.outcome.value,
        "hardware": result.hardware,
        "seed": int(result.case.seed),
        "checks": [_check(verdict) for verdict in result.verdicts],
        "defects": dict(result.case.device.defects),
        "pooled": [
            {"id": part.check.id, "pool": part.check.pool, "n": int(part.n), "dropped": int(part.dropped)}
            for part in result.pooled
        ],
        "profile": result.case.profile or None,
        "not_applicable": [{"check": check, "reason": reason} for check, reason in result.case.not_applicable],
        "item": _item(result.case.item),
    } | _firmware(result.case.device.firmware, {} if result.record is None else result.record.firmware)


def _firmware(firmware: FirmwareOfDevice | None, known: FirmwareFacts) -> dict[str, Any]:
    """What ran in place of a simulated model, by name and hash, and what failed in it; no key for a model."""
    if firmware is None:
        return {}
    found: dict[str, Any] = {
        "level": firmware.level,
        "image": firmware.name,
        "sha256": firmware.sha256 or None,
        "board": firmware.board_name,
        "board_sha256": firmware.board_sha256 or None,
    }
    if words := fault_words(known):
        found |= {"faults": words, "fault_counts": dict(known["fault_counts"])}
    return {"firmware": found}


def _item(item: Item | None) -> dict[str, Any] | None:
    """The item under test, in SI; what nobody stated is null."""
    if item is None:
        return None
    names = ("maker", "model", "serial", "lot", "hardware", "operator", "condition", "note")
    firmware, electrodes = item.firmware, item.electrodes
    return {
        **{name: getattr(item, name) or None for name in names},
        "firmware": {name: getattr(firmware, name) or None for name in ("version", "file", "sha256")},
        "electrodes": {
            "area_m2": _number(electrodes.area_m2),
            "type": electrodes.type or None,
            "lot": electrodes.lot or None,
        },
        "lab": {
            name: {
                "value": result.value,
                "U": result.expanded,
                "unit": LAB[name],
                "report": result.report,
                "lab": result.lab or None,
                "on": result.on or None,
            }
            for name, result in item.lab.items()
        },
    }


def _pool(pool: PoolResult) -> dict[str, Any]:
    check = _check(pool.verdict)
    check["worst"]["case"] = pool.worst_case or None
    return {
        "id": pool.id,
        "cases": list(pool.cases),
        "hardware": pool.hardware,
        "seeded": pool.is_seeded,
        "effective_n": _number(pool.verdict.effective_n),
        "check": check,
    }


def _check(verdict: Verdict) -> dict[str, Any]:
    check = verdict.check
    expanded = _number(verdict.expanded)
    interval = None if verdict.interval95 is None else [_number(bound) for bound in verdict.interval95]
    return {
        "id": check.id,
        "title": check.title,
        "verdict": verdict.outcome.value,
        "marginal": bool(verdict.marginal),
        "quantity": verdict.quantity,
        "measure": check.measure,
        "value": _number(verdict.value),
        "unit": verdict.unit,
        "limit": _limit(verdict),
        "decision": check.decision,
        "uncertainty": {
            "U": expanded,
            "k": None if expanded is None else _COVERAGE_FACTOR,
            "interval95": interval,
            "tur": _number(verdict.tur),
            "miss_bound": _number(verdict.miss_bound),
        },
        "margin": _number(verdict.margin),
        "n": int(verdict.n),
        "dropped": int(verdict.dropped),
        "worst": {
            "stride": None if verdict.worst_stride is None else int(verdict.worst_stride),
            "t_s": _number(verdict.worst_t_s),
            "channel": verdict.channel,
        },
        "verifies": list(check.verifies),
        "file": check.file or None,
        "line": int(check.line) or None,
        "reason": verdict.reason,
        "method": (verdict.samples.method if verdict.samples is not None else "") or None,
    }


def _limit(verdict: Verdict) -> dict[str, Any]:
    check, limit = verdict.check, verdict.check.limit
    return {
        "kind": limit.kind,
        "text": limit.text,
        "low": _number(limit.low),
        "high": _number(limit.high),
        "unit": limit.unit,
        "of_setting": limit.of_setting or None,
        "quantifier": check.quantifier,
        "share": _number(check.share) if check.quantifier == "share" else None,
        "confidence": None if check.quantifier == "every" else _number(check.confidence),
        "needs": int(check.needs),
        "marginal": _number(check.marginal),
        "at": [_number(verdict.low), _number(verdict.high)],
        "id": check.limit_id or None,
        "basis": _basis(check.basis),
    }


def _basis(basis: LimitBasis | None) -> dict[str, str | None] | None:
    """Where the limit comes from and who confirmed it; null where the scenario states a limit without a basis."""
    if basis is None:
        return None
    return {field.name: getattr(basis, field.name) or None for field in dataclasses.fields(basis)}


def _number(value: float | None) -> float | None:
    """A float that JSON can carry: a missed stimulation (infinite latency) and an absent value are null."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)
