"""Speed of the simulated instruments' links as ratios measured in one run; prints, asserts no time.

Run with ``tox -e benchmark``. A record of a million points in WORD (2 MB) through unmodified pyvisa and pyvisa-py,
server and client in one process; best of several rounds, interleaved. The copy is one pass over as many bytes.
"""

import time

import numpy as np
import pyvisa
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.server import LINKS, InstrumentServer

POINTS = 1_000_000
ROUNDS = 7


def best(jobs):
    """Shortest wall time of each job over interleaved rounds, s."""
    times = dict.fromkeys(jobs, np.inf)
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


def open_links(instrument):
    """A server and an open VISA session a transport."""
    manager = pyvisa.ResourceManager("@py")
    servers = {name: InstrumentServer(instrument, name).start() for name in LINKS}
    links = {name: manager.open_resource(server.resource) for name, server in servers.items()}
    for link in links.values():
        link.timeout = 20_000
        link.write_termination = "\n"
    links["socket"].read_termination = "\n"
    return manager, servers, links


def test_a_million_points():
    """Reading and writing a 2 MB block, and the shortest question, beside a plain copy and beside HiSLIP."""
    instrument = ShelfInstrument()
    record = (np.arange(POINTS) % 60_000 - 30_000).astype("<i2")
    instrument.data = record.tobytes()
    copy = np.empty_like(record)
    manager, servers, links = open_links(instrument)

    def read(link, chunk=20 * 1024):
        got = link.query_binary_values("DATA?", "h", container=np.ndarray, chunk_size=chunk)
        assert got.size == POINTS and got[-1] == record[-1]

    try:
        reads = {f"{name}, chunks of 20 KiB": lambda link=link: read(link) for name, link in links.items()}
        reads |= {f"{name}, chunks of 1 MiB": lambda link=link: read(link, 1 << 20) for name, link in links.items()}
        writes = {
            name: lambda link=link: link.write_binary_values("DATA ", record, "h") for name, link in links.items()
        }
        asks = {name: lambda link=link: link.query("*OPC?") for name, link in links.items()}
        copied_s = best({"copy": lambda: np.copyto(copy, record)})["copy"]
        print(f"\n2 MB copied: {copied_s * 1e3:.2f} ms")
        for what, jobs in (("read 1 Mpt", reads), ("write 1 Mpt", writes), ("*OPC?", asks)):
            times = best(jobs)
            hislip_s = min(seconds for name, seconds in times.items() if name.startswith("hislip"))
            for name, seconds in times.items():
                print(
                    f"{what:12s} {name:26s} {seconds * 1e3:8.2f} ms  {seconds / copied_s:6.0f} copies"
                    f"  {seconds / hislip_s:5.1f} x HiSLIP"
                )
        assert not instrument.crashes
    finally:
        for link in links.values():
            link.close()
        manager.close()
        for server in servers.values():
            server.close()
