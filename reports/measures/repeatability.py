"""How well the output repeats itself over the run, and how far it drifts while the device warms up."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.conditions import setting_changes_s
from reports.measures.collecting import collected, noted, nothing
from reports.measures.grouping import trains_of
from reports.measures.levels import Level, level_means, level_of, sound_rows
from reports.samples import Samples
from reports.uncertainty import Term, term
from rig.record import Record

_FEWEST_TRAINS: Final = 10
FIELDS: Final = {"current": "phase1_a", "width": "phase1_s"}


def repeatability(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Scatter or drift of the plateau from train to train, relative: one sample a run, ten trains at least.

    `scatter`: standard deviation of the means of the trains over their mean; its own uncertainty is that of a standard
    deviation, ``s / sqrt(2 (n - 1))``. `drift`: largest difference between the means of any two tenths of the run, so
    that a warm-up shows that is over before the end. Source: regulatory.md OUT-13.
    """
    field, of = FIELDS[str(parameters.get("quantity", "current"))], str(parameters.get("of", "scatter"))
    if setting_changes_s(record, "current") or setting_changes_s(record, "pulse_width"):
        return nothing("", "settings changed in the run")
    sound = sound_rows(record, field)
    members = [np.intersect1d(train.rows, sound).astype(np.int64) for train in trains_of(record)]
    trains = tuple(level_of(record, 0.0, rows) for rows in members if rows.size)
    if len(trains) < _FEWEST_TRAINS:
        return nothing("", *noted(len(trains), f"trains with a plateau, {_FEWEST_TRAINS} are needed"))
    means, terms = level_means(record, field, trains)
    level = float(np.mean(np.abs(means)))
    random = [part for part in terms if not part.systematic]
    if of == "scatter":
        value = float(np.std(np.abs(means), ddof=1)) / level
        parts = (
            _one("scatter of a scatter", value / (2.0 * (means.size - 1)) ** 0.5, "s/sqrt(2 (n - 1))"),
            *(_one(part.name, float(np.mean(part.standard_value)) / level, part.source) for part in random),
        )
    else:
        tenths = np.array_split(np.abs(means), 10)
        middle = np.array([float(np.mean(part)) for part in tenths])
        value = float(np.max(middle) - np.min(middle)) / level
        within = tuple(
            _one(part.name, 2.0**0.5 * float(np.mean(part.standard_value)) / level / len(tenths[0]) ** 0.5, part.source)
            for part in random
        )
        parts = within
    whole = Level(0.0, sound, trains[0].t0_s, trains[-1].t1_s)
    return collected("", [value], [whole.t0_s], [whole.t1_s], [-1], parts, items=np.array([len(trains)]))


def _one(name: str, standard: float, source: str) -> Term:
    return term(name, "A", standard, 1, systematic=False, source=source)
