"""A simulated card in front of a laboratory for tests: in process or behind a server, and programs of another process.

Wires: input 0 current, 1 voltage, 7 and 6 output 0 and 1; output 2 heel switch; PFI0 and PFI1 lines 8 and 9; PFI4
counter 0; PFI8 the current above half of its amplitude, PFI9 below minus half of it; line 16 the device's status;
line 0 the interlock.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from lab_desk import case_of, lab_of

from rig.simulated.daq.card import SimulatedCard
from rig.simulated.daq.host import CardHost
from rig.simulated.daq.wiring import CardWire
from sim.front_end_settings import FrontEndSettings
from sim.streams import Streams

TAP_OHM = 100.0
HALF_A = 0.010
HEEL_DOWN_V, HEEL_UP_V = 2.6, 0.05

WIRES = (
    CardWire("ai0", "current"),
    CardWire("ai1", "voltage"),
    CardWire("ai7", "ao0"),
    CardWire("ai6", "ao1"),
    CardWire("ao2", "heel_switch"),
    CardWire("PFI0", "port0/line8"),
    CardWire("PFI1", "port0/line9"),
    CardWire("PFI4", "ctr0"),
    CardWire("PFI8", "current", level=HALF_A),
    CardWire("PFI9", "current", level=-HALF_A, invert=True),
    CardWire("port0/line16", "status"),
    CardWire("port0/line0", "interlock"),
)


def card_of(lab=None, product="USB-6363", **rest):
    """A card with these wires; its front end is without error, so that truth and sample differ by rounding alone."""
    lab = lab or lab_of(case_of())
    return SimulatedCard(lab, WIRES, front_end(), Streams(1), product=product, **rest)


def front_end():
    """An exact converter behind no filter: what is left is its 16 bits."""
    from sim.front_end_settings import AnalogInput

    exact = AnalogInput(gain_bound_ratio=0.0, offset_bound_v=0.0, drift_per_hour_v=0.0, inl_bound_v=0.0, noise_v=0.0)
    return FrontEndSettings(current=exact, voltage=exact, tap_ohm=TAP_OHM, filter_tau_s=0.0)


def host_of(card=None):
    """The driver's side of one card."""
    return CardHost([card or card_of()])


class ClientProcess:
    """Another process with plain nidaqmx, which runs programs by name one after the other.

    Args:
        address: of the card's server.
    """

    def __init__(self, address):
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import daq_desk; daq_desk.serve_programs()", address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def run(self, name, **arguments):
        """What the program gives back; its exception as a `RuntimeError`."""
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "failed" in answer:
            raise RuntimeError(answer["failed"])
        return answer["result"]

    def close(self):
        """End the process."""
        with self.process:
            self.process.stdin.close()
            self.process.wait(30)


def serve_programs():
    """The other process: reads names of programs, writes what they give back."""
    import traceback

    import daq_programs_counters
    import daq_programs_in
    import daq_programs_out
    import grpc
    from nidaqmx import GrpcSessionOptions

    groups = daq_programs_in, daq_programs_out, daq_programs_counters
    with grpc.insecure_channel(sys.argv[1].removeprefix("grpc://")) as channel:
        session = {"grpc_options": GrpcSessionOptions(channel, "")}
        for line in sys.stdin:
            name, arguments = json.loads(line)
            program = next(getattr(group, name) for group in groups if hasattr(group, name))
            try:
                answer = {"result": program(session, **arguments)}
            except Exception:  # noqa: BLE001  told to the test, which fails with it
                answer = {"failed": traceback.format_exc()}
            print(json.dumps(answer, default=_plain), flush=True)


def _plain(value):
    return value.tolist() if hasattr(value, "tolist") else float(value)
