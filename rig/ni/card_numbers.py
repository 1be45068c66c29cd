"""What the driver says of a card in numbers: channels, lines, rates. It asks the device, no task is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rig.ni.errors import CardError
from rig.ni.link import Link
from rig.ni.tasks import told


@dataclass(frozen=True, slots=True)
class CardNumbers:
    """Numbers of one card; None for what its driver does not tell.

    Attributes:
        inputs: analogue inputs, single-ended where they can be.
        simultaneous: every input has a converter of its own.
        input_rate_hz: most samples a second of one input.
        aggregate_rate_hz: most samples a second of all inputs together.
        outputs: analogue outputs.
        output_rate_hz: most samples a second of one output.
        output_range_v: largest voltage of an output, V.
        lines: digital lines of all ports.
        counters: number of them.
    """

    inputs: int | None
    simultaneous: bool | None
    input_rate_hz: float | None
    aggregate_rate_hz: float | None
    outputs: int | None
    output_rate_hz: float | None
    output_range_v: float | None
    lines: int | None
    counters: int | None


def card_numbers(link: Link, part: str, device: str) -> CardNumbers:
    """Ask the driver.

    A simultaneous card tells the rate of each input for several of them, a multiplexed one that of all together
    (`DAQmx_Dev_AI_MaxMultiChanRate`); of the first kind the sum is told here.

    Args:
        link: to the card.
        part: its name on the bench.
        device: its name in the driver.

    Raises:
        CardError: no such card, or it does not answer.
    """
    from nidaqmx.system import Device

    card: Any = Device(device, **link.options())

    def ask(get: Callable[[], Any]) -> Any:
        try:
            with told(part):
                return get()
        except CardError as error:
            if type(error) is not CardError:  # not a refusal: the card is lost or late
                raise
            return None

    inputs = ask(lambda: len(card.ai_physical_chans))
    simultaneous = ask(lambda: bool(card.ai_simultaneous_sampling_supported))
    multi_hz = ask(lambda: float(card.ai_max_multi_chan_rate))
    if multi_hz is not None and simultaneous:
        multi_hz = None if inputs is None else multi_hz * inputs
    return CardNumbers(
        inputs=inputs,
        simultaneous=simultaneous,
        input_rate_hz=ask(lambda: float(card.ai_max_single_chan_rate)),
        aggregate_rate_hz=multi_hz,
        outputs=ask(lambda: len(card.ao_physical_chans)),
        output_rate_hz=ask(lambda: float(card.ao_max_rate)),
        output_range_v=ask(lambda: float(max(card.ao_voltage_rngs))),
        lines=ask(lambda: len(card.do_lines)),
        counters=ask(lambda: len(card.ci_physical_chans)),
    )
