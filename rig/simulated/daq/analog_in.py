"""Analogue inputs: 16-bit samples of the laboratory's signals, taken by the same front end as on the virtual bench."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.acquisition import Acquisition
from rig.simulated.daq.converter import Converter, converter_for
from rig.simulated.daq.errors import not_simulated
from sim.edges import EDGE_DTYPE, Edges
from sim.front_end import FrontEnd
from sim.front_end_settings import HALF_SCALE, quantity_of
from sim.timebase import NS_PER_S, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.task import Task

_RENDERED: Final = {"current", "voltage"}


class AnalogIn(Acquisition):
    """Work of a task of analogue inputs.

    Sample indices count from the first acquisition since the card was opened, so that neither noise nor drift begins
    again with every task.
    """

    def __init__(self, task: "Task") -> None:
        super().__init__(task)
        self._front_end: FrontEnd | None = None
        self._sources: list[str | Converter] = []
        """Of each channel: the role that the front end renders, or a converter."""
        self._lsb_v: NDArray[np.float64] = np.zeros(0)
        self._index_shift = 0
        self._is_first = True
        self._steady_v: float | None = None
        """What relays hold at every input instead of its signal; None where they do not."""

    def resources(self) -> frozenset[str]:
        """The card's only chain of multiplexer, amplifier and sample clock."""
        return frozenset({"ai"})

    def begin(self, t0_ns: TimeNs) -> None:
        """The first sample stands at `t0_ns`."""
        super().begin(t0_ns)
        task, card = self.task, self.task.on
        period_ns = task.timing.period_ns
        self._lsb_v = np.array([channel.range_v / HALF_SCALE for channel in task.channels])
        origin_ns = t0_ns if card.origin_ns is None else card.origin_ns
        self._index_shift = max(0, -(-(t0_ns - origin_ns) // period_ns)) if period_ns else 0
        self._steady_v = card.terminals.reference_v()
        self._is_first = True
        self._sources, ranges = [], dict[str, float]()
        roles: list[str] = []
        for channel in task.channels:
            wire = card.wiring.at(channel.physical)
            if wire is None or quantity_of(wire.role) not in _RENDERED:
                self._sources.append(converter_for(card, channel))
                continue
            quantity = quantity_of(wire.role)
            if ranges.setdefault(quantity, channel.range_v) != channel.range_v:
                raise not_simulated(f"inputs for {quantity} with different ranges in one task")
            self._sources.append(wire.role)
            roles.append(wire.role)
        self._front_end = None
        if roles and period_ns:
            settings = replace(
                card.front_end,
                **{q: replace(getattr(card.front_end, q), range_v=range_v) for q, range_v in ranges.items()},
            )
            self._front_end = FrontEnd(settings, tuple(dict.fromkeys(roles)), exact_rate_hz(period_ns), card.streams)

    def take_codes(self, count: int) -> NDArray[np.int16]:
        """The next `count` samples, (n_channels, count), as the converters gave them."""
        codes = np.empty((len(self._sources), count), np.int16)
        rendered = self._render(count)
        for row, source in enumerate(self._sources):
            if isinstance(source, str):
                codes[row] = rendered[source].samples
            else:
                codes[row] = self._convert(source, count)
        self.read_index += count
        return codes

    def take_volts(self, count: int) -> NDArray[np.float64]:
        """The next `count` samples, (n_channels, count), V: code times the volts of one code."""
        volts = np.empty((len(self._sources), count))
        rendered = self._render(count)
        for row, source in enumerate(self._sources):
            codes = rendered[source].samples if isinstance(source, str) else self._convert(source, count)
            np.multiply(codes, self._lsb_v[row], out=volts[row])
        self.read_index += count
        return volts

    def software_samples(self, count: int) -> NDArray[np.float64]:
        """Samples (n_channels, count), V, of the laboratory as it stands now (the last ns that it has lived)."""
        card, volts = self.task.on, np.empty((len(self.task.channels), count))
        with card.lab.lock:
            now_ns = card.sync()
            for row, channel in enumerate(self.task.channels):
                codes = converter_for(card, channel).software_codes(now_ns - 1, count)
                np.multiply(codes, channel.range_v / HALF_SCALE, out=volts[row])
        return volts

    def _render(self, count: int) -> Any:
        """Waveforms of the front end, by role; called with every sample once, in order."""
        if self._front_end is None or not count:
            return {source: _EMPTY for source in self._sources if isinstance(source, str)}
        card, period_ns, first_ns = self.task.on, self.task.timing.period_ns, self.task.first_sample_ns()
        t0_ns = first_ns + self.read_index * period_ns
        t1_ns = t0_ns + count * period_ns
        shift_ns = self._index_shift * period_ns - first_ns
        with card.lab.lock:
            edges = card.lab.edges(t0_ns, t1_ns, with_running=self._is_first)
        if self._steady_v is not None:
            edges = replace(edges, channels=tuple(self._steady(t0_ns) for _ in edges.channels))
        channels = tuple(_moved(rows, t0_ns, shift_ns, is_first=self._is_first) for rows in edges.channels)
        self._is_first = False
        return self._front_end.render(Edges(t0_ns + shift_ns, t1_ns + shift_ns, channels)).waveforms

    def _steady(self, t0_ns: TimeNs) -> NDArray[Any]:
        """Current and voltage whose taps and dividers would show the reference at every input."""
        assert self._steady_v is not None
        rows = np.zeros(int(self._is_first), EDGE_DTYPE)
        settings = self.task.on.front_end
        rows["t_ns"], rows["tau_s"] = t0_ns, 1.0
        rows["i_a"] = self._steady_v / settings.volts_per_unit("current")
        rows["v_v"] = self._steady_v / settings.volts_per_unit("voltage")
        return rows

    def _convert(self, converter: Converter, count: int) -> NDArray[np.int16]:
        if not count:  # nothing may have begun
            return _EMPTY.samples
        period_ns = self.task.timing.period_ns
        t0_ns = self.task.first_sample_ns() + self.read_index * period_ns
        with self.task.on.lab.lock:
            index = self._index_shift + self.read_index
            if self._steady_v is not None:
                return converter.codes_of(np.full(count, self._steady_v), index)
            return converter.codes(t0_ns, period_ns, count, index)


class _Empty:
    samples: NDArray[np.int16] = np.zeros(0, np.int16)


_EMPTY: Final = _Empty()


def exact_rate_hz(period_ns: TimeNs) -> float:
    """The float rate that `sample_period_ns` takes back to this period."""
    rate_hz = NS_PER_S / period_ns
    for candidate in (rate_hz, np.nextafter(rate_hz, 0.0), np.nextafter(rate_hz, np.inf)):
        if period_ns * candidate == NS_PER_S:
            return float(candidate)
    raise not_simulated(f"a sample period of {period_ns} ns")


def _moved(rows: NDArray[Any], t0_ns: TimeNs, shift_ns: TimeNs, *, is_first: bool) -> NDArray[Any]:
    """Segments on the front end's axis: of the first block the open one from its start on, of others only new ones."""
    if not rows.size:
        return rows
    if is_first and rows["t_ns"][0] < t0_ns:
        left = np.exp(-(t0_ns - rows["t_ns"][0]) / NS_PER_S / rows["tau_s"][0])
        rows["i_b_a"][0] *= left
        rows["v_b_v"][0] *= left
        rows["t_ns"][0] = t0_ns
    rows["t_ns"] += shift_ns
    return rows
