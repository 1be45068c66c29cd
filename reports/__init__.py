"""The answer: measures, judgement, sections and writers; pure functions of a record."""
