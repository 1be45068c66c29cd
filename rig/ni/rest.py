"""The safe state of a card: the interlock first, then the running tasks, then every output where it harms nobody."""

from collections.abc import Mapping
from typing import Final

from rig.ni.errors import CardError
from rig.ni.layout import Layout
from rig.ni.link import Link
from rig.ni.tasks import set_lines, set_outputs
from rig.safe_card import drive_card_safe

INTERLOCK: Final = "interlock"


def open_interlock(link: Link, layout: Layout) -> None:
    """Open the interlock by a task of its own: no current flows from here on, whatever still runs.

    Raises:
        BenchError: the card did not take it, even after a reset.
    """
    interlock = layout.by_hand.get(INTERLOCK)
    if interlock is not None:
        rest(link, layout.part, interlock.at_rest(), {})


def rest(link: Link, part: str, levels: Mapping[str, bool], volts: Mapping[str, float]) -> None:
    """Drive lines, then analogue outputs; where somebody holds them, one by one, after a reset of the card.

    Args:
        link: to the card.
        part: its name on the bench.
        levels: physical line -> level.
        volts: physical analogue output -> V.

    Raises:
        BenchError: the card did not take it, even after a reset.
    """
    try:
        set_lines(link, part, levels)
        set_outputs(link, part, volts)
    except CardError:
        drive_card_safe(levels, volts, link.channel)
