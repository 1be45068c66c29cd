"""What keeps a stimulator off until somebody has armed it, and what switches it off by itself.

Interlock: after every power-up the output stays off until the amplitude control was at its minimum, or the device was
re-armed. Treatment timer: off after a set time, until re-armed. Watchdog: a firmware that hangs is reset. Sensor check:
off while the sensor's signal is one that no leg makes.
"""

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sim.kernel import Phase
from sim.stimulator.guard import CHARGE, HANG, INTERLOCK, SENSOR, STOPPED, TIMER
from sim.timebase import TimeNs

if TYPE_CHECKING:
    from sim.stimulator.device import Stimulator

MINIMUM_RATIO: Final = 0.02
"""The amplitude control stands at its minimum at or below this (IEC 60601-2-10 201.12.1.101: at most 2 %)."""

_INTERLOCKED: Final = "interlock: off until the amplitude control was at its minimum"

HANGS_EVERY, HANGS_AFTER_S = 5, 0.2
"""A seeded hang comes in every so many trains, this long after the start, s (design choice)."""


class Protection:
    """The protections of one device.

    Args:
        device: whose.
    """

    def __init__(self, device: "Stimulator[Any]") -> None:
        self._device = device
        self._timer = 0
        self._timer_from_ns: TimeNs | None = None
        self._timer_s = math.inf
        self._hang = self._trains = 0
        self._stop = 0

    def powers_up(self, t_ns: TimeNs) -> None:
        """Power has come, or the firmware has been reset."""
        device = self._device
        device.guard.free(HANG, TIMER, CHARGE)
        if device.settings.interlock == "on" and not self._is_at_minimum:
            device.guard.hold(INTERLOCK)
            device.tell(t_ns, _INTERLOCKED)
        self._begins_treatment(t_ns)

    def interlock_set(self, t_ns: TimeNs) -> None:
        """The interlock may be on now: it holds at once, as after power-up. Off, it frees nothing that it holds."""
        device = self._device
        if device.settings.interlock == "on" and not self._is_at_minimum and not device.guard.has(INTERLOCK):
            device.halts(t_ns, INTERLOCK, _INTERLOCKED)

    def loses_power(self) -> None:
        """Power is gone: nothing that was under way goes on."""
        self._timer_from_ns = None
        self._hang += 1
        self._stop += 1
        self.keeps_time()

    def rearms(self, t_ns: TimeNs) -> None:
        """The user arms the device again."""
        device = self._device
        device.guard.free(INTERLOCK, TIMER, CHARGE)
        device.tell(t_ns, "armed again: waits for the next step")
        self._begins_treatment(t_ns)

    def level_moved(self, t_ns: TimeNs) -> None:
        """The amplitude control may stand at its minimum now."""
        guard = self._device.guard
        if guard.has(INTERLOCK) and self._is_at_minimum:
            guard.free(INTERLOCK)
            self._device.tell(t_ns, "amplitude control at its minimum: armed")

    @property
    def _is_at_minimum(self) -> bool:
        device = self._device
        return device.settings.level_ratio <= max(MINIMUM_RATIO, device.doses.get("no_interlock", 0.0))

    def _begins_treatment(self, t_ns: TimeNs) -> None:
        self._timer_from_ns, self._timer_s = t_ns, math.inf
        self.keeps_time()

    def keeps_time(self) -> None:
        """Set the treatment timer anew where its duration has changed."""
        device, from_ns = self._device, self._timer_from_ns
        shut_off_s = device.settings.shut_off_s
        lost, error = device.doses.get("no_shut_off", 0.0), device.doses.get("shut_off_error", 0.0)
        runs = from_ns is not None and shut_off_s > 0.0 and lost < 1.0
        timer_s = shut_off_s * (1.0 + error) / (1.0 - lost) if runs else math.inf
        if timer_s == self._timer_s:
            return
        self._timer_s = timer_s
        self._timer += 1
        if from_ns is not None and math.isfinite(timer_s):
            at_ns = max(from_ns + device.clock.span_ns(timer_s), device.kernel.reached_ns)
            device.kernel.at(at_ns, Phase.DECIDE, partial(self._time_is_over, self._timer))

    def _time_is_over(self, timer: int) -> None:
        if timer == self._timer:
            device = self._device
            device.halts(device.kernel.now_ns, TIMER, "treatment time over: stimulation off until re-armed")

    @property
    def overload_ohm(self) -> float:
        """Resistance below which a train trips, ohm."""
        return self._device.settings.overload_ohm * (1.0 - self._device.doses.get("no_overload_trip", 0.0))

    def watches(self) -> None:
        """Set what the output stages watch, and the treatment timer, as settings and doses have it."""
        device = self._device
        settings, get = device.settings, device.doses.get
        lead_off_ratio = settings.lead_off_ratio * (1.0 - get("no_lead_off", 0.0))
        flag_ratio = settings.lead_off_ratio * (1.0 - get("no_flag", 0.0)) * (1.0 + get("false_flag", 0.0))
        device.channels.watch_lead(lead_off_ratio, settings.lead_off_pulses, flag_ratio)
        unwatched = get("no_charge_watch", 0.0)
        charge_ratio = settings.charge_fault_ratio / (1.0 - unwatched) if unwatched < 1.0 else 0.0
        device.channels.watch_faults(self.overload_ohm, charge_ratio)
        self.keeps_time()

    def stops(self, t_ns: TimeNs) -> None:
        """The stop button is pressed."""
        device = self._device
        late_s = device.doses.get("slow_stop", 0.0)
        self._stop += 1
        if late_s > 0.0:
            at_ns = t_ns + device.clock.span_ns(late_s)
            device.kernel.at(at_ns, Phase.DECIDE, partial(self._stops_late, self._stop))
        else:
            device.halts(t_ns, STOPPED, "stop button: stimulation off")

    def stop_released(self) -> None:
        """The stop button is released; a late stop comes all the same."""
        self._device.guard.free(STOPPED)

    def _stops_late(self, stop: int) -> None:
        if stop == self._stop:
            self._device.halts(self._device.kernel.now_ns, STOPPED, "stop button: stimulation off")

    def hangs(self, t_ns: TimeNs, duration_s: float) -> None:
        """The firmware hangs: its timers give pulses as they stand, until the watchdog resets it or it goes on."""
        device = self._device
        device.freezes(t_ns)
        self._hang += 1
        lost = device.doses.get("no_watchdog", 0.0)
        watchdog_s = device.settings.watchdog_s / (1.0 - lost) if lost < 1.0 else math.inf
        is_reset = 0.0 < watchdog_s < duration_s
        at_ns = t_ns + device.clock.span_ns(watchdog_s if is_reset else duration_s)
        device.kernel.at(at_ns, Phase.DECIDE, partial(self._hang_is_over, self._hang, is_reset=is_reset))

    def train_begins(self, t_ns: TimeNs) -> None:
        """Every fifth train meets a seeded hang."""
        device = self._device
        self._trains += 1
        hang_s = device.doses.get("hang", 0.0)
        if hang_s > 0.0 and self._trains % HANGS_EVERY == 0:
            at_ns = t_ns + device.clock.span_ns(HANGS_AFTER_S)
            device.kernel.at(at_ns, Phase.DECIDE, partial(self._hangs_now, hang_s))

    def _hangs_now(self, duration_s: float) -> None:
        if self._device.channels.is_running:
            self.hangs(self._device.kernel.now_ns, duration_s)

    def _hang_is_over(self, hang: int, *, is_reset: bool) -> None:
        if hang != self._hang:
            return
        device = self._device
        t_ns = device.kernel.now_ns
        device.ends(t_ns)
        if is_reset:
            device.tell(t_ns, "watchdog: reset, stimulation off")
            self.powers_up(t_ns)
        else:
            device.guard.free(HANG)

    def sensor_is(self, *, invalid: bool) -> None:
        """The sensor's signal is one that no leg makes, or is plausible again."""
        device = self._device
        t_ns = device.kernel.now_ns
        if invalid:
            device.halts(t_ns, SENSOR, "sensor invalid: stimulation off")
        else:
            device.guard.free(SENSOR)
            device.tell(t_ns, "sensor valid: waits for the next step")
        device.shows_fault(t_ns)
