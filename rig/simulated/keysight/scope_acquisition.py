"""One acquisition after the other: armed, triggered, complete; single, repeated, segmented, averaged, rolling."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.scope_sampler import Sampler
from rig.simulated.keysight.scope_settings import AUTO_WAIT_S, EXTERNAL, Channel, ScopeSettings
from rig.simulated.keysight.scope_timing import SamplePlan, sample_plan
from rig.simulated.keysight.scope_trigger import first_crossing, first_edge_outside
from rig.simulated.lab import Lab
from sim.errors import BenchError
from sim.timebase import NS_PER_S, TimeNs, ns_from_s

_STALE_NS: Final = 20 * NS_PER_S
"""A repeated acquisition that nobody has looked at is rendered at this age: the lab forgets after a minute."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One complete acquisition.

    Attributes:
        plan: rate and length.
        trigger_ns: instant of the trigger, lab time; of a rolling record its end.
        first: number of the first sample on the scope's clock.
        kind: type of acquisition.
        channels: number -> setting at that time.
        words: number -> codes (n,), or (2 n,) pairs for `PEAK`.
    """

    plan: SamplePlan
    trigger_ns: TimeNs
    first: int
    kind: str
    channels: Mapping[int, Channel]
    words: Mapping[int, NDArray[np.uint16]]


class Acquiring:
    """The acquisition memory and what fills it. It follows the lab: call `follow` whenever time has gone on.

    Args:
        lab: plant and clock; its lock is held by whoever calls.
        sampler: the inputs.
        settings: of the front panel.
    """

    def __init__(self, lab: Lab, sampler: Sampler, settings: ScopeSettings) -> None:
        self._lab, self._sampler, self.settings = lab, sampler, settings
        self.records: list[Record] = []
        self.is_running = False
        self.has_triggered = False
        self.is_waiting = False
        self.repeats = False
        self._forced = False
        self._search_ns: TimeNs = 0
        self._begun_ns: TimeNs = 0
        self._trigger_ns: TimeNs | None = None
        self._kept_ns: TimeNs | None = None
        self._sums: dict[int, NDArray[np.float64]] = {}
        self._summed = 0
        self._plan = sample_plan(sampler.model, settings)

    def panel_changed(self, settings: ScopeSettings) -> None:
        """Other settings altogether (`*RST`): nothing runs, nothing is kept."""
        self.settings = settings
        self.records, self._kept_ns = [], None
        self.is_running = self.is_waiting = self.has_triggered = False

    @property
    def _is_rolling(self) -> bool:
        return self.settings.timebase.mode == "ROLL"

    @property
    def _before_ns(self) -> TimeNs:
        return self._sampler.clock.lab_ns(self.settings.timebase.before_trigger_s)

    @property
    def _span_ns(self) -> TimeNs:
        return self._sampler.clock.lab_ns(self.settings.timebase.range_s)

    def arm(self, now_ns: TimeNs, *, repeats: bool) -> None:
        """Begin a new acquisition at `now_ns`; what was in the memory goes."""
        self.records, self._sums, self._summed = [], {}, 0
        self._plan = sample_plan(self._sampler.model, self.settings)
        self.repeats, self._forced = repeats, False
        self.is_running, self.has_triggered = True, False
        self._begun_ns = now_ns
        self._kept_ns = None
        self._rearm(now_ns)

    def _rearm(self, t_ns: TimeNs) -> None:
        self._search_ns = t_ns + max(0, self._before_ns)  # what lies before the trigger must be there first
        self._trigger_ns, self.is_waiting = None, not self._is_rolling

    def force(self) -> None:
        """Trigger now, whatever the signal does."""
        self._forced = True

    def follow(self, reached_ns: TimeNs) -> None:
        """Everything that has happened before `reached_ns`, the instant until which the lab has lived.

        Raises:
            BenchError: the lab cannot show what is asked for; the acquisition is over.
        """
        try:
            self._go_on(reached_ns)
        except BenchError:
            self.is_running = self.is_waiting = False
            raise

    def _go_on(self, reached_ns: TimeNs) -> None:
        while self.is_running:
            if self._is_rolling:
                end_ns = self._begun_ns + self._span_ns
                if not self.repeats and reached_ns >= end_ns:
                    self._end_roll(end_ns)
                return
            if self._trigger_ns is None:
                self._trigger_ns = self._look_for_trigger(reached_ns)
            if self._trigger_ns is None:
                break
            self.is_waiting, self.has_triggered = False, True
            end_ns = self._trigger_ns - self._before_ns + self._span_ns
            if reached_ns < max(end_ns, self._trigger_ns):
                break
            self._complete(self._trigger_ns)
            self._rearm(max(end_ns, self._trigger_ns))
        if self._kept_ns is not None and reached_ns - self._kept_ns > _STALE_NS:
            self._render_kept()

    def _look_for_trigger(self, reached_ns: TimeNs) -> TimeNs | None:
        if reached_ns <= self._search_ns:
            return None
        if self._forced:
            self._forced = False
            return self._search_ns
        trigger = self.settings.trigger
        patience_ns = self._search_ns_of_auto()
        until_ns = reached_ns if patience_ns is None else min(reached_ns, patience_ns)
        if trigger.source == EXTERNAL:
            found = first_edge_outside(self._sampler, trigger, self._search_ns, until_ns)
        else:
            source = self.settings.channels[trigger.source]
            found = first_crossing(self._lab, self._sampler, source, trigger, self._search_ns, until_ns)
        if found is not None:
            return found
        if patience_ns is not None and reached_ns > patience_ns:
            return patience_ns
        if patience_ns is None:
            self._search_ns = until_ns
        return None

    def _search_ns_of_auto(self) -> TimeNs | None:
        """When an automatic sweep triggers by itself; None for one that waits."""
        return self._search_ns + ns_from_s(AUTO_WAIT_S) if self.settings.trigger.sweep == "AUTO" else None

    def _complete(self, trigger_ns: TimeNs) -> None:
        acquisition = self.settings.acquisition
        if acquisition.type == "AVER" and not acquisition.is_segmented:
            self._add_to_average(trigger_ns)
            if self._summed >= acquisition.count and not self.repeats:
                self.is_running = False
            return
        if self.repeats and not acquisition.is_segmented:
            self._kept_ns = trigger_ns
            return
        self.records.append(self._rendered(trigger_ns))
        wanted = acquisition.segments if acquisition.is_segmented else 1
        if len(self.records) >= wanted:
            self.is_running = False

    def _on(self) -> dict[int, Channel]:
        return {n: replace(channel) for n, channel in self.settings.channels.items() if channel.is_on}

    def _rendered(self, trigger_ns: TimeNs) -> Record:
        kind, channels = self.settings.acquisition.type, self._on()
        first = self._sampler.clock.first_at_or_after(trigger_ns - self._before_ns, self._plan.period_ns)
        words = {
            n: self._sampler.codes(channel, self._sampler.volts(self._lab, n, channel, first, self._plan, kind))
            for n, channel in channels.items()
        }
        return Record(self._plan, trigger_ns, first, kind, channels, words)

    def _add_to_average(self, trigger_ns: TimeNs) -> None:
        channels = self._on()
        first = self._sampler.clock.first_at_or_after(trigger_ns - self._before_ns, self._plan.period_ns)
        if self.repeats and self._summed >= self.settings.acquisition.count:
            self._sums, self._summed = {}, 0
        for n, channel in channels.items():
            volts = self._sampler.volts(self._lab, n, channel, first, self._plan, "NORM")
            self._sums[n] = self._sums[n] + volts if n in self._sums else volts
        self._summed += 1
        words = {n: self._sampler.codes(channels[n], total / self._summed) for n, total in self._sums.items()}
        self.records = [Record(self._plan, trigger_ns, first, "AVER", channels, words)]

    def _end_roll(self, end_ns: TimeNs) -> None:
        """The record is what was seen last, at most one screen of it."""
        begin_ns = max(self._begun_ns, end_ns - self._span_ns)
        first = self._sampler.clock.first_at_or_after(begin_ns, self._plan.period_ns)
        stop = self._sampler.clock.first_at_or_after(end_ns, self._plan.period_ns)
        plan = replace(self._plan, n=max(0, stop - first))
        self.is_running = False
        if plan.n == 0:
            return
        kind, channels = self.settings.acquisition.type, self._on()
        words = {
            n: self._sampler.codes(channel, self._sampler.volts(self._lab, n, channel, first, plan, kind))
            for n, channel in channels.items()
        }
        self.records = [Record(plan, end_ns, first, kind, channels, words)]

    def stop(self, reached_ns: TimeNs) -> None:
        """End the acquisition at `reached_ns`; the last complete record stays in the memory."""
        self.follow(reached_ns)
        if self.is_running and self._is_rolling:
            self._end_roll(reached_ns)
        self.is_running = self.is_waiting = False
        self._render_kept()

    def _render_kept(self) -> None:
        if self._kept_ns is not None:
            self.records = [self._rendered(self._kept_ns)]
            self._kept_ns = None

    def look(self) -> list[Record]:
        """The records in the memory, the newest of repeated acquisitions included."""
        self._render_kept()
        return self.records
