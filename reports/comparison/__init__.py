"""Two runs beside each other: what differs, and whether it differs by more than both know."""
