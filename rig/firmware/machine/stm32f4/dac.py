"""Two 12 bit converters to voltages. Source: RM0090 14.3 to 14.5.

The output follows its register at once: the one to three cycles of the bus and the settling time (3 us, DS8626 table
74) are far below what an output stage shows.
"""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.registers import RegisterBlock

_TRIGGERS: Final = ("TIM6_TRGO", "TIM8_TRGO", "TIM7_TRGO", "TIM5_TRGO", "TIM2_TRGO", "TIM4_TRGO", "EXTI9", "SWTRIG")
"""TSEL -> signal (RM0090 table 76)."""


class Dac(RegisterBlock):
    """Both channels.

    Attributes:
        held: codes in the holding registers, by channel.
        out: codes in the output registers, by channel.
        sr: underrun flags.
    """

    STATE = ("held", "out", "sr", "_shown")
    PLAIN: ClassVar = {"CR": (0, 0x3FFF_3FFF)}
    REFUSED: ClassVar = {"CR": ((0x00C0_00C0, "noise and triangle waves"),)}

    def __init__(self, *args: Any) -> None:
        self.held, self.out, self._shown, self.sr = [0, 0], [0, 0], [0, 0], 0
        super().__init__(*args)
        for signal in _TRIGGERS[:-1]:
            self.fabric.listen(signal, self)

    # -- registers -----------------------------------------------------------------------------------------------------

    def write_cr(self, value: int) -> None:
        """Enable channels, choose their triggers."""
        self.keep("CR", value)
        self.fabric.listening_changed()
        self._show()

    def _hold(self, channel: int, code: int) -> None:
        self.held[channel] = code
        if not self.r["CR"] >> 16 * channel & 4:
            self.out[channel] = code
            self._show()

    def _show(self) -> None:
        for channel in (0, 1):
            code = self.out[channel] if self.r["CR"] >> 16 * channel & 1 else 0
            if code != self._shown[channel]:
                self.fabric.settle()
                self._shown[channel] = code
                self.soc.dac_output(channel + 1, code)

    def write_dhr12r1(self, value: int) -> None:
        """Channel 1, 12 bit."""
        self._hold(0, value & 0xFFF)

    def write_dhr12l1(self, value: int) -> None:
        """Channel 1, 12 bit, left."""
        self._hold(0, value >> 4 & 0xFFF)

    def write_dhr8r1(self, value: int) -> None:
        """Channel 1, 8 bit."""
        self._hold(0, (value & 0xFF) << 4)

    def write_dhr12r2(self, value: int) -> None:
        """Channel 2, 12 bit."""
        self._hold(1, value & 0xFFF)

    def write_dhr12l2(self, value: int) -> None:
        """Channel 2, 12 bit, left."""
        self._hold(1, value >> 4 & 0xFFF)

    def write_dhr8r2(self, value: int) -> None:
        """Channel 2, 8 bit."""
        self._hold(1, (value & 0xFF) << 4)

    def write_dhr12rd(self, value: int) -> None:
        """Both, 12 bit."""
        self._hold(0, value & 0xFFF)
        self._hold(1, value >> 16 & 0xFFF)

    def write_dhr12ld(self, value: int) -> None:
        """Both, 12 bit, left."""
        self._hold(0, value >> 4 & 0xFFF)
        self._hold(1, value >> 20 & 0xFFF)

    def write_dhr8rd(self, value: int) -> None:
        """Both, 8 bit."""
        self._hold(0, (value & 0xFF) << 4)
        self._hold(1, (value >> 8 & 0xFF) << 4)

    def read_dhr12r1(self) -> int:
        """What channel 1 holds."""
        return self.held[0]

    def read_dhr12r2(self) -> int:
        """What channel 2 holds."""
        return self.held[1]

    def read_dhr12rd(self) -> int:
        """What both hold."""
        return self.held[0] | self.held[1] << 16

    def read_dor1(self) -> int:
        """What channel 1 gives out."""
        return self.out[0]

    def read_dor2(self) -> int:
        """What channel 2 gives out."""
        return self.out[1]

    def write_swtrigr(self, value: int) -> None:
        """Trigger by software the channels that wait for it."""
        for channel in (0, 1):
            control = self.r["CR"] >> 16 * channel
            if value >> channel & 1 and control & 4 and control >> 3 & 7 == 7:
                self._convert(channel)

    def read_sr(self) -> int:
        """A trigger came before the last request had been served."""
        return self.sr

    def write_sr(self, value: int) -> None:
        """A 1 clears."""
        self.sr &= ~value
        self._update()

    # -- triggers and requests -----------------------------------------------------------------------------------------

    def hears(self, signal: str) -> bool:
        """Whether a channel waits for a signal."""
        return any(self._waits(channel, signal) for channel in (0, 1))

    def _waits(self, channel: int, signal: str) -> bool:
        control = self.r["CR"] >> 16 * channel
        return control & 5 == 5 and _TRIGGERS[control >> 3 & 7] == signal

    def triggered(self, signal: str) -> None:
        """A pulse of a trigger."""
        for channel in (0, 1):
            if self._waits(channel, signal):
                self._convert(channel)

    def _convert(self, channel: int) -> None:
        self.out[channel] = self.held[channel]
        self._show()
        if self.r["CR"] >> 16 * channel & 0x1000 and not self.fabric.dma_request(f"DAC{channel + 1}"):
            self.sr |= 1 << 13 + 16 * channel
            self._update()

    def _update(self) -> None:
        enabled = self.r["CR"] & 0x2000_2000
        self.irq(self.block.irqs["global"], bool(self.sr & enabled))

    def reset_block(self) -> None:
        """Off."""
        super().reset_block()
        self.held, self.out, self.sr = [0, 0], [0, 0], 0
        self._show()
