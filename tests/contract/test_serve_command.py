"""`stimrig serve`: what it prints, what its ports answer, how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing

import numpy as np
import pytest

from rig.commands.app import main

pytest.importorskip("nidaqmx")
pytest.importorskip("grpc")


def _stop_at_once():
    raise KeyboardInterrupt


@pytest.fixture
def stopped(monkeypatch):
    """The server ends as by Ctrl-C as soon as it is ready."""
    monkeypatch.setattr("rig.commands.serve._until_stopped", _stop_at_once)


def test_it_says_where_everything_is_and_ends_with_ctrl_c(stopped, capsys):
    """One line a place with its resource, then that it is ready; Ctrl-C is exit 2."""
    assert main(["serve", "--daq", "--bench", "simulated", "--seed", "3"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("SCN-DEMO-PASS, seed ")
    assert [line.split()[:2] for line in lines[1:3]] == [["control", "tcp"], ["card", "grpc"]]
    assert "tcp://127.0.0.1:" in lines[1]
    assert "grpc://127.0.0.1:" in lines[2]
    assert lines[3] == "ready; Ctrl-C ends it"


def test_a_program_reads_one_line_of_json(stopped, capsys):
    """The places by name and transport; with `--port` the control port is that one."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    assert main(["serve", "SCN-DEMO-PASS", "--daq", "--bench", "simulated", "--json", "--port", str(port)]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["ready"], told["places"]["control"]) == (True, {"tcp": f"tcp://127.0.0.1:{port}"})
    assert set(told["places"]["card"]) == {"grpc"}


def test_a_port_in_use_is_one_line(stopped, capsys):
    """Nothing is left behind; exit 3."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--daq", "--bench", "simulated", "--port", str(port)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert f"cannot listen on 127.0.0.1:{port}" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["SCN-NO-SUCH"], "SCN-NO-SUCH"),
        (["--bench", "nowhere"], "unknown bench"),
        (["--bench", "virtual"], "virtual"),
        (["--instruments", "--bench", "simulated"], "nothing there can be served"),
        (["--bench", "simulated", "--bench", "simulated"], "two instruments are called"),
        (["--speed", "0"], "--speed"),
        (["--port", "70000"], "--port"),
    ],
)
def test_what_cannot_be_served_is_bad_input(arguments, words, stopped, capsys):
    """Exit 4, with one clear error; no port was opened."""
    assert main(["serve", *arguments]) == 4
    assert words in capsys.readouterr().err


def test_an_address_that_others_reach_is_warned_of(stopped, capsys):
    """There is no password: the warning says so before anything listens."""
    assert main(["serve", "--daq", "--bench", "simulated", "--host", "0.0.0.0"]) == 2
    assert "can be reached from other computers" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM cannot be caught there")
def test_sigterm_ends_it_and_a_client_sees_the_live_stimulator():
    """In another process: the card shows the current of the walk, the port its state; SIGTERM is exit 2."""
    import grpc
    import nidaqmx
    from nidaqmx.stream_readers import AnalogSingleChannelReader

    volts = np.zeros(300_000)
    command = "import sys; from rig.commands.app import main; sys.exit(main(sys.argv[1:]))"
    served = subprocess.Popen(
        [sys.executable, "-c", command, "serve", "--daq", "--bench", "simulated", "--json", "--speed", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert served.stdout is not None
    try:
        places = json.loads(served.stdout.readline())["places"]
        host, port = places["control"]["tcp"].removeprefix("tcp://").split(":")
        with (
            socket.create_connection((host, int(port)), 120.0) as link,
            link.makefile("rb") as answers,
            grpc.insecure_channel(places["card"]["grpc"].removeprefix("grpc://")) as channel,
        ):
            with nidaqmx.Task(grpc_options=nidaqmx.GrpcSessionOptions(channel, "")) as task:
                task.ai_channels.add_ai_voltage_chan("Dev1/ai0", min_val=-10.0, max_val=10.0)
                task.timing.cfg_samp_clk_timing(100_000.0, samps_per_chan=volts.size)
                AnalogSingleChannelReader(task.in_stream).read_many_sample(volts, volts.size, timeout=600.0)
            link.sendall(b'{"do": "identity"}\n')
            told = json.loads(answers.readline())
        served.send_signal(signal.SIGTERM)
        _, errors = served.communicate(timeout=60.0)
    finally:
        served.kill()
        served.communicate()
    assert volts.max() == pytest.approx(0.030 * 100.0, rel=2e-3)  # 30 mA through a tap of 100 ohm
    assert told["t_s"] >= 3.0
    assert told["identity"]["serial"].startswith("SIM")
    assert served.returncode == 2
    assert "Traceback" not in errors
