"""A bench behind NI-DAQmx for fault cases: in process, or its card behind a server; short blocks."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from lab_desk import CATALOGUE, case_of

import rig.simulated.in_process as in_process
from rig.benches import read_bench
from rig.ni.bench import NiBench
from sim.signal import Signal, Stimulus

HURRIED_S, PATIENT_S = 2.0, 60.0
"""Of a call, where one is waited for in vain, and where an answer is due: a busy computer is no fault of the link."""
BLOCK_NS = 10_000_000
RATE_HZ = 10_000.0


def short_case():
    """A case whose captures are small."""
    case = case_of()
    return replace(case, capture=replace(case.capture, rate_hz=100e3))


def laboratory_of(address="sim", timeout_s=PATIENT_S):
    """The shipped simulated bench with a time-out of calls; with the card alone where it lives elsewhere."""
    laboratory = read_bench("simulated")
    instruments = {name: replace(each, timeout_s=timeout_s) for name, each in laboratory.instruments.items()}
    wiring = laboratory.wiring
    if address != "sim":
        wiring = tuple(wire for wire in wiring if wire.instrument == "card")
        instruments = {"card": replace(instruments["card"], address=address)}
    return replace(laboratory, instruments=instruments, wiring=wiring)


def warm_up():
    """Compile what the card runs: a server that compiles meanwhile answers too late for a short time-out."""
    with pytest.MonkeyPatch.context() as patch:
        desk = FaultDesk("in process", patch)
        try:
            desk.bench.open(short_case())
            desk.blocks()
        finally:
            desk.close()


class FaultDesk:
    """A bench and the way to its card's faults.

    Attributes:
        bench: not yet opened.
        card: the simulated card behind it; in process there is one from `open` on.
        server: in front of the card, or None.
    """

    def __init__(self, transport, monkeypatch, timeout_s=PATIENT_S):
        self.server = None
        self._stack = contextlib.ExitStack()
        if transport == "in process":
            original = in_process.open_laboratory

            def opened(*arguments):
                self._opened = original(*arguments)
                return self._opened

            monkeypatch.setattr(in_process, "open_laboratory", opened)
            self.laboratory = laboratory_of(timeout_s=timeout_s)
        else:
            from rig.simulated.daq.server import CardServer

            self._opened = in_process.open_laboratory(read_bench("simulated"), short_case(), CATALOGUE.models)
            self._stack.callback(self._opened.close)
            self.server = self._stack.enter_context(CardServer(self._opened.card_channel.host))
            self.laboratory = laboratory_of(self.server.address, timeout_s)
        self.bench = NiBench(self.laboratory, CATALOGUE.models)

    @property
    def card(self):
        """The simulated card."""
        return self._opened.card

    @property
    def host(self):
        """The driver's side of the card, fresh: a closed server has closed its own."""
        from rig.simulated.daq.host import CardHost

        return CardHost([self.card])

    def blocks(self, count=8):
        """Run `count` blocks with the foot on the floor; the captures."""
        captures = []
        for number in range(count):
            t0_ns = number * BLOCK_NS
            signal = Signal(np.full(100, 2.6), t0_ns, RATE_HZ, "V")
            captures.append(self.bench.exchange(Stimulus(t0_ns, t0_ns + BLOCK_NS, {"heel_switch": signal})))
        return captures

    def close(self):
        """Leave everything."""
        self.bench.close()
        self._stack.close()
