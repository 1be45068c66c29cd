"""What the guardian carries out: one order an instrument."""

from typing import Protocol


class SafeOrder(Protocol):
    """Drive one instrument safe; picklable, for it is carried out in another process."""

    @property
    def name(self) -> str:
        """Of the instrument in the bench file."""
        ...

    def prepare(self) -> None:
        """Load what is slow to load, while there is time."""
        ...

    def drive_safe(self) -> str:
        """Open a link of its own and drive the outputs safe; what was done, in words. It may raise anything."""
        ...
