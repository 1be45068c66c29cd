"""A board as plain data, so that it can be handed to another process without its file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rig.firmware.board.board_file import Board
from rig.firmware.board.board_nets import Net
from rig.firmware.board.chip_facts import Region


def board_from(document: Mapping[str, Any]) -> Board:
    """The board of ``dataclasses.asdict(board)`` with its path as text."""
    fields: dict[str, Any] = dict(document)
    fields["memory"] = {name: Region(**region) for name, region in document["memory"].items()}
    fields["nets"] = {role: Net(**net) for role, net in document["nets"].items()}
    fields["path"] = Path(document["path"])
    return Board(**fields)
