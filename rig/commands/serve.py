"""`stimrig serve`: simulated instruments behind their real protocols, for any client of any process."""

import contextlib
import ipaddress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rig.commands.console import note, say

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from rig.commands.context import Context
    from rig.simulated.serving import Serving
    from scenarios.case import Case

_BENCHES: Final = ("simulated", "scope-and-generator@sim")


def serve(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Whose device and patient: a file, or a name of the library.")
    ] = "SCN-DEMO-PASS",
    instruments: Annotated[
        bool, typer.Option("--instruments", help="The SCPI instruments, each on socket, HiSLIP and VXI-11.")
    ] = False,
    daq: Annotated[bool, typer.Option("--daq", help="The DAQ card, for nidaqmx over gRPC.")] = False,
    bench: Annotated[
        list[str] | None,
        typer.Option("--bench", metavar="B", help="Whose instruments; may be given again. Default: card and bench."),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65000, help="Control port; the others follow it. 0: any free ones.")
    ] = 0,
    speed: Annotated[float, typer.Option("--speed", min=1e-3, max=1e3, help="Of the wall clock.")] = 1.0,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="In place of the scenario's own.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line when ready.")] = False,
) -> int:
    """Serve simulated instruments that show one live stimulator, until Ctrl-C; with neither option all of them."""
    from rig.commands.context import here
    from rig.commands.interrupts import stop_on_signals
    from rig.simulated.serving import ServeRequest, Serving

    context = here()
    case = _case(scenario, seed, context)
    laboratories = _laboratories(tuple(bench or _BENCHES), context, both=instruments == daq, daq=daq)
    if not _is_loopback(host):
        note(f"warning: {host} can be reached from other computers; the protocols know no password and no encryption")
    everything = instruments == daq
    request = ServeRequest(laboratories, instruments or everything, daq or everything, host, port, speed)
    with stop_on_signals():
        serving = Serving(request, case, context.catalogue, lambda text: note(f"warning: {text}"))
        with contextlib.closing(serving):
            _announce(serving, case, as_json=as_json)
            try:
                _until_stopped()
            finally:
                for line in serving.summary():
                    note(line)
    return 0


def _until_stopped() -> None:
    """Wait for a signal, which raises `KeyboardInterrupt` here."""
    import time

    while True:
        time.sleep(0.5)


def _case(scenario: str, seed: int | None, context: "Context") -> "Case":
    from scenarios.plan import PlanOptions, load_cases
    from sim.errors import ScenarioError

    options = PlanOptions(seed=seed, bench_device="odfs")
    plan = load_cases((scenario,), context.catalogue, options)
    if not plan.cases:
        reason = plan.blocked[0].reason if plan.blocked else "it has no case"
        raise ScenarioError(scenario, f"nothing of it can be served: {reason}")
    case, *others = plan.cases
    if others:
        note(f"{scenario} has {len(others) + 1} cases; {case.id} is served")
    return case


def _laboratories(names: tuple[str, ...], context: "Context", *, both: bool, daq: bool) -> "list[Laboratory]":
    from rig.bench_file.drivers import CARD
    from rig.benches import read_bench
    from rig.simulated.scpi_of_bench import SCPI_DRIVERS
    from sim.errors import ScenarioError

    wanted = SCPI_DRIVERS | {CARD} if both else frozenset({CARD}) if daq else SCPI_DRIVERS
    found = [read_bench(name, context.beside) for name in names]
    served = [(each.name, of.id) for of in found for each in of.instruments.values() if each.driver in wanted]
    if not served:
        raise ScenarioError("--bench", f"{', '.join(names)}: nothing there can be served", "see `stimrig list benches`")
    twice = next((name for n, (name, _) in enumerate(served) if name in [other for other, _ in served[:n]]), "")
    if twice:
        raise ScenarioError("--bench", f"two instruments are called `{twice}`", "serve one of the benches")
    return found


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _announce(serving: "Serving", case: "Case", *, as_json: bool) -> None:
    if as_json:
        import json

        places: dict[str, dict[str, str]] = {}
        for place in serving.places:
            places.setdefault(place.name, {})[place.transport] = place.resource
        say(json.dumps({"ready": True, "case": case.id, "seed": case.seed, "places": places}, ensure_ascii=False))
        return
    say(f"{case.id}, seed {case.seed}: {case.patient_name} walks with {case.device.id} into {case.load_name}")
    for place in serving.places:
        say(f"{place.name:<10} {place.transport:<7} {place.resource:<44} {place.what}")
    say("ready; Ctrl-C ends it")
