"""Metrology of charge and direct current: baseline, tail, linearity, polarity swap, regression, series capacitor."""
