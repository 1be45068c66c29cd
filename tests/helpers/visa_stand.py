"""A bench of oscilloscope, generator, supply and meter for tests: the shipped one's like, on any transport."""

from pathlib import Path

from rig.bench_file.laboratory import Laboratory
from rig.bench_file.read import read_laboratory
from scenarios.text import read_document

BENCH = """\
schema: bench/1
kind: laboratory
id: visa-stand
title: Oscilloscope, generator, supply and meter, all simulated
simulated: true
device: odfs
expects: {{max_current: 100 mA, max_voltage: 130 V, supply: 12 V, rate: 1 MHz}}

instruments:
  scope:
    driver: keysight.infiniivision
    address: sim:{transport}
    identity: "KEYSIGHT TECHNOLOGIES,MSO-X 3024T"
    timeout: 5 s
    timebase: {{value: 2 ppm, note: "data sheet 5992-0140: 1.6 ppm"}}
    filter_tau: {{value: 0 s, note: "200 MHz; HRES averages between two samples"}}
    ranges:
      - {{range: 20 V, gain_bound: 0.2 %, offset_bound: 100 mV, inl_bound: 10 mV, noise: 10 mV}}
      - {{range: 10 V, gain_bound: 0.2 %, offset_bound: 50 mV, inl_bound: 5 mV, noise: 5 mV}}
      - {{range: 5 V, gain_bound: 0.2 %, offset_bound: 25 mV, inl_bound: 2.5 mV, noise: 2.5 mV}}
  generator:
    driver: keysight.trueform33500
    address: sim:{transport}
    timeout: 5 s
    timebase: {{value: 2 ppm, note: "data sheet 5991-0692: 1 ppm a year and temperature"}}
    limits: {{ch1: {{voltage: 5 V}}}}
  psu:
    driver: keysight.e36300
    address: sim:{transport}
    timeout: 5 s
    limits: {{ch2: {{voltage: 12 V, current: 0.5 A, protect: 13 V}}}}
  meter:
    driver: keysight.truevolt
    address: sim:{transport}
    timeout: 5 s

fixtures:
  tap: {{kind: tap, value: 50 ohm, bound: 0.05 %, isolated: true}}
  probe: {{kind: probe, value: 10 %, bound: 0.5 %, isolated: true}}
  dummy: {{kind: load, load: 500 ohm, bound: 0.1 %}}

wiring:
  current: {{to: scope.ch1, through: tap, range: 5 V}}
  voltage: {{to: scope.ch2, through: probe, range: 20 V}}
  heel_switch.back: {{to: scope.ch3, range: 5 V}}
  heel_switch: {{to: generator.ch1, range: 5 V}}
  supply: {{to: psu.ch2}}
  load.check: {{to: meter.input, through: dummy}}

safe_state:
  supply: off
  heel_switch: 2.6 V
"""


def stand_of(folder: Path, transport: str = "socket", text: str = BENCH) -> Laboratory:
    """The laboratory of such a file."""
    path = folder / f"{transport}.bench.yaml"
    path.write_text(text.format(transport=transport), encoding="utf-8")
    return read_laboratory(read_document(path))
