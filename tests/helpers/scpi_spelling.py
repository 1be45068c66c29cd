"""Ways to spell the commands of a simulated instrument, and an argument for each kind of parameter."""

from rig.simulated.scpi.commands import table_of
from rig.simulated.scpi.headers import read_header
from rig.simulated.scpi.parameters import Block, Boolean, Channels, Choice, Either, Name, Number, Text


def sample_argument(kind):
    """Something that this kind of parameter takes."""
    match kind:
        case Number():
            return "3" if kind.most is None else "MAX"
        case Boolean():
            return "ON"
        case Choice():
            return kind.words[0].partition("<")[0]
        case Text():
            return '"a;b,c"'
        case Name():
            return "ramp"
        case Block():
            return "#13abc"
        case Channels():
            return f"(@{kind.least})"
        case Either():
            return sample_argument(kind.kinds[0])
    raise TypeError(kind)


def spellings(instrument_class, pattern):
    """Whole commands that mean the same: short and long words, with and without the optional ones, both cases."""
    header = read_header(pattern)
    kinds = table_of(instrument_class).commands[pattern].required
    arguments = ",".join(sample_argument(kind) for kind in kinds)
    return [
        f"{'' if pattern[0] == '*' else ':'}{change(header.spelled(long=long, optional=optional))} {arguments}".encode()
        for long in (False, True)
        for optional in (False, True)
        for change in (str.upper, str.lower)
    ]
