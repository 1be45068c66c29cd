"""The bench file of a laboratory: instruments, fixtures, wiring, safe state; read, checked, drawn."""
