"""Turns confidential customs declarations into trade statistics that are safe to publish."""

__version__ = "0.1.0"
