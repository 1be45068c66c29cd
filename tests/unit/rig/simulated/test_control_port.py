"""The control of a simulated box, in this process and over its TCP port: the same words, the same device."""

import json
import socket
import threading
from contextlib import closing, contextmanager

import pytest
from lab_desk import CATALOGUE, Playing, case_of, lab_of, steps_v

from rig.device_control.port_control import PortControl
from rig.simulated.control_port import ControlPort
from rig.simulated.json_lines import ControlDesk, case_of_text
from rig.simulated.lab_control import LabControl
from scenarios.case_document import case_document
from sim.errors import BenchError
from sim.timebase import NS_PER_MS, NS_PER_S


@contextmanager
def _port(lab, **rest):
    port = ControlPort(ControlDesk(LabControl(lab, **rest), CATALOGUE, lambda: {"speed": 1.0}).answer)
    try:
        yield port
    finally:
        port.close()
        port.close()


def _both(lab):
    """The control in this process, and the one over TCP."""
    control = LabControl(lab)
    yield control
    with _port(lab) as port:
        remote = PortControl(port.address, 5.0)
        yield remote
        remote.close()


def test_both_ways_of_control_give_the_same_currents():
    """A case, a setting that waits for power-on, one at an instant of the run, a defect: 20 mA, 10 mA, then none."""
    seen = []
    for way in range(2):
        lab = lab_of()
        lab.advance_to(77 * NS_PER_MS)
        lab.drive(Playing({"heel_switch": steps_v([(0.1, 2.0)], 3.0)}, t0_ns=100 * NS_PER_MS))
        for number, control in enumerate(_both(lab)):
            if number != way:
                continue
            control.open(case_of())
            control.set("current", 0.02, 0)
            assert lab.power_on(100 * NS_PER_MS) == 100 * NS_PER_MS
            lab.advance_to(500 * NS_PER_MS)
            control.set("current", 0.01, 600 * NS_PER_MS)
            control.fault("missing_pulses", 1.0, NS_PER_S)
            lab.advance_to(1500 * NS_PER_MS)
            assert control.identity()["serial"].startswith("SIM")
            t_ns = [100 * NS_PER_MS + t * NS_PER_MS for t in (400, 650, 1050)]
            seen.append([lab.values("current", t, 1000, 100_000).max() for t in t_ns])
    assert seen == [[0.02, 0.01, 0.0]] * 2


def test_the_run_is_told_what_the_device_says_in_its_own_time():
    """Messages count from power-on and come once."""
    lab = lab_of()
    control = LabControl(lab)
    control.open(case_of())
    lab.drive(Playing({"heel_switch": steps_v([], 3.0)}))
    lab.power_on(NS_PER_S)
    control.button("power_off", 250 * NS_PER_MS)
    lab.advance_to(2 * NS_PER_S)
    assert control.take_messages() == ((250 * NS_PER_MS, "switched off"),)
    assert control.take_messages() == ()


def test_what_the_device_told_before_the_run_is_not_told_of_the_run():
    """A served device lives before the capture; that life, and its messages, end where the run begins at 1 s."""
    lab = lab_of()
    control = LabControl(lab, is_on=True)
    control.open(case_of())
    lab.advance_to(100 * NS_PER_MS)
    control.button("power_off")
    lab.advance_to(NS_PER_S // 2)
    assert [text for _, text in lab.messages(0, NS_PER_S // 2)] == ["switched off"]
    lab.power_on(NS_PER_S)
    lab.advance_to(2 * NS_PER_S)
    assert control.take_messages() == ()


def test_a_case_comes_back_from_its_text():
    """What the client sends is `case.yaml`; the same device, patient, load and seed are read from it."""
    case = case_of()
    again = case_of_text(case_document(case), CATALOGUE)
    assert (again.seed, again.device.settings, again.load) == (case.seed, case.device.settings, case.load)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"hello", "JSON"),
        (b"[1]", "JSON object"),
        (b'{"do": "dance"}', "unknown word"),
        (b'{"do": "case"}', "a text"),
        (b'{"do": "case", "case": "schema: case/1"}', "case"),
        (b'{"do": "set", "name": "current", "value": true}', "a number"),
        (b'{"do": "set", "name": "current", "value": 5.0}', "between"),
        (b'{"do": "set", "name": "current", "value": 0.02, "t_ns": -1}', "t_ns"),
        (b'{"do": "fault", "name": "missing_pulses", "dose": "much"}', "a number"),
        (b'{"do": "fault", "name": "nothing", "dose": 1}', "not known"),
        (b'{"do": "button", "name": "bell"}', "one of stop"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(line, word):
    """The port answers every line, and goes on answering."""
    with _port(lab_of()) as port, closing(socket.create_connection(("127.0.0.1", port.port), 60.0)) as link:
        replies = link.makefile("rb")
        link.sendall(line + b"\n")
        answer = json.loads(replies.readline())
        assert not answer["ok"]
        assert word in answer["problem"]
        link.sendall(b'{"do": "identity"}\n')
        assert json.loads(replies.readline())["speed"] == 1.0
        replies.close()


def test_a_port_in_use_is_one_clear_error():
    """Who asks for a port that somebody holds is told so."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken, pytest.raises(BenchError, match="cannot listen"):
        ControlPort(lambda line: line, port=taken.getsockname()[1])


def _answering(script):
    """A server for one connection that sends `script` for the first line, then hangs up or waits."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(1 << 20)
            if script is None:
                done.wait(60.0)
            else:
                connection.sendall(script)

    thread = threading.Thread(target=serve)
    thread.start()
    return listener, thread, done


@pytest.mark.parametrize(
    ("script", "word"),
    [
        (None, "no answer in"),
        (b"", "lost"),
        (b'{"ok": tr', "lost"),
        (b"????\n", "garbage"),
        (b"[]\n", "garbage"),
        (b'{"ok": 1}\n', "garbage"),
        (b'{"ok": false, "problem": "no"}\n', "no"),
    ],
    ids=["no answer", "hangs up", "cut", "garbage", "no object", "no verdict", "refused"],
)
def test_every_fault_of_the_link_is_a_typed_error(script, word):
    """No hang, no made-up answer; safe state and close afterwards are quiet."""
    listener, thread, done = _answering(script)
    control = PortControl(f"tcp://127.0.0.1:{listener.getsockname()[1]}", 0.2 if script is None else 30.0)
    with pytest.raises(BenchError, match=word):
        control.open(case_of())
    done.set()
    control.safe_state()
    control.close()
    thread.join()
    listener.close()


def test_nobody_there_and_no_address():
    """A free port and a wrong word are told apart, both at once."""
    with closing(socket.create_server(("127.0.0.1", 0))) as soon_free:
        port = soon_free.getsockname()[1]
    with pytest.raises(BenchError, match="no connection"):
        PortControl(f"tcp://127.0.0.1:{port}", 0.2).open(case_of())
    with pytest.raises(BenchError, match="no address"):
        PortControl("tcp:127.0.0.1")
    with pytest.raises(BenchError, match="not open"):
        PortControl("tcp://127.0.0.1:9").set("current", 0.01, 0)
