"""A heel switch with a radio: the device's terminal sees what the receiver last heard.

The switch sends its state at every packet. Packet i arrives after the delay and a jitter of its own, or is lost; some
arrive a second time. The receiver has no sequence numbers: it shows the state of whatever came last, so a late second
copy shows an old state for a moment. While the link is down nothing arrives and the last state stands; the link needs a
while to come back. Everything random is a function of the packet's index.
"""

import heapq
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.walker import Walker
from sim.compiled import borrowing
from sim.noise import hash64
from sim.sensor.crossings import CrossingScanner
from sim.sensor.heel_switch import HeelSwitch, HeelSwitchSensor, Stuck
from sim.sensor.switch_faults import FaultChange
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import TimeNs, first_sample_at_or_after, ns_from_s


@dataclass(frozen=True, slots=True)
class WirelessSwitch(HeelSwitch):
    """Description of a wireless heel switch; its delays lie inside 5-30 ms (model.md section 7, from memory).

    Attributes:
        packet_s: time between two packets, s.
        delay_s: from sending to the receiver's output, s.
        jitter_s: largest further delay, s, evenly spread.
        loss_ratio: share of packets that never arrive.
        duplicate_ratio: share of packets that arrive twice.
        duplicate_delay_s: how much later the second copy comes, s.
        reconnect_s: time that the link needs to come back after it was down, s.
    """

    packet_s: float = field(default=0.010, metadata={"bounds": (0.001, 0.5)})
    delay_s: float = field(default=0.012, metadata={"bounds": (0.0, 0.5)})
    jitter_s: float = field(default=0.004, metadata={"bounds": (0.0, 0.5)})
    loss_ratio: float = field(default=0.01, metadata={"bounds": (0.0, 1.0)})
    duplicate_ratio: float = field(default=0.01, metadata={"bounds": (0.0, 1.0)})
    duplicate_delay_s: float = field(default=0.015, metadata={"bounds": (0.0, 1.0)})
    reconnect_s: float = field(default=0.5, metadata={"bounds": (0.0, 60.0)})

    @property
    def kind(self) -> str:
        """`wireless_switch`."""
        return "wireless_switch"


@dataclass(frozen=True, slots=True)
class RadioLoss:
    """The link is down from `t0_ns` until `t1_ns`; it then needs `reconnect_s` to come back."""

    t0_ns: TimeNs
    t1_ns: TimeNs


@dataclass(frozen=True, slots=True)
class RadioTrouble:
    """Packets sent from `t0_ns` until `t1_ns` fare worse than the link usually lets them.

    Attributes:
        t0_ns: first instant.
        t1_ns: end, not included.
        loss_ratio: further share of packets that never arrive.
        duplicate_ratio: further share that arrive twice.
        late_ratio: share that arrive `late_s` later than they should, behind newer ones.
        late_s: how late, s.
    """

    t0_ns: TimeNs
    t1_ns: TimeNs
    loss_ratio: float = 0.0
    duplicate_ratio: float = 0.0
    late_ratio: float = 0.0
    late_s: float = 0.0


@borrowing
def _chance(key: np.uint64, index: int) -> float:
    """Evenly spread in [0, 1), a function of the index."""
    word = hash64(key + np.uint64(index) * np.uint64(0x9E3779B97F4A7C15))
    return float(word >> np.uint64(11)) / 9007199254740992.0


_NO_TROUBLE: Final = RadioTrouble(0, 0)


class WirelessSwitchSensor(HeelSwitchSensor):
    """A wireless heel switch on one leg; samples are emitted in order, each once.

    Args:
        description: what it is.
        streams: of the case; `sensor.wireless loss`, `... jitter` and `... duplicate` are the radio's chance.
        stuck: spans in which the switch does not tell the truth.
        changes: faults of the switch.
        losses: spans in which the link is down.
        troubles: spans in which packets are lost, doubled or late more often; `sensor.wireless late` is their chance.
    """

    def __init__(
        self,
        description: WirelessSwitch,
        streams: Streams,
        stuck: tuple[Stuck, ...] = (),
        changes: tuple[FaultChange, ...] = (),
        losses: tuple[RadioLoss, ...] = (),
        troubles: tuple[RadioTrouble, ...] = (),
    ) -> None:
        super().__init__(description, streams, stuck, changes)
        self._radio = description
        self._keys = [streams.key(f"sensor.wireless {what}") for what in ("loss", "jitter", "duplicate")]
        self._late_key = streams.key("sensor.wireless late")
        self._troubles = troubles
        again_ns = ns_from_s(description.reconnect_s)
        self._down = tuple((loss.t0_ns, loss.t1_ns + again_ns) for loss in losses)
        self._scanner = CrossingScanner(*description.thresholds_v)
        self._seen = 0
        self._sends = True
        self._shown = True
        self._packet = 0
        self._on_air: list[tuple[TimeNs, int, bool]] = []

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs, walker: Walker) -> dict[str, Signal]:
        """What the receiver shows in [t0_ns, t1_ns)."""
        switch = super().emit(t0_ns, t1_ns, walker)[self.roles[0]]
        self._send(switch, t1_ns)
        return {self.roles[0]: Signal(self._heard(switch), switch.t0_ns, switch.rate_hz, "V")}

    def _send(self, switch: Signal, t1_ns: TimeNs) -> None:
        """Packets that leave before `t1_ns`, with the state of the switch then."""
        self._scanner.feed(switch)
        crossings, radio = self._scanner.crossings, self._radio
        period_ns = ns_from_s(radio.packet_s)
        while self._packet * period_ns < t1_ns:
            index, sent_ns = self._packet, self._packet * period_ns
            while self._seen < len(crossings) and crossings[self._seen][0] <= sent_ns:
                self._sends = crossings[self._seen][1]
                self._seen += 1
            self._packet += 1
            loss, jitter, duplicate = (_chance(key, index) for key in self._keys)
            more = self._trouble_at(sent_ns)
            is_down = any(t0_ns <= sent_ns < end_ns for t0_ns, end_ns in self._down)
            if loss < radio.loss_ratio + more.loss_ratio or is_down:
                continue
            arrives_ns = sent_ns + ns_from_s(radio.delay_s + radio.jitter_s * jitter)
            if more.late_ratio > 0.0 and _chance(self._late_key, index) < more.late_ratio:
                arrives_ns += ns_from_s(more.late_s)
            heapq.heappush(self._on_air, (arrives_ns, index, self._sends))
            if duplicate < radio.duplicate_ratio + more.duplicate_ratio:
                again_ns = arrives_ns + ns_from_s(radio.duplicate_delay_s)
                heapq.heappush(self._on_air, (again_ns, index, self._sends))

    def _trouble_at(self, sent_ns: TimeNs) -> RadioTrouble:
        """What happens to a packet sent at `sent_ns`, beside what usually does."""
        return next((trouble for trouble in self._troubles if trouble.t0_ns <= sent_ns < trouble.t1_ns), _NO_TROUBLE)

    def _heard(self, switch: Signal) -> NDArray[np.float64]:
        """The receiver's output at the samples of `switch`, V."""
        out, done, period_ns = np.empty(len(switch.samples)), 0, switch.period_ns
        first = switch.first_index
        while self._on_air:
            arrives_ns = self._on_air[0][0]
            place = first_sample_at_or_after(arrives_ns, period_ns) - first
            if place >= out.size:
                break
            if place > done:
                out[done:place] = self._level_v()
                done = place
            self._shown = heapq.heappop(self._on_air)[2]
        out[done:] = self._level_v()
        return out

    def _level_v(self) -> float:
        return self._radio.loaded_v if self._shown else self._radio.unloaded_v
