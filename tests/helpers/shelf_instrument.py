"""A SCPI instrument for tests of the language and the transports: it keeps what it is given, and can be busy."""

from rig.simulated.scpi.blocks import definite_block
from rig.simulated.scpi.commands import Setting, command
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.parameters import Block, Boolean, Channels, Choice, Name, Number, Text
from rig.simulated.scpi.register_commands import STATUS_COMMANDS


class ShelfInstrument(Instrument):
    """Keeps what it is given; `ARM` makes it busy until `TRIG` or `*TRG`."""

    settings = (
        Setting("range_v", "CHANnel<1-4>:RANGe", Number("V", 8e-3, 40.0, 8.0), 40.0),
        Setting("level_v", "[SOURce<1-2>]:VOLTage[:LEVel][:IMMediate][:AMPLitude]", Number("V", 0.0, 6.18, 0.0), 0.0),
        Setting("mode", "TRIGger:MODE", Choice("NORMal", "AUTO", "CHANnel<1-4>"), "AUTO"),
        Setting("output", "OUTPut[:STATe]", Boolean(), False),
        Setting("count", "ACQuire:COUNt", Number(least=1, most=1000, default=1, whole=True), 1),
        Setting("title", "DISPlay:TEXT", Text(), ""),
    )
    commands = STATUS_COMMANDS

    def __init__(self):
        super().__init__("STIMRIG,SHELF,SIM0001,1.0")
        self.reset()

    def reset(self):
        self.data = b""
        self.named = {}
        self.busy = False

    def pending(self):
        return self.busy

    def refresh(self):
        self.status.operation.set(8, self.busy)

    def trigger(self):
        if not self.busy:
            super().trigger()
        self.busy = False

    @command("ARM")
    def arm(self):
        self.busy = True

    @command("TRIGger[:IMMediate]")
    def trigger_now(self):
        self.trigger()

    @command("DATA", Block())
    def put_data(self, data):
        self.data = data

    @command("DATA?")
    def get_data(self):
        return definite_block(self.data, 8)

    @command("DATA:NAMed", Name(), Number(), repeated=True)
    def put_named(self, name, *values):
        self.named[name] = values

    @command("TEXT?", Number(least=1, most=1 << 21, whole=True))
    def get_text(self, length):
        return "x" * length

    @command("MEASure:VOLTage?", optional=(Channels(1, 3),))
    def measure_voltage(self, channels=(1,)):
        return [channel * 1.5 for channel in channels]

    @command("BREAK")
    def break_down(self):
        raise RuntimeError("a bug of the simulation")
