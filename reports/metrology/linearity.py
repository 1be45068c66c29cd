"""What the bend of a converter does to a phase, by the table of its calibration."""

from dataclasses import replace
from typing import Final

import numpy as np

from reports.metrology.quiet import Array
from rig.bench import ChannelAccuracy

_RECTANGULAR: Final = 0.1
"""A phase counts as rectangular where its charge is amplitude times width to 10 %; else as an exponential."""
_NODES: Final = 24
_LN2: Final = 0.6931471805599453
STEEPEST: Final = 2.0 * np.pi
"""Slope of a bend in INL bounds a range: that of a sine of one period over a polarity's range (design choice)."""


def linearised(accuracy: ChannelAccuracy) -> ChannelAccuracy:
    """The accuracy of a channel whose INL table has been applied: the residual takes the place of the bound."""
    table = accuracy.inl_table
    return accuracy if table is None else replace(accuracy, inl_bound=table.residual_v / accuracy.volts_per_unit)


def amplitude_error_a(accuracy: ChannelAccuracy, amplitude_a: Array, baseline_a: Array) -> Array:
    """Error of amplitudes over their baseline by the INL table, A; 0 without one."""
    table, per_a = accuracy.inl_table, accuracy.volts_per_unit
    if table is None:
        return np.zeros_like(amplitude_a)
    return (table.error((amplitude_a + baseline_a) * per_a) - table.error(baseline_a * per_a)) / per_a


def phase_error_c(
    accuracy: ChannelAccuracy, amplitude_a: Array, width_s: Array, charge_c: Array, baseline_a: Array
) -> Array:
    """Error of the charge of phases by the INL table, C; 0 without one, and for a phase that is not there.

    Of a rectangular phase the error at its amplitude times its width. Of a discharge i = I exp(-t/tau), whose 50 %
    width is tau ln 2, ``tau integral_0^I e(x)/x dx``.
    """
    if accuracy.inl_table is None:
        return np.zeros_like(amplitude_a)
    there = np.isfinite(charge_c) & (width_s > 0.0) & np.isfinite(amplitude_a)
    amplitude, width = np.where(there, amplitude_a, 0.0), np.where(there, width_s, 0.0)
    flat = amplitude_error_a(accuracy, amplitude, baseline_a) * width
    tau_s = np.where(width > 0.0, width / _LN2, 1.0)
    peak = np.where(there, charge_c, 0.0) / tau_s
    part = (np.arange(_NODES) + 0.5) / _NODES
    errors = amplitude_error_a(accuracy, peak[:, None] * part, baseline_a[:, None])
    fading = tau_s * (errors / part).mean(axis=1)
    is_flat = np.abs(np.where(there, charge_c, 0.0) - amplitude * width) <= _RECTANGULAR * np.abs(amplitude * width)
    return np.where(there, np.where(is_flat, flat, fading), 0.0)
