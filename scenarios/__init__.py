"""The question: schema, loader, units, catalogue of names, planning of cases, and the shipped YAML."""
