"""A table over time: the upper levels of all periods side by side, from published cells alone."""
