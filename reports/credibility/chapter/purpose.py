"""What the model is for and how much hangs on it: question of interest, context of use, model risk."""

from typing import Any

from reports.credibility.chapter.evidence import Evidence
from reports.sections.blocks import facts, section, table, text


def build(evidence: Evidence) -> dict[str, Any]:
    """The first page."""
    judged = [f for f in evidence.validation if f.row.kind != "X"]
    met = sum(f.outcome == "PASS" for f in judged)
    reported = len(evidence.validation) - len(judged)
    exact = sum(f.outcome == "PASS" for f in evidence.numerics)
    return section(
        "Purpose and result",
        text(
            "All evidence in this chapter is simulated: a computer model was held against published measurements of "
            "other people. No patient was measured for it. It follows the order of the FDA guidance on computational "
            "modelling (2023) and of ASME V&V 40 (2018).",
        ),
        facts(
            (
                ("Validation", f"{met} of {len(judged)} judged rows inside their tolerance; {reported} reported only"),
                ("Numerical verification", f"{exact} of {len(evidence.numerics)} requirements met"),
                ("Rows not met", ", ".join(f.row.name for f in evidence.failed) or "none"),
            ),
            title="Result",
        ),
        facts(
            (
                (
                    "Question of interest",
                    (
                        "Does a foot-drop stimulator send its pulses at the right instants and in the right dose, "
                        "in walks that a test bench can repeat, and what would a fault in its timing or dose do "
                        "to the clearance of the toes, compared with the same walk without the fault?"
                    ),
                ),
                (
                    "Context of use",
                    (
                        "The simulated patient walks in a closed loop with a stimulator (model, firmware or box). "
                        "Inputs: the pulses as captured, a patient class or an individual drawn from it, speed, "
                        "terrain, aid. Outputs: sensor signals for the device; stride by stride minimum toe "
                        "clearance, ankle at contact, scuffs, hip hiking. Results are used to compare devices, "
                        "settings and faults with one another on the same drawn strides; verdicts on the device "
                        "itself come from the captured waveform alone."
                    ),
                ),
                (
                    "Not in the context of use",
                    (
                        "predicting clearance, speed, trips or falls of a person; choosing settings for a patient; "
                        "replacing a clinical study."
                    ),
                ),
            ),
            title="What is asked, and of what",
        ),
        table(
            ("", "Level", "Why"),
            (
                (
                    "Model influence",
                    "low to medium",
                    (
                        "Device requirements are closed by measured waveforms; the model makes sensor signals and "
                        "ranks faults by their effect. A modelled outcome closes no requirement that asks for "
                        "measured evidence."
                    ),
                ),
                (
                    "Decision consequence",
                    "medium",
                    (
                        "A fault that the model hides could reach a walking patient, who may trip; other evidence "
                        "(waveform checks, clinical evaluation) stands beside it."
                    ),
                ),
                (
                    "Model risk",
                    "low to medium",
                    (
                        "Goals: mechanisms within published tolerance (P rows), directions right (S rows), "
                        "numerical error far below stride-to-stride scatter."
                    ),
                ),
            ),
            title="Model risk = model influence × decision consequence",
            widths=(1.2, 0.9, 4.2),
        ),
    )
