"""A firmware image on an emulated board, in this process: its terminals in device seconds, for tests of the port."""

from collections import Counter

from rig.firmware.board.board_file import find_board
from rig.firmware.board.board_line import BAUD, BITS, BoardLine
from rig.firmware.board.board_wiring import BoardWiring
from rig.firmware.image.image_file import load_image
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.stm32f4.models import build_peripherals

CLOSED_V, OPEN_V = 5.0, 0.0
"""The heel switch on the floor, and in the air."""


class EmulatedBox:
    """A box that runs an image.

    Args:
        image: of the firmware.
        board: name of the board.

    Attributes:
        values: terminal -> what it carries; `output_current` follows the output stage.
        drives: (instant, current) of each change of the output, s and A.
        lines: (instant, role, state) of each change of a lamp or the status line.
        accesses: accesses to registers by name, counted while `count` is True.
    """

    def __init__(self, image, board):
        self.board = find_board(board)
        self.values = {"heel_switch": CLOSED_V, "supply": 9.0, "output_voltage": 30.0, "probe_voltage": 5e-3}
        self.drives, self.lines, self.uart, self.faults = [], [], b"", []
        self.accesses = Counter()
        self.wiring = BoardWiring(self.board, self._value_at, self._tell)
        self.keys = BoardLine(self.board.uart, {r: n for r, n in self.board.nets.items() if r.startswith("button.")})
        chip = CHIPS[self.board.chip]
        self.machine = Machine(
            load_image(image),
            chip,
            [*build_peripherals(chip, self.board.crystal_hz), self.keys],
            self.wiring,
            hclk_hz=self.board.clock_hz,
            cycles_per_instruction=self.board.cycles_per_instruction,
        )
        self.machine.power_on()

    def _value_at(self, terminal, cycle):
        if terminal == "output_current":
            return self.drives[-1][1] if self.drives else 0.0
        return self.values[terminal]

    def _tell(self, kind, name, value, data, cycle):
        t_s = cycle / self.board.clock_hz
        if kind == "drive":
            self.drives.append((t_s, value))
        elif kind == "line":
            self.lines.append((t_s, name, value))
        else:
            self.faults.append((t_s, name, data.decode()))

    @property
    def now_s(self):
        """Device time, s."""
        return self.machine.soc.now() / self.board.clock_hz

    def run(self, span_s):
        """Let time pass."""
        until = self.machine.soc.now() + round(span_s * self.board.clock_hz)
        while self.machine.run_until(until) < until:
            pass
        for told in self.machine.take_emissions():
            self.uart += told.data if told.kind == "uart" else b""
            if told.kind == "fault":
                self.faults.append((told.cycle / self.board.clock_hz, told.name, told.data.decode()))

    def power_cycle(self):
        """The supply goes and comes."""
        self.machine.power_on("power_on")

    def send(self, text):
        """Bytes on the serial line, from now on."""
        start = self.machine.soc.now()
        bit = self.board.clock_hz / BAUD
        data = text.encode() if isinstance(text, str) else text
        self.keys.send([(start + round((place + 1) * BITS * bit), byte) for place, byte in enumerate(data)])

    def say(self, text, wait_s=0.02):
        """Say a line; what it answered meanwhile."""
        self.uart = b""
        self.send(text + "\n")
        self.run(wait_s + len(text) * BITS / BAUD)
        return [line for line in self.uart.decode().splitlines() if not line.startswith("LOG")]

    def count_accesses(self, span_s):
        """Accesses to registers while time passes, by name and ``r`` or ``w``."""
        self.accesses.clear()
        named = self.machine.soc.register_name
        self.machine.observe_bus(lambda w, at, _size, _value: self.accesses.update({f"{named(at)} {'rw'[w]}": 1}))
        self.run(span_s)
        self.machine.observe_bus(None)
        return dict(self.accesses)
