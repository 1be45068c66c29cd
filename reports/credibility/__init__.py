"""Model credibility: validation against published numbers, numerical verification, sensitivity, the chapter."""
