"""The bench on an NI card: `rig.bench.Bench` on the unmodified `nidaqmx` client."""
