"""The firmware itself as the device under test: built for this machine, or its image on an emulated microcontroller."""
