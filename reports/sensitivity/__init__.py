"""What a scenario would have seen: checks against seeded defects, and events against their absence."""
