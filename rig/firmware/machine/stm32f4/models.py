"""The peripherals of a chip as objects: which class serves which block."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rig.firmware.machine.chips import Chip
from rig.firmware.machine.stm32f4.adc import Adc, AdcCommon
from rig.firmware.machine.stm32f4.dac import Dac
from rig.firmware.machine.stm32f4.dma import Dma
from rig.firmware.machine.stm32f4.exti import Exti
from rig.firmware.machine.stm32f4.fabric import Fabric
from rig.firmware.machine.stm32f4.flash import Flash
from rig.firmware.machine.stm32f4.gpio import Gpio
from rig.firmware.machine.stm32f4.i2c import I2c
from rig.firmware.machine.stm32f4.imu import WHO_AM_I, Imu
from rig.firmware.machine.stm32f4.iwdg import Iwdg
from rig.firmware.machine.stm32f4.rcc import Rcc
from rig.firmware.machine.stm32f4.registers import RegisterBlock
from rig.firmware.machine.stm32f4.system import Crc, Dbgmcu, Pwr, Syscfg
from rig.firmware.machine.stm32f4.timer import Timer
from rig.firmware.machine.stm32f4.usart import Usart
from rig.firmware.machine.stm32f4.wwdg import Wwdg

MODELS: Final[Mapping[str, type[RegisterBlock]]] = {
    "adc": Adc,
    "adc_common": AdcCommon,
    "crc": Crc,
    "dac": Dac,
    "dbgmcu": Dbgmcu,
    "dma": Dma,
    "exti": Exti,
    "flash": Flash,
    "gpio": Gpio,
    "i2c": I2c,
    "iwdg": Iwdg,
    "pwr": Pwr,
    "rcc": Rcc,
    "syscfg": Syscfg,
    "timer": Timer,
    "usart": Usart,
    "wwdg": Wwdg,
}
"""Layout of registers -> its model."""


def build_peripherals(
    chip: Chip, crystal_hz: int, reference_v: float = 3.3, line_baud: int = 115_200
) -> list[RegisterBlock]:
    """Every peripheral of a chip that has a model; the machine attaches them to its bus.

    Args:
        chip: which.
        crystal_hz: of the board, Hz.
        reference_v: VREF+ of the board, V.
        line_baud: rate at which the other end of the serial line talks and listens.
    """
    fabric = Fabric(chip, crystal_hz, reference_v, line_baud)
    return [MODELS[block.layout](block, fabric) for block in chip.blocks if block.modelled]


def wire_imu(
    peripherals: Sequence[RegisterBlock], bus: str, address: int | None, value_at: Callable[[str, int], float]
) -> None:
    """Hang an inertial sensor on a bus.

    Args:
        peripherals: of the chip.
        bus: `I2C1`.
        address: on the bus; None for the usual one.
        value_at: ``(terminal, cycle) -> m/s^2 or rad/s`` of `foot_imu.ax` ... `foot_imu.gz`.

    Raises:
        ValueError: the bus has no model.
    """
    i2c = next((each for each in peripherals if each.name == bus), None)
    if not isinstance(i2c, I2c):
        raise ValueError(f"the inertial sensor hangs on {bus}, which has no model: I2C1, I2C2 and I2C3 have one")  # noqa: TRY004
    attached: I2c = i2c

    def now() -> int:
        return attached.soc.now()

    i2c.targets.append(Imu(value_at, now, WHO_AM_I if address is None else address))
