"""What a record keeps of a firmware: facts, serial log, options of the run, and what the report makes of them."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from reports.sections import firmware as section
from rig.commands.firmware_options import ask_of_firmware, firmware_options
from rig.commands.show_uart import serial_log, told_log
from rig.firmware.insight.facts_of_case import facts_of_case, options_of_case
from rig.firmware.options import FirmwareOptions
from rig.firmware_facts import FIRMWARE_FILE, facts_of_bench, read_firmware_facts, write_firmware_facts
from rig.lines import in_time_order, log_from
from sim.errors import RecordError, ScenarioError

FACTS = {
    "identity": {
        "kind": "firmware-image",
        "image": "box.elf",
        "sha256": "ab" * 32,
        "board": "blue",
        "counter": "engine",
    },
    "load_ratio": 0.0183,
    "interrupts": [
        {
            "number": 15,
            "name": "SysTick",
            "entries": 3,
            "mean_s": 9e-6,
            "longest_s": 16e-6,
            "longest_at_s": 1.0,
            "longest_with_nested_s": 20e-6,
            "wait_mean_s": None,
            "wait_longest_s": None,
        }
    ],
    "stacks": [{"name": "main", "top": "0x20020000", "size_bytes": 4096, "used_bytes": 724, "deepest": "fw_tick"}],
    "coverage": {"lines": [1999, 2000], "functions": [5, 5]},
}


def test_facts_are_read_as_they_were_written(tmp_path):
    """The file of a case gives the same facts again; a folder without one gives none; a damaged one is named."""
    assert read_firmware_facts(tmp_path) == {}
    write_firmware_facts(tmp_path, FACTS)
    assert read_firmware_facts(tmp_path) == FACTS
    (tmp_path / FIRMWARE_FILE).write_text("{")
    with pytest.raises(RecordError, match=r"firmware\.json"):
        read_firmware_facts(tmp_path)
    (tmp_path / FIRMWARE_FILE).write_text('{"schema": "stimrig/firmware/9"}')
    with pytest.raises(RecordError, match="firmware/9"):
        read_firmware_facts(tmp_path)


def test_a_bench_without_firmware_has_no_facts():
    """Benches that know nothing of firmware are asked nothing."""
    assert facts_of_bench(object()) == {}


def test_the_serial_log_has_lines_of_its_own_and_comes_back_as_it_was():
    """`uart: ` becomes the kind `uart` of events.jsonl; reading gives every message again; other messages stay."""
    told = [(5, "uart: LOG start"), (7, "reset: watchdog"), (9, "uart: ")]
    lines = in_time_order({}, told)
    assert [line[1] for line in lines] == ["uart", "message", "uart"]
    events = [dict(zip(("t_ns", "kind", "name", "detail"), line, strict=True)) for line in lines]
    assert [text for _, text in log_from(events).messages()] == [text for _, text in told]


def test_show_tells_the_last_lines_and_how_many_there_are(tmp_path):
    """Five unasked, all with --uart, nothing where the device said nothing."""
    rows = "".join(f'{{"t_ns": {k}000000, "kind": "uart", "name": "device", "detail": "n {k}"}}\n' for k in range(1, 9))
    (tmp_path / "events.jsonl").write_text(rows)
    log = serial_log(tmp_path)
    assert [each["text"] for each in log] == [f"n {k}" for k in range(1, 9)]
    assert len(told_log(log, whole=False)) == 6
    assert "of 8" in told_log(log, whole=False)[0]
    assert len(told_log(log, whole=True)) == 9
    assert told_log([], whole=True) == []
    assert serial_log(tmp_path / "nowhere") == []


class Model:
    def __init__(self, **facts):
        self._facts = facts

    def facts(self):
        return self._facts


def test_a_device_without_coverage_gives_its_facts_alone(tmp_path):
    """Nothing is written where nothing was asked; a simulated stimulator has no facts."""
    assert facts_of_case(Model(load_ratio=0.5), "A", FirmwareOptions()) == {"load_ratio": 0.5}
    assert facts_of_case(object(), "A", None) == {}
    assert list(tmp_path.iterdir()) == []


def test_each_case_has_a_trace_of_its_own():
    """The folder of the option becomes a file a case, whatever its id holds."""
    options = FirmwareOptions(trace=Path("t"))
    assert options_of_case(options, "SCN[v=1/2]").trace == Path("t") / "SCN-v-1-2-.csv"
    assert options_of_case(FirmwareOptions(), "A") == FirmwareOptions()
    assert options_of_case(None, "A") is None


@pytest.mark.parametrize(
    ("change", "option"),
    [({"count": "cycles"}, "--count"), ({"gdb_wait": True}, "--gdb-wait"), ({"gdb": 3333, "jobs": 2}, "--gdb")],
)
def test_options_that_do_not_go_together_are_refused_by_name(change, option):
    """One error that names the option."""
    asked = {"gdb": None, "gdb_wait": False, "coverage": None, "trace": None, "trace_hash": False, "count": "engine"}
    with pytest.raises(ScenarioError) as caught:
        firmware_options(**{**asked, "jobs": 1, **change})
    assert caught.value.where == option


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    """--coverage needs a folder."""
    taken = tmp_path / "taken"
    taken.write_text("")
    with pytest.raises(ScenarioError, match="is a file"):
        firmware_options(None, False, taken, None, False, "engine", 1)


def test_a_bench_that_executes_no_firmware_refuses_the_options():
    """Asking a bench without firmware for coverage is an error; asking it for nothing is fine."""
    ask_of_firmware(object(), FirmwareOptions())
    with pytest.raises(ScenarioError, match="virtual"):
        ask_of_firmware(object(), FirmwareOptions(trace_hash=True))


@dataclass(frozen=True)
class Id:
    id: str


@dataclass(frozen=True)
class Told:
    firmware: dict = field(default_factory=dict)
    messages: tuple = ()


@dataclass(frozen=True)
class Case:
    case: Id
    record: Told | None


@dataclass(frozen=True)
class Run:
    cases: tuple


def test_the_report_says_what_ran_and_rounds_no_coverage_up():
    """Identity, load, longest interrupt, stack, resets, log; 1999 of 2000 lines are 99.9 %, not 100 %."""
    log = tuple((float(k), f"uart: line {k}") for k in range(20))
    record = Told(FACTS, ((2.0, "reset: watchdog"), *log))
    built = section.build(Run((Case(Id("A"), record), Case(Id("B"), Told()), Case(Id("C"), None))))
    text = str(built)
    for words in (
        "box.elf",
        "ab" * 32,
        "1.83 %",
        "16 µs SysTick",
        "main 724 of 4096 bytes (fw_tick)",
        "reset: nobody had served the watchdog",
    ):
        assert words in text
    assert "99.9 % (1999 of 2000)" in text
    assert "100.0 % (5 of 5)" in text
    assert "the last 12 of 20 lines" in text
    assert "line 19" in text
    assert "line 7\n" not in text


def test_two_images_in_one_run_are_both_named():
    """A run over two builds says from which case on the second one ran."""
    other = replace(Told(FACTS), firmware={**FACTS, "identity": {**FACTS["identity"], "sha256": "cd" * 32}})
    text = str(section.build(Run((Case(Id("A"), Told(FACTS)), Case(Id("B"), other)))))
    assert "ab" * 32 in text
    assert "SHA-256 (from B on)" in text


def test_a_run_without_firmware_has_no_such_section():
    """Nothing to say, no section."""
    assert section.build(Run((Case(Id("A"), Told()),))) is None
