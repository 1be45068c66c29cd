"""Electrodes, skin and dummy loads."""
