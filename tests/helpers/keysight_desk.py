"""A bench of simulated Keysight instruments around a walking device, on a simulated clock."""

from dataclasses import dataclass, replace

import numpy as np
from lab_desk import Playing, lab_of, steps_v

from rig.simulated.keysight.generator import WaveformGenerator
from rig.simulated.keysight.meter import Multimeter
from rig.simulated.keysight.scope import Oscilloscope
from rig.simulated.keysight.scope_model import INFINIIVISION_3000T
from rig.simulated.keysight.supply import PowerSupply
from rig.simulated.keysight.terminals import Terminal
from rig.simulated.lab import Lab
from sim.electrode.load import Load
from sim.signal import Command
from sim.timebase import ns_from_s

LOAD_OHM = 2000.0
CURRENT_A = 0.030
"""What the device of the shortened demonstration is set to."""
PULSE_S = 300e-6
RATE_HZ = 40.0
SMALL = replace(INFINIIVISION_3000T, memory_points=20_000)
"""The scope with little memory: the same code, less waiting."""


@dataclass(slots=True, eq=False)
class Desk:
    """A lab and its instruments; the scope sees voltage through 10:1, current through 10 ohm, supply, heel switch."""

    lab: Lab
    scope: Oscilloscope
    supply: PowerSupply
    generator: WaveformGenerator
    meter: Multimeter

    @property
    def instruments(self):
        return self.scope, self.supply, self.generator, self.meter

    def live_to(self, t_s):
        """Let time pass until `t_s`."""
        self.lab.clock.wait_until(ns_from_s(t_s))
        self.lab.catch_up()


def desk(*, walks=True, model=SMALL, seed=7, load_ohm=LOAD_OHM, clock=None):
    """The bench with the device on; with `walks` the heel is up for 1.2 s of every 1.5 s, from 0.3 s on."""
    lab = lab_of(**({} if clock is None else {"clock": clock}))
    lab.command(Command(0, "load", Load(load_ohm)))
    if walks:
        lab.drive(Playing({"heel_switch": steps_v([(0.3 + 1.5 * k, 1.5 + 1.5 * k) for k in range(20)], 31.0)}))
    lab.power_on(0)
    inputs = {
        1: Terminal("voltage", 0.1),
        2: Terminal("current", 10.0),
        3: Terminal("supply"),
        4: Terminal("heel_switch"),
    }
    return Desk(
        lab,
        Oscilloscope(lab, inputs, model, seed),
        PowerSupply(lab, {2: Terminal("supply")}, seed=seed),
        WaveformGenerator(lab, {1: Terminal("heel_switch")}, seed=seed),
        Multimeter(lab, seed=seed),
    )


def tell(instrument, *messages):
    """Send messages that must raise no error; the answer of the last one, stripped."""
    answer = b""
    for message in messages:
        answer = instrument.execute(message.encode() if isinstance(message, str) else message)
        found = instrument.execute(b"SYST:ERR?")
        assert found.startswith(b"+0,"), (message, found, list(instrument.crashes))
    return answer.rstrip(b"\n").decode("latin-1")


def refused(instrument, message):
    """Send a message that must be refused without an answer; the number of the error."""
    assert instrument.execute(message.encode() if isinstance(message, str) else message) == b""
    code = int(instrument.execute(b"SYST:ERR?").split(b",")[0])
    assert code != 0
    return code


SETUP = (
    ":CHAN1:PROB 10;RANG 160",
    ":CHAN2:DISP ON;RANG 1.6",
    ":CHAN3:DISP ON;RANG 16;OFFS 6",
    ":TIM:RANG 1E-3;REF LEFT;:TRIG:SOUR CHAN1;LEV 5;SLOP POS;SWE NORM",
    ":WAV:FORM WORD;BYT LSBF;UNS 1;POINts:MODE RAW;:WAV:POINts MAX",
)


def waveform(scope, channel=1):
    """Times from the trigger, s, (n,), codes (n,), and volts (n,) of a record, as its preamble says."""
    tell(scope, f":WAV:SOUR CHAN{channel}")
    fields = [float(field) for field in tell(scope, ":WAV:PRE?").split(",")]
    answer = scope.execute(b":WAV:DATA?")
    assert answer[:2] == b"#8" and answer[-1:] == b"\n"
    codes = np.frombuffer(answer[10:-1], "<u2")
    assert codes.size == int(answer[2:10]) // 2 == int(fields[2])
    return (
        (np.arange(codes.size) - fields[6]) * fields[4] + fields[5],
        codes,
        (codes - fields[9]) * fields[7] + fields[8],
    )


def pulses(t_s, volts, level_v):
    """Instants at which the signal rises through a level, (n,), s."""
    above = volts > level_v
    return t_s[1:][above[1:] & ~above[:-1]]
