"""Frozen data, no I/O: the types that pass between stages."""
