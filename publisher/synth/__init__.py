"""Synthetic declarations: for the demonstration, for tests and for benchmarks."""
