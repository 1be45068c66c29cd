"""Where the model holds, what was shown for each credibility factor, and what must not be claimed."""

from typing import Any, Final

from reports.credibility.chapter.evidence import Evidence
from reports.sections.blocks import bullets, section, table, text

_DOMAIN: Final = (
    (
        "Walking speed",
        "0.2 to 2.0 m/s; a class −0.2 to +0.4 m/s about its own, healthy 0.4 to 1.4",
        "stimrig plan warns; ratios to the healthy law are kept",
    ),
    ("Classes", "shipped classes and individuals drawn from them", "class means fitted by hand to small studies"),
    ("Terrain", "level ground validated", "rugs, ramps, stairs and uneven ground: geometry, no published comparison"),
    (
        "Pulses",
        "10 to 500 µs a phase, charge-balanced or asymmetric, 10 to 60 Hz",
        "longer pulses on denervated muscle are not modelled",
    ),
    ("Stimulation dose", "recruitment up to about 10 % of the dorsiflexors in swing", "stronger: direction only"),
    ("Aid", "linear ankle-foot orthosis, 0.2 to 0.6 N·m/°", "pushing off with it is not simulated"),
    (
        "Duration",
        "hundreds of strides; fatigue up to an hour",
        "weeks of training: design priors, published disagreement stated",
    ),
)

_FACTORS: Final = (
    ("Software quality", "versioned, tested, same seed same bytes", "test tiers, exactness tests", "met"),
    ("Numerical code verification", "observed order 4, exact pulse sums", "table of numerical verification", "met"),
    ("Discretisation error", "clearance within 0.05 mm on halving", "table of numerical verification", "met"),
    ("Solver error", "energy balance to 1e−5 of the muscle's work", "table of numerical verification", "met"),
    ("Use error", "units required, bad input refused with its place", "contract tests", "met"),
    (
        "Model form",
        "mechanism rows inside their tolerance",
        "validation table, P rows",
        "met in part: one muscle group a branch",
    ),
    ("Model inputs", "every parameter with source and spread", "parameter table", "met in part: many design choices"),
    (
        "Comparator samples",
        "published groups of 9 to 51 people",
        "sources of the rows",
        "met in part: small groups, abstracts",
    ),
    ("Comparator conditions", "level walking, comfortable speed", "domain of validity", "met in part"),
    ("Equivalency of inputs", "speed and compensation are inputs", "rows 12 to 17", "not met: stated as inputs"),
    ("Output comparison", "tolerance stated, wrong models fail", "validation table", "met"),
    (
        "Relevance to the question",
        "order of settings and faults",
        "rows 6 and 26",
        "met for comparison, not for prediction",
    ),
)

_NOT_TO_CLAIM: Final = (
    (
        "a probability of tripping or falling: mean clearance did not predict trips in 51 older adults (PubMed "
        "37852886); the rig gives trip exposure against the same patient without the device"
    ),
    "an absolute clearance: it is calibrated on the healthy cycle (15 mm, older 13 mm); only changes are predicted",
    "walking speed, distance or effort: speed is an input",
    "skewness and kurtosis of clearance: too symmetric in the model",
    (
        "latency to clearance in people: nothing published gives it; the shape of the cliff is a regression test, "
        "and a bench test with a volunteer stands out"
    ),
    "comfort, pain, long-term learning, real falls: a rig cannot show them",
    "metabolic cost, forces on joints, push-off: not modelled",
    "that a shipped device preset is a product: presets carry typical settings",
    "clinical evidence: comparative, in silico, relative to the reference timing, no prediction of falls",
)

_MISFITS: Final = (
    "minimum clearance comes at 44 % of swing in the healthy (published 51 %, accepted from 44 %)",
    "the rigid toe digs in before 12 % of swing at slow speeds; reported by class",
    "ankle at contact of moderate stroke lies at the low end of −3 to −8°",
    "a flaccid foot is thrown up by the measured end of swing: contact near −3°, expected −8 to −15°",
    "stride-to-stride scatter of clearance in stroke about 3 mm, expected 4 to 6 mm",
)


def build(evidence: Evidence) -> dict[str, Any]:
    """Domain of validity, credibility factors, limits."""
    del evidence
    return section(
        "Domain of validity and limits",
        table(("Input", "Covered", "Beyond it"), _DOMAIN, title="Domain of validity", widths=(1.1, 2.8, 2.4)),
        table(
            ("Credibility factor (V&V 40)", "Goal", "Evidence", "Met?"),
            _FACTORS,
            title="Credibility factors",
            widths=(1.6, 2.1, 1.9, 1.9),
        ),
        bullets(_NOT_TO_CLAIM, title="What not to claim"),
        bullets(_MISFITS, title="Known misfits"),
        text(
            "Adequacy: for ranking timing and dose faults of a stimulator on the same simulated strides the evidence "
            "above is adequate at low to medium model risk. For any statement about a person it is not."
        ),
    )
