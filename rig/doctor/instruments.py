"""Examination: does everybody answer, and is it whom the bench file names."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rig.bench_addresses import is_in_process
from rig.bench_file.drivers import CARD
from rig.bench_file.instruments import Instrument
from rig.doctor.card_table import card_table
from rig.doctor.finding import Finding, failed, not_here, passed
from scenarios.case import Case
from sim.errors import BenchError

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from rig.ni.link import Link
    from scenarios.catalogue import DeviceModelSpec


def instruments(laboratory: "Laboratory", case: Case, models: "Mapping[str, DeviceModelSpec]") -> Iterator[Finding]:
    """One finding an instrument, two of a card that is the right one; nothing is set, outputs are not touched."""
    simulated: Any = None
    try:
        if any(is_in_process(each.address) for each in laboratory.instruments.values()):
            from rig.simulated.in_process import open_laboratory

            simulated = open_laboratory(laboratory, case, models)
        for instrument in laboratory.instruments.values():
            found = _instrument(laboratory, instrument, simulated)
            yield found
            if instrument.driver == CARD and found.word == "PASS":
                yield _table(instrument, simulated)
    except BenchError as error:
        yield failed("instruments", f"{error.part}: {error.problem}", error.mend or "see above")
    finally:
        if simulated is not None:
            simulated.close()


def _instrument(laboratory: "Laboratory", instrument: Instrument, simulated: Any) -> Finding:
    name = "instruments"
    where = f"{instrument.name} at {instrument.address}"
    if instrument.driver.startswith("device."):
        return not_here(name, f"{where}: asked when a case begins (`stimrig device test` examines it)")
    try:
        facts = _card(instrument, simulated) if instrument.driver == CARD else _visa(laboratory, instrument, simulated)
    except BenchError as error:
        return failed(
            name, f"{where}: {error.problem}", error.mend or "is it on, is the cable in, is the address right?"
        )
    asked = {key: value for key, value in (("product", instrument.identity), ("serial", instrument.serial)) if value}
    if laboratory.simulated:
        asked.pop("serial", None)  # what is simulated has a number of its own
    for key, expected in asked.items():
        if instrument.driver == CARD and _bare(facts[key]) != _bare(expected):
            mend = f"another card stands there, or mend {instrument.at('identity' if key == 'product' else key)}"
            return failed(name, f"{where}: its {key} is {facts[key]}, the bench file says {expected}", mend)
    if (facts["simulated"] == "True") != laboratory.simulated:
        kind = "simulated" if facts["simulated"] == "True" else "real"
        mend = "choose the profile that says what stands there"
        return failed(name, f"{where}: is {kind}, the bench file claims otherwise", mend)
    return passed(name, f"{where}: {facts['product']}, serial {facts['serial']}, {facts['driver']}")


def _bare(text: str) -> str:
    return text.lstrip("0").upper()


def _card(instrument: Instrument, simulated: Any) -> dict[str, str]:
    from rig.ni.tasks import card_facts

    with _linked(instrument, simulated) as link:
        facts = card_facts(link, instrument.name, instrument.device)
    return facts | {"driver": f"NI-DAQmx {facts['driver']}"}


def _table(instrument: Instrument, simulated: Any) -> Finding:
    from rig.ni.card_numbers import card_numbers
    from rig.ni.tasks import card_facts

    with _linked(instrument, simulated) as link:
        product = card_facts(link, instrument.name, instrument.device)["product"]
        return card_table(instrument.name, product, card_numbers(link, instrument.name, instrument.device))


@contextmanager
def _linked(instrument: Instrument, simulated: Any) -> "Generator[Link]":
    from rig.ni.link import Link

    channel = simulated.card_channel if simulated is not None and is_in_process(instrument.address) else None
    link = Link(instrument.name, instrument.address, channel, instrument.timeout_s)
    try:
        yield link
    finally:
        link.close()


def _visa(laboratory: "Laboratory", instrument: Instrument, simulated: Any) -> dict[str, str]:
    from rig.instruments.opening import open_instrument

    resource = simulated.visa_addresses.get(instrument.name) if simulated is not None else None
    driver = open_instrument(instrument, resource or instrument.address, simulated=laboratory.simulated)
    try:
        found = driver.identity()
    finally:
        driver.close()
    return {
        "product": f"{found.maker},{found.model}",
        "serial": found.serial,
        "simulated": str(found.is_simulated),
        "driver": f"firmware {found.firmware}",
    }
