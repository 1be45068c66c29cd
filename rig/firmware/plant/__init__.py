"""A firmware in the place of a simulated stimulator."""
