"""A microcontroller of the STM32F4 class: processor, buses, peripherals, in cycles of its own clock."""
