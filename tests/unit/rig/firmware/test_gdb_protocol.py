"""The GDB stub against the protocol's description: a client of our own, and a processor that is only a dictionary."""

import threading

import pytest
from gdb_client import GdbClient

from rig.firmware.insight.debugger import Debugger
from rig.firmware.insight.gdb_packets import escaped, framed, unescaped
from rig.firmware.insight.gdb_registers import PC_NUMBER, REGISTERS
from rig.firmware.insight.gdb_session import Stop


class FakeProcessor:
    """Registers and 256 bytes of memory at 0x20000000."""

    def __init__(self):
        self.registers = {register.name: 0x1000 + at for at, register in enumerate(REGISTERS)}
        self.memory = bytearray(range(256))
        self.points = set()
        self.beats = 0

    def read_register(self, name):
        return self.registers[name]

    def write_register(self, name, value):
        self.registers[name] = value

    def read_memory(self, address, size):
        at = address - 0x20000000
        if not 0 <= at <= 256 - size:
            raise ValueError("no memory")
        return bytes(self.memory[at : at + size])

    def write_memory(self, address, data):
        at = address - 0x20000000
        if not 0 <= at <= 256 - len(data):
            raise ValueError("no memory")
        self.memory[at : at + len(data)] = data

    def set_breakpoint(self, address, *, is_set):
        (self.points.add if is_set else self.points.discard)(("break", address))

    def set_watchpoint(self, kind, address, size, *, is_set):
        (self.points.add if is_set else self.points.discard)((kind, address, size))

    def monitor(self, words):
        return " ".join(["heard", *words])

    def beat(self):
        self.beats += 1
        if self.beats > 40:
            raise TimeoutError("nobody let the processor go")


class Stand:
    """A debugger's door, with the processor's thread behind it."""

    def __init__(self):
        self.processor = FakeProcessor()
        self.door = Debugger(0, self.processor, self.processor.points.clear, self.processor.beat)
        self.resumed = []
        self.thread = None

    def let(self, work):
        """Let the processor's thread do something; the client talks meanwhile."""
        self.thread = threading.Thread(target=work, daemon=True)
        self.thread.start()

    def first(self):
        self.door.await_first()
        self.resumed.append("step" if self.door.is_stepping else "continue" if self.door.is_attached else "alone")

    def end(self):
        self.thread.join(60.0)
        assert not self.thread.is_alive()


@pytest.fixture
def stand():
    stand = Stand()
    yield stand
    if stand.thread is not None:  # the door belongs to the processor's thread until that has ended
        stand.end()
    stand.door.close()


def test_binary_data_survives_its_escapes():
    """Every byte comes back as it was sent, and none that means something in a packet stands in it."""
    every = bytes(range(256))
    assert unescaped(escaped(every)) == every
    assert not any(byte in escaped(every) for byte in b"#$*")
    assert framed(b"OK") == b"$OK#9a"  # the example of the GDB manual, E.1


def test_registers_memory_and_points(stand):
    """What a client writes it reads again: one register, all of them, memory as hex and as binary, points."""
    stand.let(stand.first)
    with GdbClient(stand.door.port) as gdb:
        assert b"qXfer:features:read+" in gdb.ask(b"qSupported:xmlRegisters=i386")
        assert gdb.ask(b"?").startswith(b"T05")
        assert gdb.register(PC_NUMBER) == 0x1000 + PC_NUMBER
        assert gdb.ask(b"P0=78563412") == b"OK"
        assert stand.processor.registers["r0"] == 0x12345678
        whole = gdb.ask(b"g")
        assert len(whole) == 2 * sum(register.size for register in REGISTERS)
        changed = b"efbeadde" + whole[8:]
        assert gdb.ask(b"G" + changed) == b"OK"
        assert gdb.ask(b"g") == changed
        assert gdb.memory(0x20000010, 4) == bytes((16, 17, 18, 19))
        assert gdb.ask(b"M20000010,2:aabb") == b"OK"
        assert gdb.ask(b"X20000012,2:" + escaped(b"#}")) == b"OK"
        assert gdb.memory(0x20000010, 4) == b"\xaa\xbb#}"
        assert gdb.ask(b"m1000,4").startswith(b"E")
        assert gdb.ask(b"Z1,8000100,2") == b"OK"
        assert gdb.ask(b"Z2,20000020,4") == b"OK"
        assert stand.processor.points == {("break", 0x8000100), ("write", 0x20000020, 4)}
        assert gdb.ask(b"z1,8000100,2") == b"OK"
        assert gdb.monitor("time") == "heard time"
        assert gdb.ask(b"vMustReplyEmpty") == b""
        assert gdb.ask(b"D") == b"OK"
    stand.end()
    assert stand.resumed == ["alone"]
    assert stand.processor.points == set()  # a debugger that has left stops nobody


def test_the_target_description_names_every_register(stand):
    """The XML that is handed over in parts is one document that names the registers in the order of `g`."""
    import xml.etree.ElementTree as ET

    stand.let(stand.first)
    with GdbClient(stand.door.port) as gdb:
        document, at = b"", 0
        while True:
            part = gdb.ask(b"qXfer:features:read:target.xml:%x,80" % at)
            document += unescaped(part[1:])
            at = len(document)
            if part[:1] == b"l":
                break
        gdb.ask(b"D")
    found = [(each.get("name"), int(each.get("bitsize"))) for each in ET.fromstring(document).iter("reg")]
    assert found == [(register.name, register.bits) for register in REGISTERS]


def test_a_running_processor_stops_at_ctrl_c_and_goes_on(stand):
    """Ctrl-C halts with SIGINT, step and continue go on, a breakpoint's stop is told with SIGTRAP."""

    def run():
        stand.first()
        while not stand.resumed[1:]:
            stand.door.look()
            if stand.door.is_stepping:
                stand.resumed.append("step")
        stand.door.hold(Stop())
        stand.resumed.append("end")

    stand.let(run)
    with GdbClient(stand.door.port) as gdb:
        gdb.send(b"c")
        gdb.interrupt()
        assert gdb.take().startswith(b"T02")
        assert gdb.ask(b"s").startswith(b"T05")
        gdb.send(b"c")
        stand.end()
    assert stand.resumed == ["continue", "step", "end"]


def test_a_client_that_hangs_up_is_forgotten_and_the_next_is_served(stand):
    """A debugger that dies leaves a running processor; another one may come."""

    def run():
        stand.first()
        while len(stand.resumed) < 2:
            stand.door.look()
            if stand.door.is_attached and "second" not in stand.resumed and len(stand.resumed) == 1:
                stand.resumed.append("second")

    stand.let(run)
    with GdbClient(stand.door.port) as gdb:
        gdb.ask(b"Z1,8000100,2")
    with GdbClient(stand.door.port) as gdb:
        assert gdb.ask(b"?").startswith(b"T05")
        assert stand.processor.points == set()
        gdb.send(b"c")
        stand.end()


def test_no_acknowledgment_mode(stand):
    """After QStartNoAckMode the stub sends no `+` any more."""
    stand.let(stand.first)
    with GdbClient(stand.door.port) as gdb:
        assert gdb.ask(b"QStartNoAckMode") == b"OK"
        gdb.heard = b""
        gdb.send(b"?")
        assert gdb.link.recv(1) == b"$"
        gdb.heard = b"$"
        gdb.take()
        gdb.ask(b"D")
