"""The peripherals of the STM32F4 class, one file each, as their reference manual tells them."""
