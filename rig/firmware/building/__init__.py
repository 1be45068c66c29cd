"""Compilers, builds, and the images that are shipped."""
