"""A capture of known pulses, for the tests of `stimrig measure`."""

import json

import numpy as np

from rig.commands.exits import guarded
from rig.commands.measure import measure

LSB_A = 10 / 32768 / 250
N, PERIOD, WIDTH, GAP, AMPLITUDE_A = 8, 25_000, 300, 100, 0.02


def current_a(noise=1.0, amplitude_a=AMPLITUDE_A, net_c=0.0):
    """Biphasic pulses at 40 Hz and 1 MS/s, edges on the samples, noise in codes of 1.2 uA."""
    x = np.zeros(N * PERIOD + 8_000)
    for k in range(N):
        start = 6_000 + k * PERIOD
        x[start : start + WIDTH] = amplitude_a
        x[start + WIDTH + GAP : start + 2 * WIDTH + GAP] = -(amplitude_a - net_c / (WIDTH * 1e-6))
    return x + noise * LSB_A * np.random.default_rng(2).standard_normal(x.size)


def told(capsys, path, current, **options):
    """(exit code, JSON document or None, standard error) of `stimrig measure --json`."""
    capsys.readouterr()
    code = guarded(lambda: measure(path, current, json=True, **options))
    shown = capsys.readouterr()
    return int(code), (json.loads(shown.out) if shown.out else None), shown.err


def codes_of(document):
    """Codes of the warnings."""
    return {warning["code"] for warning in document["warnings"]}
