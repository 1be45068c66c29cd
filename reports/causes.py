"""One cause, told once: checks that it kept from running refer to it."""

from typing import Final

from reports.verdict import CaseResult, Verdict

_SHORT: Final = 90
"""Characters up to which a cause may stand at every check (design choice: about a line of a console)."""
REFERENCE: Final = "the cause that stands at the case"


def cause_of(result: CaseResult) -> str:
    """The fault of the rig, or what kept the case from running; "" where there is none."""
    record = result.record
    return result.blocked_by or (record.fault.text if record is not None and record.fault is not None else "")


def is_told_at_case(result: CaseResult) -> bool:
    """True where the cause is long enough to stand once at the case instead of at each of its checks."""
    return len(cause_of(result)) > _SHORT


def reason_beside(result: CaseResult, verdict: Verdict) -> str:
    """The reason of a check, beside a case that tells its cause itself; `verdicts.json` has it whole."""
    return verdict.reason.replace(cause_of(result), REFERENCE) if is_told_at_case(result) else verdict.reason
