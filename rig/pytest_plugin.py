"""pytest collects `*.scenario.yaml`: file -> case -> check, with the verdicts and exit codes of `stimrig run`.

FAIL is a failed test, INCONCLUSIVE and rig errors are errors of the set-up; what is blocked by an error that is told
already stays quiet: one cause, one red line. With pytest-xdist use ``--dist loadgroup``: a case runs in one worker.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from rig.firmware.desk.pytest_fixture import add_markers, add_options, dut, tell_story

if TYPE_CHECKING:
    from reports.verdict import CaseResult, Verdict
    from rig.commands.python_door import Run
    from rig.commands.session import Prepared
    from scenarios.case import Case, Check
    from scenarios.catalogue import Catalogue

__all__ = ["dut", "scenario"]
"""The fixtures."""

SUFFIX: Final = ".scenario.yaml"
_WORDS: Final = {
    "INCONCLUSIVE": ("inconclusive", "I", "INCONCLUSIVE"),
    "BLOCKED": ("blocked", "b", "BLOCKED"),
    "ERROR": ("rig error", "E", "RIG ERROR"),
}


class NotShownError(Exception):
    """A check that was not shown to hold; args: word of `_WORDS` or FAIL, and what a reader should know."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.args[1]}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `stimrig run` that make sense here."""
    group = parser.getgroup("stimrig", "scenarios of stimrig")
    group.addoption("--bench", default="", metavar="B", help="bench for scenarios: a name or a *.bench.yaml")
    group.addoption(
        "--device", default="", metavar="D", help="device for scenarios: a name, a *.device.yaml, or a firmware"
    )
    group.addoption("--keep", default="", metavar="K", help="how much of the waveforms is kept: full, windows or none")
    add_options(parser, group)


