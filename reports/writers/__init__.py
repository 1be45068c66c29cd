"""How a report leaves: HTML, PDF, JUnit, JSON."""
