"""What a `verdicts.json` says, read again: its cases, and the checks that were judged over many of them."""

from collections.abc import Mapping
from typing import Any


def cases_and_pools(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every case of the document, and every pool as a case of one check; a pool of an older document is none."""
    return [*document["cases"], *map(_pool_as_case, document.get("pools", ()))]


def _pool_as_case(pool: Mapping[str, Any]) -> dict[str, Any]:
    check = pool["check"]
    return {
        "id": pool["id"],
        "hardware": pool["hardware"],
        "verdict": check["verdict"],
        "defects": {"seeded": 1.0} if pool["seeded"] else {},
        "checks": [check],
    }
