"""The self-test of the measuring chain: known waveforms through sound and faulty instruments."""
