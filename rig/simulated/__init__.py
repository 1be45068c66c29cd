"""Simulated instruments behind their real protocols, all on one plant and one clock."""
