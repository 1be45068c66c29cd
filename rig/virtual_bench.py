"""The virtual bench: the plant behind a simulated card, in the same process, on the simulated clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rig.bench import Capabilities, Capture, ChannelAccuracy, Quality
from rig.card_accuracy import accuracy_of_card
from rig.firmware.insight.facts_of_case import facts_of_case, options_of_case
from rig.firmware.options import FirmwareOptions
from rig.firmware_facts import FirmwareFacts
from rig.lines import SampledLines
from rig.plant_of_case import DEVICE_CLOCK_PPM, plant_of_case
from rig.zero_span import ZeroSpan
from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from scenarios.roles import COMMANDS, LINES, TO_DEVICE
from sim.edges import Edges
from sim.errors import BenchError
from sim.front_end import FrontEnd
from sim.front_end_settings import FrontEndSettings, for_device
from sim.signal import Stimulus
from sim.streams import Streams
from sim.timebase import TimeNs, sample_period_ns
from sim.world import LONGEST_BLOCK_NS

if TYPE_CHECKING:
    from sim.plant import Plant


@dataclass(frozen=True, slots=True)
class VirtualBenchSettings:
    """A `*.bench.yaml` of kind `virtual`.

    Attributes:
        id: its name.
        title: for people.
        note: where its numbers come from.
        front_end: the simulated card.
        device_clock_ppm: how far the device's clock is off the card's; the sign follows from the seed. 30 ppm is the
            sum of two ordinary quartzes (design choice).
        timebase_ppm: bound of the card's own timebase, which enters the uncertainty of every time (50 ppm: data sheets
            of multifunction cards).
    """

    id: str = "virtual"
    title: str = "Virtual bench"
    note: str = ""
    front_end: FrontEndSettings = field(default_factory=FrontEndSettings)
    device_clock_ppm: float = DEVICE_CLOCK_PPM
    timebase_ppm: float = 50.0


class VirtualBench:
    """Plant and front end behind the seam; it may be opened again after `close`.

    Args:
        settings: of the bench file.
        models: simulated stimulators by name.
        options: what else is wanted of the process of a device with a firmware.
    """

    def __init__(
        self,
        settings: VirtualBenchSettings,
        models: Mapping[str, DeviceModelSpec],
        options: FirmwareOptions | None = None,
    ) -> None:
        self._settings, self._models, self._options = settings, models, options
        self._plant: Plant | None = None
        self._front_end: FrontEnd | None = None
        self._accuracy: dict[str, ChannelAccuracy] = {}
        self._streams, self._reached_ns = Streams(0), 0
        self._lines = SampledLines(1)
        self._case_id = ""

    def describe(self) -> Capabilities:
        """What this bench can do."""
        roles = {
            *TO_DEVICE,
            *COMMANDS,
            *LINES,
            *(f"{quantity}{n}" for quantity in ("current", "voltage") for n in _CHANNELS),
        }
        return Capabilities(frozenset(roles), True, True, LONGEST_BLOCK_NS, 0, "virtual")

    def accuracy(self) -> Mapping[str, ChannelAccuracy]:
        """The simulated card's part of the uncertainty, by captured role; empty where no waveform is rendered."""
        return self._accuracy

    def open(self, case: Case) -> None:
        """Build the device, its load and the card for `case`.

        Raises:
            BenchError: the device has neither a simulated model nor a firmware that can run here.
        """
        self.close()
        ppm = self._settings.device_clock_ppm
        self._case_id = case.id
        options = options_of_case(self._options, case.id)
        self._plant = plant_of_case(case, self._models, self._settings.id, ppm, options)
        streams = self._streams = Streams(case.seed)
        self._reached_ns = 0
        self._front_end, self._accuracy = None, {}
        self._lines = SampledLines(sample_period_ns(case.capture.rate_hz))
        if case.capture.keep != "none":
            front_end = for_device(self._settings.front_end, case.device.max_current_a)
            rate_hz = case.capture.rate_hz
            waveforms = tuple(role for role in case.capture.channels if role not in LINES)
            timebase = self._settings.timebase_ppm * 1e-6
            self._front_end = FrontEnd(front_end, waveforms, rate_hz, streams)
            self._accuracy = {role: accuracy_of_card(front_end, role, rate_hz, timebase) for role in waveforms}

    def exchange(self, stimulus: Stimulus) -> Capture:
        """Let the device live through `stimulus` and sample what it sent.

        Raises:
            BenchError: the bench is not open.
        """
        if self._plant is None:
            raise BenchError(self._settings.id, stimulus.t0_ns * 1e-9, "the bench is not open")
        edges = self._plant.advance(stimulus)
        messages = self._plant.messages()
        self._reached_ns = edges.t1_ns
        lines = self._lines.take(self._plant.lines(), edges.t1_ns)
        if self._front_end is None:
            return replace(self._without_waveform(edges, messages), lines=lines)
        rendered = self._front_end.render(edges)
        quality = Quality(rendered.gaps, rendered.clipped)
        return Capture(edges.t0_ns, edges.t1_ns, rendered.waveforms, lines, messages, quality)

    def take_firmware_options(self, options: FirmwareOptions) -> None:
        """What is wanted of the processes of firmware from the next case on."""
        self._options = options

    def firmware_facts(self) -> FirmwareFacts:
        """What is known of the firmware of this case; its raw coverage is written where it was asked for."""
        return {} if self._plant is None else facts_of_case(self._plant.model, self._case_id, self._options)

    def zero_span(self) -> Mapping[str, ZeroSpan]:
        """Zero and span of the simulated card, with the errors that it has at this instant of the run."""
        card = self._front_end
        if card is None or not card.settings.takes_zero:
            return {}
        return {
            role: zero_span_of(card, role, accuracy, self._reached_ns, self._streams)
            for role, accuracy in self._accuracy.items()
        }

    def _without_waveform(self, edges: Edges, messages: tuple[tuple[int, str], ...]) -> Capture:
        assert self._plant is not None
        return Capture(
            edges.t0_ns,
            edges.t1_ns,
            messages=messages,
            delivered=self._plant.delivered(),
            delivered_until_ns=self._plant.settled_ns,
        )

    @property
    def settings(self) -> VirtualBenchSettings:
        """What its file says."""
        return self._settings

    def safe_state(self) -> None:
        """Nothing here can hurt anybody; the plant simply stops being advanced."""

    def identity(self) -> Mapping[str, str]:
        """What the bench is."""
        return {
            "bench": self._settings.id,
            "title": self._settings.title,
            "kind": "virtual",
            "note": self._settings.note,
        }

    def close(self) -> None:
        """Forget the plant, and end the process of its firmware if it has one."""
        plant, self._plant, self._front_end = self._plant, None, None
        if plant is not None:
            plant.close()


_READINGS = 65_536
"""Samples of a zero and of a span reading: 1.2 uV of noise are left of 315 uV (design choice)."""
_CHANNELS = ("", ".2", ".3", ".4")


def zero_span_of(card: FrontEnd, role: str, accuracy: ChannelAccuracy, t_ns: TimeNs, streams: Streams) -> ZeroSpan:
    """Zero and span of a simulated card at an instant of the run; noise from a stream of that instant alone."""
    settings = card.settings
    reference = settings.span_ratio * accuracy.range
    draw = streams.generator(f"bench.zero and span.{role}.{t_ns}")
    # one source serves the whole run: its error is the same before and after
    error_ratio = settings.span_bound_ratio * streams.generator(f"bench.reference source.{role}").uniform(-1.0, 1.0)
    source = reference * (1.0 + error_ratio)
    zero, zero_noise = card.steady(role, 0.0, t_ns, _READINGS, draw)
    span, span_noise = card.steady(role, source, t_ns, _READINGS, draw)
    bound = abs(reference) * settings.span_bound_ratio
    return ZeroSpan(t_ns * 1e-9, zero, zero_noise, reference, bound, span, span_noise, _READINGS)
