"""How a real box is configured: the `control:` part of a device file, as data.

The bench file says where the box is (`/dev/ttyUSB0`, `COM3`), the device file what is said to it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import ScenarioError

BUILT_IN: Final = ("serial", "operator", "simulated")
"""Kinds of control that the rig brings along; others come from plug-ins (`scenarios.catalogue.ControlSpec`)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing said to the box, and what it answers.

    Attributes:
        send: text; `{value}` stands for the value, with an optional format as in `{value:.1f}`. "" sends nothing.
        expect: regular expression that the whole answer must match; "" where no answer comes.
    """

    send: str
    expect: str = ""


@dataclass(frozen=True, slots=True)
class SettingWords:
    """How one setting is written and read back.

    Attributes:
        name: of the setting.
        write: what sets it; of an operator's box the question.
        unit: in which the value is told: `mA`; "" tells SI.
        read: what asks for it, its answer with a group `value` in `unit`; None where it cannot be read.
        resolution_value: how far the value read back may be off, SI of the setting; half a step of the box.
        words: word of the setting -> word of the box, where it is no number.
    """

    name: str
    write: Exchange
    unit: str = ""
    read: Exchange | None = None
    resolution_value: float = 0.0
    words: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ControlDescription:
    """The `control:` part of a device file.

    Attributes:
        kind: `serial`, `operator`, `simulated` or the name of a plug-in's.
        baud: of a serial line.
        newline: that ends each text, both ways.
        timeout_s: longest wait for an answer, s.
        identify: what asks the box who it is; groups of `expect` become its identity. Or None.
        settings: by name.
        safe: what stops the output; several in order.
        log: regular expression of lines that the box tells by itself; they become messages of the record.
        options: further keys, as texts, for the control of a plug-in.
    """

    kind: str
    baud: int = 115_200
    newline: str = "\n"
    timeout_s: float = 1.0
    identify: Exchange | None = None
    settings: Mapping[str, SettingWords] = field(default_factory=dict[str, SettingWords])
    safe: tuple[Exchange, ...] = ()
    log: str = ""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


def compiled(pattern: str, where: object, group: str = "") -> str:
    """`pattern`, if it is a regular expression with the asked group.

    Raises:
        ScenarioError: it is none, or the group is missing.
    """
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise ScenarioError(str(where), f"`{pattern}` is no regular expression: {error}", "mend it") from None
    if group and group not in found.groupindex:
        problem = f"`{pattern}` has no group `{group}`"
        raise ScenarioError(str(where), problem, f"write `(?P<{group}>...)` around it")
    return pattern
