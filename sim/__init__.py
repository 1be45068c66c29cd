"""The world as mathematics: gait, body, electrodes, sensors, stimulator models, plant and front end.

Nothing here opens a file, talks to a device or asks a wall clock; `sim.compiled` alone reads our sources, to name
numba's cache folder after them.
"""
