"""The simulated oscilloscope: a Keysight InfiniiVision on the laboratory's plant and clock."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.bench_time import BenchTime
from rig.simulated.keysight.scope_acquisition import Acquiring, Record
from rig.simulated.keysight.scope_codes import CLIPPED_HIGH, CLIPPED_LOW, HOLE
from rig.simulated.keysight.scope_commands import CHANNEL, PANEL_COMMANDS, channel, number_of
from rig.simulated.keysight.scope_model import INFINIIVISION_1000, INFINIIVISION_3000T, ScopeModel, is_small
from rig.simulated.keysight.scope_sampler import Sampler
from rig.simulated.keysight.scope_settings import ScopeSettings
from rig.simulated.keysight.scope_waveform import WAVEFORM_COMMANDS
from rig.simulated.keysight.terminals import Terminal, Wired, terminals_of
from rig.simulated.lab import Lab
from rig.simulated.scpi.commands import Command, command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.register_commands import register_commands
from sim.streams import Streams
from sim.timebase import TimeNs

RUNS, WAITS_FOR_TRIGGER = 8, 32
"""Bits of `:OPERegister:CONDition?`."""
_CODES: Final = {"hole": HOLE, "clipped_low": CLIPPED_LOW, "clipped_high": CLIPPED_HIGH}


class Oscilloscope(Instrument):
    """A scope whose inputs see the laboratory.

    It acquires as the laboratory's time goes on, whether or not anybody asks. Made-up samples (`faults`) are for tests
    of what reads it.

    Args:
        lab: plant and clock.
        terminals: what is wired to its channels, by number.
        model: identity, speed, errors.
        seed: of its errors and noise.
    """

    commands: ClassVar[tuple[Command, ...]] = (
        *PANEL_COMMANDS,
        *WAVEFORM_COMMANDS,
        *register_commands("OPERegister", "operation"),
    )

    def __init__(
        self,
        lab: Lab,
        terminals: Mapping[int, Terminal],
        model: ScopeModel = INFINIIVISION_3000T,
        seed: int = 0,
    ) -> None:
        self.time = BenchTime(lab)
        super().__init__(model.identity, pause=self.time.pass_on)
        self.lab, self.model = lab, model
        self.sampler = Sampler(model, dict(terminals), Streams(seed))
        self.made_up_codes: dict[str, int] = {}
        self.panel = ScopeSettings.after_reset(model)
        self.acquiring = Acquiring(lab, self.sampler, self.panel)
        self.segment = 1
        self._digitizes = False
        self.time.on_block(self.acquiring.follow)

    def reset(self) -> None:
        """`*RST`."""
        with self.lab.lock:
            self.panel = ScopeSettings.after_reset(self.model)
            self.acquiring.panel_changed(self.panel)
            self.segment, self._digitizes = 1, False

    def refresh(self) -> None:
        """Live until now; then the registers say what is so."""
        problem = self.time.catch_up()
        if problem is not None:
            self.status.report(ScpiError(-310, problem))
        running, waiting = self.acquiring.is_running, self.acquiring.is_waiting
        self.status.operation.become((RUNS if running else 0) | (WAITS_FOR_TRIGGER if running and waiting else 0))

    def pending(self) -> bool:
        """A single acquisition is under way."""
        return self.acquiring.is_running and not self.acquiring.repeats

    def restart(self) -> None:
        """A setting was changed: what is being acquired begins anew."""
        with self.lab.lock:
            if self.acquiring.is_running:
                self.acquiring.arm(self.lab.reached_ns, repeats=self.acquiring.repeats)

    def close(self) -> None:
        """Look at the laboratory no longer."""
        self.time.close()

    def external_edge(self, t_ns: TimeNs) -> None:
        """A rising edge at the trigger input at `t_ns`, with the lab's lock held."""
        self.sampler.external_ns.append(t_ns)

    def _arm(self, *, repeats: bool) -> None:
        panel = self.panel
        if panel.timebase.mode == "ROLL" and (
            panel.timebase.range_s < self.model.roll_least_s * (1.0 - 1e-9) or panel.acquisition.is_segmented
        ):
            raise ScpiError(
                -221, f"Settings conflict; roll needs a range of {self.model.roll_least_s:g} s, unsegmented"
            )
        if not any(each.is_on for each in panel.channels.values()):
            raise ScpiError(-221, "Settings conflict; no channel is on")
        with self.lab.lock:
            self.segment, self._digitizes = 1, False
            self.acquiring.arm(self.lab.reached_ns, repeats=repeats)

    @command("SINGle")
    def single(self) -> None:
        """One acquisition, or all segments once."""
        self._arm(repeats=False)

    @command("RUN")
    def run(self) -> None:
        """One acquisition after the other until `:STOP`."""
        self._arm(repeats=not self.panel.acquisition.is_segmented)

    @command("DIGitize", optional=(CHANNEL,), repeated=True)
    def digitize(self, *words: str) -> None:
        """One acquisition of the named channels; whatever asks for it waits until it is complete."""
        if self.panel.timebase.mode == "ROLL":
            raise ScpiError(-221)
        if words:
            wanted = {number_of(word) for word in words}
            for n in wanted:
                channel(self, n)
            for n, each in self.panel.channels.items():
                each.is_on = n in wanted
        self._arm(repeats=False)
        self._digitizes = True

    @command("STOP")
    def stop(self) -> None:
        """No more samples; the last complete record stays."""
        with self.lab.lock:
            self._digitizes = False
            self.acquiring.stop(self.lab.reached_ns)

    @command("TRIGger:FORCe")
    def force(self) -> None:
        """Trigger now."""
        with self.lab.lock:
            self.acquiring.force()

    @command("TER?")
    def tell_trigger_event(self) -> int:
        """1 where a trigger has come since the last time of asking."""
        self._let_time_pass()
        with self.lab.lock:
            seen, self.acquiring.has_triggered = self.acquiring.has_triggered, False
        return int(seen)

    @command("RSTate?")
    def tell_run_state(self) -> str:
        """`RUN`, `SING` or `STOP`."""
        self._let_time_pass()
        if not self.acquiring.is_running:
            return "STOP"
        return "RUN" if self.acquiring.repeats else "SING"

    @command("OPERegister:CONDition?")
    def tell_condition(self) -> int:
        """Bit 3: an acquisition is under way; bit 5: it waits for its trigger."""
        self._let_time_pass()
        return self.status.operation.condition

    def _let_time_pass(self) -> None:
        """Asking for the state costs time, also where no clock paces it: else nothing would ever happen."""
        if self.acquiring.is_running:
            self.time.pass_on()
            self.refresh()

    @command("SYSTem:PRESet")
    def preset(self) -> None:
        """As `*RST`."""
        self.restore()

    def record(self) -> Record:
        """The record, or the segment, that `:WAVeform` is about.

        Raises:
            ScpiError: -230 where there is none, -221 while the scope rolls.
        """
        if self._digitizes:
            self.finish_pending()
        if self.acquiring.is_running and self.panel.timebase.mode == "ROLL":
            raise ScpiError(-221, "Settings conflict; stop the roll before reading it")
        with self.lab.lock:
            records = self.acquiring.look()
        if not records:
            raise ScpiError(-230, "Data corrupt or stale; nothing was acquired")
        return records[min(self.segment, len(records)) - 1]

    def has_record(self) -> bool:
        """True where something was acquired."""
        if self._digitizes:
            self.finish_pending()
        with self.lab.lock:
            return bool(self.acquiring.look())

    def acquired_segments(self) -> int:
        """Segments in the memory; 0 outside segmented memory."""
        return len(self.acquiring.records) if self.panel.acquisition.is_segmented else 0

    def with_made_up(self, words: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """The codes with the holes and clipped samples that `made_up_codes` asks for, in the middle of the record."""
        out = words.copy()
        at = out.size // 2
        for kind, count in self.made_up_codes.items():
            out[at : at + count] = _CODES[kind]
            at += count
        return out


def oscilloscope(lab: Lab, wires: Iterable[Wired], seed: int = 0, identity: str = "") -> Oscilloscope:
    """A scope on the lab: channels 1 to 4 are `ch1` to `ch4` of the wires.

    Args:
        lab: plant and clock.
        wires: of a bench file.
        seed: of its errors and noise.
        identity: beginning of the `*IDN?` that is expected; a model of the 1000 series is simulated as such.
    """
    model = INFINIIVISION_1000 if is_small(identity) else INFINIIVISION_3000T
    return Oscilloscope(lab, terminals_of(wires, model.model), model, seed)
