"""Page by page: what a report says. Further sections come through the entry point `stimrig.sections`."""

from typing import Final

from reports.sections import (
    aid_effect,
    attempts,
    bench,
    checks,
    fall_risk,
    fda,
    firmware,
    item,
    limits_used,
    method,
    outcomes,
    overview,
    pooled,
    recorded,
    repeat,
    requirements,
    selftest,
    summary,
    uncertainty,
)
from scenarios.catalogue import SectionSpec

SECTIONS: Final = (
    SectionSpec("summary", 10, summary.build, "verdict, what was tested, what did not pass"),
    SectionSpec("item", 15, item.build, "the item under test, as stated"),
    SectionSpec("overview", 20, overview.build, "one line a check"),
    SectionSpec("pooled", 25, pooled.build, "checks judged once over many cases"),
    SectionSpec("attempts", 25, attempts.build, "which try of each case this is, and the earlier ones"),
    SectionSpec("checks", 30, checks.build, "every check with its numbers and chart"),
    SectionSpec("outcomes", 40, outcomes.build, "what became of the patient"),
    SectionSpec("aid_effect", 45, aid_effect.build, "effect of the aid, acute and adapted"),
    SectionSpec("fall_risk", 47, fall_risk.build, "clearance, exposure and landing beside the walk without the device"),
    SectionSpec("recorded", 45, recorded.build, "which recording stood for a walk, and what it cannot tell"),
    SectionSpec("limits", 49, limits_used.build, "clause, requirement, measured, limit, verdict"),
    SectionSpec("fda", 48, fda.build, "FDA output tables A and B"),
    SectionSpec("requirements", 50, requirements.build, "requirement ids and whether they are closed"),
    SectionSpec("bench", 60, bench.build, "bench identity and accuracy"),
    SectionSpec("firmware", 62, firmware.build, "the firmware that ran: identity, load, interrupts, stack, log"),
    SectionSpec("selftest", 65, selftest.build, "whether the measuring chain finds what was sent"),
    SectionSpec("uncertainty", 70, uncertainty.build, "uncertainty budgets"),
    SectionSpec("method", 80, method.build, "method, decision rules, glossary"),
    SectionSpec("repeat", 90, repeat.build, "commands and data index"),
)
