"""An order for the guardian that another process can load: it leaves a trace."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Touch:
    """An order that leaves a trace in a file: the independent truth that an output was driven."""

    name: str
    trace: str
    fails: str = ""

    def prepare(self):
        """Nothing is slow here."""

    def drive_safe(self):
        if self.fails:
            raise RuntimeError(self.fails)
        with Path(self.trace).open("a") as file:
            file.write(self.name + "\n")
        return "off"
