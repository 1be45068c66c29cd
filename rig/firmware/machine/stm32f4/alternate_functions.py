"""Which function a pin has by the number in AFRL or AFRH.

Source: DS8626 table 9 and DS10693 table 11, the timers, serial lines and I2C of both chips that have a model here; as
recalled, checked against the chips' boards only where a firmware of this project uses them.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

_PINS: Final[Mapping[str, str]] = {
    "1 TIM1_CH1": "A8 E9",
    "1 TIM1_CH2": "A9 E11",
    "1 TIM1_CH3": "A10 E13",
    "1 TIM1_CH4": "A11 E14",
    "1 TIM2_CH1": "A0 A5 A15",
    "1 TIM2_CH2": "A1 B3",
    "1 TIM2_CH3": "A2 B10",
    "1 TIM2_CH4": "A3 B11",
    "2 TIM3_CH1": "A6 B4 C6",
    "2 TIM3_CH2": "A7 B5 C7",
    "2 TIM3_CH3": "B0 C8",
    "2 TIM3_CH4": "B1 C9",
    "2 TIM4_CH1": "B6 D12",
    "2 TIM4_CH2": "B7 D13",
    "2 TIM4_CH3": "B8 D14",
    "2 TIM4_CH4": "B9 D15",
    "2 TIM5_CH1": "A0 H10",
    "2 TIM5_CH2": "A1 H11",
    "2 TIM5_CH3": "A2 H12",
    "2 TIM5_CH4": "A3 I0",
    "3 TIM9_CH1": "A2 E5",
    "3 TIM9_CH2": "A3 E6",
    "3 TIM10_CH1": "B8 F6",
    "3 TIM11_CH1": "B9 F7",
    "4 I2C1_SCL": "B6 B8",
    "4 I2C1_SDA": "B7 B9",
    "4 I2C2_SCL": "B10 F1 H4",
    "4 I2C2_SDA": "B11 F0 H5",
    "4 I2C3_SCL": "A8 H7",
    "4 I2C3_SDA": "C9 H8",
    "7 USART1_TX": "A9 B6",
    "7 USART1_RX": "A10 B7",
    "7 USART2_TX": "A2 D5",
    "7 USART2_RX": "A3 D6",
    "7 USART3_TX": "B10 C10 D8",
    "7 USART3_RX": "B11 C11 D9",
    "8 UART4_TX": "A0 C10",
    "8 UART4_RX": "A1 C11",
    "8 UART5_TX": "C12",
    "8 UART5_RX": "D2",
    "8 USART6_TX": "C6 G14",
    "8 USART6_RX": "C7 G9",
    "9 TIM12_CH1": "B14 H6",
    "9 TIM12_CH2": "B15 H9",
    "9 TIM13_CH1": "A6 F8",
    "9 TIM14_CH1": "A7 F9",
}
"""Number and function -> pins that carry it."""


@cache
def functions_of(letter: str, pin: int) -> Mapping[int, str]:
    """Number -> function of a pin."""
    here = f"{letter}{pin}"
    found = (words.split() for words, pins in _PINS.items() if here in pins.split())
    return {int(number): function for number, function in found}
