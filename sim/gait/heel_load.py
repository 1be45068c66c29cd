"""When the heel takes load and when it loses it: what a switch under it can know of a walk.

In level walking that is one heel contact and one heel-off a stride. A heel that never rises in its stride (shuffling)
stays loaded through the next contact; a seated patient's heel may come free in the middle of a stance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.gait.schedule import StrideSchedule
from sim.timebase import NEVER


@dataclass(frozen=True, slots=True, eq=False)
class HeelLoad:
    """The order of contacts and lift-offs of a walk; contacts become known while it goes on.

    Attributes:
        liftoff_ns: (n,) the heel loses its load.
        contact_of: (n,) swing whose contact follows lift-off i, or -1 where the instant is prescribed.
        prescribed_ns: (n,) that instant, else `NEVER`.
    """

    liftoff_ns: NDArray[np.int64]
    contact_of: NDArray[np.int64]
    prescribed_ns: NDArray[np.int64]

    def contacts_ns(self, heel_contact_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Contact that follows each lift-off, ns; `NEVER` while unknown.

        Args:
            heel_contact_ns: (N + 1,), the heel takes load after swing k; `NEVER` while unknown.
        """
        return np.where(self.contact_of < 0, self.prescribed_ns, heel_contact_ns[self.contact_of])


def heel_load(schedule: StrideSchedule) -> HeelLoad:
    """The heel's contacts and lift-offs in the order in which they happen."""
    rises = np.flatnonzero(schedule.heel_off_ns < NEVER)
    free = schedule.heel_free_ns
    liftoff = np.concatenate((schedule.heel_off_ns[rises], free[:, 0]))
    order = np.argsort(liftoff, kind="stable")
    swing = np.concatenate((rises, np.full(len(free), -1)))
    until = np.concatenate((np.full(len(rises), NEVER), free[:, 1]))
    return HeelLoad(liftoff[order], swing[order].astype(np.int64), until[order].astype(np.int64))
