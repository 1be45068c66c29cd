"""Simulated instruments stay what they are over thousands of clients: no thread, no file, no memory left behind.

100 clients here, 2000 in the proof; each transport prints its line.
"""

import contextlib
import gc
import random
import threading
import time
import tracemalloc

import pytest
from scpi_wire import CLIENTS, COMPLETE
from shelf_instrument import ShelfInstrument

from rig.simulated.scpi.faults import KINDS
from rig.simulated.scpi.server import InstrumentServer

WHOLE_BYTES = 4107
QUICK = [kind for kind in KINDS if kind not in ("no_answer", "short_block")]
"""Faults for which a client need not wait for its time-out."""


def settled(server):
    """Waits until nobody is connected and the threads of the last one have ended."""
    deadline = time.monotonic() + 60
    while server.connections or len([t for t in server._threads if t.is_alive()]) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def one_client(server, noise):
    """Asks, breaks off, waits for a trigger and goes, or suffers a fault; returns how it ended."""
    client = CLIENTS[server.transport](server.port)
    with contextlib.suppress(ConnectionError):
        match noise.randrange(4):
            case 0:
                assert client.ask(b"DATA?", WHOLE_BYTES)[1] == COMPLETE
            case 1:
                client.sock.sendall(b"DATA #9")
            case 2:
                server.faults.inject(noise.choice(QUICK), delay_s=0.0)
                client.ask(b"DATA?", WHOLE_BYTES - 100)
                server.faults.clear()
            case 3:
                client.sock.settimeout(0.001)
                client.ask(b"ARM;*OPC?", 2)
    client.close()


@pytest.mark.parametrize("transport", list(CLIENTS))
@pytest.mark.parametrize("clients", [100, pytest.param(2000, marks=pytest.mark.proof)])
def test_clients_come_and_go(transport, clients):
    """Some ask, some break off, suffer a fault or go in the middle of a wait: the last is served as the first."""
    noise = random.Random(7)
    threads = threading.active_count()
    with InstrumentServer(ShelfInstrument(), transport) as server:
        server.instrument.data = bytes(range(256)) * 16
        for _ in range(20):
            one_client(server, noise)
        settled(server)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(clients):
            one_client(server, noise)
        settled(server)
        server.faults.log.clear()
        server.instrument.log.clear()
        gc.collect()
        grown_bytes = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        server.instrument.restore()
        last = CLIENTS[transport](server.port)
        assert last.ask(b"DATA:NAMed a,1;*OPC?", 2) == (b"1\n", COMPLETE)
        last.close()
        assert not server.instrument.crashes
    left = threading.active_count() - threads
    print(f"{transport}: {clients} clients came and went, memory {grown_bytes / 1024:+.0f} KiB, threads {left:+d}")
    assert grown_bytes < 512 * 1024
    assert left == 0
