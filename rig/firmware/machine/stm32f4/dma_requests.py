"""Which request a DMA stream serves by its channel. Source: RM0090 tables 42 and 43 (RM0390 tables 28 and 29)."""

from collections.abc import Mapping
from typing import Final

_DMA1: Final = """
SPI3_RX - SPI3_RX SPI2_RX SPI2_TX SPI3_TX - SPI3_TX
I2C1_RX - TIM7_UP - TIM7_UP I2C1_RX I2C1_TX I2C1_TX
TIM4_CH1 - - TIM4_CH2 - - TIM4_UP TIM4_CH3
- TIM2_UP|TIM2_CH3 I2C3_RX - I2C3_TX TIM2_CH1 TIM2_CH2|TIM2_CH4 TIM2_UP|TIM2_CH4
UART5_RX USART3_RX UART4_RX USART3_TX UART4_TX USART2_RX USART2_TX UART5_TX
- - TIM3_CH4|TIM3_UP - TIM3_CH1|TIM3_TRIG TIM3_CH2 - TIM3_CH3
TIM5_CH3|TIM5_UP TIM5_CH4|TIM5_TRIG TIM5_CH1 TIM5_CH4|TIM5_TRIG TIM5_CH2 - TIM5_UP -
- TIM6_UP I2C2_RX I2C2_RX USART3_TX DAC1 DAC2 I2C2_TX
"""
_DMA2: Final = """
ADC1 - TIM8_CH1|TIM8_CH2|TIM8_CH3 - ADC1 - TIM1_CH1|TIM1_CH2|TIM1_CH3 -
- - ADC2 ADC2 - - - -
ADC3 ADC3 - - - - - -
SPI1_RX - SPI1_RX SPI1_TX - SPI1_TX - -
- - USART1_RX SDIO - USART1_RX SDIO USART1_TX
- USART6_RX USART6_RX - - - USART6_TX USART6_TX
TIM1_TRIG TIM1_CH1 TIM1_CH2 TIM1_CH1 TIM1_CH4|TIM1_TRIG TIM1_UP TIM1_CH3 -
- TIM8_UP TIM8_CH1 TIM8_CH2 TIM8_CH3 - - TIM8_CH4|TIM8_TRIG
"""


def _read(table: str) -> dict[tuple[int, int], tuple[str, ...]]:
    return {
        (stream, channel): tuple(words.split("|"))
        for channel, row in enumerate(table.split("\n")[1:-1])
        for stream, words in enumerate(row.split())
        if words != "-"
    }


REQUESTS: Final[Mapping[str, Mapping[tuple[int, int], tuple[str, ...]]]] = {"DMA1": _read(_DMA1), "DMA2": _read(_DMA2)}
"""Controller -> (stream, channel) -> requests that come in there."""
