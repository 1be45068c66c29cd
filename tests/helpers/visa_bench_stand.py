"""The instruments of a bench, opened for a contract test: simulated ones on any transport, or those of a bench file."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from lab_desk import CATALOGUE, case_of
from visa_stand import stand_of

from rig.bench_file.drivers import GENERATOR, METER, SCOPE, SUPPLY
from rig.bench_file.read import read_laboratory
from rig.benches import bench_file, split_profile
from rig.instruments.opening import open_instrument, port_number
from rig.instruments.patience import LabPatience, WallPatience
from rig.simulated.in_process import open_laboratory
from scenarios.text import read_document


@dataclass
class Stand:
    """Everything on one bench. `opened` is the simulated laboratory behind it, None for real instruments."""

    laboratory: Any
    case: Any
    opened: Any
    patience: Any
    scope: Any
    generator: Any
    supply: Any
    meter: Any

    @property
    def drivers(self):
        return self.scope, self.generator, self.supply, self.meter

    def described(self, driver):
        return self.laboratory.of_driver(driver)[0]

    def server(self, driver):
        return self.opened.servers[self.described(driver).name]

    def port(self, role):
        return port_number(self.laboratory.wire(role).port)

    def resource(self, driver):
        described = self.described(driver)
        return self.opened.visa_addresses[described.name] if self.opened else described.address

    def open(self, driver, **changed):
        """One more session to an instrument, its description changed."""
        described = replace(self.described(driver), **changed)
        return open_instrument(
            described, self.resource(driver), simulated=self.laboratory.simulated, patience=self.patience
        )

    def power_on(self):
        self.supply.set(self.port("supply"), 9.0, 0.5)
        self.supply.on(self.port("supply"))

    def walk(self, closed_s=0.2, open_s=1.0):
        """Play a heel that rises once: the device answers with pulses; returns when it has begun to."""
        rate_hz = 1000.0
        heel = np.full(int((closed_s + open_s + closed_s) * rate_hz), 2.6)
        heel[int(closed_s * rate_hz) : int((closed_s + open_s) * rate_hz)] = 0.0
        self.generator.load(self.port("heel_switch"), heel, rate_hz)
        self.power_on()
        self.patience.pause(1.0)
        self.generator.start(self.port("heel_switch"))
        self.patience.pause(closed_s + 0.3)

    def close(self):
        for driver in self.drivers:
            driver.safe_state()
            driver.close()
        if self.opened is not None:
            self.opened.close()


def stand(folder, transport, bench=""):
    """The simulated bench on `transport`, or that of a bench file."""
    if bench:
        name, profile = split_profile(bench)
        laboratory = read_laboratory(read_document(bench_file(name)), profile)
    else:
        laboratory = stand_of(folder, transport)
    load = next(each for each in laboratory.fixtures.values() if each.kind == "load").positions[0].load
    case = replace(case_of(), load=load)
    laboratory = laboratory.for_device(case.device.max_current_a)
    opened = open_laboratory(laboratory, case, CATALOGUE.models) if laboratory.simulated else None
    patience = LabPatience(opened.lab.clock) if opened else WallPatience()
    made = Stand(laboratory, case, opened, patience, None, None, None, None)
    made.scope, made.generator, made.supply, made.meter = (made.open(d) for d in (SCOPE, GENERATOR, SUPPLY, METER))
    return made
