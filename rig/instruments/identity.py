"""Who an instrument says it is, and whether that is whom the bench file expects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Answer to `*IDN?`.

    Source: IEEE 488.2-1992, 10.14 (four fields, separated by commas).

    Attributes:
        maker: manufacturer.
        model: model.
        serial: serial number; simulated instruments begin theirs with `SIM`.
        firmware: version.
    """

    maker: str
    model: str
    serial: str
    firmware: str

    @property
    def is_simulated(self) -> bool:
        """True where the instrument says that it is simulated."""
        return self.serial.upper().startswith("SIM")

    def __str__(self) -> str:
        return f"{self.maker},{self.model},{self.serial},{self.firmware}"


def read_identity(answer: str) -> Identity | None:
    """The four fields of an answer to `*IDN?`, or None where there are fewer."""
    fields = [field.strip() for field in answer.strip().split(",", 3)]
    return Identity(*fields) if len(fields) == 4 and all(fields[:3]) else None


def identity_problem(found: Identity, expected: str, serial: str) -> str:
    """Why `found` is not the instrument that the bench file names, or "".

    Args:
        found: what answered.
        expected: beginning of the answer to `*IDN?` (`KEYSIGHT TECHNOLOGIES,MSO-X 3054T`), or "" for any; case and
            blanks do not count.
        serial: its serial number, or "" for any.
    """
    if not _plain(str(found)).startswith(_plain(expected)):
        return f"`{found}` answers, expected is `{expected}`"
    if serial and found.serial.casefold() != serial.strip().casefold():
        if found.is_simulated:
            return (
                f"a simulated instrument answers ({found}), the profile claims the real one with serial number {serial}"
            )
        return f"serial number {found.serial} answers, expected is {serial}"
    return ""


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
