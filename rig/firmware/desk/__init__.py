"""A firmware on the desk of a test, in virtual time."""
