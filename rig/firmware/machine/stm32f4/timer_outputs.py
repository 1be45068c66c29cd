"""The outputs of a timer's compare channels: what a mode makes of matches and overflows.

Source: RM0090 18.3.8 to 18.3.10 (output compare, PWM) and 18.4.7 (OCxM).
"""

from dataclasses import dataclass, field
from typing import Final

_FROZEN, _SET, _CLEAR, _TOGGLE, _LOW, _HIGH, _PWM, _PWM_INVERTED = range(8)
_AT_MATCH: Final = {_SET, _CLEAR, _TOGGLE, _PWM, _PWM_INVERTED}


@dataclass(slots=True)
class Outputs:
    """References of up to four channels.

    Attributes:
        count: of channels.
        ccmr: both mode registers.
        ccer: enables and polarities.
        reference: OCxREF by channel.
    """

    count: int
    ccmr: list[int] = field(default_factory=lambda: [0, 0])
    ccer: int = 0
    reference: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def _field(self, channel: int) -> int:
        return self.ccmr[channel >> 1] >> (8 if channel & 1 else 0) & 0xFF

    def mode(self, channel: int) -> int:
        """OCxM."""
        return self._field(channel) >> 4 & 7

    def preloads(self, channel: int) -> bool:
        """OCxPE: whether a compare value waits for the next update."""
        return bool(self._field(channel) & 8)

    def _become(self, channel: int, level: int) -> bool:
        changed = self.reference[channel] != level
        self.reference[channel] = level
        return changed

    def match(self, channel: int) -> bool:
        """The counter has come to the compare value; whether the reference has changed."""
        mode, now = self.mode(channel), self.reference[channel]
        return self._become(channel, {_SET: 1, _CLEAR: 0, _TOGGLE: 1 - now, _PWM: 0, _PWM_INVERTED: 1}.get(mode, now))

    def restart(self, channel: int, compare: int) -> bool:
        """The counter has begun again at 0; whether the reference has changed."""
        return self.follow(channel, 0, compare)

    def follow(self, channel: int, value: int, compare: int) -> bool:
        """Registers have changed: what the mode says of the present value; whether the reference has changed."""
        mode = self.mode(channel)
        if mode == _PWM:
            return self._become(channel, int(value < compare))
        if mode == _PWM_INVERTED:
            return self._become(channel, int(value >= compare))
        return mode in {_LOW, _HIGH} and self._become(channel, int(mode == _HIGH))

    def level(self, channel: int) -> int | None:
        """Level at the pin; None where the channel is not enabled."""
        bits = self.ccer >> 4 * channel & 3
        return self.reference[channel] ^ bits >> 1 if bits & 1 else None

    def moves(self, channel: int) -> bool:
        """Whether a match moves the reference of a channel."""
        return self.mode(channel) in _AT_MATCH

    def modulates(self, channel: int) -> bool:
        """Whether an overflow moves it too."""
        return self.mode(channel) in {_PWM, _PWM_INVERTED}
