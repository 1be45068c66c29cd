"""The self-test as a whole: which trials, what came out, as data for the console, the reports and other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports.selftest.chain import Chain, tapped
from reports.selftest.instruments import INSTRUMENTS, Instrument
from reports.selftest.recovery import Trial, try_one
from reports.selftest.waveforms import FULL, QUICK, Reference
from sim.front_end_settings import FrontEndSettings
from sim.streams import Streams

SCHEMA: Final = "stimrig/selftest/1"
_SEED: Final = 20240917
_LARGEST_A: Final = 0.033
_FULLEST: Final = 0.85
"""The largest reference takes this part of the range of a card whose tap is given."""


@dataclass(frozen=True, slots=True)
class SelftestResult:
    """Every trial.

    Attributes:
        bench: whose card was tried.
        full: True for all references, False for those of a quick one.
        trials: in the order of instruments, then references.
        guarded: False where the bench takes no zero and span: faults that only they show are then told, not failed.
    """

    bench: str
    full: bool
    trials: tuple[Trial, ...]
    guarded: bool = True

    @property
    def failed(self) -> tuple[Trial, ...]:
        """Trials in which the chain did not do what it must."""
        bad = (trial for trial in self.trials if not trial.ok)
        return tuple(trial for trial in bad if self.guarded or trial.expected == "sound")

    @property
    def unnoticed(self) -> tuple[Trial, ...]:
        """Faults that nothing on this bench would show."""
        return tuple(trial for trial in self.trials if not trial.ok and trial not in self.failed)

    def document(self) -> dict[str, Any]:
        """As plain data."""
        failed = self.failed
        return {
            "schema": SCHEMA,
            "bench": self.bench,
            "verdict": "FAIL" if failed else "PASS",
            "extent": "full" if self.full else "quick",
            "trials": len(self.trials),
            "failed": len(failed),
            "unnoticed": len(self.unnoticed),
            "instruments": [_row(list(group)) for group in self.by_instrument()],
        }

    def by_instrument(self) -> list[list[Trial]]:
        """The trials of each instrument."""
        groups: dict[str, list[Trial]] = {}
        for trial in self.trials:
            groups.setdefault(trial.instrument, []).append(trial)
        return list(groups.values())


def _row(trials: list[Trial]) -> dict[str, Any]:
    shown = next((trial for trial in trials if not trial.ok), trials[0])
    return {
        "instrument": shown.instrument,
        "expected": shown.expected,
        "summary": shown.summary,
        "ok": all(trial.ok for trial in trials),
        "outcome": shown.brief,
        "references": len(trials),
        "quantities": [
            {
                "reference": trial.reference,
                "measure": part.measure,
                "unit": part.unit,
                "true": part.true_value,
                "recovered": part.value if part.found else None,
                "U": part.expanded_value if part.found else None,
                "inside": part.inside,
            }
            for trial in trials
            for part in trial.recovered
        ],
    }


def run_selftest(
    bench: str,
    stated: FrontEndSettings,
    timebase_ppm: float,
    *,
    full: bool = False,
    instruments: Sequence[Instrument] = INSTRUMENTS,
    references: Sequence[Reference] | None = None,
) -> SelftestResult:
    """Try every instrument with every reference.

    Args:
        bench: name of the bench.
        stated: the card that it describes.
        timebase_ppm: bound of its sample clock.
        full: every reference; a quick self-test tries the perfect instrument with two, every other with one.
        instruments: to try.
        references: to try; those of the extent where None.
    """
    chosen = references if references is not None else FULL if full else QUICK
    card = tapped(stated, _LARGEST_A)
    part = min(1.0, _FULLEST * card.current.range_v / card.tap_ohm / _LARGEST_A)
    chosen = [reference.scaled(part) for reference in chosen]
    trials: list[Trial] = []
    for instrument in instruments:
        chain = Chain(instrument, instrument.stated(card), timebase_ppm, Streams(_SEED))
        tried = chosen if full or references is not None or instrument is INSTRUMENTS[0] else chosen[:1]
        trials += [try_one(chain, reference) for reference in tried]
    return SelftestResult(bench, full, tuple(trials), card.takes_zero)
