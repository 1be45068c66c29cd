"""The matrix check x defect: the smallest tried dose of a seeded defect that makes a check FAIL."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.stimulator.defect_spec import DefectSpec


@dataclass(frozen=True, slots=True)
class Ask:
    """A check of a scenario, as the sound device meets it.

    Attributes:
        scenario: id of the case.
        check: id of the check.
        sound: its verdict on the sound device.
    """

    scenario: str
    check: str
    sound: str

    @property
    def name(self) -> str:
        """Both ids."""
        return f"{self.scenario}/{self.check}"

    @property
    def can_see(self) -> bool:
        """False for a check that fails with the sound device already: it tells nothing apart."""
        return self.sound != "FAIL"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One check sees one defect.

    Attributes:
        scenario: id of the case.
        check: id of the check.
        dose: the smallest dose of the ladder at which it fails, SI.
    """

    scenario: str
    check: str
    dose: float


@dataclass(frozen=True, slots=True)
class DefectRow:
    """What became of one defect.

    Attributes:
        spec: the defect.
        sightings: checks that saw it, at whatever dose.
        tried: doses that were tried, by scenario, SI, rising.
        error: a fault of the rig that ended a trial, or "".
    """

    spec: DefectSpec
    sightings: tuple[Sighting, ...]
    tried: Mapping[str, tuple[float, ...]]
    error: str = ""

    @property
    def is_seen(self) -> bool:
        """True where a check sees the stated dose, or less."""
        return any(abs(sighting.dose) <= abs(self.spec.dose) for sighting in self.sightings)


@dataclass(frozen=True, slots=True)
class EventRow:
    """What a scenario says without one of its events.

    Attributes:
        scenario: id of the case.
        event: its label.
        kind: what it does.
        verdicts: checks whose verdict changes.
        values: checks whose value changes by more than its U.
        capture: what changes in the capture, in a word, or "".
        patient: True where only the patient walks otherwise.
    """

    scenario: str
    event: str
    kind: str
    verdicts: tuple[str, ...]
    values: tuple[str, ...]
    capture: str
    patient: bool

    @property
    def changes_something(self) -> bool:
        """True where a verdict, a value or the capture changes."""
        return bool(self.verdicts or self.values or self.capture)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A finished search.

    Attributes:
        asks: every check of every scenario.
        defects: unseen first, then by family and name.
        events: those that changed nothing first.
        complete: False where the search was interrupted.
    """

    asks: tuple[Ask, ...]
    defects: tuple[DefectRow, ...]
    events: tuple[EventRow, ...]
    complete: bool = True

    @property
    def unseen(self) -> tuple[DefectRow, ...]:
        """Defects whose stated dose no check sees."""
        return tuple(row for row in self.defects if not row.is_seen)

    @property
    def idle_events(self) -> tuple[EventRow, ...]:
        """Events that changed nothing."""
        return tuple(row for row in self.events if not row.changes_something)

    @property
    def errors(self) -> tuple[DefectRow, ...]:
        """Defects whose trial ended in a fault of the rig."""
        return tuple(row for row in self.defects if row.error)

    @property
    def seeing(self) -> tuple[Ask, ...]:
        """Checks that see at least one defect."""
        seen = {(s.scenario, s.check) for row in self.defects for s in row.sightings}
        return tuple(ask for ask in self.asks if (ask.scenario, ask.check) in seen)

    @property
    def blind(self) -> tuple[Ask, ...]:
        """Checks that saw none of the defects that were tried."""
        seeing = set(self.seeing)
        return tuple(ask for ask in self.asks if ask not in seeing)

    def dose(self, row: DefectRow, ask: Ask) -> float | None:
        """Smallest dose at which a check fails, or None."""
        found = [s.dose for s in row.sightings if (s.scenario, s.check) == (ask.scenario, ask.check)]
        return found[0] if found else None


def in_order(
    asks: tuple[Ask, ...], defects: list[DefectRow], events: list[EventRow], *, complete: bool = True
) -> Matrix:
    """The matrix with what nobody saw first."""
    rows = sorted(defects, key=lambda row: (row.is_seen, row.spec.family, row.spec.name))
    idle_first = sorted(events, key=lambda row: row.changes_something)
    return Matrix(asks, tuple(rows), tuple(idle_first), complete)
