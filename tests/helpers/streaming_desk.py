"""Streaming benches for the contract suite: virtual, a card in this process, a card behind gRPC, or one on hardware."""

from contextlib import ExitStack, contextmanager
from dataclasses import replace

from rig.bench_file.read import read_laboratory
from rig.benches import bench_file, open_bench
from rig.ni.bench import NiBench
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.text import read_document

CATALOGUE = assemble_catalogue()

SCENARIO = """\
schema: scenario/1
id: SCN-STREAM
title: a few steps into a resistor
seed: 5
patient: stroke_moderate
device: DEVICE
settings: {current: 20 mA, pulse_width: 300 us, rate: 40 Hz, extension: 100 ms}
load: 500 ohm
capture: {effects: false}
walk: {speed: 0.9 m/s, strides: STRIDES}
EVENTS
checks:
  width: {measure: {pulse_width: {}}, within: ±10 % of set}
  latency: {measure: {latency: {from: sensor_off, to: first_pulse}}, at_most: 60 ms}
"""


def streaming_case(folder, strides=2, device="odfs", events=""):
    """A short walk with a device on a resistor of 500 ohm."""
    file = folder / "stream.scenario.yaml"
    text = SCENARIO.replace("DEVICE", device).replace("STRIDES", str(strides)).replace("EVENTS", events)
    file.write_text(text, encoding="utf-8")
    return load_cases((file,), CATALOGUE, PlanOptions()).cases[0]


def laboratory_of(name="simulated", **card):
    """A shipped laboratory, how its card streams changed."""
    found = read_laboratory(read_document(bench_file(name)))
    return replace(found, card=replace(found.card, **card))


@contextmanager
def bench_behind_grpc(case):
    """The simulated bench with its card behind a gRPC server and its device behind a control port, on a SimClock."""
    from rig.simulated.card_of_bench import card_of_bench, fit_card
    from rig.simulated.control_port import ControlPort
    from rig.simulated.daq.server import serve_card
    from rig.simulated.json_lines import ControlDesk
    from rig.simulated.lab import Lab
    from rig.simulated.lab_control import LabControl

    laboratory = laboratory_of()  # patient: a busy computer is no fault of the link
    instruments = {name: replace(each, timeout_s=60.0) for name, each in laboratory.instruments.items()}
    laboratory = replace(laboratory, instruments=instruments)
    lab = Lab(case, CATALOGUE.models)
    with ExitStack() as stack:
        card = card_of_bench(lab, laboratory, laboratory.card_instrument, case)
        stack.callback(card.close)
        server = serve_card([card])
        stack.callback(server.close)
        control = LabControl(lab, fit=lambda case: fit_card(card, laboratory, case))
        port = ControlPort(ControlDesk(control, CATALOGUE, dict).answer)
        stack.callback(port.close)
        yield NiBench(laboratory.at_addresses({"card": server.address, "control": port.address}), CATALOGUE.models)


@contextmanager
def streaming_bench(kind, case):
    """A bench by kind: `virtual`, `card in process`, `card behind grpc`, or a file for `--bench`."""
    if kind == "card behind grpc":
        with bench_behind_grpc(case) as bench:
            yield bench
        return
    names = {"virtual": "virtual", "card in process": "simulated"}
    bench = open_bench(names.get(kind, kind), CATALOGUE)
    try:
        yield bench
    finally:
        bench.close()
