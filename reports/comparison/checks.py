"""Two `verdicts.json` compared check by check."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from reports.verdicts_read import cases_and_pools

_EXACT_RATIO: Final = 1e-9
"""Relative difference of two values without uncertainty that counts as none: the rounding of a sum (design choice)."""


class Agreement(StrEnum):
    """What became of a check from one run to the other."""

    SAME = "same"
    VALUE = "value differs"
    VERDICT = "verdict differs"
    ONLY_A = "only in A"
    ONLY_B = "only in B"


@dataclass(frozen=True, slots=True)
class CheckPair:
    """One check in two runs.

    Attributes:
        case: case id.
        check: check id.
        agreement: in one word.
        verdict_a: in the first run, or "".
        verdict_b: in the second run, or "".
        value_a: SI, or None.
        value_b: SI, or None.
        unit: SI unit of both.
        difference_value: b - a, or None.
        allowed_value: how far the two may differ: ``sqrt(U_a^2 + U_b^2)``, with the time tolerance where the unit is s.
        normalised_error_ratio: E_n, the difference over `allowed_value`; None where nothing is allowed.
        reason: what tells the two apart.
    """

    case: str
    check: str
    agreement: Agreement
    verdict_a: str
    verdict_b: str
    value_a: float | None
    value_b: float | None
    unit: str
    difference_value: float | None
    allowed_value: float
    normalised_error_ratio: float | None
    reason: str


def compare_verdicts(
    a: Mapping[str, Any], b: Mapping[str, Any], time_tolerance_s: float = 0.0
) -> tuple[CheckPair, ...]:
    """Every check of two runs, matched by case id and check id, in the order of `a`, then what only `b` has.

    Two measured values agree where |E_n| <= 1, ``E_n = (b - a) / sqrt(U_a^2 + U_b^2)``; of shares, means and
    percentiles it is enough that their 95 % intervals overlap. Values without uncertainty agree where they are equal.

    Args:
        a: a document of schema `stimrig/verdicts/1`.
        b: another.
        time_tolerance_s: added to what values in s may differ, s.

    Source: ISO 13528:2022, 9.7 (E_n score).
    """
    first, second = _checks(a), _checks(b)
    pairs = [_pair(key, first[key], second.get(key), time_tolerance_s) for key in first]
    pairs += [_pair(key, None, second[key], time_tolerance_s) for key in second if key not in first]
    return tuple(pairs)


def _checks(document: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(case["id"], check["id"]): check for case in cases_and_pools(document) for check in case["checks"]}


def _pair(
    key: tuple[str, str], a: Mapping[str, Any] | None, b: Mapping[str, Any] | None, tolerance_s: float
) -> CheckPair:
    if a is None or b is None:
        there = a or b or {}
        state = Agreement.ONLY_B if a is None else Agreement.ONLY_A
        word, value = str(there.get("verdict", "")), there.get("value")
        words, values = (("", word), (None, value)) if a is None else ((word, ""), (value, None))
        return CheckPair(*key, state, *words, *values, str(there.get("unit", "")), None, 0.0, None, "")
    difference = None if a["value"] is None or b["value"] is None else b["value"] - a["value"]
    allowed = math.hypot(*(side["uncertainty"]["U"] or 0.0 for side in (a, b)))
    if a["unit"] == "s":
        allowed += tolerance_s
    ratio = difference / allowed if difference is not None and allowed > 0.0 else None
    state, reason = _agreement(a, b, difference, allowed)
    return CheckPair(
        *key,
        state,
        a["verdict"],
        b["verdict"],
        a["value"],
        b["value"],
        a["unit"],
        difference,
        allowed,
        ratio,
        reason,
    )


def _agreement(
    a: Mapping[str, Any], b: Mapping[str, Any], difference: float | None, allowed: float
) -> tuple[Agreement, str]:
    if a["verdict"] != b["verdict"]:
        return Agreement.VERDICT, b["reason"] if b["verdict"] != "PASS" else a["reason"]
    if asked := _asked_otherwise(a, b):
        return Agreement.VALUE, asked
    if difference is None:
        told = (a["value"] is None) == (b["value"] is None)
        return (Agreement.SAME, "") if told else (Agreement.VALUE, "only one of the two has a value")
    slack = _EXACT_RATIO * max(abs(a["value"]), abs(b["value"]))
    if abs(difference) <= allowed + slack or _overlap(a, b):
        return Agreement.SAME, ""
    return Agreement.VALUE, "by more than the uncertainty of both" if allowed else "no uncertainty allows for it"


def _asked_otherwise(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """How the two checks ask for different things, or ""."""
    if a["unit"] != b["unit"] or a["measure"] != b["measure"]:
        return f"{a['measure']} in {a['unit'] or '1'} against {b['measure']} in {b['unit'] or '1'}"
    if a["limit"]["text"] != b["limit"]["text"]:
        return f"the limit was {a['limit']['text']}, it is {b['limit']['text']}"
    return ""


def _overlap(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """True where both are statistics of samples whose intervals have a value in common."""
    if a["limit"]["quantifier"] == "every":
        return False
    left, right = (side["uncertainty"]["interval95"] for side in (a, b))
    if left is None or right is None or None in (*left, *right):
        return False
    return left[0] <= right[1] and right[0] <= left[1]
