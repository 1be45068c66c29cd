"""Quiet cells in the unit of their role: what the measures of the baseline read."""

from collections.abc import Iterable, Mapping

import numpy as np

from rig.record import IdleCells
from rig.waveforms import RoleFormat
from rig.windows import IdleRows


def idle_in_si(
    rows: Iterable[IdleRows], roles: Mapping[str, RoleFormat], rate_hz: float, cell: int
) -> dict[str, IdleCells]:
    """Role -> statistics of its quiet cells, in its unit.

    With value = scale * code + offset: mean = scale * sum/n + offset and
    rms^2 = scale^2 * sumsq/n + 2 * scale * offset * sum/n + offset^2.
    """
    stretches = list(rows)
    if not stretches:
        return {}
    number = np.concatenate([stretch.cell for stretch in stretches])
    count = np.concatenate([stretch.count for stretch in stretches])
    cells: dict[str, IdleCells] = {}
    for role, form in roles.items():
        low, high, total, squares = (
            np.concatenate([stretch.values[role][k] for stretch in stretches]).astype(np.float64) for k in range(4)
        )
        mean_code = total / count
        square = form.scale**2 * squares / count + 2 * form.scale * form.offset * mean_code + form.offset**2
        ends = (low * form.scale + form.offset, high * form.scale + form.offset)
        cells[role] = IdleCells(
            t0_s=number * cell / rate_hz,
            mean=mean_code * form.scale + form.offset,
            minimum=np.minimum(*ends),
            maximum=np.maximum(*ends),
            rms=np.sqrt(np.maximum(square, 0.0)),
            cell_s=cell / rate_hz,
        )
    return cells
