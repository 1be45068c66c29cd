"""The output tables that FDA reviewers compare: A, basic unit characteristics, and B, output specifications by mode.

Source: FDA, Guidance Document for Powered Muscle Stimulator 510(k)s, 1999-06-09 (field names from memory; loads,
leakage and power density from a public summary of it).
"""
