"""Limits that follow a setting: in a run that changes it, every sample is held against what was set at its time."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.conditions import setting_at, setting_changes_s
from reports.measures.collecting import noted
from reports.samples import Samples
from rig.record import Record
from scenarios.catalogue import MeasureSpec

_SLACK_S = 1e-6
"""A pulse that begins within a microsecond of a change already follows it."""


def followed(samples: Samples, record: Record, name: str, *, of_pulses: bool) -> Samples:
    """The samples with the setting `name` at their time as their reference, where the run changes that setting.

    A pulse under way ends as it was laid out, so what counts is the setting at its start. A longer sample (a train)
    during which the setting changes stands for neither value and is left out.
    """
    changes_s = np.array(setting_changes_s(record, name))
    if not changes_s.size or samples.reference is not None or samples.not_run:
        return samples
    reference = setting_at(record, name, samples.t0_s + _SLACK_S)
    keep = np.ones(samples.values.size, np.bool_)
    if not of_pulses:
        first = np.searchsorted(changes_s, samples.t0_s + _SLACK_S, "right")
        keep = first == np.searchsorted(changes_s, samples.t1_s, "right")
    given = taken(dataclasses.replace(samples, reference=reference), keep)
    left_out = int((~keep).sum())
    return dataclasses.replace(given, notes=(*given.notes, *noted(left_out, f"left out: `{name}` changed meanwhile")))


def taken(samples: Samples, keep: Any) -> Samples:
    """Some of the samples, by mask or rows: every field that holds one entry a sample follows."""
    n = samples.values.size
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(samples):
        value = getattr(samples, field.name)
        if isinstance(value, np.ndarray) and value.shape[:1] == (n,) and field.name != "lost_s":
            changed[field.name] = value[keep]
    if samples.references:
        changed["references"] = {name: values[keep] for name, values in samples.references.items()}
    return dataclasses.replace(samples, **changed)


def follows_setting(spec: MeasureSpec) -> MeasureSpec:
    """The measure, its samples held against its setting at their time where the run changes it."""
    if not spec.setting:
        return spec
    of_pulses, plain = spec.sample == "pulse", spec.compute

    def compute(record: Record, parameters: Mapping[str, Any]) -> Samples:
        return followed(plain(record, parameters), record, spec.setting, of_pulses=of_pulses)

    return dataclasses.replace(spec, compute=compute)
