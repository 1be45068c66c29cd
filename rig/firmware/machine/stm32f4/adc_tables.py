"""Numbers of the analogue to digital converters. Source: RM0090 13.5, 13.6, 13.13; DS8626 tables 67, 70, 71."""

from typing import Final

SAMPLE_CYCLES: Final = (3, 15, 28, 56, 84, 112, 144, 480)
"""SMPx -> cycles of ADCCLK."""
CONVERT_CYCLES: Final = (12, 10, 8, 6)
"""RES -> cycles of ADCCLK after sampling; as many as bits."""
PRESCALERS: Final = (2, 4, 6, 8)
"""ADCPRE -> PCLK2 cycles in one of ADCCLK."""
SETTLING_US: Final = 3
"""From ADON until a conversion is accurate."""
REGULAR_TRIGGERS: Final = (
    *("TIM1_CC1", "TIM1_CC2", "TIM1_CC3", "TIM2_CC2", "TIM2_CC3", "TIM2_CC4", "TIM2_TRGO", "TIM3_CC1"),
    *("TIM3_TRGO", "TIM4_CC4", "TIM5_CC1", "TIM5_CC2", "TIM5_CC3", "TIM8_CC1", "TIM8_TRGO", "EXTI11"),
)
"""EXTSEL -> signal."""
INJECTED_TRIGGERS: Final = (
    *("TIM1_CC4", "TIM1_TRGO", "TIM2_CC1", "TIM2_TRGO", "TIM3_CC2", "TIM3_CC4", "TIM4_CC1", "TIM4_CC2"),
    *("TIM4_CC3", "TIM4_TRGO", "TIM5_CC4", "TIM5_TRGO", "TIM8_CC2", "TIM8_CC3", "TIM8_CC4", "EXTI15"),
)
"""JEXTSEL -> signal."""
REFERENCE_CHANNEL: Final = 17
REFERENCE_V: Final = 1.21
"""The internal reference, nominal."""
THERMOMETER_CHANNEL: Final = {"stm32f405": 16, "stm32f446": 18}
THERMOMETER_V: Final = 0.76
"""Its voltage at 25 °C, at which the chip is taken to be."""

AWD, EOC, JEOC, JSTRT, STRT, OVR = 1, 2, 4, 8, 16, 32
"""Bits of SR."""


def code_of(volts: float, full_scale_v: float, bits: int) -> int:
    """The nearest code, as an ideal converter gives it (DS8626 figure 50: the first step lies at half a code)."""
    steps = 1 << bits
    code = int(volts / full_scale_v * steps + 0.5)
    if code < 0:
        return 0
    return code if code < steps else steps - 1
