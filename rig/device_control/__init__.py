"""Configuring the box under test: a serial line, a person at its knobs, or the simulated device."""
