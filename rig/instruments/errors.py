"""What can go wrong between the rig and a bench instrument. All of it is the rig's fault, never the device's.

The names say what happened, as `KeyboardInterrupt` and `StopIteration` do; `Error` at their end would add nothing.
"""

from sim.errors import BenchError


class LinkError(BenchError):
    """The link failed: what was under way is void, the session is closed and must be opened anew."""


class LinkTimeout(LinkError):  # noqa: N818
    """No answer, or no complete one, within the time-out."""


class LinkLost(LinkError):  # noqa: N818
    """The other side closed, refused or broke the connection."""


class BadReply(LinkError):  # noqa: N818
    """An answer that is not what was asked for: wrong instrument, wrong length, no number."""


class InstrumentFault(BenchError):  # noqa: N818
    """The instrument itself reports an error in its queue, or a protection has tripped; the link is in order."""


class InvalidCapture(BenchError):  # noqa: N818
    """A waveform with holes or clipped codes: there is no number to be had from it."""


class LimitRefused(BenchError):  # noqa: N818
    """A value beyond the limits of the bench file; nothing was written."""
