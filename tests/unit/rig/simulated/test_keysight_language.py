"""The dialects of the simulated Keysight instruments: one meaning a command however spelled, and no way to break it."""

import importlib.util
import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab_desk import lab_of
from scpi_spelling import sample_argument, spellings

from rig.simulated.keysight.generator import waveform_generator
from rig.simulated.keysight.meter import multimeter
from rig.simulated.keysight.scope import oscilloscope
from rig.simulated.keysight.supply import power_supply
from rig.simulated.scpi.commands import table_of
from rig.simulated.scpi.errors import NO_ERROR
from rig.simulated.scpi.headers import read_header
from rig.simulated.scpi.session import Session


@dataclass
class Wire:
    role: str
    port: str
    volts_per_unit: float = 1.0
    invert: bool = False


MADE_BY = {
    "scope": lambda lab: oscilloscope(lab, [Wire("current", "ch1", 50.0), Wire("voltage", "ch2", 0.1)]),
    "supply": lambda lab: power_supply(lab, [Wire("supply", "ch1")]),
    "generator": lambda lab: waveform_generator(lab, [Wire("heel_switch", "out1")]),
    "meter": multimeter,
}
NUMBERS = ["0", "1", "-1", "1e-9", "1e308", "-1e308", "INF", "NINF", "MIN", "MAX", "DEF", "5MHZ"]
WORDS = ["ON", "CHAN4", "RAW", "ARB", "PULSe", "ROLL", "SEGM", "BUS", "x", "'CH2'", "#13abc", "#0", "(@1)", "(@3:1)"]


def fresh(which):
    lab = lab_of()
    lab.power_on(0)
    return MADE_BY[which](lab)


def impatient():
    """A controller that goes after some looks at a pending operation."""
    looks = iter(range(50))
    return Session(alive=lambda: next(looks, None) is not None)


@pytest.mark.parametrize("which", list(MADE_BY))
def test_short_and_long_forms_do_the_same(which):
    """Every command of the table in its shortest and in its longest spelling: same answer, same first error.

    None is of -1xx, which would say that the table refuses its own arguments (a block of nonsense is -161).
    """
    kind = type(fresh(which))
    for pattern in table_of(kind).commands:
        spelled = spellings(kind, pattern)
        outcomes = set()
        for command in (spelled[0], spelled[-2]):
            instrument = fresh(which)
            answer = instrument.execute(command, impatient())
            error = instrument.status.errors.pop()
            assert not instrument.crashes, pattern
            assert not error.startswith("-1") or error.startswith("-161"), (command, error)
            assert bool(answer) == (pattern.endswith("?") and error.startswith("+0")), (command, answer, error)
            outcomes.add((answer, error))
        assert len(outcomes) == 1, pattern


def hostile_command(noise, commands):
    """A command of the table in some spelling, with arguments that may be none of its own."""
    pattern = noise.choice(list(commands))
    header = read_header(pattern).spelled(long=noise.random() < 0.5, optional=noise.random() < 0.5)
    kinds = (*commands[pattern].required, *commands[pattern].optional)
    kinds += kinds[-1:] if commands[pattern].repeated else ()
    arguments = [
        sample_argument(kind) if noise.random() < 0.5 else noise.choice(NUMBERS + WORDS)
        for kind in kinds[: noise.randrange(4)]
    ]
    return f"{'' if header[0] == '*' else ':'}{header} {','.join(arguments)}".encode()


@pytest.mark.parametrize("sequences", [2, pytest.param(100, marks=pytest.mark.proof)])
@pytest.mark.parametrize("which", list(MADE_BY))
def test_no_order_of_commands_breaks_an_instrument(which, sequences):
    """Any commands in any order, with wild arguments: refused or done, never a traceback, and it answers afterwards."""
    for seed in range(sequences):
        noise = random.Random(seed)
        instrument = fresh(which)
        told = [hostile_command(noise, table_of(type(instrument)).commands) for _ in range(30)]
        for command in told:
            instrument.execute(command, impatient())
            assert not instrument.crashes, told
        assert instrument.execute(b"*CLS;*ESE 0;*ESE?", impatient()) == b"0\n"
    print(f"{which}: {30 * sequences} hostile commands, none broke it")


def chapter():
    """README.md of the folder, also of the installed wheel."""
    spec = importlib.util.find_spec("rig.simulated")
    return Path(spec.origin).with_name("README.md").read_text(encoding="utf-8")


def test_the_examples_of_the_chapter_run():
    """Every command of rig/simulated/README.md, in its order: no error, and an answer where it asks."""
    blocks = re.findall(r"```scpi (\w+)\n(.*?)```", chapter(), re.DOTALL)
    assert [which for which, _ in blocks] == list(MADE_BY)
    for which, text in blocks:
        instrument = fresh(which)
        for line in text.splitlines():
            answer = instrument.execute(line.encode())
            assert bool(answer) == ("?" in line), line
            assert instrument.status.errors.pop() == NO_ERROR, line
        assert not instrument.crashes
