"""The credibility chapter: what the patient model is for, what it is made of, and what was shown about it."""
