"""Verdicts in words: criterion, part of the run, evidence stamp, and the glossary that every report carries."""

import math
from typing import Final

from reports.quantities import quantity, quantity_with_uncertainty
from reports.verdict import Outcome, RunResult, Verdict
from scenarios.case import Check, During
from scenarios.channels import ALL, CHANNEL, EVERY

LETTERS: Final = {
    Outcome.PASS: "P",
    Outcome.FAIL: "F",
    Outcome.INCONCLUSIVE: "I",
    Outcome.ERROR: "E",
    Outcome.NOT_RUN: "N",
}
"""One letter a verdict, so that no reader depends on colour."""

GLOSSARY: Final = (
    ("PASS", "The criterion was shown to hold, with enough samples and with the uncertainty taken into account."),
    ("PASS, marginal", "It holds, but beyond the value that the scenario calls marginal. It counts as PASS."),
    ("FAIL", "A violation was seen, however few the samples."),
    (
        "INCONCLUSIVE",
        (
            "Neither was shown: too few samples, a result within its uncertainty of the limit, an event that never "
            "fired, or a capture that cannot carry the answer. It never counts as PASS."
        ),
    ),
    ("ERROR", "The rig failed, not the device. The cause is named once."),
    ("NOT RUN", "The check could not be started; what blocked it is named."),
    ("U", "Expanded uncertainty, coverage factor k = 2 (about 95 %), JCGM 100."),
    ("margin", "Distance from the result to the limit, positive on the allowed side."),
    ("n", "Samples that were judged; the effective n allows for strides that resemble their neighbours."),
    ("dropped", "Samples outside the part of the run that the check looks at."),
    ("measured", "From the captured waveform: evidence about the device."),
    ("modelled", "From the simulated patient, driven by the captured pulses: comparative only."),
    ("guarded", "Decision rule: PASS only where the result is inside the limit by at least U; FAIL beyond the limit."),
    ("simple", "Decision rule: the result meets the limit as it is; U is printed and not used."),
)

_LIMIT_WORDS: Final = {
    "at_most": "at most",
    "at_least": "at least",
    "within": "within",
    "between": "between",
    "equals": "equal to",
    "never": "never seen",
}


def evidence_stamp(hardware: str) -> str:
    """The sentence that stands on every page where no real bench took part; "" for a bench."""
    if hardware == "bench":
        return ""
    if hardware == "recording":
        return "RECORDING: judged again from a capture; the evidence is that of the bench that made it"
    return "SIMULATED HARDWARE: not evidence of device performance"


def run_stamp(run: RunResult) -> str:
    """The stamp of a whole run: that of the weakest hardware in it. A run without a case counts as simulated."""
    stamps = [evidence_stamp(case.hardware) for case in run.cases] or [evidence_stamp("virtual")]
    weakest = min(stamps, key=lambda stamp: (not stamp.startswith("SIMULATED"), not stamp))
    recorded = "RECORDED INPUT: no patient felt the stimulation" if any(c.case.is_recorded for c in run.cases) else ""
    return "; ".join(part for part in (weakest, recorded) if part)


def hardware_levels(run: RunResult) -> str:
    """Every kind of hardware in the run, in words."""
    return ", ".join(sorted({case.hardware for case in run.cases})) or "none"


def limit_words(check: Check) -> str:
    """The limit as a person says it: ``at most 60 ms``."""
    limit = check.limit
    if limit.kind == "never":
        return _LIMIT_WORDS["never"]
    written = limit.text.partition(":")[2].strip()
    if limit.kind == "between" and written.startswith("[") and written.endswith("]"):
        low, _, high = written[1:-1].partition(",")
        written = f"{low.strip()} and {high.strip()}"
    if not written:
        numbers = [quantity(bound, limit.unit) for bound in (limit.low, limit.high) if bound is not None]
        written = " and ".join(dict.fromkeys(numbers)) or limit.text
    return f"{_LIMIT_WORDS.get(limit.kind, limit.kind)} {written}"


def full_limit_words(check: Check) -> str:
    """The limit with the statistic that meets it: ``at least 5 mm in 90 % of samples``."""
    wording = limit_words(check)
    if check.limit.kind == "never":
        return wording
    return {
        "share": f"{wording} in {check.share * 100:g} % of samples",
        "mean": f"mean {wording}",
        "p95": f"95th percentile {wording}",
    }.get(check.quantifier, wording)


def criterion(check: Check) -> str:
    """What must hold, in one sentence."""
    wording = limit_words(check)
    confidence = f"{check.confidence * 100:g} %"
    if check.limit.kind == "never":
        return "Must never be seen while watched."
    if check.quantifier == "share":
        return f"At least {check.share * 100:g} % of the samples {wording}, shown at {confidence} confidence."
    if check.quantifier == "mean":
        return f"The mean {wording}, shown at {confidence} confidence."
    if check.quantifier == "p95":
        return f"The 95th percentile {wording}, shown at {confidence} confidence."
    return f"Every sample {wording}."


def part_of_run(during: During) -> str:
    """The part of the run that counts."""
    parts: list[str] = []
    if during.from_event:
        parts.append(f"after “{during.from_event}”")
    if during.until_event:
        parts.append(f"until “{during.until_event}”")
    for event, strides in during.except_events:
        after = "" if strides == 0 else f" and {strides} stride{'s' if strides != 1 else ''} after"
        parts.append(f"except the stride of “{event}”{after}")
    return ", ".join(parts) or "the whole run"


_UNSAID: Final = ((CHANNEL.name, EVERY), (CHANNEL.name, ALL))


def measure_words(check: Check) -> str:
    """The measure with its parameters; that it looks at every channel goes without saying."""
    said = {key: value for key, value in check.parameters.items() if (key, value) not in _UNSAID}
    given = ", ".join(f"{key} = {_parameter(value)}" for key, value in said.items())
    return f"{check.measure} ({given})" if given else check.measure


def value_words(verdict: Verdict) -> str:
    """The deciding value with its uncertainty."""
    if verdict.value is None:
        return "–"
    if is_share(verdict):
        return f"{verdict.value * 100:.4g} %"
    if verdict.value == float("inf"):
        return "missed"
    return quantity_with_uncertainty(verdict.value, verdict.expanded, verdict.unit)


def margin_words(verdict: Verdict) -> str:
    """The margin, signed."""
    if verdict.margin is None or not math.isfinite(verdict.margin):
        return "–"
    if is_share(verdict):
        return f"{verdict.margin * 100:+.3g} %".replace("-", "−")
    sign = "+" if verdict.margin > 0 else ""
    return sign + quantity(verdict.margin, verdict.unit, 3)


def interval_words(verdict: Verdict) -> str:
    """The 95 % interval of the deciding value."""
    if verdict.interval95 is None:
        return "–"
    low, high = verdict.interval95
    if is_share(verdict):
        return f"{low * 100:.3g} % to {high * 100:.3g} %"
    return f"{quantity(low, verdict.unit)} to {quantity(high, verdict.unit)}"


def miss_words(verdict: Verdict) -> str:
    """What n samples say about those that were not seen: the exact binomial bound."""
    if verdict.miss_bound is None:
        return "–"
    return f"at most {verdict.miss_bound * 100:.3g} % ({verdict.check.confidence * 100:g} % confidence)"


def is_share(verdict: Verdict) -> bool:
    """True where the deciding value is a share of samples, 0..1."""
    return verdict.check.quantifier == "share" and verdict.unit in {"", "1"}


def _parameter(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
