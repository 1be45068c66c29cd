"""The requirement matrix: what each requirement asks, which checks answer it, and what many runs have shown."""
