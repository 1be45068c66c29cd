"""A port of 16 pins: inputs with pulls, outputs that drive or only pull low, alternate functions, analogue.

Source: RM0090 8.3 and 8.4.
"""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.alternate_functions import functions_of
from rig.firmware.machine.stm32f4.registers import RegisterBlock

_RESET_MODES: Final = {"GPIOA": (0xA800_0000, 0x6400_0000), "GPIOB": (0x0000_0280, 0x0000_0100)}
"""Port -> MODER, PUPDR after reset: the debugger's pins (RM0090 8.4.1, 8.4.4)."""


def _twos(register: int, wanted: int) -> int:
    """Bit mask of the pins whose two bits have a value."""
    return sum(1 << pin for pin in range(16) if register >> 2 * pin & 3 == wanted)


class Gpio(RegisterBlock):
    """A port.

    Attributes:
        odr: output data.
        outside: levels that the board applies, by pin; a bit counts only where `applied` has it.
        applied: pins at which the board applies a level.
        functions: alternate function by pin (`USART2_TX`), of pins in that mode.
        function_levels: levels that peripherals give to their functions.
    """

    STATE = (
        "odr",
        "outside",
        "applied",
        "functions",
        "function_levels",
        "function_drives",
        "_driven",
        "_levels",
        "_seen",
    )
    PLAIN: ClassVar = {
        "MODER": (0, 0xFFFF_FFFF),
        "OTYPER": (0, 0xFFFF),
        "OSPEEDR": (0, 0xFFFF_FFFF),
        "PUPDR": (0, 0xFFFF_FFFF),
        "AFRL": (0, 0xFFFF_FFFF),
        "AFRH": (0, 0xFFFF_FFFF),
    }
    REFUSED: ClassVar = {"LCKR": ((0x1_FFFF, "locking pins"),)}

    def __init__(self, *args: Any) -> None:
        self.odr = self.outside = self.applied = self._driven = self._levels = self._seen = 0
        self._pushing = self._pulling = self._up = self._analogue = 0
        self.functions: dict[int, str] = {}
        self.function_levels = self.function_drives = 0
        super().__init__(*args)
        self.letter = self.name[-1]
        self.fabric.ports[self.letter] = self

    # -- registers -----------------------------------------------------------------------------------------------------

    def write_bsrr(self, value: int) -> None:
        """Set the pins of the lower half, clear those of the upper; setting wins."""
        odr = self.odr & ~(value >> 16) | value & 0xFFFF
        if odr != self.odr:
            self.odr = odr
            self._drive()

    def read_odr(self) -> int:
        """Output data."""
        return self.odr

    def write_odr(self, value: int) -> None:
        """All pins at once."""
        self.odr = value & 0xFFFF
        self._drive()

    def read_idr(self) -> int:
        """Levels at the pins; an analogue pin reads 0, an open one too (design choice: nothing is known of it)."""
        return self.pin_levels() & ~self._analogue

    def write_moder(self, value: int) -> None:
        """Input, output, alternate function, analogue."""
        self.r["MODER"] = value
        self._configure()

    def write_otyper(self, value: int) -> None:
        """Push-pull or open drain."""
        self.r["OTYPER"] = value & 0xFFFF
        self._configure()

    def write_pupdr(self, value: int) -> None:
        """Pulls."""
        self.r["PUPDR"] = value
        self._configure()

    def write_afrl(self, value: int) -> None:
        """Functions of pins 0 to 7."""
        self.r["AFRL"] = value
        self._configure()

    def write_afrh(self, value: int) -> None:
        """Functions of pins 8 to 15."""
        self.r["AFRH"] = value
        self._configure()

    def read_lckr(self) -> int:
        """No pin is locked."""
        return 0

    def write_lckr(self, value: int) -> None:
        """Locking has no model."""
        self.refuse("LCKR", value)

    # -- pins ----------------------------------------------------------------------------------------------------------

    def _configure(self) -> None:
        modes = self.r["MODER"]
        drains = self.r["OTYPER"]
        outputs = _twos(modes, 1)
        self._pushing, self._pulling = outputs & ~drains, outputs & drains
        self._up = _twos(self.r["PUPDR"], 1)
        self._analogue = _twos(modes, 3)
        selectors = self.r["AFRL"] | self.r["AFRH"] << 32
        functions: dict[int, str] = {}
        for pin in range(16):
            if modes >> 2 * pin & 3 == 2:
                name = functions_of(self.letter, pin).get(selectors >> 4 * pin & 15)
                if name is not None:
                    functions[pin] = name
        if functions != self.functions:
            self.functions = functions
            self._functions_changed()
        self._drive()

    def _functions_changed(self) -> None:
        """Tell the peripherals whose functions have come or gone; they say what they drive."""
        self.function_drives = self.function_levels = 0
        self.fabric.route()
        self.fabric.listening_changed()
        for pin, name in self.functions.items():
            level = self.fabric.level_of(name)
            if level is not None:
                self.function_drives |= 1 << pin
                self.function_levels |= level << pin

    def drive_function(self, pin: int, level: int | None) -> None:
        """A peripheral changes the level of its function at a pin; None: it lets go."""
        bit = 1 << pin
        if level is None:
            self.function_drives &= ~bit
        else:
            self.function_drives |= bit
            self.function_levels = self.function_levels & ~bit | level << pin
        self._drive()

    def _drive(self) -> None:
        drains = self.r["OTYPER"]
        functions = self.function_drives & ~(drains & self.function_levels)
        driven = self._pushing | self._pulling & ~self.odr | functions
        levels = self.odr & self._pushing | self.function_levels & functions
        changed = driven ^ self._driven | levels ^ self._levels
        if changed:
            self.fabric.settle()
            released = self._driven & ~driven
            self._driven, self._levels = driven, levels
            if released:
                self.soc.pin_release(self.name, released)
            if changed & driven:
                self.soc.pin_output(self.name, changed & driven, levels)
        self._look()

    @property
    def driven(self) -> int:
        """Pins that the chip drives."""
        return self._driven

    def pin_levels(self) -> int:
        """Levels at the pins: driven by the chip, else by the board, else pulled up, else 0."""
        driven, applied = self._driven, self.applied
        return self._levels & driven | ~driven & (self.outside & applied | self._up & ~applied)

    def apply(self, pin: int, level: int | None) -> None:
        """The board applies a level to a pin; None: it lets go."""
        bit = 1 << pin
        if level is None:
            self.applied &= ~bit
        else:
            self.applied |= bit
            self.outside = self.outside & ~bit | (bit if level else 0)
        self._look()

    def _look(self) -> None:
        """See which levels have changed, for the edge detectors."""
        levels = self.pin_levels() & ~self._analogue
        changed = levels ^ self._seen
        if changed:
            self._seen = levels
            self.fabric.pins_changed(self.letter, changed, levels)

    # -- life ----------------------------------------------------------------------------------------------------------

    def reset_block(self) -> None:
        """All pins let go; what the board applies stays."""
        super().reset_block()
        modes, pulls = _RESET_MODES.get(self.name, (0, 0))
        self.r["MODER"], self.r["PUPDR"] = modes, pulls
        self.odr = 0
        self._configure()

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken; the masks follow from the registers."""
        super().restore(state)
        modes, drains = self.r["MODER"], self.r["OTYPER"]
        outputs = _twos(modes, 1)
        self._pushing, self._pulling = outputs & ~drains, outputs & drains
        self._up, self._analogue = _twos(self.r["PUPDR"], 1), _twos(modes, 3)
        self.fabric.route()
