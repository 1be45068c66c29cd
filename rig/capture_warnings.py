"""What is wrong with a capture, in words: no figure of a bad capture stands without one of these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaptureWarning:
    """One thing that a reader of the figures must know.

    Attributes:
        code: short and stable, for programs: `clipped`, `gap`, `no_pulses`, ...
        text: one sentence for people, with the numbers and the mend.
        where: file, sample, instant or option that it concerns.
        doubtful: False where the figures themselves stand and only their uncertainty is not told.
    """

    code: str
    text: str
    where: str = ""
    doubtful: bool = True

    def document(self) -> dict[str, str]:
        """As `stimrig measure --json` prints it."""
        return {"code": self.code, "text": self.text, "where": self.where}


def share_of(count: int, whole: int) -> str:
    """`3 of 80` things."""
    return f"{count} of {whole}"
