"""Bench instruments over VISA: one hardened link, typed drivers of the Keysight dialects."""
