"""Cases side by side: one process a case, each with a bench of its own; results and errors come home."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rig.commands.exits import write_crash
from rig.commands.firmware_options import ask_of_firmware
from rig.commands.interrupts import StopRequest, StopSwitch
from rig.commands.one_case import run_one
from rig.firmware.options import FirmwareOptions
from rig.run_folder import RunFolder, elapsed_s
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from sim.errors import BenchError, RigError

if TYPE_CHECKING:
    from reports.verdict import CaseResult
    from rig.bench import Bench
    from rig.commands.progress import Progress
    from rig.commands.session import Prepared

_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Home:
    """What a worker process holds for all of its cases."""

    bench: "Bench"
    catalogue: Catalogue
    stop: Any
    queue: Any


_homes: list[_Home] = []


def _move_in(bench_file: str, plugins: tuple[Path, ...], firmware: FirmwareOptions, stop: Any, queue: Any) -> None:
    """Set up a worker: it leaves signals to its parent and opens a bench of its own."""
    from rig.benches import open_bench
    from scenarios.plugins import assemble_catalogue

    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    catalogue = assemble_catalogue(plugins)
    bench = open_bench(bench_file, catalogue)
    ask_of_firmware(bench, firmware)
    _homes.append(_Home(bench, catalogue, stop, queue))


def _work(number: int, case: Case, folder: Path) -> "tuple[CaseResult, float] | None":
    """Run one case; None where the run was stopped before it began."""
    (home,) = _homes
    if home.stop.is_set():
        return None
    home.queue.put((number, case.id, None, None))
    last_s = elapsed_s()

    def tell(t_s: float, end_s: float) -> None:
        nonlocal last_s
        if elapsed_s() - last_s >= _POLL_S:
            last_s = elapsed_s()
            home.queue.put((number, case.id, t_s, end_s))

    try:
        return run_one(case, home.bench, folder, home.catalogue, [StopRequest(tell, home.stop.is_set)])
    except RigError:
        raise
    except Exception as error:  # noqa: BLE001
        # a traceback does not survive the way home, a crash file does
        raise write_crash(error, folder.parent.parent) from None


def _listen(queue: Any, progress: "Progress") -> None:
    """Pass on what the workers tell, until None comes."""
    begun: set[int] = set()
    while (message := queue.get()) is not None:
        number, name, t_s, end_s = message
        if number not in begun:
            begun.add(number)
            progress.begin(number, name)
        if t_s is not None:
            progress.at(number, t_s, end_s)


def run_side_by_side(
    prepared: "Prepared",
    cases: Sequence[Case],
    folder: RunFolder,
    progress: "Progress",
    done: Callable[[int, "CaseResult", float], None],
    switch: StopSwitch,
) -> bool:
    """Run the cases in `prepared.request.jobs` processes; True where the run was interrupted.

    After an interruption the running cases end between two blocks and are judged; the others never begin.

    Raises:
        RigError: what the first failing case raised.
        CrashError: a worker failed; its crash file lies in the run folder.
        BenchError: a worker process died.
    """
    context = multiprocessing.get_context("spawn")
    stop, queue = context.Event(), context.Queue()
    listener = threading.Thread(target=_listen, args=(queue, progress), daemon=True)
    listener.start()
    arguments = (
        f"{prepared.bench_file}{prepared.bench_profile}",
        prepared.project.plugins,
        prepared.request.firmware,
        stop,
        queue,
    )
    pool = ProcessPoolExecutor(min(prepared.request.jobs, len(cases)), context, _move_in, arguments)
    try:
        futures = {
            pool.submit(_work, number, case, folder.case_folder(number, case.name)): number
            for number, case in enumerate(cases, 1)
        }
        with switch.inside_case():
            _collect(futures, switch, stop, done)
    except BrokenProcessPool as error:
        raise BenchError("worker", float("nan"), "a worker process died", "run with -j 1 to see why") from error
    except KeyboardInterrupt:
        switch.is_set = True
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
        queue.put(None)
        listener.join()
    return switch.is_set


def _collect(
    futures: dict["Future[tuple[CaseResult, float] | None]", int],
    switch: StopSwitch,
    stop: Any,
    done: Callable[[int, "CaseResult", float], None],
) -> None:
    pending = set(futures)
    while pending:
        ended, pending = wait(pending, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        for future in sorted(ended, key=lambda each: futures[each]):
            outcome = future.result()
            if outcome is not None:
                done(futures[future], *outcome)
        if switch.is_set:
            stop.set()
            pending = {future for future in pending if not future.cancel()}