def pytest_configure(config: pytest.Config) -> None:
    """Register our markers."""
    add_markers(config)
    config.addinivalue_line("markers", "xdist_group(name): checks of a case run in one worker (--dist loadgroup)")
    config.addinivalue_line("markers", "requirement(id): a requirement that a check of a scenario verifies")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """Take the scenario files."""
    if file_path.name.endswith(SUFFIX):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A scenario file; its children are its cases."""

    def collect(self) -> Iterator["CaseCollector | PoolCollector"]:
        """One collector a case; a file that cannot be used is a collection error with its file:line:column."""
        from rig.commands.options import keep_of
        from rig.commands.session import Request, prepare
        from sim.errors import ScenarioError

        bench, device, keep = (str(self.config.getoption(name)) for name in ("--bench", "--device", "--keep"))
        board = _board(self.config, device)
        try:
            request = Request((self.path,), bench, device, keep=keep_of(keep), board=board)
            prepared = prepare(request)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from None
        blocked = {entry.case.id: entry.reason for entry in prepared.plan.blocked}
        pools: dict[tuple[str, str], list[CaseCollector]] = {}
        for case in (*prepared.plan.cases, *(entry.case for entry in prepared.plan.blocked)):
            collector = CaseCollector.from_parent(
                self, name=case.id, case=case, prepared=prepared, blocked_by=blocked.get(case.id, "")
            )
            for check in case.checks:
                if check.pool:
                    pools.setdefault((check.pool, check.id), []).append(collector)
            yield collector
        for (pool, name), cases in pools.items():
            yield PoolCollector.from_parent(self, name=f"{pool} pooled", check_id=name, cases=cases)


class CaseCollector(pytest.Collector):
    """A case; its children are its checks. It runs once, when its first check is asked for."""

    def __init__(self, *, case: "Case", prepared: "Prepared", blocked_by: str, **given: Any) -> None:
        super().__init__(**given)
        self._case, self._prepared, self._blocked_by = case, prepared, blocked_by
        self._result: CaseResult | None = None
        self._crash: Exception | None = None
        self.folder: Path | None = None

    def collect(self) -> Iterator["CheckItem"]:
        """One test a check."""
        for check in self._case.checks:
            if check.pool:
                continue
            yield CheckItem.from_parent(self, name=check.id, check=check)

    @property
    def catalogue(self) -> "Catalogue":
        """Names."""
        return self._prepared.catalogue

    @property
    def case(self) -> "Case":
        """What is run."""
        return self._case

    def result(self) -> "CaseResult":
        """What the case showed; the same core as `stimrig run`."""
        if self._result is None:
            if self._crash is not None:
                raise NotShownError("BLOCKED", f"blocked by {self._crash}")
            from rig.commands.exits import write_crash
            from sim.errors import RigError

            try:
                self._result = self._run()
            except RigError as error:
                self._crash = error
                raise
            except Exception as error:  # noqa: BLE001
                self._crash = write_crash(error, self.folder)
                raise NotShownError("ERROR", str(self._crash)) from None
        return self._result

    def cause_is_told_by(self) -> str:
        """The check that tells of a rig error: the first that it blocked, else the last that did not fail, or none."""
        result = self.result()
        fault = result.record.fault if result.record is not None else None
        if fault is None and result.outcome.value != "ERROR":
            return ""
        blocked = [v.check.id for v in result.verdicts if v.outcome.value in {"ERROR", "NOT RUN"}]
        others = [v.check.id for v in result.verdicts if v.outcome.value != "FAIL"]
        return blocked[0] if blocked else others[-1] if others else ""

    def failed_processor(self, check_id: str) -> str:
        """What failed in the processor of the device, told by the last check that did not fail itself; else ""."""
        from reports.processor import unprovoked_fault

        result = self.result()
        others = [v.check.id for v in result.verdicts if v.outcome.value != "FAIL"]
        return unprovoked_fault(result.record) if others and others[-1] == check_id else ""

    def _run(self) -> "CaseResult":
        from reports.judge import blocked_case
        from reports.verdict import Outcome
        from rig.bench import stamp_of
        from rig.commands.one_case import run_one

        bench = self._prepared.bench
        if self._blocked_by:
            return blocked_case(self._case, stamp_of(bench.describe(), self._case), self._blocked_by, Outcome.NOT_RUN)
        self.folder = _records(self.config) / self._case.name
        result, _ = run_one(self._case, bench, self.folder, self._prepared.catalogue)
        if result.record is not None and result.record.interrupted:
            raise KeyboardInterrupt
        return result


class PoolCollector(pytest.Collector):
    """A check that is judged once over many cases; its child is the check. Cases that did not run yet run then."""

    def __init__(self, *, check_id: str, cases: "list[CaseCollector]", **given: Any) -> None:
        super().__init__(**given)
        self._check_id, self._cases = check_id, cases
        self._result: CaseResult | None = None
        self.folder: Path | None = None

    def collect(self) -> Iterator["CheckItem"]:
        """The check."""
        check = next(check for check in self._cases[0].case.checks if check.id == self._check_id)
        yield CheckItem.from_parent(self, name=check.id, check=check)

    def result(self) -> "CaseResult":
        """The pool as a case of one check."""
        if self._result is None:
            from reports.pooling import judge_pools

            results = [collector.result() for collector in self._cases]
            pools = judge_pools(results, self._cases[0].catalogue)
            verdict = next(pool.verdict for pool in pools if pool.verdict.check.id == self._check_id)
            self._result = replace(results[0], outcome=verdict.outcome, verdicts=(verdict,), record=None)
        return self._result

    def cause_is_told_by(self) -> str:
        """Rig errors are told by the cases."""
        return ""

    def failed_processor(self, _check_id: str) -> str:
        """A processor that failed is told by its case; a case with pooled checks alone has nobody else to tell it."""
        from reports.processor import unprovoked_fault

        silent = [each.result() for each in self._cases if not each.result().verdicts]
        told = [words for each in silent if (words := unprovoked_fault(each.record))]
        return told[0] if told else ""


def _records(config: pytest.Config) -> Path:
    """A new folder for a record, where pytest keeps its temporary folders."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return factory.mktemp("stimrig")


