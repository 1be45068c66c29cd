"""Simulated Keysight instruments: a scope, a supply, a generator and a meter that speak their own dialects."""
