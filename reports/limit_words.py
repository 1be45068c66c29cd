"""Where the limit of a check comes from, in words, and whether anybody has compared it with its standard."""

from typing import Final

from reports.verdict import RunResult
from scenarios.case import Check, LimitBasis

UNCONFIRMED: Final = "limit not confirmed against the standard"
"""Stands in amber beside every limit that cites a basis and that nobody has confirmed."""
OWN: Final = "the scenario's own limit"


def clause_words(basis: LimitBasis) -> str:
    """Standard, edition and clause: ``IEC 60601-2-10, ed. 2:2012, 201.12.1.102``; "" where it cites none."""
    edition = f"ed. {basis.edition}" if basis.edition else ""
    return ", ".join(part for part in (basis.standard, edition, basis.clause) if part)


def basis_words(check: Check) -> str:
    """The basis on one line."""
    basis = check.basis
    if basis is None:
        return OWN
    kinds = {"standard": "", "derived": "derived from", "maker": "claim of the maker", "proposal": "proposal"}
    parts = [" ".join(part for part in (kinds[basis.kind], clause_words(basis)) if part), basis.source]
    return "; ".join(part for part in (*parts, f"confidence {basis.confidence}", basis.note) if part)


def is_unconfirmed(check: Check) -> bool:
    """True for a limit with a basis that nobody has compared with it."""
    return check.basis is not None and not check.basis.confirmed_by


def unconfirmed_words(check: Check) -> str:
    """The amber words of a check, or ""."""
    if check.basis is None or check.basis.confirmed_by:
        return ""
    return f"{UNCONFIRMED} ({check.basis.lapsed})" if check.basis.lapsed else UNCONFIRMED


def confirmed_words(check: Check) -> str:
    """Who confirmed the limit and when, or ""."""
    basis = check.basis
    return "" if basis is None or not basis.confirmed_by else f"{basis.confirmed_by}, {basis.confirmed_on}"


def unconfirmed_count(run: RunResult) -> tuple[int, int]:
    """(checks whose limit is unconfirmed, checks) of a run, pooled ones too."""
    verdicts = [verdict for case in run.cases for verdict in case.verdicts]
    verdicts += [pool.verdict for pool in run.pools]
    return sum(is_unconfirmed(verdict.check) for verdict in verdicts), len(verdicts)