class CheckItem(pytest.Item):
    """One check of a case."""

    def __init__(self, *, check: "Check", **given: Any) -> None:
        super().__init__(**given)
        self._check = check
        assert self.parent is not None
        self.add_marker(pytest.mark.xdist_group(self.parent.nodeid))
        for requirement in check.verifies:
            self.add_marker(pytest.mark.requirement(requirement))
            self.user_properties.append(("verifies", requirement))

    def _verdict(self) -> "Verdict":
        assert isinstance(self.parent, CaseCollector | PoolCollector)
        result = self.parent.result()
        return next(verdict for verdict in result.verdicts if verdict.check.id == self._check.id)

    def setup(self) -> None:
        """Run the case; whatever kept the check from a verdict is an error of the set-up."""
        assert isinstance(self.parent, CaseCollector | PoolCollector)
        verdict, result = self._verdict(), self.parent.result()
        self._tell_numbers(verdict, result)
        word = verdict.outcome.value
        if self.name == self.parent.cause_is_told_by():
            fault = result.record.fault if result.record is not None else None
            raise NotShownError("ERROR", fault.text if fault is not None else result.blocked_by or verdict.reason)
        if word == "INCONCLUSIVE":
            raise NotShownError(word, verdict.reason)
        if word in {"ERROR", "NOT RUN"}:
            raise NotShownError("BLOCKED", verdict.reason)

    def runtest(self) -> None:
        """Fail where the check failed."""
        assert isinstance(self.parent, CaseCollector | PoolCollector)
        verdict = self._verdict()
        if verdict.outcome.value == "FAIL":
            raise NotShownError("FAIL", verdict.reason)
        if words := self.parent.failed_processor(self.name):
            raise NotShownError("FAIL", words)

    def _tell_numbers(self, verdict: "Verdict", result: "CaseResult") -> None:
        told = {
            "verdict": verdict.outcome.value,
            "value": verdict.value,
            "unit": verdict.unit,
            "limit": self._check.limit.text,
            "margin": verdict.margin,
            "n": verdict.n,
            "hardware": result.hardware,
            "seed": result.case.seed,
        }
        self.user_properties += list(told.items())

    def reportinfo(self) -> tuple[Path, int, str]:
        """The line of the check in its scenario."""
        assert self.parent is not None
        return self.path, max(self._check.line - 1, 0), f"{self.parent.name}::{self.name}"

    def shown(self, error: BaseException) -> str:
        """What a reader sees of an error: no traceback of ours."""
        assert isinstance(self.parent, CaseCollector | PoolCollector)
        record = f"\n  record: {self.parent.folder}" if self.parent.folder is not None else ""
        return f"{error}\n  {self.path}:{self._check.line}{record}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our own errors as plain text, all others as pytest shows them."""
        if isinstance(excinfo.value, NotShownError):
            return self.shown(excinfo.value)
        return super().repr_failure(excinfo, style)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep the verdict's word with the report; pytest asks `repr_failure` in the call only, never in the set-up."""
    report: Any = yield
    if isinstance(item, CheckItem) and call.excinfo is not None:
        from sim.errors import RigError

        error = call.excinfo.value
        if isinstance(error, NotShownError):
            report.stimrig = error.args[0]
            report.longrepr = item.shown(error)
        elif isinstance(error, RigError):
            report.stimrig = "ERROR"
            report.longrepr = item.shown(error)
    tell_story(item, report)
    return report


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Our own outcomes: I inconclusive, b blocked, E error of the rig."""
    return _WORDS.get(getattr(report, "stimrig", ""))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell what was not shown to hold, and why; pytest itself tells failures and plain errors only."""
    for category in ("rig error", "inconclusive"):
        for report in terminalreporter.getreports(category):
            terminalreporter.write_sep("_", f"{category}: {report.head_line}", bold=True)
            terminalreporter.write_line(str(report.longrepr))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Exit as `stimrig run` does: 1 failed, 3 rig error, 4 bad scenario, 6 inconclusive or blocked."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    stats: dict[str, list[Any]] = reporter.stats
    bad = [report for report in stats.get("error", []) if getattr(report, "nodeid", "").endswith(SUFFIX)]
    if session.exitstatus == pytest.ExitCode.INTERRUPTED and bad and len(bad) == len(stats.get("error", [])):
        session.exitstatus = 4
    if session.exitstatus != pytest.ExitCode.TESTS_FAILED:
        return
    if stats.get("failed") or stats.get("error"):
        return
    if stats.get("rig error"):
        session.exitstatus = 3
    elif stats.get("inconclusive") or stats.get("blocked"):
        session.exitstatus = 6


def _board(config: pytest.Config, device: str) -> str:
    """`--board`, where the device of the scenarios is a firmware; it may be meant for the fixture `dut` alone."""
    from scenarios.firmware_of_device import is_firmware

    return str(config.getoption("--board")) if is_firmware(device) else ""


@pytest.fixture
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> "Callable[..., Run]":
    """Run a scenario from a Python test: ``scenario("rug-and-peel", device="odfs")["latency"].outcome``.

    Takes the options of `stimrig.run`; bench, device and keep of the command line hold where a test names none.
    """
    from rig.commands.python_door import run

    def run_scenario(path: str | Path, **options: Any) -> "Run":
        given = {name: request.config.getoption(f"--{name}") or None for name in ("bench", "device", "keep")}
        chosen = {name: value for name, value in given.items() if value is not None} | options
        if board := _board(request.config, str(chosen.get("device", ""))):
            chosen = {"board": board} | chosen
        return run(path, **{"out": tmp_path / "runs", **chosen})

    return run_scenario
