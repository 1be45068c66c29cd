"""Where a limit comes from: the table `basis` of a limit set or of a check, read and written."""

from typing import Any, Final, get_args

from scenarios.case import BasisKind, Confidence, LimitBasis
from scenarios.fields import Key, as_text, read_keys, word
from scenarios.problems import Problems
from scenarios.text import Node, Table
from sim.errors import ScenarioError

KINDS: Final[tuple[BasisKind, ...]] = get_args(BasisKind)
CONFIDENCES: Final[tuple[Confidence, ...]] = get_args(Confidence)
_CONFIRMED: Final = ("confirmed_by", "confirmed_on", "lapsed")


def read_basis(node: Node, *, confirmed: bool = False) -> LimitBasis:
    """The table `basis`.

    Args:
        node: the table.
        confirmed: True where a confirmation may stand in it (`case.yaml`); elsewhere only `stimrig limits confirm`
            gives one.

    Raises:
        ScenarioError: unknown key or word, or a standard without its clause.
    """
    problems = Problems()
    keys = {
        "kind": Key(word(KINDS, "kind of basis"), required=True),
        "standard": Key(as_text),
        "edition": Key(as_text),
        "clause": Key(as_text),
        "source": Key(as_text),
        "confidence": Key(word(CONFIDENCES, "confidence"), required=True),
        "note": Key(as_text),
    }
    if confirmed:
        keys |= {name: Key(as_text) for name in _CONFIRMED}
    elif isinstance(node, Table):
        for name in [each for each in _CONFIRMED if each in node.values]:
            mend = "drop it; `stimrig limits confirm ID --by NAME` writes it beside stimrig.toml"
            problems.add(node.keys[name].where, f"`{name}` cannot be written here", mend)
            node = node.without(name)
    found = read_keys(node, keys, "`basis`", problems)
    problems.raise_any()
    basis = LimitBasis(**found)
    if basis.kind == "standard" and not (basis.standard and basis.clause):
        raise ScenarioError(str(node.where), "a standard is cited by its name and clause", "add `standard:`, `clause:`")
    return basis


def basis_values(basis: LimitBasis) -> dict[str, Any]:
    """The inverse of `read_basis`: what is not empty, as texts."""
    names = ("kind", "standard", "edition", "clause", "source", "confidence", "note", *_CONFIRMED)
    return {name: getattr(basis, name) for name in names if getattr(basis, name)}
