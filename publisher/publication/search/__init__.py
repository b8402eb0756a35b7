"""The search: an index of names and codes, and the same printed for readers without a script."""
