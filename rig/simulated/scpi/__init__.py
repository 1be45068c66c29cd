"""SCPI instruments behind real protocols: command language, status, transports, faults of the link."""
