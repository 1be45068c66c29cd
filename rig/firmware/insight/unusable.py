"""The end of an emulation."""


class UnusableError(Exception):
    """The firmware uses something that cannot be emulated: nothing that it does from here on can be trusted."""
