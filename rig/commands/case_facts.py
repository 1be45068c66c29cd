"""What `run.json` says of a case beside its verdicts."""

from typing import TYPE_CHECKING, Any

from rig.run_folder import RunFolder

if TYPE_CHECKING:
    from reports.verdict import CaseResult


def case_facts(result: "CaseResult", wall_s: float, folder: RunFolder, number: int) -> dict[str, Any]:
    """Facts of one case: folder, verdict, seed, speed, error of the loop, accuracy of the card."""
    from rig.record_facts import plain

    record = result.record
    walked_s = record.span_s[1] if record is not None else 0.0
    return {
        "id": result.case.id,
        "folder": folder.case_folder(number, result.case.name).name,
        "verdict": str(result.outcome),
        "seed": result.case.seed,
        "walked_s": walked_s,
        "wall_s": round(wall_s, 3),
        "speed": round(walked_s / wall_s, 1) if wall_s > 0 else None,
        "loop_error": plain(record.loop_error) if record is not None else None,
        "calibration": plain(record.accuracy) if record is not None else None,
        "blocked_by": result.blocked_by,
    } | ({"firmware": dict(record.firmware.get("identity", {}))} if record is not None and record.firmware else {})
