"""Direct current: what flows while no pulse does."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.intervals import all_touching
from reports.measures.collecting import collected, not_run, nothing, windows_of
from reports.samples import Samples
from reports.uncertainty import RECTANGULAR, Term, term
from rig.record import Record


def dc(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Mean current over the quiet cells of each captured current, A; one sample a channel, cut to `during`.

    No baseline is taken off: the offset of the instrument is part of the result and its bound part of U, together with
    the noise of the mean.
    """
    windows = windows_of(parameters)
    roles = sorted(role for role in record.idle if role.partition(".")[0] == "current")
    if not roles:
        return not_run("A", "no waveform of the current")
    values, spans, items, dropped = [], [], [], 0
    terms: dict[str, list[float]] = {"offset": [], "noise": []}
    for role in roles:
        cells, accuracy = record.idle[role], record.accuracy[role]
        keep = all_touching(cells.t0_s, cells.t0_s + cells.cell_s, windows)
        dropped += int((~keep).sum())
        if keep.any():
            t0_s = cells.t0_s[keep]
            values.append(float(np.mean(cells.mean[keep])))
            spans.append((float(t0_s[0]), float(t0_s[-1]) + cells.cell_s))
            items.append(int(keep.sum()))
            samples = max(1.0, cells.cell_s * accuracy.rate_hz) * int(keep.sum())
            terms["offset"].append(accuracy.offset_bound * RECTANGULAR)
            terms["noise"].append(accuracy.noise_rms / samples**0.5)
    if not values:
        return nothing("A", "no quiet cell in the part of the run that counts", dropped=dropped)
    bounds, n = np.array(spans), len(values)
    budget: tuple[Term, ...] = (
        term("offset", "B", np.array(terms["offset"]), n, systematic=True, source="bound, rectangular"),
        term("noise", "A", np.array(terms["noise"]), n, systematic=False, source="rms noise of a sample, averaged"),
    )
    # cells at an edge of the part reach out of it by less than their own length
    outer = windows[0][0], windows[-1][1]
    return collected(
        "A",
        values,
        np.maximum(bounds[:, 0], outer[0]),
        np.minimum(bounds[:, 1], outer[1]),
        np.full(n, -1),
        budget,
        items=np.array(items),
        dropped=dropped,
    )
