"""A device in a process of its own: its life, its end, and the language spoken over two pipes."""
