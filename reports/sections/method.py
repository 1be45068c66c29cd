"""How it was measured and judged, in brief, with the words that the report uses."""

from typing import Any

from reports.sections.blocks import section, table, text
from reports.verdict import RunResult
from reports.words import GLOSSARY


def build(run: RunResult) -> dict[str, Any]:
    """Method, decision rules in use, glossary."""
    rules = {verdict.check.decision for case in run.cases for verdict in case.verdicts}
    used = " and ".join(sorted(rules)) or "none"
    method = text(
        "A simulated patient walks; the sensor signals of that walk drive the stimulator; what it sends through its "
        "electrodes is captured as a sampled waveform. Pulses are found in that waveform alone, never taken from a "
        "simulator's inner state. Patient outcomes come from walking the patient once more with the captured pulses.",
        f"Decision rules in this report: {used}. Guarded: PASS only where the result lies inside the limit by at "
        "least its expanded uncertainty U, FAIL beyond the limit, else INCONCLUSIVE. Simple: the result meets the "
        "limit as it is. A violation that was seen is FAIL, however few the samples. Shares, means and percentiles "
        "are judged by their interval at the stated confidence.",
        "No data, too few samples, a clipped or broken capture, a lost link or an event that never fired is never a "
        "pass.",
        "Limits are those of the scenario and of the limit sets that it names. stimrig does not compare them with the "
        "text of a standard; a person does, and the report says who.",
    )
    words = table(("Word", "Meaning"), list(GLOSSARY), title="Words", widths=(1.0, 4.6))
    return section("Method and decision rules", method, words)
