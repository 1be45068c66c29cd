"""Reference stimulators and their seeded defects."""
