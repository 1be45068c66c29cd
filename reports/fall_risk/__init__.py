"""Fall-risk metrics of a walk (model.md 6.1): pure functions of arrays, each with its equation and its interval.

Nothing here is the probability of a fall, and no two metrics are mixed into one score. The mean of the minimum toe
clearance did not predict trips in 51 older adults (PubMed 37852886); what can be compared is the same patient with and
without the device.
"""
